package server

import "reactor.example/reactor"

// A tunnelOut is the output of a tunnel that has not become DATA yet: copies,
// in buffers of the loop, and what was lent in between. The zero value is empty
// and holds nothing.
type tunnelOut struct {
	pieces []piece
	off    int // bytes of the first piece that were taken
	n      int // bytes in all
}

// A piece is a part of the output: a copy of its own, or memory of an owner,
// nil for memory that nobody waits for.
type piece struct {
	b     []byte
	owner reactor.Owner
	own   bool
}

// buffer returns the copy at the end, which may be empty. Hot path.
func (o *tunnelOut) buffer(buffers Buffers) []byte {
	if last := len(o.pieces) - 1; last >= 0 && o.pieces[last].own {
		return o.pieces[last].b
	}
	b := buffers.Get(smallBlock)[:0]
	o.pieces = append(o.pieces, piece{b: b, own: true})
	return b
}

// setBuffer takes back what buffer has returned, and more. Hot path.
func (o *tunnelOut) setBuffer(b []byte, buffers Buffers) {
	last := &o.pieces[len(o.pieces)-1]
	o.n += len(b) - len(last.b)
	last.b = rehomed(b, last.b, buffers)
}

// lend appends b itself.
func (o *tunnelOut) lend(b []byte, owner reactor.Owner) {
	o.pieces = append(o.pieces, piece{b: b, owner: owner})
	o.n += len(b)
}

// take moves at most limit bytes behind dst. Hot path.
func (o *tunnelOut) take(dst []byte, limit int, buffers Buffers) []byte {
	done := 0
	for limit > 0 && done < len(o.pieces) {
		p := &o.pieces[done]
		k := min(limit, len(p.b)-o.off)
		dst = append(dst, p.b[o.off:o.off+k]...)
		limit -= k
		o.n -= k
		if o.off += k; o.off < len(p.b) {
			break
		}
		o.off = 0
		p.release(buffers)
		done++
	}
	if done > 0 {
		rest := copy(o.pieces, o.pieces[done:])
		clear(o.pieces[rest:])
		o.pieces = o.pieces[:rest]
	}
	if o.n == 0 {
		o.discard(buffers)
	}
	return dst
}

// discard gives everything back.
func (o *tunnelOut) discard(buffers Buffers) {
	for i := range o.pieces {
		o.pieces[i].release(buffers)
	}
	*o = tunnelOut{}
}

func (p *piece) release(buffers Buffers) {
	switch {
	case p.own:
		buffers.Put(p.b)
	case p.owner != nil:
		p.owner.Release()
	}
}

// Buffer implements transport.
func (t *tunnel) Buffer() []byte {
	if t.Closed() {
		return nil
	}
	return t.out.buffer(t.conn.shard.loop.Buffers())
}

// SetBuffer implements transport.
func (t *tunnel) SetBuffer(b []byte) {
	if t.Closed() || len(t.out.pieces) == 0 {
		return
	}
	t.out.setBuffer(b, t.conn.shard.loop.Buffers())
	t.wake()
}

// WriteRef implements transport.
func (t *tunnel) WriteRef(b []byte) {
	if len(b) > 0 && !t.Closed() {
		t.out.lend(b, nil)
		t.wake()
	}
}

// WriteOwned implements transport.
func (t *tunnel) WriteOwned(b []byte, owner reactor.Owner) {
	if len(b) == 0 || t.Closed() {
		owner.Release()
		return
	}
	t.out.lend(b, owner)
	t.wake()
}

// RequestFlush implements transport: the protocol is asked for its output
// before the connection makes its own.
func (t *tunnel) RequestFlush() {
	if !t.is(tunnelAsks | tunnelClosed) {
		t.flags |= tunnelAsks
		s := t.conn.shard
		s.asking = append(s.asking, t)
		t.conn.t.RequestFlush()
	}
}

// wake has the session ask for the output. Hot path.
func (t *tunnel) wake() {
	if t.is(tunnelClosed) {
		return
	}
	if t.out.n > t.highWater() {
		t.flags |= tunnelCongested
	}
	t.conn.session.Wake(t.st)
	t.conn.t.RequestFlush()
}

func (t *tunnel) highWater() int { return t.conn.limits().OutputHighWater }

// AppendData implements httptwo.Source. What follows from it waits for stir: the
// session must not be called here. Hot path.
func (t *tunnel) AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []Field) {
	s := t.conn.shard
	before := len(dst)
	dst = t.out.take(dst, limit, s.loop.Buffers())
	t.sent += int64(len(dst) - before)
	more = t.out.n > 0
	if end = !more && t.is(tunnelEndOutput); end {
		t.flags |= tunnelEnded
	}
	if end || t.is(tunnelCongested) {
		s.stirred = append(s.stirred, t)
	}
	return dst, more, end, nil
}

// produce asks the protocols in tunnels for the output that they put off.
func (s *shard) produce() {
	for i := 0; i < len(s.asking); i++ {
		t := s.asking[i]
		s.asking[i] = nil
		t.flags &^= tunnelAsks
		if p, ok := t.protocol.(reactor.Producer); ok && !t.Closed() {
			p.OnFlush(nil)
		}
	}
	s.asking = s.asking[:0]
}

// stir goes on with the tunnels whose output has left.
func (s *shard) stir() {
	for i := 0; i < len(s.stirred); i++ {
		t := s.stirred[i]
		s.stirred[i] = nil
		t.stir()
	}
	s.stirred = s.stirred[:0]
}
