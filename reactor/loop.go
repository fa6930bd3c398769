package reactor

import (
	"runtime"
	"time"
)

// A Loop waits for events on its connections and handles them, one at a
// time. See the package comment for the order of an iteration.
type Loop struct {
	// Set before the loop starts, never changed.
	group     *Group
	index     int
	kernel    Kernel
	startAway func() bool // nil: never

	// Driver only. What an iteration has still to do is kept here and not on
	// the driver's stack, so that another driver can go on in its middle.
	events     []Event
	nextEvent  int
	nEvents    int
	ahead      readings // inputs of events to come
	turn       []*Conn  // ready connections of this iteration ...
	nextTurn   int
	ready      []*Conn // ... and of the next
	home       *work   // finished tasks
	posts      []func()
	nextPost   int
	due        []*Conn // deadlines that have passed
	nextDue    int
	closing    []*Conn
	nextClosed int

	current *Conn      // whose event is being handled
	queue   workQueue  // tasks of the current event
	running *work      // what the ticket in handoff stands for
	ticket  uint64     // the last one given out
	slice   sliceClock // how long the tasks of this iteration have taken
	dirty   []*Conn    // to be flushed after the event
	ending  bool       // end the loop after this iteration
	// emptyEnds ends the loop when it has no connection and no task.
	emptyEnds bool

	doors     []*door
	expecting bool // the last wait brought something, or ended before its time
	lagging   bool // the last iteration was a long one, with no sleep after it

	// roused: this iteration has probably made a goroutine runnable, by sending a
	// task away or by what was posted; keepUntil is when to give way to such ones
	// again.
	roused    bool
	keepUntil time.Duration
	shareAt   time.Duration // when to let others run, if Ps are few

	conns connTable
	wheel timerWheel
	now   time.Duration
	stats loopStats

	buffers    Buffers
	readBuffer []byte
	shared     input
	inputs     []*input  // free
	outputs    []*output // free
	freeWork   *work
	vec        [][]byte

	// Any goroutine.
	handoff handoff
	inbox   inbox
	away    awayQueue
	ended   chan struct{} // closed when the loop has ended
	last    Stats         // its counters then
}

const (
	eventsPerWait = 256
	postsPerTurn  = 256
	// wayTooLong is what giving way may cost, and wayAgain how long it is not done
	// after it has cost more. A goroutine that computes gets 10 ms from Go.
	wayTooLong = 5 * time.Millisecond
	wayAgain   = time.Second
	// readBufferSize is more than 64 KiB, so that a message of that size comes whole
	// with its frame header.
	readBufferSize = 80 << 10
	// shareEvery is how often a loop whose P may be needed shares it.
	shareEvery = time.Millisecond
)

func newLoop(g *Group, index int, k Kernel) *Loop {
	l := &Loop{
		group:      g,
		index:      index,
		kernel:     k,
		startAway:  g.cfg.StartAway,
		events:     make([]Event, eventsPerWait),
		buffers:    g.cfg.Buffers(index),
		ahead:      readings{buffer: make([]byte, readBufferSize)},
		readBuffer: make([]byte, readBufferSize),
		ended:      make(chan struct{}),
	}
	l.now = k.Now()
	l.wheel.advance(l.now, nil)
	return l
}

// Index is the number of the loop in its Group. Any goroutine.
func (l *Loop) Index() int { return l.index }

// Now is the monotonic time of this iteration, since the loop was made. Loop
// only. Hot path.
func (l *Loop) Now() time.Duration { return l.now }

// Wall is the wall clock time. Loop only.
func (l *Loop) Wall() time.Time { return l.kernel.Wall() }

// Buffers is where the loop's protocols take their buffers. Loop only.
func (l *Loop) Buffers() Buffers { return l.buffers }

// Conns calls fn for every open connection. Loop only.
func (l *Loop) Conns(fn func(*Conn)) { l.conns.each(fn) }

// iterate does one turn of the loop and waits. It returns false when the
// loop has passed to another driver; all lists are consumed from the front,
// so that the other one goes on where this one was. Hot path.
func (l *Loop) iterate(d *driver) bool {
	for l.nextEvent < l.nEvents {
		if l.nextEvent >= l.ahead.upTo && l.nEvents-l.nextEvent > 1 {
			l.readAhead()
		}
		l.nextEvent++
		l.dispatch(l.events[l.nextEvent-1])
		if !d.settle() {
			return false
		}
	}
	l.keepReadings()
	return l.takeTurns(d) && l.bringHome(d) && l.runPosts(d) && l.runTimers(d) && l.finishCloses(d)
}

// dispatch handles one event up to the tasks that it schedules. Hot path.
func (l *Loop) dispatch(ev Event) {
	if ev.Key&listenerKey != 0 {
		l.accept(int(ev.Key &^ listenerKey))
		return
	}
	c := l.conns.get(ev.Key)
	if c == nil || c.Closed() {
		return
	}
	l.current = c
	if ev.Flags&(Readable|PeerClosed|Broken) != 0 {
		c.set(readable)
	}
	if ev.Flags&Broken != 0 {
		c.set(broken)
	}
	// A connection that was reset has not seen a FIN. But if we have sent ours,
	// broken only says that both directions are at their end.
	if ev.Flags&PeerClosed != 0 && (!c.is(broken) || c.is(outputEnded)) {
		c.sawPeerClose()
	}
	if c.flags&(readable|paused|congested|closing|closed) == readable {
		c.read()
	}
	if ev.Flags&Writable != 0 && c.is(blocked) {
		c.unset(blocked)
		c.flush()
	}
}

// endEvent leaves the current connection: what it has not consumed moves out
// of the loop's read buffer, and what the kernel still holds is read in the
// next turn, because edge triggering will not announce it again. Where nothing
// is read for now, a reset has to be noticed without. Hot path.
func (l *Loop) endEvent() {
	c := l.current
	if c == nil {
		return
	}
	l.current = nil
	l.keepInput(c)
	if c.flags&(readable|paused|congested) == readable {
		l.markReady(c)
	} else if c.flags&(broken|outputEnded) == broken && c.flags&(paused|congested) != 0 {
		c.Close(ErrReset)
	}
}

func (l *Loop) markReady(c *Conn) {
	if c.flags&(listed|closing|closed) == 0 {
		c.set(listed)
		l.ready = append(l.ready, c)
	}
}

// takeTurns goes on with the connections that had more than one event's worth
// to read or to write.
func (l *Loop) takeTurns(d *driver) bool {
	if l.nextTurn == len(l.turn) {
		l.turn, l.ready, l.nextTurn = l.ready, l.turn[:0], 0
	}
	for l.nextTurn < len(l.turn) {
		c := l.turn[l.nextTurn]
		l.turn[l.nextTurn] = nil
		l.nextTurn++
		c.unset(listed)
		if c.Closed() {
			continue
		}
		l.current = c
		if c.hasToFlush() {
			c.markDirty()
		}
		if c.flags&(readable|paused|congested) == readable {
			c.read()
		}
		if !d.settle() {
			return false
		}
	}
	return true
}

// bringHome ends the tasks that ran away from the loop and are back by now.
// Those that come back meanwhile wait for the next iteration, or tasks that
// lead to others would keep the connections waiting.
func (l *Loop) bringHome(d *driver) bool {
	if l.home == nil {
		l.home = l.inbox.takeFinished()
	}
	for l.home != nil {
		w := l.home
		l.home = w.next
		l.complete(w)
		if !d.settle() {
			return false
		}
	}
	return true
}

// runPosts runs a bounded number of posted functions.
func (l *Loop) runPosts(d *driver) bool {
	if l.nextPost == len(l.posts) {
		clear(l.posts)
		l.posts, l.nextPost = l.inbox.takePosts(l.posts[:0]), 0
	}
	for n := 0; n < postsPerTurn && l.nextPost < len(l.posts); n++ {
		fn := l.posts[l.nextPost]
		l.posts[l.nextPost] = nil
		l.nextPost++
		l.roused = true
		fn()
		if !d.settle() {
			return false
		}
	}
	return true
}

// runTimers calls OnDeadline where it is time.
func (l *Loop) runTimers(d *driver) bool {
	if l.nextDue == len(l.due) {
		l.due, l.nextDue = l.due[:0], 0
		l.wheel.advance(l.now, l.timerDue)
	}
	for l.nextDue < len(l.due) {
		c := l.due[l.nextDue]
		l.due[l.nextDue] = nil
		l.nextDue++
		if c.is(overdue) && !c.Closed() {
			c.unset(overdue)
			c.handler.OnDeadline(c)
		}
		if !d.settle() {
			return false
		}
	}
	return true
}

func (l *Loop) timerDue(e *timerEntry) {
	if e.owner&doorOwner != 0 {
		l.openDoor(l.doors[e.owner&^doorOwner])
		return
	}
	c := l.conns.slots[e.owner].conn
	c.set(overdue)
	l.due = append(l.due, c)
}

// finishCloses closes what was marked for closing.
func (l *Loop) finishCloses(d *driver) bool {
	for l.nextClosed < len(l.closing) {
		c := l.closing[l.nextClosed]
		l.closing[l.nextClosed] = nil
		l.nextClosed++
		c.finishClose()
		if !d.settle() {
			return false
		}
	}
	l.closing, l.nextClosed = l.closing[:0], 0
	return true
}

// flushDirty sends what the step has produced. What callbacks produce meanwhile
// is left for the next call. Hot path.
func (l *Loop) flushDirty() {
	n := len(l.dirty)
	for i := range n {
		c := l.dirty[i]
		c.unset(dirty)
		c.flush()
	}
	rest := copy(l.dirty, l.dirty[n:])
	clear(l.dirty[rest:])
	l.dirty = l.dirty[:rest]
}

// deferDirty leaves what is to be flushed to the next turn.
func (l *Loop) deferDirty() {
	for _, c := range l.dirty {
		c.unset(dirty)
		l.markReady(c)
	}
	clear(l.dirty)
	l.dirty = l.dirty[:0]
}

// wait waits for events, for an inbox that is not empty, or for the next
// deadline. Hot path.
func (l *Loop) wait() {
	now := l.kernel.Now()
	l.noteLag(now - l.now)
	n, errno := 0, Errno(0)
	keeps := true // the P, for the beginning of the wait
	switch supply := l.group.supply.load(); {
	case supply == psScarce:
		// Those that are away run now. With Ps to spare that would only wake
		// threads for nothing.
		if n, errno = l.kernel.Wait(l.events, 0); n == 0 {
			runtime.Gosched()
		}
		keeps = false
	case supply == psEnough && now >= l.shareAt:
		now = l.share()
		keeps = false
	case l.roused:
		now = l.giveWay(now)
	}
	if n == 0 && errno == 0 {
		n, errno = l.kernel.Wait(l.events, l.patience(now, keeps))
		l.inbox.awake()
	}
	if errno != 0 {
		panic("reactor: waiting for events: " + errno.Error())
	}
	l.now = l.kernel.Now()
	slept := l.now - now
	l.lagging = l.lagging && slept < lookEvery
	l.expecting = n > 0 || slept < briefWait
	l.nextEvent, l.nEvents = 0, n
	l.ahead.upTo = 0
	l.slice = sliceClock{}
	l.stats.iterations++
	l.stats.events += uint64(n)
}

// share lets whoever can run do so on the loop's P, now and then, because there
// is no other for them. It returns the time afterwards.
func (l *Loop) share() time.Duration {
	l.roused = false
	runtime.Gosched()
	now := l.kernel.Now()
	l.shareAt = now + shareEvery
	return now
}

// giveWay lets those run whom this iteration has started or woken: here and now,
// instead of on a thread that would have to be woken to steal them. Where that
// costs the loop its P for long, because too many others compute, it is not done
// again for a while. It returns the time afterwards.
func (l *Loop) giveWay(now time.Duration) time.Duration {
	l.roused = false
	if now < l.keepUntil {
		return now
	}
	runtime.Gosched()
	back := l.kernel.Now()
	if back-now > wayTooLong {
		l.keepUntil = back + wayAgain
	}
	return back
}

// patience is how long the loop may wait. It announces that to the inbox if it
// is any time at all. A loop that something came to just now expects more and
// waits briefly at first, in the cheap way that keeps its P: see
// [Kernel.Wait]. It does not if others may need the P. Hot path.
func (l *Loop) patience(now time.Duration, keeps bool) time.Duration {
	if len(l.ready) > 0 || l.nextPost < len(l.posts) || !l.inbox.maySleep() {
		return 0
	}
	next := l.wheel.next(now)
	if l.expecting && keeps && (next < 0 || next > briefWait) {
		return briefWait
	}
	return next
}

// noteLag notes how long the iteration took, which is how long others had to
// wait for it. Hot path.
func (l *Loop) noteLag(took time.Duration) {
	l.stats.lag.add(took)
	l.stats.longest = max(l.stats.longest, took)
	l.lagging = took > lookEvery
}
