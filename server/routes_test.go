package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// show answers with what the handler sees of its request.
func show(w *Response, r *Request) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s|%s|%s", r.Pattern(), r.Param("a"), r.Param("rest"), r.Path(), r.RawPath())
	w.Text(200, b.String())
}

func TestPathsAreDecodedSegmentBySegment(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/users/:a", show)
		s.Get("/users/:a/posts", show)
		s.Get("/files/*rest", show)
		s.Get("/num/:a([0-9]+)", show)
		s.Get("/é", show)
	})
	for target, want := range map[string]string{
		"/users/7":                 "/users/:a|7||/users/7|/users/7",
		"/users/a%20b":             "/users/:a|a b||/users/a b|/users/a%20b",
		"/users/a%2Fposts":         "/users/:a|a/posts||/users/a/posts|/users/a%2Fposts",
		"/users/7/posts?x=%2F":     "/users/:a/posts|7||/users/7/posts|/users/7/posts",
		"/users/x/../7":            "/users/:a|7||/users/x/../7|/users/x/../7",
		"/users/./7":               "/users/:a|7||/users/./7|/users/./7",
		"/files/a/b%20c":           "/files/*rest||a/b c|/files/a/b c|/files/a/b%20c",
		"/num/42":                  "/num/:a([0-9]+)|42||/num/42|/num/42",
		"/%C3%A9":                  "/é|||/é|/%C3%A9",
		"http://other/users/7?q=1": "/users/:a|7||/users/7|/users/7",
	} {
		host := "h"
		if strings.HasPrefix(target, "http:") {
			host = "other"
		}
		g.ask("GET "+target+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n").want(t, 200, want)
	}
	for _, target := range []string{"/users/", "/users", "/num/x", "/users/7/", "/users/..", "/users//posts"} {
		if a := g.get(target); a.StatusCode != 404 {
			t.Errorf("GET %s = %d %q, want 404", target, a.StatusCode, a.body)
		}
	}
}

func TestWhatARequestTells(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Use(func(next Handler) Handler {
			return func(w *Response, r *Request) {
				r.SetValue("who", "nobody")
				r.SetValue("who", "somebody")
				r.Header().Set("X-Set", "by middleware")
				r.Header().Del("X-Secret")
				next(w, r)
			}
		})
		s.Get("/", func(w *Response, r *Request) {
			check := func(what string, got, want any) {
				if got != want {
					t.Errorf("%s = %v, want %v", what, got, want)
				}
			}
			check("Method", r.Method(), "GET")
			check("Target", r.Target(), "/?a=1&b=x%20y&a=2&bad=%zz")
			check("RawQuery", r.RawQuery(), "a=1&b=x%20y&a=2&bad=%zz")
			check("Query a", strings.Join(r.Query()["a"], ","), "1,2")
			check("Query b", r.Query().Get("b"), "x y")
			check("Host", r.Host(), "Example.com:81")
			check("Scheme", r.Scheme(), "http")
			check("Proto", r.Proto(), "HTTP/1.1")
			check("ContentLength", r.ContentLength(), int64(0))
			check("Header", r.Header().Get("x-MULTI"), "one")
			check("Values", strings.Join(r.Header().Values("X-Multi"), ","), "one,two")
			check("set by middleware", r.Header().Get("X-Set"), "by middleware")
			check("deleted by middleware", r.Header().Get("X-Secret"), "")
			check("Value", r.Value("who"), "somebody")
			check("no Value", r.Value("what"), nil)
			check("RemoteAddr", r.RemoteAddr().Addr().String(), "127.0.0.1")
			check("LocalAddr", r.LocalAddr().String(), strings.TrimPrefix(r.Header().Get("X-Server"), "http://"))
			check("Cookies", len(r.Cookies()), 3)
			v, ok := r.Cookie("b")
			check("Cookie b", v, "2")
			check("has Cookie b", ok, true)
			_, ok = r.Cookie("z")
			check("has Cookie z", ok, false)
			var names []string
			for n := range r.Header().All() {
				names = append(names, n)
			}
			check("order", strings.Join(names, " "), "host x-multi cookie x-server x-multi cookie x-set")
			if n, err := r.Body.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("Read without a body = %d, %v", n, err)
			}
		})
	})
	g.ask("GET /?a=1&b=x%20y&a=2&bad=%zz HTTP/1.1\r\nHost: Example.com:81\r\nX-Multi: one\r\nCookie: a=1; b=2\r\nX-Server: "+
		g.url("")+"\r\nX-Multi: two\r\nCookie: c=3\r\nX-Secret: s\r\n\r\n").want(t, 200, "")
}

func TestResponseHeaderSetsAndAdds(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			h := w.Header()
			h.Set("X-One", "first")
			h.Set("x-one", "second")
			h.Add("X-Two", "a")
			h.Add("X-Two", "b")
			h.Set("Set-Cookie", "a=1")
			h.Set("set-cookie", "b=2")
			w.SetCookie(&http.Cookie{Name: "c", Value: "3", Path: "/"})
			w.SetCookie(&http.Cookie{Name: "bad name"})
			h.Set("WWW-Authenticate", "Basic")
			h.Set("WWW-Authenticate", "Bearer")
			h.Set("X-Gone", "x")
			h.Del("x-GONE")
			h.Set("X-Split", "a\r\nX-Injected: yes\r\n\r\nbody\x00")
			h.Set("Content-Type", "text/own")
			w.Text(200, "x")
			h.Set("X-Behind-Text", "still in time")
		})
	})
	a := g.get("/")
	for name, want := range map[string]string{
		"X-One": "second", "X-Two": "a,b", "Set-Cookie": "a=1,b=2,c=3; Path=/", "Www-Authenticate": "Basic,Bearer",
		"X-Gone": "", "X-Split": "aX-Injected: yesbody", "X-Injected": "", "Content-Type": "text/own", "X-Behind-Text": "still in time",
	} {
		if got := strings.Join(a.Header.Values(name), ","); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	a.want(t, 200, "x")
}

// Response splitting is impossible, wherever the peer's bytes are put.
func TestResponseSplittingIsImpossible(t *testing.T) {
	t.Parallel()
	const evil = "v\r\nX-Injected: yes\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/value", func(w *Response, _ *Request) { w.Header().Set("X-A", evil) })
		s.Get("/location", func(w *Response, _ *Request) { w.Redirect(302, evil) })
		s.Get("/type", func(w *Response, _ *Request) { w.Bytes(200, evil, nil) })
		s.Get("/trailer", func(w *Response, _ *Request) { w.Trailer().Set("X-A", evil); w.Write([]byte("x")) })
		s.Get("/connection", func(w *Response, _ *Request) { w.Header().Set("Connection", evil) })
		s.Get("/name", func(w *Response, _ *Request) { w.Header().Set("X\r\nX-Injected: yes", "a") })
		s.Get("/", hello)
	})
	for _, path := range []string{"/value", "/location", "/type", "/trailer", "/connection", "/name"} {
		c := g.dial()
		a := c.get(path)
		if a.Header.Get("X-Injected") != "" || a.Trailer.Get("X-Injected") != "" {
			t.Errorf("%s: header = %v, trailer %v", path, a.Header, a.Trailer)
		}
		if !a.Close {
			c.wantOpen("/")
		} else {
			c.wantEnd()
		}
	}
}

func TestOwnAnswersCanBeReplaced(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.NotFound(func(w *Response, r *Request) { w.Text(404, "nothing at "+r.Path()) })
		s.MethodNotAllowed(func(w *Response, r *Request) { w.Text(405, "not "+r.Method()) })
		s.Get("/", hello)
	})
	g.get("/x").want(t, 404, "nothing at /x")
	a := g.ask(post("/", ""))
	a.want(t, 405, "not POST")
	if got := a.Header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
		t.Errorf("Allow = %q", got)
	}
}

func TestGroupsHavePrefixMiddlewareAndSettings(t *testing.T) {
	t.Parallel()
	tag := func(name string) Middleware {
		return func(next Handler) Handler {
			return func(w *Response, r *Request) {
				w.Header().Add("X-Tag", name)
				next(w, r)
			}
		}
	}
	mw := []Middleware{tag("a"), tag("b"), tag("c")}
	g := newRig(t, Config{}, func(s *Server) {
		api := s.Group("/api", mw[:2]...)
		api.Use(tag("late")) // does not touch the caller's slice
		api.Get("/x", hello)
		inner := api.Group("/inner", mw[2])
		inner.Post("/y", echo)
		inner.With(Settings{MaxBodyBytes: 3}).Post("/small", echo)
		s.Group("", mw...).Get("/plain", hello)
		s.Get("/head", hello)
		s.Head("/head", func(w *Response, _ *Request) { w.Header().Set("X-Own", "head") })
	})
	tags := func(a answer) string { return strings.Join(a.Header.Values("X-Tag"), " ") }
	if a := g.get("/api/x"); tags(a) != "a b late" {
		t.Errorf("tags = %q", tags(a))
	}
	if a := g.ask(post("/api/inner/y", "body")); tags(a) != "a b late c" || a.body != "body" {
		t.Errorf("tags = %q, body %q", tags(a), a.body)
	}
	if a := g.get("/plain"); tags(a) != "a b c" {
		t.Errorf("tags = %q", tags(a))
	}
	g.ask(post("/api/inner/small", "body")).want(t, 413, statusText(413))
	if a := g.ask("HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n"); a.Header.Get("X-Own") != "head" {
		t.Errorf("HEAD route was not taken: %v", a.Header)
	}
}

func TestFaultsOfRegistrationAreReportedTogether(t *testing.T) {
	t.Parallel()
	srv, err := New(Config{BindPort: Ephemeral})
	if err != nil {
		t.Fatal(err)
	}
	srv.Get("no-slash//", hello)
	srv.Get("/twice", hello)
	srv.Get("/twice", hello)
	srv.Get("/:a([)", hello)
	err = srv.ListenAndServe(context.Background())
	if err == nil || bytes.Count([]byte(err.Error()), []byte("\n")) < 2 {
		t.Errorf("ListenAndServe = %v, want three faults", err)
	}
	if err := srv.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown after a failed start = %v", err)
	}
}
