package server

import "reactor.example/reactor"

// Buffer implements transport: what is appended is sealed before the flush. Hot
// path.
func (t *tlsConn) Buffer() []byte {
	if t.out == nil {
		if t.Closed() {
			return nil
		}
		size := smallBlock
		if t.flags&tlsLarge != 0 {
			size = largeOut
		}
		t.out = t.shard.loop.Buffers().Get(size)[:0]
	}
	return t.out
}

// SetBuffer implements transport. Hot path.
func (t *tlsConn) SetBuffer(b []byte) {
	if t.out == nil {
		return
	}
	t.flags &^= tlsLarge
	if len(b) > 2*sealFrom {
		t.flags |= tlsLarge
	}
	if t.out = rehomed(b, t.out, t.shard.loop.Buffers()); len(b) >= sealFrom {
		if t.queue == nil {
			t.sealOut()
			return
		}
		t.queueOut()
	}
	if len(b) > 0 {
		t.Conn.RequestFlush()
	} else {
		t.dropOut()
	}
}

// WriteRef implements transport.
func (t *tlsConn) WriteRef(b []byte) { t.writeRef(b, nil) }

// WriteOwned implements transport.
func (t *tlsConn) WriteOwned(b []byte, owner reactor.Owner) {
	t.writeRef(b, owner)
}

// Pending implements transport.
func (t *tlsConn) Pending() int64 {
	n := t.Conn.Pending() + int64(len(t.out))
	if t.queue != nil {
		n += t.queue.n
	}
	return n
}

// RequestFlush implements transport.
func (t *tlsConn) RequestFlush() {
	t.flags |= tlsAsked
	t.Conn.RequestFlush()
}

// CloseWrite implements transport: close_notify and FIN, behind the output.
func (t *tlsConn) CloseWrite() {
	t.flags |= tlsEndWrite
	t.Conn.RequestFlush()
}

// CloseAfterFlush implements transport.
func (t *tlsConn) CloseAfterFlush() {
	t.flags |= tlsEndAll
	t.Conn.RequestFlush()
}

// OnFlush implements reactor.Producer: what the protocol has to say is sealed,
// and then its goodbye. Hot path.
func (t *tlsConn) OnFlush(*reactor.Conn) {
	if t.flags&tlsDiscarded != 0 {
		t.dropOut()
		return
	}
	if t.flags&tlsAsked != 0 {
		t.flags &^= tlsAsked
		t.proto.(reactor.Producer).OnFlush(nil)
	}
	t.sealQueue()
	t.sealOut()
	if t.flags&(tlsEndWrite|tlsEndAll) == 0 || t.flags&tlsAsked != 0 || t.queue != nil {
		return
	}
	t.Conn.SetBuffer(t.session.AppendClose(t.Conn.Buffer()))
	if t.flags&tlsEndAll != 0 {
		t.Conn.CloseAfterFlush()
	} else {
		t.Conn.CloseWrite()
	}
	t.flags &^= tlsEndWrite | tlsEndAll
}

// sealOut seals what has gathered, unless that has to wait. Hot path.
func (t *tlsConn) sealOut() {
	if t.queue != nil {
		return
	}
	if len(t.out) > 0 {
		t.seal(t.out)
	}
	t.dropOut()
}

// seal puts p behind the output of the connection, encrypted. Hot path.
func (t *tlsConn) seal(p []byte) {
	if len(p) == 0 || t.Closed() || t.flags&tlsDiscarded != 0 {
		return
	}
	b, err := t.session.Seal(t.Conn.Buffer(), p)
	if err != nil {
		t.Conn.Close(err)
		return
	}
	t.Conn.SetBuffer(b)
}

// dropOut gives the output buffer back.
func (t *tlsConn) dropOut() {
	if t.out != nil {
		t.shard.loop.Buffers().Put(t.out)
		t.out = nil
	}
}
