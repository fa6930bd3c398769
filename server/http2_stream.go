package server

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"reactor.example/httpone"
	"reactor.example/httptwo"
)

// A stream2 is one stream of HTTP/2, as the carrier of its exchange. This file is
// the way of the request, http2_reply.go that of the response. Streams are pooled
// by their shard.
type stream2 struct {
	conn   *http2
	st     *httptwo.Stream
	ex     *exchange // nil in a tunnel
	tunnel *tunnel   // what the exchange has opened, or nil

	phase    stream2Phase
	flags    stream2Flags
	credited int64         // bytes of the body that the client may replace by others
	inAt     time.Duration // when to look at the request's arrival, or zero
	inMark   int64         // body bytes at the last look
	sent     int           // of a whole response
	refused  error         // the fault that was answered
}

// stream2Phase is what a stream waits for.
type stream2Phase uint8

const (
	_              stream2Phase = iota // in the pool
	stream2Collect                     // a small body, before the handler starts
	stream2Body                        // the handler, and more of the body
	stream2Reply                       // the handler; the request is complete
	stream2Send                        // that the response leaves
	stream2Tunnel                      // whatever its tunnel does
	stream2Over                        // its last goodbye: nothing can be sent any more
)

type stream2Flags uint8

const (
	headSent2 stream2Flags = 1 << iota // the final head of the response
	failed2                            // the request is not complete and never will be
	rated2                             // the rate of the body is being watched
	partial2                           // the client may still send of its body
	ended2                             // END_STREAM has been sent with the head
)

func streamOf(st *httptwo.Stream) *stream2 { return st.Value.(*stream2) }

func (s *shard) newStream2() *stream2 {
	if n := len(s.streams); n > 0 {
		x := s.streams[n-1]
		s.streams = s.streams[:n-1]
		return x
	}
	return new(stream2)
}

// head starts the exchange of a complete head. Hot path.
func (h *http2) head(st *httptwo.Stream) {
	s := h.shard
	x := s.newStream2()
	ex := s.newExchange()
	*x = stream2{conn: h, st: st, ex: ex}
	st.Value = x
	h.idleAt = 0
	s.counts.streams++
	ex.carrier = x
	ex.snap = s.srv.snap.Load()
	ex.begun = s.loop.Now()
	ex.head = h.headOf(st)
	switch {
	case st.TooLarge:
		ex.route = s.srv.own.badPath // the fields do not even tell the path
	case st.Request.Protocol != "" && !ex.head.extended:
		ex.route = s.srv.own.notImplemented // a protocol that nobody here speaks
	}
	s.begin(ex)
	if !st.EndStream {
		x.flags |= partial2
	}
	switch fault := x.fault(); {
	case ex.route == s.srv.own.overloaded:
		x.turnAway()
	case fault != nil:
		x.refuse(fault)
	default:
		x.start()
	}
}

// headOf is the session's head without the session. Hot path.
func (h *http2) headOf(st *httptwo.Stream) head {
	r := &st.Request
	hd := head{
		method:  r.Method,
		target:  r.Path,
		host:    r.Authority,
		scheme:  "http",
		proto:   "HTTP/2.0",
		fields:  r.Fields,
		length:  r.ContentLength,
		expects: r.ExpectContinue && !st.EndStream,
		noBody:  r.Method == "HEAD",
	}
	if h.flags&secure2 != 0 {
		hd.scheme = "https"
	}
	if st.EndStream {
		hd.length = 0
	}
	switch {
	case r.Path == "": // CONNECT
		hd.target = r.Authority
	case r.Path != "*":
		hd.path, hd.rawQuery, _ = strings.Cut(r.Path, "?")
	}
	hd.extended = r.Protocol == "websocket"
	return hd
}

// The faults that HTTP/1 finds in its parser.
var (
	errFields2 = &httpone.ProtocolError{Status: 431, Rule: "RFC 6585 5", Reason: "header list too large"}
	errExpect2 = &httpone.ProtocolError{Status: 417, Rule: "RFC 9110 10.1.1", Reason: "unknown expectation"}
	errTarget2 = &httpone.ProtocolError{Status: 414, Rule: "RFC 9110 15.5.15", Reason: "target too long"}
)

// fault is what keeps a request from being served, or nil. Hot path.
func (x *stream2) fault() *httpone.ProtocolError {
	ex := x.ex
	switch {
	case x.st.TooLarge:
		return errFields2
	case x.st.Request.ExpectUnknown:
		return errExpect2
	case len(ex.head.target) > ex.snap.cfg.MaxTargetSize:
		return errTarget2
	case ex.body.limit >= 0 && ex.head.length > ex.body.limit:
		return errLength
	}
	return nil
}

// start starts the handler if the request is complete or its body large, or
// waits for something; a small body is collected first. Hot path.
func (x *stream2) start() {
	ex := x.ex
	switch {
	case x.st.EndStream:
		x.complete()
	case ex.route.socket != nil:
		// What the client sends behind its handshake waits in the window.
		x.phase = stream2Body
		x.armWrite()
		x.conn.shard.schedule(ex)
	case ex.head.expects:
		ex.body.wants100 = true
		x.stream()
	case ex.head.length > int64(ex.snap.cfg.InlineBody), ex.route.settings.Stream, ex.head.method == "CONNECT":
		x.stream()
	default:
		x.phase = stream2Collect
		x.inAt = x.conn.shard.after(x.conn.limits().RequestTimeout)
		x.conn.watch(x.inAt)
		if ex.head.length < 0 {
			// More may only come when this has been answered: see settle.
			x.conn.shard.collecting = append(x.conn.shard.collecting, x)
		}
	}
}

// complete starts the handler of a request that is here as a whole. Hot path.
func (x *stream2) complete() {
	x.ex.body.end = true
	x.phase, x.inAt = stream2Reply, 0
	x.armWrite()
	x.conn.shard.schedule(x.ex)
}

// stream starts the handler before its body is complete.
func (x *stream2) stream() {
	x.phase = stream2Body
	if t := x.ex.route.settings.ReadTimeout; t != 0 {
		x.inAt = x.conn.shard.after(t)
	} else if x.inAt == 0 {
		x.inAt = x.conn.shard.after(x.conn.limits().RequestTimeout)
	}
	x.conn.watch(x.inAt)
	x.armWrite()
	x.ex.away = true
	x.conn.shard.loop.ScheduleAway(x.ex)
}

// armWrite starts the clock of the route's WriteTimeout. Hot path.
func (x *stream2) armWrite() {
	if t := x.ex.route.settings.WriteTimeout; t > 0 {
		x.ex.writeBy = x.conn.shard.after(t)
		x.conn.watch(x.ex.writeBy)
	}
}

// data takes a piece of the body.
func (x *stream2) data(p []byte) {
	ex := x.ex
	if x.tunnel != nil {
		x.tunnel.receive(p)
		return
	}
	if x.phase >= stream2Reply {
		x.conn.session.Consume(x.st, len(p)) // nobody reads it
		return
	}
	if limit := ex.body.limit; limit >= 0 && ex.route.socket == nil && ex.body.received+int64(len(p)) > limit {
		x.refuse(errLength)
		return
	}
	if x.phase == stream2Body {
		x.deliver(p)
		return
	}
	ex.body.add(p, x.conn.shard.loop.Buffers())
	x.credit(ex.body.received)
	if len(ex.body.buf) > ex.snap.cfg.InlineBody {
		x.stream()
	}
}

// deliver gives the handler a piece of its body. What is not read bounds what
// may come: the windows open as the handler reads.
func (x *stream2) deliver(p []byte) {
	ex := x.ex
	ex.mu.Lock()
	if ex.body.discarded {
		ex.body.received += int64(len(p))
	} else {
		ex.body.add(p, x.conn.shard.loop.Buffers())
		ex.body.starved = true // the handler says when it has read
		ex.rouseReader()
	}
	read := ex.body.received - int64(ex.body.buffered())
	ex.mu.Unlock()
	x.credit(read)
}

// credit tells the client that so many bytes of the body are consumed, in all.
func (x *stream2) credit(read int64) {
	if n := read - x.credited; n > 0 {
		x.credited = read
		x.conn.session.Consume(x.st, int(n))
	}
}

// end completes the request. Hot path.
func (x *stream2) end() {
	x.flags &^= partial2
	switch x.phase {
	case stream2Tunnel:
		x.tunnel.ended()
	case stream2Collect:
		x.ex.body.trailers = append(x.ex.body.trailers, x.st.Request.Trailers...)
		x.complete()
	case stream2Body:
		x.ex.endBody(x.st.Request.Trailers, nil)
		x.phase, x.inAt = stream2Reply, 0
	}
}

// clientEnded is called when the client has ended the connection's direction: the
// rest of a body will not come.
func (x *stream2) clientEnded() {
	switch {
	case x.flags&partial2 == 0:
		if x.phase == stream2Reply {
			x.ex.noteEnd()
		}
	case x.phase == stream2Tunnel:
		x.tunnel.ended()
	case x.phase == stream2Collect:
		x.cut(ErrClientGone)
	case x.phase == stream2Body:
		x.failBody(400, io.ErrUnexpectedEOF)
	}
}

// refuse answers a fault of the client, or has the handler that is at work told
// through its body.
func (x *stream2) refuse(fault *httpone.ProtocolError) {
	x.conn.shard.counts.refused++
	if x.ex.away {
		err := error(fault)
		switch fault.Status {
		case 413:
			err = ErrBodyTooLarge
		case 408:
			err = ErrTooSlow
		}
		x.failBody(fault.Status, err)
		return
	}
	x.phase, x.inAt = stream2Send, 0
	x.refused = fault
	x.ex.replaceBy(fault.Status)
	x.send()
}

// failBody tells the handler that its body will not be complete.
func (x *stream2) failBody(status int, err error) {
	x.flags |= failed2
	x.ex.refusal = status
	x.ex.endBody(nil, err)
	x.phase, x.inAt = stream2Reply, 0
	x.conn.session.Discard(x.st)
}

// turnAway refuses a stream for which there is no room. The client may try again
// (RFC 9113, section 8.7).
func (x *stream2) turnAway() {
	x.conn.session.Reset(x.st, httptwo.RefusedStream)
	x.ex.status = 503
	x.release(ErrClientGone)
}

// reset is called when the stream is dead: by the client, or for its error.
func (x *stream2) reset(cause *httptwo.StreamError) {
	err := ErrClientGone
	if cause != nil {
		x.conn.shard.counts.refused++
		if cause.Code == httptwo.Cancel {
			x.conn.shard.limitHit("min_rate")
			err = ErrTooSlow
		}
	}
	x.lose(err)
}

// cut ends the stream for a reason of our own.
func (x *stream2) cut(err error) {
	x.conn.session.Reset(x.st, httptwo.Cancel)
	x.lose(err)
}

// lose lets go of a stream on which nothing can be sent any more: now, or when
// its handler returns.
func (x *stream2) lose(err error) {
	if x.tunnel != nil {
		x.tunnel.finish(err)
		return
	}
	x.phase = stream2Over
	if x.ex.away {
		x.ex.fail(err)
		return
	}
	x.release(err)
}

// release is the end of a stream; err is why it ended early. Hot path.
func (x *stream2) release(err error) {
	if err == nil {
		err = x.refused
	}
	x.conn.shard.endExchange(x.ex, err)
	x.free()
}

// free lets go of the stream itself. Hot path.
func (x *stream2) free() {
	s, h, st := x.conn.shard, x.conn, x.st
	s.counts.streams--
	*x = stream2{}
	if len(s.streams) < keptExchanges {
		s.streams = append(s.streams, x)
	}
	if h.flags&closed2 == 0 {
		h.session.Release(st)
	}
}

// held is the memory in its buffers.
func (x *stream2) held() int64 {
	if x.tunnel != nil {
		return x.tunnel.held()
	}
	x.ex.mu.Lock()
	defer x.ex.mu.Unlock()
	return int64(len(x.ex.body.buf) + x.ex.reply.buf.n)
}

// rearm implements carrier.
func (x *stream2) rearm(ex *exchange) {
	x.conn.watch(earlier(ex.writeBy, ex.readBy))
	x.conn.arm()
}

// localAddr implements carrier.
func (x *stream2) localAddr() netip.AddrPort { return x.conn.localAddr() }

// connInfo implements carrier.
func (x *stream2) connInfo() ConnInfo { return x.conn.connInfo() }

// takeOver implements carrier.
func (x *stream2) takeOver(*exchange) (net.Conn, error) { return nil, ErrNoHijack }

// tlsState implements carrier.
func (x *stream2) tlsState() *tls.ConnectionState { return tlsStateOf(x.conn.t) }
