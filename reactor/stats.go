package reactor

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Stats is what a Loop has counted since it was made.
type Stats struct {
	Connections int    // open now
	Accepted    uint64 // connections opened
	Closed      uint64 // connections closed
	Refused     uint64 // shed because the process was out of descriptors
	Iterations  uint64
	Events      uint64
	Tasks       uint64 // run and returned on the loop
	Moves       uint64 // tasks that were moved while they ran on the loop
	SentAway    uint64 // tasks that began away from the loop
	Away        int    // tasks away now
	BytesIn     uint64
	BytesOut    uint64
	// Lag is how long iterations took, from one wait to the next.
	Lag LagHistogram
}

// A LagHistogram counts durations: bucket i holds those below 2^i us that
// are not in the bucket before.
type LagHistogram [22]uint64

func (h *LagHistogram) add(d time.Duration) {
	h[min(bits.Len64(uint64(d/time.Microsecond)), len(h)-1)]++
}

// Quantile returns an upper bound of the q-th quantile, for example 0.99;
// zero if nothing was counted.
func (h *LagHistogram) Quantile(q float64) time.Duration {
	var total, sum uint64
	for _, n := range h {
		total += n
	}
	for i, n := range h {
		if sum += n; n > 0 && float64(sum) >= q*float64(total) {
			return time.Microsecond << i
		}
	}
	return 0
}

// loopStats are the counters of a loop. All but away are the driver's.
type loopStats struct {
	accepted, closed, refused uint64
	iterations, events        uint64
	tasks, moves, sentAway    uint64
	bytesIn, bytesOut         uint64
	lag                       LagHistogram
	longest                   time.Duration // lag since TakeLag
	// Any goroutine, atomic: other loops look at them when they deal out
	// connections, and handlers are bounded by their sum.
	away atomic.Int64
	open atomic.Int64
}

func (l *Loop) snapshot() Stats {
	s := &l.stats
	return Stats{
		Connections: l.conns.n,
		Accepted:    s.accepted,
		Closed:      s.closed,
		Refused:     s.refused,
		Iterations:  s.iterations,
		Events:      s.events,
		Tasks:       s.tasks,
		Moves:       s.moves,
		SentAway:    s.sentAway,
		Away:        int(s.away.Load()),
		BytesIn:     s.bytesIn,
		BytesOut:    s.bytesOut,
		Lag:         s.lag,
	}
}

// Stats returns the loop's counters. It asks the loop and waits for the
// answer, so it may not be called from a callback of the same loop, and comes
// back only once the group was started or closed; any other goroutine may call
// it, also after the loop has ended.
func (l *Loop) Stats() Stats {
	answer := make(chan Stats, 1)
	if l.Post(func() { answer <- l.snapshot() }) {
		return <-answer
	}
	<-l.ended
	return l.last
}

// TakeLag returns how long the longest iteration took since the last call, and
// how many tasks and posted functions wait for the loop now. Loop only.
func (l *Loop) TakeLag() (longest time.Duration, waiting int) {
	longest, l.stats.longest = l.stats.longest, 0
	return longest, l.queue.n + len(l.posts) - l.nextPost + int(l.inbox.nposts.Load())
}

// Away is the number of tasks that run away from the loops of the group now.
// Any goroutine.
func (g *Group) Away() int {
	n := int64(0)
	for _, l := range g.loops {
		n += l.stats.away.Load()
	}
	return int(n)
}
