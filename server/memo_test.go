package server

import (
	"strings"
	"testing"
)

// A middleware that changes the fields of a request changes them for that request
// only, also when the next one comes in the same words.
func TestRepeatedRequestHasItsOwnFields(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Use(func(next Handler) Handler {
			return func(w *Response, r *Request) {
				if r.Header().Get("x-seen") != "" || r.Header().Get("x-drop") == "" {
					w.Text(500, "changed by the one before")
					return
				}
				r.Header().Set("x-seen", "yes")
				r.Header().Del("x-drop")
				r.Header().Set("host", "other")
				next(w, r)
			}
		})
		s.Get("/", func(w *Response, r *Request) {
			w.Text(200, r.Header().Get("x-seen")+r.Header().Get("x-drop")+r.Header().Get("host"))
		})
	})
	c := g.dial()
	request := "GET / HTTP/1.1\r\nHost: h\r\nX-Drop: this\r\n\r\n"
	c.send(strings.Repeat(request, 4))
	for range 4 {
		c.answer("GET").want(t, 200, "yesother")
	}
	for range 3 {
		c.ask(request).want(t, 200, "yesother")
	}
}

// Requests in the same words go the same way, with parameters or without, and
// one in other words goes its own.
func TestRepeatedRoutes(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/a", func(w *Response, _ *Request) { w.Text(200, "a") })
		s.Get("/p/:x", func(w *Response, r *Request) { w.Text(200, r.Param("x")) })
		s.Post("/echo", func(w *Response, r *Request) {
			b, _ := readAll(r)
			w.Bytes(200, "", b)
		})
	})
	c := g.dial()
	for range 3 {
		for range 3 {
			c.get("/a").want(t, 200, "a")
		}
		for range 3 {
			c.get("/p/1").want(t, 200, "1")
		}
		for range 3 {
			c.get("/none").want(t, 404, "404 Not Found\n")
		}
		for _, body := range []string{"one", "two", "six"} {
			c.ask(post("/echo", body)).want(t, 200, body)
		}
	}
}

// A head that a redirect listener has answered has no route: in the same words on
// another listener it gets its own, not that of the head before.
func TestRepeatedBehindARedirect(t *testing.T) {
	t.Parallel()
	cfg := Config{WorkerThreads: 1, Listeners: []Listener{{Host: "127.0.0.1", Port: Ephemeral, RedirectHTTPS: 443}}}
	g := newRig(t, cfg, func(s *Server) {
		s.Get("/a", func(w *Response, _ *Request) { w.Text(200, "a") })
		s.Get("/b", func(w *Response, _ *Request) { w.Text(200, "b") })
	})
	redirects := g.dialTo(g.srv.Addrs()[1])
	for range 3 {
		c := g.dial()
		c.get("/a").want(t, 200, "a")
		redirects.get("/b").want(t, 308, "")
		c.get("/b").want(t, 200, "b")
	}
}
