package reactor

import (
	"bytes"
	"context"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// A driver is one goroutine's turn at driving a loop. The loop is its own
// from drive on until a task that it runs is taken away from it.
type driver struct {
	loop *Loop
	// work is the task whose Run is on the stack, with its ticket; nil when
	// no user code is.
	work   *work
	ticket uint64
	served int // tasks run
	check  int // at how many of them to look whether the goroutine is still good
}

const (
	// drainBudget is how long the tasks of one iteration may keep the loop,
	// one after the other. What is left of them then runs away from it.
	drainBudget = 500 * time.Microsecond
	// lockCheck is after how many tasks a driver looks whether one of them
	// has left its thread locked. To look costs as much as a small task.
	lockCheck = 64
	// roundsPerStep is how often one step may flush. A handler whose OnDrain
	// writes more, to a peer that reads all of it at once, would never come to
	// an end; it goes on in the next turn.
	roundsPerStep = 4
	// driverService is after how many tasks a driver makes room for a fresh
	// goroutine.
	driverService = 1 << 20
)

// drive runs the loop until it ends or passes on. how tells why the last
// driver stopped.
func (l *Loop) drive(how move) {
	d := &driver{loop: l, check: 1}
	defer d.leave()
	if !d.resume(how) {
		return
	}
	for l.iterate(d) {
		if l.mayEnd() && l.end() {
			return
		}
		if d.spent() {
			go l.group.crew.work(job{loop: l, how: replaced})
			runtime.Goexit()
		}
		l.wait()
	}
}

// resume takes over from the driver whose task was moved: the task is away
// now, and the event in which it ran is finished without it.
func (d *driver) resume(how move) bool {
	l := d.loop
	switch how {
	case watched, lateLook, released, unwinding:
		l.running.how = how
		l.running = nil
		l.stats.away.Add(1)
		if how != unwinding {
			l.stats.moves++
		}
		if how == watched || how == released {
			l.group.supply.need()
		}
		if l.current != nil {
			l.keepInput(l.current)
		}
		l.flushDirty() // it has waited long enough
		return d.settle()
	}
	return true
}

// settle ends a step of the iteration: it runs the tasks that the step has
// scheduled, flushes, and leaves the current connection. Nothing of a
// protocol is on the stack. It returns false when the loop has passed on.
// Hot path.
func (d *driver) settle() bool {
	l := d.loop
	for rounds := 0; l.queue.n > 0 || len(l.dirty) > 0; rounds++ {
		if !d.drain() {
			return false
		}
		if l.gathers() {
			break
		}
		if rounds < roundsPerStep {
			l.flushDirty()
		} else {
			l.deferDirty()
		}
	}
	l.endEvent()
	return true
}

// drain runs the queued tasks, within the budget. Hot path.
func (d *driver) drain() bool {
	l := d.loop
	for {
		w := l.queue.pop()
		switch {
		case w == nil:
			return true
		case l.slice.over() || l.startAway != nil && l.startAway():
			l.sendAway(w)
		case !d.run(w):
			return false
		}
	}
}

// run runs w on the loop, open to takers, and reports whether the loop is
// still ours. If it is not, nothing of it may be touched: not even by run.
// Hot path.
func (d *driver) run(w *work) bool {
	l := d.loop
	l.ticket++
	ticket := l.ticket
	l.running = w
	d.work, d.ticket = w, ticket
	sampled, begun := l.slice.sample(), time.Duration(0)
	if sampled {
		begun = l.kernel.Now()
	}
	l.handoff.begin(ticket)
	l.group.watcher.rouse()
	w.task.Run(Hold{l, ticket})
	d.work = nil
	pprof.SetGoroutineLabels(background)
	if !l.handoff.take(ticket) {
		l.finish(w)
		return false
	}
	if sampled {
		l.slice.add(l.kernel.Now() - begun)
	}
	d.served++
	l.stats.tasks++
	l.complete(w)
	return true
}

// leave is what a driver does when user code unwinds its stack, by a panic
// or by runtime.Goexit: it hands the task over with the error, and the loop,
// if it still has it, to a fresh driver.
func (d *driver) leave() {
	if d.work == nil {
		return
	}
	w, l := d.work, d.loop
	w.err = unwound(recover())
	if l.handoff.take(d.ticket) {
		l.group.crew.start(job{loop: l, how: unwinding})
	}
	l.finish(w)
}

// unwound makes the error of a task that ended by recovered, or by
// runtime.Goexit if that is nil.
func unwound(recovered any) error {
	if recovered == nil {
		return ErrGoexit
	}
	return &PanicError{Value: recovered, Stack: debug.Stack()}
}

// spent reports whether the driver's goroutine should serve no longer. Hot path.
func (d *driver) spent() bool {
	if d.served < d.check {
		return false
	}
	d.check = d.served + lockCheck
	return d.served >= driverService || threadLocked()
}

// background carries no goroutine labels.
var background = context.Background()

// threadLocked reports whether a task has left the goroutine locked to its
// thread. The first line of a stack trace is the only place that tells.
func threadLocked() bool {
	var b [96]byte
	line := b[:runtime.Stack(b[:], false)]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	return bytes.Contains(line, []byte("locked to thread"))
}

// A sliceClock estimates how long the tasks of an iteration have kept the
// loop, by measuring one in sampleEvery of them.
type sliceClock struct {
	n     int
	spent time.Duration
}

const sampleEvery = 4

// sample reports whether the next task is to be measured. Hot path.
func (s *sliceClock) sample() bool {
	s.n++
	return s.n%sampleEvery == 0
}

func (s *sliceClock) add(took time.Duration) { s.spent += sampleEvery * took }

// over reports that the budget is used up. Hot path.
func (s *sliceClock) over() bool { return s.spent > drainBudget }
