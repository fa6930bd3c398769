package server

import (
	"errors"
	"slices"
	"time"

	"reactor.example/router"
)

// A Handler answers a request. It is ordinary Go code and may block: see the
// package comment.
type Handler func(w *Response, r *Request)

// A Middleware wraps a handler into another, which may do something before
// and after it, or answer itself and not call it.
type Middleware func(next Handler) Handler

// Blocking says what a server should expect of a handler.
type Blocking int8

const (
	// Learn, the zero value, runs the handler on the loop until it is seen
	// to block.
	Learn Blocking = iota
	// Always runs it on a goroutine of its own at once.
	Always
	// Never runs it on the loop at all times. A handler that blocks all the
	// same is moved away every time, and nothing but speed is lost.
	Never
)

// Settings are the limits of a route. A zero field takes the one of the
// surrounding group, and in the end the one of Config.
type Settings struct {
	// MaxBodyBytes bounds the request body; Off is no bound.
	MaxBodyBytes int64
	// ReadTimeout bounds the arrival of the body from the end of the head
	// on; Off is no bound. Zero in the end means the rules of Config.
	ReadTimeout time.Duration
	// WriteTimeout bounds the time from the request to the return of its
	// handler, writing included. When it is over the context of the request
	// is cancelled and the connection closed. What the client has still to
	// take when the handler has returned is bounded by MinRate. Zero in the
	// end means none.
	WriteTimeout time.Duration
	// MinRate is Config.MinRate for this route.
	MinRate int
	// Blocking is what to expect of the handler.
	Blocking Blocking
	// Stream starts the handler with the head of the request, however small
	// its body is, instead of collecting the body first.
	Stream bool
}

// or fills the zero fields of s from outer.
func (s Settings) or(outer Settings) Settings {
	or(&s.MaxBodyBytes, outer.MaxBodyBytes)
	or(&s.ReadTimeout, outer.ReadTimeout)
	or(&s.WriteTimeout, outer.WriteTimeout)
	if s.MinRate == 0 {
		s.MinRate = outer.MinRate
	}
	if s.Blocking == Learn {
		s.Blocking = outer.Blocking
	}
	s.Stream = s.Stream || outer.Stream
	return s
}

// A route is a handler with everything that concerns it.
type route struct {
	method, pattern string
	handler         Handler // with its middleware, once the server has started
	bare            Handler // without
	group           *Group
	settings        Settings
	memories        []memory // of each loop
	socket          *wsRoute // of a route for WebSockets, else nil
}

// A Group is a set of routes that share a prefix, middleware and settings.
// Server.Group makes one. All registration has to be over when the server
// starts; what comes later is refused.
type Group struct {
	srv        *Server
	outer      *Group
	prefix     string
	middleware []Middleware
	settings   Settings
}

// top is the Group of all routes, as a Server embeds it: the other name leaves
// Server.Group to the method.
type top = Group

// Group makes a group of routes whose patterns begin with prefix; an empty
// prefix is fine.
func (g *Group) Group(prefix string, middleware ...Middleware) *Group {
	return &Group{srv: g.srv, outer: g, prefix: router.Join(g.prefix, prefix), middleware: slices.Clone(middleware)}
}

// With makes a group with settings of its own:
//
//	srv.With(server.Settings{Blocking: server.Always}).Get("/report", report)
func (g *Group) With(s Settings) *Group {
	inner := g.Group("")
	inner.settings = s
	return inner
}

// Use adds middleware around every handler of the group, also those that
// are registered already. The first added is the outermost. Middleware of
// the server itself is also called for requests without a route.
func (g *Group) Use(m ...Middleware) {
	if g.srv.mayRegister() {
		g.middleware = append(g.middleware, m...)
	}
}

// Route registers a handler for a method and a pattern; see package router
// for the patterns. An empty method means every method. A fault is reported
// by ListenAndServe, together with all others.
func (g *Group) Route(method, pattern string, h Handler) {
	if g.srv.mayRegister() {
		g.add(method, pattern, h)
	}
}

func (g *Group) add(method, pattern string, h Handler) {
	rt := &route{method: method, pattern: router.Join(g.prefix, pattern), bare: h, group: g}
	if _, err := g.srv.router.Add(method, rt.pattern, rt); err != nil {
		g.srv.registerErr = errors.Join(g.srv.registerErr, err)
		return
	}
	g.srv.routes = append(g.srv.routes, rt)
}

// Handle registers a handler for every method.
func (g *Group) Handle(pattern string, h Handler) { g.Route(router.AnyMethod, pattern, h) }

// Get registers a handler for GET, and for HEAD unless that has its own.
func (g *Group) Get(pattern string, h Handler) { g.Route("GET", pattern, h) }

// Post registers a handler for POST.
func (g *Group) Post(pattern string, h Handler) { g.Route("POST", pattern, h) }

// Put registers a handler for PUT.
func (g *Group) Put(pattern string, h Handler) { g.Route("PUT", pattern, h) }

// Patch registers a handler for PATCH.
func (g *Group) Patch(pattern string, h Handler) { g.Route("PATCH", pattern, h) }

// Delete registers a handler for DELETE.
func (g *Group) Delete(pattern string, h Handler) { g.Route("DELETE", pattern, h) }

// Head registers a handler for HEAD.
func (g *Group) Head(pattern string, h Handler) { g.Route("HEAD", pattern, h) }

// Options registers a handler for OPTIONS, instead of the automatic answer.
func (g *Group) Options(pattern string, h Handler) { g.Route("OPTIONS", pattern, h) }

// compile wraps the handler of rt into the middleware of its groups and
// resolves its settings, but for those that Config decides: it may change.
func (rt *route) compile(loops int) {
	rt.handler = rt.bare
	for g := rt.group; g != nil; g = g.outer {
		rt.handler = router.Chain(rt.handler, castAll(g.middleware)...)
		rt.settings = rt.settings.or(g.settings)
	}
	if rt.socket != nil {
		rt.socket.configs = make([]socketConfig, loops)
	}
	rt.memories = make([]memory, loops)
	for i := range rt.memories {
		rt.memories[i].mode = rt.settings.Blocking
	}
}

func castAll(m []Middleware) []func(Handler) Handler {
	fns := make([]func(Handler) Handler, len(m))
	for i, fn := range m {
		fns[i] = fn
	}
	return fns
}
