package server

import "reactor.example/reactor"

// A tlsQueue holds what a protocol has written by reference while more is pending
// than the high water mark allows: it is sealed as the client takes what is before
// it. So a large response costs no more memory encrypted than it does in the clear,
// and the loop never encrypts much of it at a time. Loop only.
type tlsQueue struct {
	spans []tlsSpan
	n     int64 // bytes in all
}

// A tlsSpan is a piece of output in the clear.
type tlsSpan struct {
	b      []byte
	owner  reactor.Owner // told when b is sealed, or nil
	pooled []byte        // b is in this buffer, which goes back then, or nil
}

// sealStep is how much of a span is sealed before the bound is looked at again.
const sealStep = 4 * sealFrom

// writeRef sends b, now or behind what has to wait. Hot path.
func (t *tlsConn) writeRef(b []byte, owner reactor.Owner) {
	if t.queue == nil && t.Pending()+int64(len(b)) <= t.highWater() || t.Closed() || t.flags&tlsDiscarded != 0 {
		t.sealOut()
		t.seal(b)
		if owner != nil {
			owner.Release()
		}
		return
	}
	if t.queue == nil {
		t.queue = new(tlsQueue)
	}
	t.queueOut()
	t.enqueue(tlsSpan{b: b, owner: owner})
	t.Conn.RequestFlush()
}

// queueOut moves what has gathered behind the queue.
func (t *tlsConn) queueOut() {
	if len(t.out) > 0 {
		t.enqueue(tlsSpan{b: t.out, pooled: t.out})
		t.out = nil
	}
}

// enqueue puts a span at the end. What is here is above the high water mark, so
// the connection is congested: nothing is read, and no more is asked for, until
// all of it is sealed.
func (t *tlsConn) enqueue(span tlsSpan) {
	q := t.queue
	q.spans = append(q.spans, span)
	q.n += int64(len(span.b))
	if t.Pending() > t.highWater() && t.flags&tlsCongested == 0 {
		t.flags |= tlsCongested
		t.Conn.PauseReading()
	}
}

func (t *tlsConn) highWater() int64 {
	return int64(t.shard.srv.snap.Load().cfg.OutputHighWater)
}

// sealQueue seals what there is room for.
func (t *tlsConn) sealQueue() {
	q := t.queue
	if q == nil {
		return
	}
	for len(q.spans) > 0 && t.Conn.Pending() <= t.highWater() && !t.Closed() {
		span := &q.spans[0]
		n := min(len(span.b), sealStep)
		t.seal(span.b[:n])
		span.b = span.b[n:]
		if q.n -= int64(n); len(span.b) == 0 {
			t.freeSpan(span)
			q.spans = q.spans[1:]
		}
	}
	if len(q.spans) > 0 {
		t.Conn.RequestFlush()
		return
	}
	t.queue = nil
	if t.flags&tlsCongested != 0 {
		t.caughtUp()
	}
}

// caughtUp ends the congestion that the queue was.
func (t *tlsConn) caughtUp() {
	t.flags &^= tlsCongested
	if t.flags&tlsPaused == 0 {
		t.Conn.ResumeReading()
	}
	if !t.Conn.Congested() {
		t.proto.OnDrain(nil)
	}
}

// dropQueue lets go of what will not be sent any more.
func (t *tlsConn) dropQueue() {
	if t.queue == nil {
		return
	}
	for i := range t.queue.spans {
		t.freeSpan(&t.queue.spans[i])
	}
	t.queue = nil
}

// freeSpan gives back what a span holds.
func (t *tlsConn) freeSpan(span *tlsSpan) {
	if span.pooled != nil {
		t.shard.loop.Buffers().Put(span.pooled)
	}
	if span.owner != nil {
		span.owner.Release()
	}
	*span = tlsSpan{}
}

// PauseReading implements transport.
func (t *tlsConn) PauseReading() {
	if t.flags&tlsDiscarded != 0 {
		return
	}
	t.flags |= tlsPaused
	t.Conn.PauseReading()
}

// ResumeReading implements transport.
func (t *tlsConn) ResumeReading() {
	t.flags &^= tlsPaused
	if t.flags&tlsCongested == 0 {
		t.Conn.ResumeReading()
	}
}

// Congested implements transport.
func (t *tlsConn) Congested() bool { return t.flags&tlsCongested != 0 || t.Conn.Congested() }
