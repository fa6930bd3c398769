package reactor

import (
	"runtime/pprof"
	"sync"
	"time"
)

// An awayQueue holds the tasks that shall run away from their loop until a
// goroutine takes them.
//
// One goroutine runs them one after the other for as long as none of them
// blocks, which costs them no switch between goroutines. None may wait for
// one that does block. So while there is any in the queue, a goroutine is
// coming: one that was started and has not looked into the queue yet. If the
// task in front of it blocks, Go's scheduler runs the one that is coming, and
// that takes the next task and has another one come.
type awayQueue struct {
	mu     sync.Mutex
	queue  workQueue
	coming bool // a goroutine was started for the queue and has not looked into it
}

// push adds w, and reports whether the caller has to start a goroutine.
func (q *awayQueue) push(w *work) (start bool) {
	q.mu.Lock()
	q.queue.push(w)
	start, q.coming = !q.coming, true
	q.mu.Unlock()
	return start
}

// pop takes the next work, or nil if there is none, and reports whether the
// caller has to start a goroutine before it runs that. The goroutine that was
// coming has arrived.
func (q *awayQueue) pop(arrived bool) (w *work, start bool) {
	q.mu.Lock()
	q.coming = q.coming && !arrived
	w = q.queue.pop()
	if q.queue.n > 0 && !q.coming {
		start, q.coming = true, true
	}
	q.mu.Unlock()
	return w, start
}

// sendAway has w run by another goroutine.
func (l *Loop) sendAway(w *work) {
	w.how = sentAway
	l.roused = true
	l.stats.away.Add(1)
	l.stats.sentAway++
	if l.away.push(w) {
		l.group.crew.start(job{loop: l, how: sentAway})
	}
}

// serve runs what is in l's queue until it is empty, and reports whether the hand,
// which was started for it, is good for another job. If it is not, the rest
// of the queue is not its business: somebody is coming.
func (h *hand) serve(l *Loop) (good bool) {
	arrived := true
	for {
		w, start := l.away.pop(arrived)
		if start {
			l.group.crew.start(job{loop: l, how: sentAway})
		}
		if w == nil {
			return true
		}
		arrived = false
		pprof.SetGoroutineLabels(background)
		took := w.runAway(l)
		if h.served++; (took > longAway || h.served%lockCheck == 0) && threadLocked() {
			return false
		}
	}
}

// longAway is after how long a look at the goroutine costs little beside the task.
const longAway = time.Millisecond

// runAway runs w away from l and sends it home. It returns how long that took, since
// w is the loop's again by then.
func (w *work) runAway(l *Loop) (took time.Duration) {
	begun := time.Now()
	returned := false
	defer func() {
		if !returned {
			w.err = unwound(recover())
		}
		took = time.Since(begun)
		w.took = took
		l.finish(w)
	}()
	w.task.Run(Hold{})
	returned = true
	return // took, which the deferred function sets
}
