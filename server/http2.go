package server

import (
	"errors"
	"net/netip"
	"time"

	"reactor.example/httptwo"
	"reactor.example/reactor"
)

// http2 is the protocol HTTP/2 on one connection: it turns the events of the
// session into exchanges, one for each stream, and asks the session for its
// output when everything that has been received is handled.
//
//	transport ── Input ──▶ httptwo.Session ── Head, Data, End ──▶ stream2 ──▶ exchange
//	    ▲                      │    ▲                                │
//	    └────── OnFlush ───────┘    └──── head, Source, windows ─────┘
type http2 struct {
	t       transport
	shard   *shard
	session httptwo.Session

	phase  phase2
	flags  flags2
	opened time.Duration
	idleAt time.Duration // when a connection without streams ends, or zero
	// streamAt is when to look at the streams, or zero: none of them has to be
	// looked at before.
	streamAt time.Duration
	out      departure
	linger   int64 // bytes that are still thrown away before the end
}

// phase2 says what a connection is there for.
type phase2 uint8

const (
	phase2Open   phase2 = iota // requests
	phase2Linger               // the peer's FIN, after our last word
	phase2End                  // nothing more
)

type flags2 uint8

const (
	counted2   flags2 = 1 << iota // in the table of addresses
	secure2                       // over TLS
	ending2                       // the peer's FIN was seen, and dealt with
	drainOnly2                    // told that the server shuts down
	retired2                      // the client was told to open no more streams
	closed2                       // the session is over
)

// newHTTP2 makes the protocol of a connection whose client speaks HTTP/2, which
// it has shown by ALPN or by the preface that is in the input.
func newHTTP2(s *shard, t transport, counted bool) *http2 {
	h := &http2{t: t, shard: s, opened: s.loop.Now()}
	if counted {
		h.flags |= counted2
	}
	h.session.Init(s.http2Config(), s.loop.Now())
	s.counts.http2++
	h.idleAt = h.shard.after(h.limits().RequestTimeout)
	h.t.RequestFlush()
	h.arm()
	if s.draining {
		h.drain()
	}
	return h
}

// http2Config is the configuration of sessions, made anew after a reload.
func (s *shard) http2Config() *httptwo.Config {
	if snap := s.srv.snap.Load(); snap != s.twoConfigOf {
		s.twoConfigOf = snap
		cfg := &snap.cfg
		s.twoConfig = &httptwo.Config{
			MaxConcurrentStreams:  cfg.HTTP2.MaxConcurrentStreams,
			InitialWindowSize:     cfg.HTTP2.InitialWindowSize,
			MaxFrameSize:          cfg.HTTP2.MaxFrameSize,
			MaxHeaderListSize:     cfg.HTTP2.MaxHeaderListSize,
			MaxFields:             2 * cfg.MaxHeaderFields, // cookies come in crumbs
			StreamWindow:          cfg.HTTP2.MaxWindowSize,
			ConnWindow:            cfg.HTTP2.MaxWindowSize,
			Windows:               &s.srv.windows,
			HeaderTimeout:         orNever(cfg.RequestTimeout),
			MinRate:               cfg.MinRate,
			EnableConnectProtocol: s.srv.sockets != nil,
			Ledger:                httptwo.Ledger{Observe: cfg.HTTP2.FloodObserve},
			Counters:              &s.twoCounters,
			Buffers:               s.loop.Buffers(),
		}
	}
	return s.twoConfig
}

// orNever is d as httptwo takes it: negative is no timeout.
func orNever(d time.Duration) time.Duration {
	if d <= 0 {
		return httptwo.Off
	}
	return d
}

// inadequate ends a connection whose encryption is not good enough for HTTP/2 (RFC
// 9113, section 9.2.2).
func (h *http2) inadequate() {
	h.session.GoAway(httptwo.InadequateSecurity, "cipher suite of RFC 9113, appendix A")
	h.goodbye()
}

// OnInput implements reactor.Handler.
func (h *http2) OnInput(*reactor.Conn) {
	switch h.phase {
	case phase2Open:
		h.advance()
	case phase2Linger:
		h.discard()
	}
}

// advance handles what has been received. Hot path.
func (h *http2) advance() {
	now := h.shard.loop.Now()
	for h.mayRead() {
		b := h.t.Input()
		ev, n, err := h.session.Next(b, now)
		if err != nil {
			h.t.Consume(n)
			h.fail(err)
			return
		}
		switch ev.Kind {
		case httptwo.Head:
			h.head(ev.Stream)
		case httptwo.Data:
			streamOf(ev.Stream).data(ev.Data)
		case httptwo.End:
			streamOf(ev.Stream).end()
		case httptwo.Reset:
			streamOf(ev.Stream).reset(ev.Cause)
		}
		h.t.Consume(n)
		if ev.Kind == httptwo.NeedMore {
			if h.t.EOF() {
				h.ended()
			}
			break
		}
	}
	h.settle()
}

// mayRead reports whether the next event may be looked at. A client that asks and
// does not read would have its answers pile up in the session, which is asked for
// them only when the kernel takes something: above a bound they count as pending,
// and congest the connection. Hot path.
func (h *http2) mayRead() bool {
	if h.session.Waiting() > maxWaiting {
		h.t.SetBuffer(h.session.AppendOutput(h.t.Buffer(), 0))
		h.reap()
	}
	return !h.t.Closed() && !h.t.Congested()
}

// maxWaiting bounds what waits in a session, in bytes, before it is moved on.
const maxWaiting = 16 << 10

// ended deals with the end of the client's direction, behind everything that it
// has sent: what is not complete will not be; what is complete is answered.
func (h *http2) ended() {
	if h.flags&ending2 == 0 {
		h.flags |= ending2
		h.session.Each(func(st *httptwo.Stream) { streamOf(st).clientEnded() })
	}
}

// settle ends whatever the connection was called for: bodies that go on later
// get their handlers now, what is to be sent is announced, and the deadline set.
// Hot path.
func (h *http2) settle() {
	s := h.shard
	for i, x := range s.collecting {
		s.collecting[i] = nil
		if x.phase == stream2Collect {
			x.stream()
		}
	}
	s.collecting = s.collecting[:0]
	if h.phase != phase2Open || h.t.Closed() {
		return
	}
	if h.session.HasOutput() {
		h.t.RequestFlush()
	}
	h.rest()
}

// rest closes the connection if nothing is left to do on it, or sets its
// deadline. Hot path.
func (h *http2) rest() {
	if h.session.Streams() == 0 {
		switch {
		case h.flags&ending2 != 0:
			h.finishConn()
			return
		case h.session.Drained():
			h.goodbye()
			return
		case h.idleAt == 0:
			h.idleAt = h.shard.after(h.limits().IdleTimeout)
		}
	}
	h.arm()
}

// OnFlush implements reactor.Producer: the session gives what it has to send, up
// to the high water mark. Hot path.
func (h *http2) OnFlush(*reactor.Conn) {
	if h.phase == phase2End && h.t.Closed() {
		return
	}
	h.shard.produce()
	room := int64(h.limits().OutputHighWater) - h.t.Pending()
	before := h.t.Pending()
	if room > 0 {
		h.t.SetBuffer(h.session.AppendOutput(h.t.Buffer(), int(room)))
	}
	h.reap()
	if err := h.session.Err(); err != nil && h.phase == phase2Open {
		h.fail(err) // found while sending
		return
	}
	if h.session.HasOutput() && (room <= 0 || h.t.Pending() > before) {
		h.t.RequestFlush()
	}
	if h.phase == phase2Open {
		h.rest()
	}
}

// reap lets go of the streams whose responses have left. Hot path.
func (h *http2) reap() {
	s := h.shard
	for i, x := range s.departed {
		s.departed[i] = nil
		x.release(nil)
	}
	s.departed = s.departed[:0]
	s.stir()
}

// fail ends the connection for a fault of the client: GOAWAY says which.
func (h *http2) fail(err error) {
	h.shard.counts.refused++
	h.dropStreams(errors.Join(ErrClientGone, err))
	h.goodbye()
	h.settle()
}

// dropStreams ends all streams: nothing can be sent on them any more.
func (h *http2) dropStreams(err error) {
	h.session.Each(func(st *httptwo.Stream) { streamOf(st).lose(err) })
}

// goodbye ends the connection behind the output. The client may still be
// sending: see http1.goodbye.
func (h *http2) goodbye() {
	h.t.RequestFlush()
	if h.t.EOF() {
		h.finishConn()
		return
	}
	h.phase = phase2Linger
	h.linger = int64(h.limits().LingerBytes)
	h.idleAt = h.shard.after(h.limits().LingerTimeout)
	h.arm()
	h.t.CloseWrite()
	h.t.ResumeReading()
	h.discard()
}

// discard throws away what the client sends after our last word.
func (h *http2) discard() {
	n := len(h.t.Input())
	h.t.Consume(n)
	if h.linger -= int64(n); h.linger < 0 || h.t.EOF() {
		h.finishConn()
	}
}

// finishConn closes the connection when the output has left.
func (h *http2) finishConn() {
	h.phase = phase2End
	h.idleAt = h.shard.after(h.limits().LingerTimeout) // see lingered
	h.t.PauseReading()
	h.t.CloseAfterFlush()
	h.arm()
}

// OnDrain implements reactor.Handler: the client has caught up.
func (h *http2) OnDrain(*reactor.Conn) {
	if h.phase == phase2Open {
		h.session.Resume(h.shard.loop.Now())
		h.advance()
	}
}

// OnPeerClosed implements reactor.Handler: what was sent before is read first, see
// ended. But where a response streams its context says that nobody may be there.
func (h *http2) OnPeerClosed(*reactor.Conn) {
	h.session.Each(func(st *httptwo.Stream) {
		if x := streamOf(st); x.ex != nil && x.ex.away && x.flags&headSent2 != 0 {
			x.ex.cancelContext(ErrClientGone)
		}
	})
}

// OnClose implements reactor.Handler: the connection is gone.
func (h *http2) OnClose(_ *reactor.Conn, err error) {
	s := h.shard
	if err == reactor.ErrStopped && h.session.Streams() > 0 {
		s.srv.cutConns.Add(1)
		s.srv.cutRequests.Add(int64(h.session.Streams()))
	}
	h.phase = phase2End
	h.dropStreams(goneBecause(err))
	h.session.Close()
	h.flags |= closed2
	s.counts.http2--
	s.closed(h.connInfo(), h.flags&counted2 != 0, err)
}

// drain implements protocol: the server shuts down. The second call is for what
// the loop had not read yet at the first: nothing is lost here, since streams that
// are under way belong to those that the last GOAWAY names.
func (h *http2) drain() {
	if h.phase != phase2Open || h.flags&drainOnly2 != 0 {
		return
	}
	h.flags |= drainOnly2
	h.session.Each(func(st *httptwo.Stream) {
		if t := streamOf(st).tunnel; t != nil {
			t.protocol.drain()
		}
	})
	h.retire()
	h.settle()
}

// retire ends the connection in good order: after the streams that the client has
// opened by the time it hears of it.
func (h *http2) retire() {
	if h.flags&retired2 == 0 {
		h.flags |= retired2
		h.session.Shutdown(h.shard.loop.Now())
	}
}

func (h *http2) connInfo() ConnInfo {
	return ConnInfo{ID: h.t.ID(), Remote: h.t.RemoteAddr(), Loop: h.shard.index}
}

func (h *http2) localAddr() netip.AddrPort { return h.t.LocalAddr() }

func (h *http2) limits() *Config { return &h.shard.srv.snap.Load().cfg }

// connState implements protocol.
func (h *http2) connState() ConnState {
	st := ConnState{
		ConnInfo: h.connInfo(),
		State:    "idle",
		Age:      h.shard.loop.Now() - h.opened,
		Held:     int64(len(h.t.Input())) + h.t.Pending(),
	}
	switch {
	case h.phase == phase2Linger:
		st.State = "linger"
	case h.phase == phase2End:
		st.State = "closing"
	case h.session.Streams() > 0:
		st.State = "streams"
	}
	h.session.Each(func(s *httptwo.Stream) { st.Held += streamOf(s).held() })
	return st
}
