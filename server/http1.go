package server

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"

	"reactor.example/httpone"
	"reactor.example/reactor"
)

// http1 is the protocol HTTP/1 on one connection: it turns the parser's
// events into an exchange, and the exchange into the parser's replies. It is
// what an idle connection keeps; all else comes from the pools of its shard
// when the first octet of a request arrives.
type http1 struct {
	t      transport
	shard  *shard
	parser httpone.Conn

	ex  *exchange // the request that is being received or answered
	req *parsed   // its head, from the first octet on

	phase  phase1
	flags  flags1
	inAt   time.Duration // when to look at the request's arrival, or zero
	out    departure     // of the response
	inMark int64         // body bytes at the last look
	opened time.Duration
}

// phase1 is what an http1 waits for.
type phase1 uint8

const (
	phaseIdle   phase1 = iota // the first octet of a request
	phaseHead                 // the rest of a head
	phaseInline               // a small body, before the handler starts
	phaseReply                // the handler; the request is complete
	phaseStream               // the handler, and more of the body
	phaseDrain                // the rest of a body that nobody reads
	phaseLinger               // the peer's FIN, after our own
	phaseEnd                  // nothing more
)

type flags1 uint16

const (
	headSent    flags1 = 1 << iota // the final head of the response
	lastOne                        // close behind the response
	failed                         // the request is not complete and never will be
	rated                          // the rate of the body is being watched
	drainOnly                      // told once that the server shuts down
	clientEnded                    // the peer's FIN was seen
	byAddress                      // counted in the table of addresses
	fresh                          // the first octets may be the preface of HTTP/2
	detects                        // fresh at first, and no request since
	secure                         // over TLS
	redirects                      // every request is answered with a redirect
	spent                          // it was ended when everything had left
	begun1                         // something of a request has come
)

func newHTTP1(s *shard, t transport, flags flags1) *http1 {
	h := s.freeHTTP1()
	h.t, h.shard, h.opened, h.flags = t, s, s.loop.Now(), flags
	s.counts.conns++
	h.parser.Init(s.parserConfig())
	h.phase = phaseIdle // and the first octet has the time of a request
	h.inAt = earlier(h.shard.after(h.limits().RequestTimeout), h.shard.after(h.limits().IdleTimeout))
	h.arm()
	if s.draining {
		s.loop.Post(func() { h.drain(); s.loop.Post(h.drain) }) // see beginDrain
	}
	return h
}

// OnInput implements reactor.Handler.
func (h *http1) OnInput(*reactor.Conn) {
	switch h.phase {
	case phaseLinger:
		h.discard()
	case phaseEnd:
	default:
		h.advance()
	}
}

// advance parses as far as it goes: to the end of what has been received, to
// a complete request, or to a body buffer that is full. Hot path.
func (h *http1) advance() {
	for h.phase < phaseReply || h.phase == phaseStream || h.phase == phaseDrain {
		if h.t.Closed() || h.t.Congested() {
			return
		}
		b, ok := h.window()
		if !ok {
			return
		}
		if h.req == nil {
			if len(b) == 0 {
				h.starve()
				return
			}
			if h.flags&fresh != 0 && h.isPreface(b) {
				return
			}
			h.req = h.shard.newRequest()
			h.begun()
		}
		ev, n, err := h.parser.Next(b, &h.req.Request)
		if err != nil {
			h.t.Consume(n)
			h.refuse(err)
			return
		}
		switch ev {
		case httpone.EventHead:
			h.t.Consume(n)
			h.head()
		case httpone.EventData:
			h.data(h.req.Data)
			h.t.Consume(n)
			if h.phase == phaseDrain && h.inMark < 0 {
				h.goodbye(true)
			}
		case httpone.EventEnd:
			h.t.Consume(n)
			h.end()
		default:
			h.t.Consume(n)
			if n == 0 || len(b) == n {
				if n > 0 && h.parser.State() == httpone.StateIdle {
					h.notBegun()
				}
				h.starve()
				return
			}
		}
	}
}

// window is the input that may be parsed now. While a handler reads its body
// it is bounded by the room there is for it. Hot path.
func (h *http1) window() (b []byte, ok bool) {
	b = h.t.Input()
	if h.phase != phaseStream {
		return b, true
	}
	room := h.ex.bodyRoom()
	if room == 0 {
		h.t.PauseReading()
		if h.ex.route.settings.ReadTimeout <= 0 { // the rate does not count now
			h.inAt = 0
			h.arm()
		}
		return nil, false
	}
	return b[:min(len(b), room)], true
}

// begun starts the clock of a request. The deadline is not armed before the
// request has to be waited for: see starve. Hot path.
func (h *http1) begun() {
	h.phase = phaseHead
	h.flags |= begun1
	h.inAt = h.shard.after(h.limits().RequestTimeout)
}

// notBegun takes begun back: there were empty lines only.
func (h *http1) notBegun() {
	h.shard.freeRequest(h.req)
	h.req = nil
	h.idle()
}

// idle waits for the next request. Hot path.
func (h *http1) idle() {
	h.phase = phaseIdle
	h.inAt = h.shard.after(h.limits().IdleTimeout)
	h.arm()
}

// finish implements carrier: the handler has returned. Hot path.
func (h *http1) finish(ex *exchange, r reactor.Result) {
	if r.Err != nil && h.rescue(ex, r.Err) {
		return
	}
	if ex.reply.stage == replyTakenOver {
		h.release(errors.Join(r.Err, ErrHijacked))
		return
	}
	if h.t.Closed() {
		h.release(ex.whyGone(r.Err))
		return
	}
	if err := h.sendRest(ex); err != nil {
		h.shard.logReply(ex, err)
		h.t.Close(err)
		h.release(err)
		return
	}
	h.complete()
}

// complete ends an answered request and goes on to the next. Hot path.
func (h *http1) complete() {
	partial := h.phase == phaseStream
	drain := partial && h.worthDraining()
	// Nothing was read while the handler was away, and a client that did not
	// ask for the end may have sent its next request.
	sending := partial || h.ex.moved || h.req.KeepAlive || h.flags&failed != 0
	last := h.flags&lastOne != 0 || h.shard.draining
	socket := h.ex.socket
	h.ex.socket = nil
	h.release(nil)
	switch keep := h.parser.FinishReply(); {
	case socket != nil:
		h.upgrade(socket)
	case !keep || last || partial && !drain:
		h.goodbye(sending)
	case h.parser.State() == httpone.StateTunnel:
		h.finishConn()
	case h.parser.State() == httpone.StateDrain:
		h.drainBody()
	default:
		h.next()
	}
}

// next waits for the next request, which may be here already. Hot path.
func (h *http1) next() {
	h.shard.freeRequest(h.req)
	h.req = nil
	h.idle()
	h.t.ResumeReading()
	if len(h.t.Input()) > 0 || h.t.EOF() {
		h.advance()
	}
}

// release lets go of the exchange; err is why it ended early. Hot path.
func (h *http1) release(err error) {
	ex := h.ex
	h.ex = nil
	h.flags &^= headSent | rated
	h.shard.endExchange(ex, err)
}

// OnClose implements reactor.Handler: the connection is gone.
func (h *http1) OnClose(_ *reactor.Conn, err error) {
	if err == reactor.ErrStopped {
		h.noteCut()
	}
	h.phase = phaseEnd
	if ex := h.ex; ex != nil {
		if ex.away {
			ex.fail(goneBecause(err))
		} else {
			h.release(err)
		}
	}
	if h.req != nil && h.ex == nil {
		h.shard.freeRequest(h.req)
		h.req = nil
	}
	h.leave(err)
}

// leave ends what the server counts of the connection.
func (h *http1) leave(err error) {
	h.shard.counts.conns--
	h.shard.closed(h.connInfo(), h.flags&byAddress != 0, err)
}

// noteCut counts what the end of the drain time has cut. Nothing is lost with
// a connection that waits for its next request, or for the client's FIN, or that
// was about to be closed.
func (h *http1) noteCut() {
	switch h.phase {
	case phaseIdle:
		return
	case phaseDrain, phaseLinger:
		if h.out.at == 0 { // else the client has not taken its answer
			return
		}
	case phaseEnd:
		if h.flags&spent != 0 {
			return
		}
	}
	h.shard.srv.cutConns.Add(1)
	if h.ex != nil || h.phase > phaseStream {
		h.shard.srv.cutRequests.Add(1)
	}
}

// goneBecause is what a handler is told when its connection ended by err.
func goneBecause(err error) error {
	switch err {
	case ErrTooSlow, ErrDeadline:
		return err
	case reactor.ErrStopped:
		return ErrShutdown
	}
	return ErrClientGone
}

// OnPeerClosed implements reactor.Handler. A client that has only ended its own
// direction is still answered; but where the response is streaming, or the
// handler is an http.Handler, the context says that nobody may be there.
func (h *http1) OnPeerClosed(*reactor.Conn) {
	h.flags |= clientEnded
	ex := h.ex
	if ex == nil || !ex.away {
		return
	}
	if h.flags&headSent != 0 {
		ex.cancelContext(ErrClientGone)
	}
	if h.phase == phaseReply {
		h.noteEnd(ex)
	}
}

// noteEnd tells ex that the client has ended its direction behind it. Who has
// sent further requests will wait for their answers.
func (h *http1) noteEnd(ex *exchange) {
	if h.flags&clientEnded != 0 && len(h.t.Input()) == 0 {
		ex.noteEnd()
	}
}

// drain is called when the server shuts down: at first there may still be a
// request that the loop has not read yet; the second call closes an idle
// connection. Who has connected and said nothing yet is not waited for very long:
// its first request, or the preface of HTTP/2, may be on its way, and no client
// expects a new connection to be closed as an idle one would be.
func (h *http1) drain() {
	if h.flags&drainOnly != 0 && h.phase == phaseIdle && len(h.t.Input()) == 0 {
		if h.flags&begun1 == 0 {
			h.inAt = earlier(h.inAt, h.shard.after(shedTime))
			h.arm()
		} else {
			h.finishConn()
		}
	}
	h.flags |= drainOnly
}

// localAddr implements carrier.
func (h *http1) localAddr() netip.AddrPort { return h.t.LocalAddr() }

// takeOver implements carrier.
func (h *http1) takeOver(ex *exchange) (net.Conn, error) {
	nc, err := h.t.Detach()
	if err != nil {
		return nil, err
	}
	ex.mu.Lock()
	ex.reply.stage = replyTakenOver
	ex.mu.Unlock()
	h.phase = phaseEnd
	h.leave(ErrHijacked)
	return nc, nil
}

// rearm implements carrier.
func (h *http1) rearm(*exchange) { h.arm() }

func (h *http1) connInfo() ConnInfo {
	return ConnInfo{ID: h.t.ID(), Remote: h.t.RemoteAddr(), Loop: h.shard.index}
}

func (h *http1) limits() *Config { return &h.shard.srv.snap.Load().cfg }

// tlsState implements carrier.
func (h *http1) tlsState() *tls.ConnectionState { return tlsStateOf(h.t) }
