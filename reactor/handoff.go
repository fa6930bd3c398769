package reactor

import "sync/atomic"

// A handoff says who drives a loop. It is one word: zero, or the ticket of
// the task that the driver is running at this moment. The word has three
// moves and no others:
//
//	       begin(t)                take(t), by the driver: it goes on
//	0 ────────────────▶ t ────────────────────────────────────────────▶ 0
//	                    │
//	                    └── take(t), by the watcher or by Hold.Release:
//	                        the winner owns the loop and starts a driver;
//	                        the old one, whose take fails, owns nothing
//
// Tickets count up and are never used twice, so that a late take of a task
// that has long returned cannot succeed.
type handoff struct{ word atomic.Uint64 }

// begin opens the loop to takers while the task with ticket t runs. Only
// the driver calls it. Hot path.
func (h *handoff) begin(t uint64) { h.word.Store(t) }

// take makes the caller the one who owns the loop, if the task with ticket t
// still holds it. Hot path.
func (h *handoff) take(t uint64) bool { return h.word.CompareAndSwap(t, 0) }

// holder returns the ticket of the task that holds the loop, or zero.
func (h *handoff) holder() uint64 { return h.word.Load() }

// A move says how a task came to run away from its loop.
type move uint8

const (
	stayed    move = iota // it ran on the loop and returned there
	watched               // the watcher found it at two looks in a row
	lateLook              // the same, but the second look itself came late
	released              // Hold.Release
	unwinding             // it panicked or called runtime.Goexit on the loop
	sentAway              // it was scheduled away, or found no time on the loop
	replaced              // no task: the driver's goroutine has served its time
)
