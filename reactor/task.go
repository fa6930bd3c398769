package reactor

import "time"

// A Task is user work that a protocol wants done for a connection. It may
// block: see the package comment on the hand-off.
//
// Run is called once, by the driver of the loop or by a goroutine away from
// it, and cannot know which, because it may be moved between two of its
// instructions. So it may use what the task owns, immutable data, and things
// made for any goroutine, but never its Conn or the Loop (other than
// Loop.Post).
//
// Afterwards exactly one of Done and Drop is called. Done runs on the loop.
// Drop is called instead if the loop ended while the task was away; it runs
// on any goroutine and may not touch a Conn.
type Task interface {
	Run(h Hold)
	Done(r Result)
	Drop()
}

// A Result tells Task.Done how Run went.
type Result struct {
	// Err is nil, a *PanicError, or ErrGoexit.
	Err error
	// Moved reports that Run left the loop after it had begun there.
	Moved bool
	// Released reports that it was moved by Hold.Release rather than by the
	// watcher.
	Released bool
	// Late reports that the watcher's look that moved it came late itself,
	// so that the move says little about the task.
	Late bool
	// Away is how long Run took if it began away from the loop, else zero.
	Away time.Duration
}

// A Hold is the claim of a running task on the loop that runs it. A Hold
// whose task has returned, or was moved, or began away, is harmless, and so
// is the zero Hold.
type Hold struct {
	loop   *Loop
	ticket uint64
}

// Release tells the loop that the task is about to wait: if the task still
// holds the loop, the loop goes on at once on another goroutine. Any
// goroutine may call it at any time and any number of times.
func (h Hold) Release() {
	if h.loop != nil && h.loop.handoff.take(h.ticket) {
		h.loop.group.crew.start(job{loop: h.loop, how: released})
	}
}

// Schedule queues t to be run on the loop, guarded by the hand-off, as soon
// as the current callback has returned. Loop only. Hot path.
func (l *Loop) Schedule(t Task) {
	l.queue.push(l.newWork(t))
}

// ScheduleAway runs t on another goroutine, which waits for no other task.
// Loop only.
func (l *Loop) ScheduleAway(t Task) {
	l.group.supply.need()
	l.sendAway(l.newWork(t))
}

// work is a task on its way: queued, running, or coming home. Its fields
// belong to the loop, but for err and took, which the goroutine that ran the
// task sets before it adds the work to the loop's finished list.
type work struct {
	task Task
	how  move
	next *work // in the free list, the queue or the finished list

	err  error
	took time.Duration
}

func (l *Loop) newWork(t Task) *work {
	w := l.freeWork
	if w == nil {
		return &work{task: t}
	}
	l.freeWork, w.next = w.next, nil
	w.task = t
	return w
}

// complete gives w's task its Result and w back to the free list.
func (l *Loop) complete(w *work) {
	r := Result{Err: w.err, Away: w.took}
	switch w.how {
	case watched, lateLook, released:
		r.Moved, r.Released, r.Late = true, w.how == released, w.how == lateLook
	}
	if w.how != stayed {
		l.stats.away.Add(-1)
	}
	t := w.task
	*w = work{next: l.freeWork}
	l.freeWork = w
	t.Done(r)
}

// workQueue is a first-in first-out list.
type workQueue struct {
	head, tail *work
	n          int
}

func (q *workQueue) push(w *work) {
	if q.tail == nil {
		q.head = w
	} else {
		q.tail.next = w
	}
	q.tail = w
	q.n++
}

func (q *workQueue) pop() *work {
	w := q.head
	if w == nil {
		return nil
	}
	if q.head = w.next; q.head == nil {
		q.tail = nil
	}
	w.next = nil
	q.n--
	return w
}
