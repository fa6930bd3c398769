package httptwo

import "math/bits"

const urgencies = 8

// A sched holds the streams that may have data to send, by the priorities of
// RFC 9218: urgency strictly; within one urgency, incremental streams by turns
// of one frame, others one after the other in the order of their numbers; and
// when there are both, one frame of each kind by turns (RFC 9218, section 10).
// A session has one only while there is such a stream.
type sched struct {
	queues [urgencies][2]queue // the second for incremental streams
	used   uint8               // bit u: queues[u] has a stream
	turn   uint8               // bit u: it is the turn of the incremental ones of u
	fresh  int                 // streams queued that were not asked for their end
}

// queue is a list of streams.
type queue struct{ head, tail *Stream }

func (q *queue) push(st *Stream) {
	st.prev, st.next = q.tail, nil
	if q.tail == nil {
		q.head = st
	} else {
		q.tail.next = st
	}
	q.tail = st
}

// insert puts a stream where its number belongs. Nearly always that is the end.
func (q *queue) insert(st *Stream) {
	after := q.tail
	for after != nil && after.ID > st.ID {
		after = after.prev
	}
	if after == q.tail {
		q.push(st)
		return
	}
	st.prev = after
	if after == nil {
		st.next, q.head = q.head, st
	} else {
		st.next, after.next = after.next, st
	}
	st.next.prev = st
}

func (q *queue) remove(st *Stream) {
	if st.prev == nil {
		q.head = st.next
	} else {
		st.prev.next = st.next
	}
	if st.next == nil {
		q.tail = st.prev
	} else {
		st.next.prev = st.prev
	}
	st.next, st.prev = nil, nil
}

func (s *sched) queue(p Priority) *queue {
	if p.Incremental {
		return &s.queues[p.Urgency][1]
	}
	return &s.queues[p.Urgency][0]
}

// first returns the stream that is to send one frame, nil if there is none. Hot
// path.
func (s *sched) first() *Stream {
	if s.used == 0 {
		return nil
	}
	u := bits.TrailingZeros8(s.used)
	plain, shared := s.queues[u][0].head, s.queues[u][1].head
	switch {
	case plain == nil:
		return shared
	case shared == nil:
		return plain
	}
	if s.turn ^= 1 << u; s.turn&(1<<u) != 0 {
		return plain
	}
	return shared
}

// served ends the turn of a stream that sent a frame and has more.
func (s *sched) served(st *Stream) {
	if q := s.queue(st.priority); st.priority.Incremental && q.tail != st {
		q.remove(st)
		q.push(st)
	}
}

// enqueue gives a stream a place among those that may have data. Hot path.
func (s *Session) enqueue(st *Stream) {
	if st.flags&flagQueued != 0 {
		return
	}
	if s.sched == nil {
		s.sched = s.loop.newSched()
	}
	st.flags |= flagQueued
	q := s.sched.queue(st.priority)
	if st.priority.Incremental {
		q.push(st)
	} else {
		q.insert(st)
	}
	s.sched.used |= 1 << st.priority.Urgency
	if st.flags&flagProbed == 0 {
		s.sched.fresh++
	}
}

// dequeue takes a stream out of its queue, if it is in one. Hot path.
func (s *Session) dequeue(st *Stream) {
	if st.flags&flagQueued == 0 {
		return
	}
	st.flags &^= flagQueued
	if st.flags&flagProbed == 0 {
		s.sched.fresh--
	}
	s.sched.queue(st.priority).remove(st)
	if u := st.priority.Urgency; s.sched.queues[u] == ([2]queue{}) {
		if s.sched.used &^= 1 << u; s.sched.used == 0 {
			s.loop.freeSched(s.sched)
			s.sched = nil
		}
	}
}

// unblock queues a stream whose window was opened, if it waits for that.
func (s *Session) unblock(st *Stream) {
	if st.flags&flagWaits != 0 {
		st.flags &^= flagWaits
		s.enqueue(st)
	}
	if st.flags&flagQueued != 0 {
		s.flags |= opened
	}
}

// probed notes that a stream was asked whether it ends while no window is open
// for its data. Until it is woken it need not be asked again.
func (s *Session) probed(st *Stream) {
	if st.flags&flagProbed == 0 {
		st.flags |= flagProbed
		s.sched.fresh--
	}
}

// SetPriority changes when the response of a stream is wanted, for example
// because the application knows better (RFC 9218, section 8).
func (s *Session) SetPriority(st *Stream, p Priority) {
	p.Urgency = min(p.Urgency, urgencies-1)
	if st.flags&flagQueued == 0 {
		st.priority = p
		return
	}
	s.dequeue(st)
	st.priority = p
	s.enqueue(st)
}

func (l *loopState) newSched() *sched {
	last := len(l.scheds) - 1
	if last < 0 {
		return new(sched)
	}
	sc := l.scheds[last]
	l.scheds[last] = nil
	l.scheds = l.scheds[:last]
	return sc
}

func (l *loopState) freeSched(sc *sched) {
	if len(l.scheds) < maxFreeScheds {
		*sc = sched{}
		l.scheds = append(l.scheds, sc)
	}
}
