package server

import (
	"net/http"
	"os"
	"strconv"
)

// ownRoutes are the answers that the server gives when no route of the user
// does. They are ordinary handlers behind the middleware of the server, so
// that it sees, and can dress, every answer.
type ownRoutes struct {
	notFound       *route
	notAllowed     *route
	options        *route
	badPath        *route
	notImplemented *route
	overloaded     *route
}

func (s *Server) newOwnRoutes() ownRoutes {
	own := func(h Handler, b Blocking) *route {
		return &route{bare: h, group: &s.top, settings: Settings{Blocking: b}}
	}
	return ownRoutes{
		notFound:       own(func(w *Response, r *Request) { s.notFound(w, r) }, Learn),
		notAllowed:     own(func(w *Response, r *Request) { s.allow(w, r, s.methodNotAllowed) }, Learn),
		options:        own(func(w *Response, r *Request) { s.allow(w, r, optionsAnswer) }, Learn),
		badPath:        own(plainAnswer(400), Learn),
		notImplemented: own(plainAnswer(501), Learn),
		overloaded: own(func(w *Response, r *Request) {
			w.Header().Set("retry-after", "1")
			plainAnswer(503)(w, r)
		}, Never),
	}
}

func (o *ownRoutes) all() []*route {
	return []*route{o.notFound, o.notAllowed, o.options, o.badPath, o.notImplemented, o.overloaded}
}

// plainAnswer answers with the status and its name.
func plainAnswer(code int) Handler {
	text := strconv.Itoa(code) + " " + http.StatusText(code) + "\n"
	return func(w *Response, _ *Request) { w.Text(code, text) }
}

func optionsAnswer(w *Response, _ *Request) { w.Status(204) }

// allow sets the Allow field and goes on with next.
func (s *Server) allow(w *Response, r *Request, next Handler) {
	path := r.RawPath()
	if path == "" {
		path = r.Target()
	}
	w.Header().Set("allow", s.router.Allow(path))
	next(w, r)
}

// registerEndpoints adds /health and /stats where they are configured and
// the user has not registered the path.
func (s *Server) registerEndpoints() {
	if s.cfg.HealthEndpoint {
		s.registerUnlessTaken("/health", s.serveHealth)
	}
	if s.cfg.StatsEndpoint {
		s.registerUnlessTaken("/stats", s.serveStats)
	}
}

func (s *Server) registerUnlessTaken(pattern string, h Handler) {
	for _, rt := range s.routes {
		if rt.pattern == pattern && (rt.method == "GET" || rt.method == "") {
			return
		}
	}
	s.add("GET", pattern, h)
}

func (s *Server) serveHealth(w *Response, _ *Request) {
	w.JSON(200, struct {
		Status string `json:"status"`
		PID    int    `json:"pid"`
		Uptime int64  `json:"uptime_seconds"`
	}{"ok", os.Getpid(), int64(s.uptime().Seconds())})
}

func (s *Server) serveStats(w *Response, r *Request) {
	r.Hold().Release() // Stats asks the loops, this one too
	w.JSON(200, s.Stats())
}
