package server

import (
	"reactor.example/httpone"
	"reactor.example/router"
)

// head starts the exchange of a complete head: it finds the route, checks
// the limits, and decides whether the handler starts now or when the body
// is here. Hot path.
func (h *http1) head() {
	s := h.shard
	ex := s.newExchange()
	h.ex = ex
	h.flags &^= detects
	if !h.req.Repeated {
		h.req.route = nil
	}
	ex.carrier = h
	ex.snap = s.srv.snap.Load()
	ex.begun = s.loop.Now()
	ex.head = headOf(&h.req.Request)
	if h.flags&(secure|redirects) != 0 {
		h.special(ex)
	}
	if ex.route == nil {
		ex.route = s.routeAgain(ex, h.req)
	}
	s.begin(ex)
	if length := ex.head.length; length != 0 {
		limit := ex.body.limit
		if limit >= 0 && length > limit {
			h.refuse(errLength)
			return
		}
		h.parser.LimitBody(limit)
	}
	h.startOrCollect(ex)
}

// headOf is the protocol's head without the protocol. Hot path.
func headOf(r *httpone.Request) head {
	hd := head{
		method:   r.Method,
		target:   r.Target,
		path:     r.Path,
		rawQuery: r.RawQuery,
		host:     r.Authority,
		scheme:   "http",
		proto:    "HTTP/1.1",
		fields:   r.Fields,
		length:   r.ContentLength,
		expects:  r.ExpectContinue,
		noBody:   r.Method == "HEAD",
	}
	if r.Minor == 0 {
		hd.proto = "HTTP/1.0"
	}
	if r.Form != httpone.FormOrigin && r.Form != httpone.FormAbsolute {
		hd.path = ""
	}
	return hd
}

// special notes what the connection makes of a request.
func (h *http1) special(ex *exchange) {
	if h.flags&redirects != 0 {
		ex.route = h.redirectOf()
	}
	if h.flags&secure != 0 {
		ex.head.scheme = "https"
	}
}

// startOrCollect starts the handler with the head if the body is large, or
// waits for something; a small one is collected first. Hot path.
func (h *http1) startOrCollect(ex *exchange) {
	length, inline := ex.head.length, int64(ex.snap.cfg.InlineBody)
	switch {
	case length == 0:
		h.phase = phaseInline // ends at once
	case ex.head.expects:
		ex.body.wants100 = true
		h.stream(ex)
	case length > inline, ex.route.settings.Stream:
		h.stream(ex)
	default:
		h.phase = phaseInline
	}
}

// stream starts the handler before its body is complete.
func (h *http1) stream(ex *exchange) {
	h.phase = phaseStream
	if t := ex.route.settings.ReadTimeout; t != 0 {
		h.inAt = h.shard.after(t)
	}
	ex.away = true
	h.armWrite(ex)
	h.arm()
	h.shard.loop.ScheduleAway(ex)
}

// data takes a piece of the body.
func (h *http1) data(p []byte) {
	switch ex := h.ex; h.phase {
	case phaseInline:
		ex.body.add(p, h.shard.loop.Buffers())
		if len(ex.body.buf) > ex.snap.cfg.InlineBody {
			h.stream(ex)
		}
	case phaseStream:
		ex.deliver(p)
	case phaseDrain:
		h.inMark -= int64(len(p)) // below zero advance says goodbye
	}
}

// end completes the request. Hot path.
func (h *http1) end() {
	ex := h.ex
	switch h.phase {
	case phaseInline:
		ex.body.end = true
		ex.body.trailers = append(ex.body.trailers, h.req.Trailers...)
		h.phase = phaseReply
		h.inAt = 0
		h.armWrite(ex)
		h.t.PauseReading()
		h.noteEnd(ex)
		h.shard.schedule(ex)
	case phaseStream:
		ex.endBody(h.req.Trailers, nil)
		h.noteEnd(ex)
		h.phase = phaseReply
		h.inAt = 0
		h.arm()
		h.t.PauseReading()
	case phaseDrain:
		h.shard.freeRequest(h.req)
		h.req = nil
		h.idle()
	}
}

// begin does what every exchange needs before its handler can be scheduled:
// the route, the counters and the observer. Hot path.
func (s *shard) begin(ex *exchange) {
	s.counts.requests++
	s.counts.active++
	if ex.route == nil {
		ex.route = s.routeOf(ex)
	}
	if ex.body.limit = ex.route.settings.MaxBodyBytes; ex.body.limit == 0 {
		ex.body.limit = ex.snap.cfg.MaxBodySize
	}
	if fn := s.srv.cfg.Observer.RequestHead; fn != nil {
		fn(ex.info())
	}
}

// routeOf finds the route of a request, or the server's own answer. Hot
// path.
func (s *shard) routeOf(ex *exchange) *route {
	srv := s.srv
	path := ex.head.path
	if path == "" {
		path = ex.head.target
	}
	if rt := s.socketRoute(ex); rt != nil {
		return rt
	}
	rt, verdict := srv.router.Match(ex.head.method, path, &ex.params)
	if s.overloaded(ex) {
		s.counts.overloaded++
		s.limitHit("max_requests_in_flight")
		return srv.own.overloaded
	}
	switch verdict {
	case router.Found, router.FoundByGet:
		return rt.Handler
	case router.BadPath:
		return srv.own.badPath
	}
	switch {
	case !httpone.KnownMethod(ex.head.method) && !srv.methods[ex.head.method]:
		return srv.own.notImplemented
	case verdict == router.MethodNotAllowed:
		return srv.own.notAllowed
	case verdict == router.Options, ex.head.method == "OPTIONS" && ex.head.target == "*":
		return srv.own.options
	}
	return srv.own.notFound
}

// overloaded reports whether there are as many handlers away as there may be.
// Hot path.
func (s *shard) overloaded(ex *exchange) bool {
	limit := ex.snap.cfg.MaxRequestsInFlight
	return limit > 0 && s.srv.reactor.Away() >= limit
}

// A parsed is a request as its parser has it, and what is known to follow from
// the words of its head alone.
type parsed struct {
	httpone.Request
	route *route // where they go; nil: not known
}

// routeAgain is routeOf for the head r, which may be in the words of the one
// before: it then goes where that one went. Hot path.
func (s *shard) routeAgain(ex *exchange, r *parsed) *route {
	if r.route != nil && !s.overloaded(ex) {
		return r.route
	}
	rt := s.routeOf(ex)
	if rt.pattern != "" && ex.params.Len() == 0 { // else an answer of our own
		r.route = rt
	}
	return rt
}

// schedule runs the handler where its route is remembered to belong. Hot
// path.
func (s *shard) schedule(ex *exchange) {
	ex.away = true
	if ex.route.memories[s.index].away() {
		s.loop.ScheduleAway(ex)
	} else {
		s.loop.Schedule(ex)
	}
}

// endExchange is the last thing that happens to an exchange. Hot path.
func (s *shard) endExchange(ex *exchange, err error) {
	s.counts.active--
	ex.dropSocket()
	if fn := s.srv.cfg.Observer.RequestEnd; fn != nil {
		fn(ex.summary(s.loop.Now(), err))
	}
	s.recycle(ex)
}
