package server

import (
	cryptotls "crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"reactor.example/reactor"
	"reactor.example/tls"
)

// A tlsConn stands between a connection and its protocol: it is the handler of
// the one and the transport of the other. What is received is opened at once;
// what the protocol writes gathers in the clear and is sealed right before the
// flush, so that the small writes of one step share a record.
//
//	reactor.Conn ── ciphertext ──▶ tls.Session ── plain ──▶ protocol
//	     ▲                              ▲                      │
//	     └──────── OnFlush ─────────────┴───────── out ◀───────┘
//
// An idle one holds no buffer.
type tlsConn struct {
	*reactor.Conn
	shard   *shard
	door    *door
	session *tls.Session
	proto   protocol // nil until the handshake is done

	in    []byte // in[inOff:] is opened and not consumed
	inOff int
	out   []byte    // written and not sealed
	queue *tlsQueue // what has to wait before it is sealed, before out; nil mostly

	poked atomic.Bool // any goroutine: pulse is posted
	flags tlsFlags
}

type tlsFlags uint16

const (
	tlsCounted   tlsFlags = 1 << iota // in the table of addresses
	tlsScratch                        // in is the shard's
	tlsEOF                            // the client said close_notify
	tlsAsked                          // the protocol has output to make
	tlsEndWrite                       // CloseWrite, behind the output
	tlsEndAll                         // CloseAfterFlush, behind the output
	tlsDiscarded                      // what comes is thrown away
	tlsPaused                         // the protocol does not want to read
	tlsCongested                      // the queue is above the high water mark
	tlsSpoke                          // the client has said something
	tlsLeaves                         // told that the server shuts down
	tlsHurried                        // the deadline is for the first octet
	tlsLarge                          // the protocol wrote much the last time
)

// sealFrom is from how much output on there is nothing to gain by waiting for
// more: a record holds no more.
const sealFrom = 16 << 10

// largeOut is room for what a protocol writes at most before it is sealed: as
// much as the default high water mark, and a frame. Who has written much gets it
// at once the next time: growing to it bit by bit costs several times as much.
const largeOut = 128 << 10

// newTLSConn makes the handler of a connection that begins with a handshake.
func newTLSConn(sh *shard, c *reactor.Conn, d *door, counted bool) *tlsConn {
	t := &tlsConn{Conn: c, shard: sh, door: d}
	if counted {
		t.flags |= tlsCounted
	}
	if sh.draining {
		t.flags |= tlsLeaves
	}
	t.session = d.acceptor.NewSession(c.RemoteAddr().Addr(), t.notify)
	c.SetDeadline(sh.loop.Now() + d.handshakeTimeout)
	return t
}

// notify is called by the goroutine of the handshake.
func (t *tlsConn) notify() {
	if t.poked.CompareAndSwap(false, true) {
		t.shard.loop.Post(t.pulse)
	}
}

// pulse goes on with the handshake, on the loop.
func (t *tlsConn) pulse() {
	t.poked.Store(false)
	if t.proto == nil && !t.Closed() && t.flags&tlsDiscarded == 0 {
		t.shake()
	}
}

// OnInput implements reactor.Handler. Hot path.
func (t *tlsConn) OnInput(*reactor.Conn) {
	switch {
	case t.flags&tlsDiscarded != 0:
		t.discard()
	case t.proto == nil:
		t.shake()
	default:
		t.receive()
	}
}

// shake feeds the handshake and sends what it says.
func (t *tlsConn) shake() {
	for {
		n := 0
		if b := t.Conn.Input(); len(b) > 0 {
			var err error
			t.flags |= tlsSpoke
			n, err = t.session.Feed(b)
			t.Conn.Consume(n)
			if err != nil {
				t.failed(err)
				return
			}
		}
		t.sendOutput()
		switch t.session.Phase() {
		case tls.PhaseOpen:
			t.begin()
			return
		case tls.PhaseClosed:
			t.failed(t.session.Err())
			return
		}
		if n == 0 {
			break
		}
	}
	switch {
	case !t.Conn.EOF() || len(t.Conn.Input()) > 0:
	case t.session.Phase() == tls.PhaseHello:
		t.Conn.Close(ErrClientGone)
	default:
		t.session.FeedEOF() // it may have all it needs, and a request behind that
	}
}

// sendOutput sends what the session says by itself. Where that is nothing the
// connection is not asked for a buffer: it would keep it. Hot path.
func (t *tlsConn) sendOutput() {
	if t.session.HasOutput() {
		t.Conn.SetBuffer(t.session.AppendOutput(t.Conn.Buffer()))
	}
}

// failed ends a connection that has not come to an understanding: the client is
// told, in its own language if it speaks HTTP without TLS.
func (t *tlsConn) failed(err error) {
	t.sendOutput()
	switch e := err.(type) {
	case *tls.NotTLSError:
		if !e.HTTP {
			t.Conn.Close(err)
			return
		}
		t.Conn.Write([]byte(plainNotice))
	case *tls.RefusedError:
		name := "max_handshakes"
		if e.PerAddress {
			name += "_per_address"
		}
		t.shard.limitHit(name)
		t.Conn.Close(err)
		return
	}
	t.flags |= tlsDiscarded
	t.Conn.CloseWrite()
	t.Conn.SetDeadline(t.shard.loop.Now() + shedTime)
	t.discard()
}

// plainNotice is the answer to HTTP where HTTPS is spoken.
const plainNotice = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Content-Length: 54\r\n\r\nThis port speaks HTTPS: ask for https:// and not http\n"

// discard throws away what comes after the end.
func (t *tlsConn) discard() {
	t.Conn.Consume(len(t.Conn.Input()))
	if t.Conn.EOF() {
		t.Conn.CloseAfterFlush()
	}
}

// begin makes the protocol that the handshake has agreed on.
func (t *tlsConn) begin() {
	counted := t.flags&tlsCounted != 0
	if t.session.Protocol() == protoHTTP2 || !t.door.http1 {
		two := newHTTP2(t.shard, t, counted)
		two.flags |= secure2
		t.proto = two
		if state := t.session.State(); tls.BadForHTTP2(state.Version, state.CipherSuite) {
			two.inadequate()
		}
	} else {
		flags := secure
		if counted {
			flags |= byAddress
		}
		t.proto = newHTTP1(t.shard, t, flags)
	}
	t.receive()
}

// receive opens what has come and gives it to the protocol. Hot path.
func (t *tlsConn) receive() {
	had := len(t.Input())
	plain, err := t.session.Open(t.room(), t.Conn.Input())
	t.Conn.Consume(len(t.Conn.Input()))
	t.hold(plain)
	says := t.session.HasOutput()
	t.sendOutput()
	switch {
	case err == nil:
	case t.session.Phase() == tls.PhaseOpen: // io.EOF
		t.flags |= tlsEOF
	default:
		t.broken(says)
		return
	}
	if len(t.Input()) > had || t.EOF() {
		t.proto.OnInput(nil)
	}
	t.keep()
}

// broken ends a connection on which nothing can be opened or sealed any more. If
// there is an alert that says why, to close at once would reset the connection,
// and the reset could overtake the alert: only our direction is ended, and what
// comes is thrown away. The client has LingerTimeout to take what is before the
// alert. Meanwhile the protocol may go on: nobody hears what it says.
func (t *tlsConn) broken(says bool) {
	t.flags |= tlsDiscarded
	t.drop()
	t.dropOut()
	t.dropQueue()
	if !says {
		t.Conn.CloseAfterFlush()
		t.Conn.PauseReading()
		return
	}
	t.Conn.CloseWrite()
	t.Conn.ResumeReading()
	t.Conn.SetDeadline(t.shard.loop.Now() + t.shard.srv.snap.Load().cfg.LingerTimeout)
	t.discard()
}

// room is where the next plaintext goes, behind what is not consumed. Hot path.
func (t *tlsConn) room() []byte {
	rest := t.Input()
	if len(rest) == 0 {
		t.drop()
		t.flags |= tlsScratch
		return t.shard.plainRoom()
	}
	// A record that is not complete may be inside the session.
	b := t.shard.loop.Buffers().Get(len(rest) + len(t.Conn.Input()) + sealFrom)
	b = append(b[:0], rest...)
	t.drop()
	return b
}

// plainRoom is where the loop's connections open what they receive, one at a time.
func (s *shard) plainRoom() []byte {
	if s.plain == nil {
		s.plain = make([]byte, 0, 96<<10) // one read, and the record that was begun before
	}
	return s.plain
}

// hold makes plain what is opened.
func (t *tlsConn) hold(plain []byte) {
	t.in, t.inOff = plain, 0
	if len(plain) == 0 {
		t.drop()
	}
}

// keep moves what the protocol has left of the shard's scratch to a buffer of the
// connection's own. Hot path.
func (t *tlsConn) keep() {
	if t.flags&tlsScratch == 0 || t.in == nil {
		return
	}
	rest := t.Input()
	b := append(t.shard.loop.Buffers().Get(max(len(rest), smallBlock))[:0], rest...)
	t.flags &^= tlsScratch
	t.in, t.inOff = b, 0
}

// drop gives the input buffer back. Hot path.
func (t *tlsConn) drop() {
	if t.in != nil && t.flags&tlsScratch == 0 {
		t.shard.loop.Buffers().Put(t.in)
	}
	t.flags &^= tlsScratch
	t.in, t.inOff = nil, 0
}

// Input implements transport. Hot path.
func (t *tlsConn) Input() []byte { return t.in[t.inOff:] }

// Consume implements transport. Hot path.
func (t *tlsConn) Consume(n int) {
	if t.inOff += n; t.inOff == len(t.in) && n > 0 {
		t.drop()
	}
}

// EOF implements transport: nothing comes behind Input.
func (t *tlsConn) EOF() bool { return t.flags&tlsEOF != 0 || t.Conn.EOF() }

// SetDeadline implements transport: the protocol has none to set behind the end.
// Hot path.
func (t *tlsConn) SetDeadline(at time.Duration) {
	if t.flags&tlsDiscarded == 0 {
		t.Conn.SetDeadline(at)
	}
}

// setProtocol replaces the protocol, after an upgrade.
func (t *tlsConn) setProtocol(p protocol) { t.proto = p }

// OnDrain implements reactor.Handler.
func (t *tlsConn) OnDrain(*reactor.Conn) {
	if t.proto != nil && t.flags&tlsDiscarded == 0 && !t.Congested() {
		t.proto.OnDrain(nil)
	}
}

// OnBlocked implements reactor.Handler.
func (t *tlsConn) OnBlocked(*reactor.Conn) {
	if t.proto != nil && t.flags&tlsDiscarded == 0 {
		t.proto.OnBlocked(nil)
	}
}

// OnPeerClosed implements reactor.Handler.
func (t *tlsConn) OnPeerClosed(*reactor.Conn) {
	if t.proto != nil {
		t.proto.OnPeerClosed(nil)
	}
}

// OnDeadline implements reactor.Handler.
func (t *tlsConn) OnDeadline(*reactor.Conn) {
	switch {
	case t.flags&tlsDiscarded != 0, t.proto == nil && t.flags&(tlsHurried|tlsSpoke) == tlsHurried:
		t.Conn.Close(nil)
	case t.proto != nil:
		t.proto.OnDeadline(nil)
	case t.flags&tlsHurried != 0: // it has begun meanwhile
		t.flags &^= tlsHurried
		t.Conn.SetDeadline(t.shard.loop.Now() + t.door.handshakeTimeout)
	default:
		t.shard.limitHit("handshake_timeout_sec")
		t.Conn.Close(ErrTooSlow)
	}
}

// OnClose implements reactor.Handler.
func (t *tlsConn) OnClose(_ *reactor.Conn, err error) {
	t.session.Abort(err)
	t.drop()
	t.dropOut()
	t.dropQueue()
	if t.proto != nil {
		t.proto.OnClose(nil, err)
		return
	}
	t.shard.closed(connInfo(t.Conn), t.flags&tlsCounted != 0, err)
}

// drain implements protocol. A handshake may go on: its protocol learns of the
// drain when it begins. Who has said nothing by the second call is not waited for
// very long: its first octet may be on its way.
func (t *tlsConn) drain() {
	switch {
	case t.proto != nil:
		t.proto.drain()
	case t.flags&(tlsLeaves|tlsSpoke) == tlsLeaves:
		t.flags |= tlsHurried
		t.Conn.SetDeadline(t.shard.loop.Now() + shedTime)
	}
	t.flags |= tlsLeaves
}

// connState implements protocol.
func (t *tlsConn) connState() ConnState {
	if t.proto != nil {
		return t.proto.connState()
	}
	return ConnState{ConnInfo: connInfo(t.Conn), State: "handshake", Held: t.Conn.Pending()}
}

// tlsState is what the handshake has settled. Any goroutine that has an exchange
// of the connection may call it.
func (t *tlsConn) tlsState() *cryptotls.ConnectionState { return t.session.State() }

// Detach implements transport.
func (t *tlsConn) Detach() (net.Conn, error) {
	if t.Pending() > 0 {
		return nil, reactor.ErrPending
	}
	unread := append([]byte(nil), t.Input()...)
	nc, err := t.Conn.Detach()
	if err != nil {
		return nil, err
	}
	t.drop()
	t.dropOut()
	inner := t.session.Detach(nc)
	return &takenOver{Conn: inner, unread: unread}, nil
}

// takenOver is a net.Conn that gives what was received already first.
type takenOver struct {
	net.Conn
	unread []byte
}

func (c *takenOver) Read(b []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) == 0 {
		c.unread = nil
	}
	return n, nil
}

// CloseWrite says close_notify.
func (c *takenOver) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

// tlsStateOf is that of a transport, nil where there is no TLS.
func tlsStateOf(t transport) *cryptotls.ConnectionState {
	if c, ok := t.(interface {
		tlsState() *cryptotls.ConnectionState
	}); ok {
		return c.tlsState()
	}
	return nil
}
