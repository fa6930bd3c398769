package server

import (
	"net"
	"net/netip"
	"time"

	"reactor.example/httptwo"
	"reactor.example/reactor"
)

// A tunnel is a stream of HTTP/2 as a transport: what an extended CONNECT has
// opened (RFC 8441). DATA of the client is its input, its output becomes DATA,
// the windows of the stream are its back-pressure. END_STREAM is to it what FIN
// is to a connection, RST_STREAM what a reset is.
//
//	http2 ── Data, End, Reset ──▶ stream2 ──▶ tunnel ── Input ──▶ wsConn
//	  ▲                                        │  ▲                  │
//	  └────────── httptwo.Source ──────────────┘  └──── Buffer ──────┘
type tunnel struct {
	// Set when it is opened, never changed.
	x        *stream2
	conn     *http2
	st       *httptwo.Stream
	id       uint64
	protocol protocol

	// Loop only.
	in     []byte // received and not consumed: of the connection's input, or of kept
	kept   []byte // a buffer of the loop, nil when nothing is kept
	out    tunnelOut
	due    time.Duration // when OnDeadline is, or zero
	sent   int64
	reason error // why it is closed
	flags  tunnelFlags
}

type tunnelFlags uint8

const (
	tunnelEOF       tunnelFlags = 1 << iota // END_STREAM was received
	tunnelPaused                            // PauseReading
	tunnelCongested                         // output went above the high water mark
	tunnelEndOutput                         // CloseWrite: END_STREAM behind the output
	tunnelEnded                             // END_STREAM sent
	tunnelLast                              // CloseAfterFlush
	tunnelAsks                              // RequestFlush
	tunnelClosed                            // nothing goes in or out any more
)

func (t *tunnel) is(f tunnelFlags) bool { return t.flags&f != 0 }

// openTunnel answers the opening handshake of a WebSocket, which may have the
// stream then. It reports false if it cannot be answered so.
func (x *stream2) openTunnel() bool {
	ex, h := x.ex, x.conn
	hd := x.replyHead(-1) // no length in a 2xx to CONNECT (RFC 9110, section 9.3.6)
	if err := h.session.SendHead(x.st, &hd, false); err != nil {
		h.shard.logReply(ex, err)
		ex.replaceBy(500)
		return false
	}
	c := (*wsConn)(ex.socket)
	ex.socket = nil
	t := &tunnel{x: x, conn: h, st: x.st, id: h.t.ID() ^ uint64(x.st.ID)<<40, protocol: c}
	x.credit(ex.body.received - int64(ex.body.buffered()))
	if ex.body.buffered() > 0 { // the first frames, sent without waiting for the answer
		t.kept, t.in = ex.body.buf, ex.body.buf[ex.body.off:]
		ex.body.buf, ex.body.off = nil, 0
	}
	if ex.body.end {
		t.flags |= tunnelEOF
	}
	x.phase, x.tunnel, x.ex = stream2Tunnel, t, nil
	h.shard.endExchange(ex, nil)
	h.session.Tunnel(t.st)
	h.session.SetSource(t.st, t)
	c.start(t, 0)
	return true
}

// receive takes what the client has sent. It is looked at where it lies.
func (t *tunnel) receive(p []byte) {
	if t.is(tunnelClosed) {
		t.conn.session.Consume(t.st, len(p))
		return
	}
	if len(t.in) > 0 || t.is(tunnelPaused) {
		t.keep(p)
	} else {
		t.in = p
	}
	if !t.is(tunnelPaused) {
		t.protocol.OnInput(nil)
	}
	if t.kept == nil && len(t.in) > 0 {
		rest := t.in
		t.in = nil
		t.keep(rest)
	}
}

// keep copies p behind what is kept. The window of the stream bounds it.
func (t *tunnel) keep(p []byte) {
	buffers := t.conn.shard.loop.Buffers()
	if need := len(t.in) + len(p); need > cap(t.kept) {
		bigger := append(buffers.Get(max(need, 2*len(t.in), smallBlock))[:0], t.in...)
		t.dropKept()
		t.kept = bigger
	} else if len(t.in) < len(t.kept) {
		t.kept = t.kept[:copy(t.kept, t.in)]
	}
	t.kept = append(t.kept, p...)
	t.in = t.kept
}

func (t *tunnel) dropKept() {
	if t.kept != nil {
		t.conn.shard.loop.Buffers().Put(t.kept)
		t.kept = nil
	}
}

// ended is called when the client has ended its direction.
func (t *tunnel) ended() {
	if t.is(tunnelEOF | tunnelClosed) {
		return
	}
	t.flags |= tunnelEOF
	t.protocol.OnPeerClosed(nil)
	if !t.is(tunnelPaused) {
		t.protocol.OnInput(nil)
	}
}

// stir does what AppendData has made due.
func (t *tunnel) stir() {
	switch {
	case t.is(tunnelClosed):
	case t.is(tunnelEnded) && t.is(tunnelLast):
		t.finish(nil)
	case t.is(tunnelCongested) && t.out.n <= t.highWater()/4:
		t.flags &^= tunnelCongested
		t.protocol.OnDrain(nil)
	}
}

// look calls OnDeadline if it is time.
func (t *tunnel) look(now time.Duration) {
	if t.due != 0 && now >= t.due {
		t.due = 0
		t.protocol.OnDeadline(nil)
	}
	t.conn.watch(t.due)
}

// finish is the end of the tunnel: the stream is let go of.
func (t *tunnel) finish(err error) {
	if t.x == nil {
		return
	}
	if t.reason == nil {
		t.reason = err
	}
	x := t.x
	t.x = nil
	t.flags |= tunnelClosed
	t.drop()
	x.free()
	t.protocol.OnClose(nil, t.reason)
}

// drop gives up everything that waits.
func (t *tunnel) drop() {
	t.in = nil
	t.dropKept()
	t.out.discard(t.conn.shard.loop.Buffers())
}

// held is the memory in its buffers.
func (t *tunnel) held() int64 { return int64(len(t.in) + t.out.n) }

// Input implements transport.
func (t *tunnel) Input() []byte { return t.in }

// Consume implements transport: the windows open again.
func (t *tunnel) Consume(n int) {
	if n == 0 || t.is(tunnelClosed) {
		return
	}
	if t.in = t.in[n:]; len(t.in) == 0 {
		t.in = nil
		t.dropKept()
	}
	t.conn.session.Consume(t.st, n)
	if t.conn.session.HasOutput() {
		t.conn.t.RequestFlush()
	}
}

// EOF implements transport.
func (t *tunnel) EOF() bool { return t.is(tunnelEOF) }

// PauseReading implements transport. What comes is kept meanwhile: no more
// than the window of the stream has room for.
func (t *tunnel) PauseReading() { t.flags |= tunnelPaused }

// ResumeReading implements transport.
func (t *tunnel) ResumeReading() { t.flags &^= tunnelPaused }

// Pending implements transport.
func (t *tunnel) Pending() int64 { return int64(t.out.n) }

// Sent implements transport: what has become DATA.
func (t *tunnel) Sent() int64 { return t.sent }

// Congested implements transport.
func (t *tunnel) Congested() bool { return t.is(tunnelCongested) }

// CloseWrite implements transport.
func (t *tunnel) CloseWrite() {
	t.flags |= tunnelEndOutput
	t.wake()
}

// CloseAfterFlush implements transport.
func (t *tunnel) CloseAfterFlush() {
	t.flags |= tunnelEndOutput | tunnelLast
	if t.is(tunnelEnded) {
		t.Close(nil)
		return
	}
	t.wake()
}

// Close implements transport. OnClose follows when the caller has returned.
func (t *tunnel) Close(err error) {
	if t.Closed() {
		return
	}
	if err == nil {
		err = reactor.ErrClosed
	}
	t.reason = err
	t.flags |= tunnelClosed
	code := httptwo.Cancel
	if t.is(tunnelEnded) {
		code = httptwo.NoError
	}
	t.conn.session.Reset(t.st, code)
	t.drop()
	t.conn.shard.loop.Post(func() {
		t.finish(err)
		t.conn.settle()
	})
}

// Closed implements transport.
func (t *tunnel) Closed() bool { return t.is(tunnelClosed) || t.conn.t.Closed() }

// Detach implements transport.
func (t *tunnel) Detach() (net.Conn, error) { return nil, ErrNoHijack }

// SetDeadline implements transport. The connection has one deadline for all.
func (t *tunnel) SetDeadline(at time.Duration) {
	t.due = max(at, 0)
	if t.due != 0 {
		t.conn.watch(t.due)
		t.conn.arm()
	}
}

// ID implements transport. It differs from those of the connections.
func (t *tunnel) ID() uint64 { return t.id }

// RemoteAddr implements transport.
func (t *tunnel) RemoteAddr() netip.AddrPort { return t.conn.t.RemoteAddr() }

// LocalAddr implements transport.
func (t *tunnel) LocalAddr() netip.AddrPort { return t.conn.localAddr() }
