package reactor

import (
	"sync/atomic"
	"time"
)

// A watcher looks at all loops about once a millisecond. A loop that it
// finds in the same task at two looks in a row is moved on: the task keeps
// its goroutine, the loop gets another.
//
// It parks when it has found every loop waiting for events for a while, and is
// roused by the first one to run a task: loops that wake up for a deadline or a
// post do not disturb it.
type watcher struct {
	group *Group
	pacer Pacer
	// Watcher goroutine only.
	seen []uint64 // the ticket at the last look
	idle int      // looks in a row that found every loop waiting
	// Any goroutine.
	parked  atomic.Bool
	stopped atomic.Bool
	ended   chan struct{} // closed when watch has returned
}

const (
	// lookEvery is the time between two looks, lateAfter the time after
	// which the second one says little about the task.
	lookEvery = time.Millisecond
	lateAfter = 5 * lookEvery / 2
	// parkAfter is the number of idle looks before the watcher parks.
	parkAfter = 32
)

// A Pacer times the looks of a watcher. Pause returns when it is time for
// the next look, with the time since the last one. Park returns after a
// Rouse, which may have come before it. A Rouse during Pause comes only when
// the watcher shall end, and may end the Pause early. Rouse is called from any
// goroutine, Pause and Park by the watcher alone, and Close when the watcher
// has ended or never began; no call follows it.
type Pacer interface {
	Pause() (elapsed time.Duration)
	Park()
	Rouse()
	Close()
}

func newWatcher(g *Group) *watcher {
	p := g.cfg.Pacer
	if p == nil {
		p = newThreadPacer(&g.supply)
	}
	return &watcher{group: g, pacer: p, seen: make([]uint64, len(g.loops)), ended: make(chan struct{})}
}

// watch looks until stop.
func (w *watcher) watch() {
	defer close(w.ended)
	for !w.stopped.Load() {
		if w.idle >= parkAfter {
			w.park()
		} else {
			w.look(w.pacer.Pause())
		}
	}
}

// look moves every loop on that is still in the task of the last look.
func (w *watcher) look(elapsed time.Duration) {
	how := watched
	if elapsed > lateAfter {
		how = lateLook
	}
	idle, away := true, int64(0)
	for i, l := range w.group.loops {
		t := l.handoff.holder()
		if t != 0 && t == w.seen[i] && l.handoff.take(t) {
			l.group.crew.start(job{loop: l, how: how})
			t = 0
		}
		w.seen[i] = t
		away += l.stats.away.Load()
		idle = idle && l.inbox.asleep.Load()
	}
	w.group.countPs(int(away))
	if idle {
		w.idle++
	} else {
		w.idle = 0
	}
}

// park sleeps until rouse. It announces that and looks again, so that a task
// that has begun in between is not missed: a driver stores its ticket first and
// looks for the announcement then.
func (w *watcher) park() {
	w.idle = 0
	w.parked.Store(true)
	for _, l := range w.group.loops {
		if l.handoff.holder() != 0 {
			if w.parked.CompareAndSwap(true, false) {
				return
			}
			break // roused already: Park returns at once
		}
	}
	if !w.stopped.Load() {
		w.pacer.Park()
	}
}

// rouse wakes the watcher if it is parked. Any goroutine. Hot path.
func (w *watcher) rouse() {
	if w.parked.Load() && w.parked.CompareAndSwap(true, false) {
		w.pacer.Rouse()
	}
}

// stop ends the watcher. No loop may be left that could rouse it.
func (w *watcher) stop() {
	w.stopped.Store(true)
	w.pacer.Rouse()
	<-w.ended
	w.pacer.Close()
}
