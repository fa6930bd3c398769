package server

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

// post makes a POST request to path with that body.
func post(path, body string, fields ...string) string {
	var head strings.Builder
	head.WriteString("POST " + path + " HTTP/1.1\r\nHost: h\r\n")
	for _, f := range fields {
		head.WriteString(f + "\r\n")
	}
	return head.String() + "Content-Length: " + itoa(len(body)) + "\r\n\r\n" + body
}

// chunked makes a POST request to path with a chunk for each piece.
func chunked(path string, pieces ...string) string {
	var b strings.Builder
	b.WriteString("POST " + path + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, p := range pieces {
		b.WriteString(hex(len(p)) + "\r\n" + p + "\r\n")
	}
	return b.String() + "0\r\n\r\n"
}

func hex(n int) (s string) {
	for ; n > 0; n >>= 4 {
		s = "0123456789abcdef"[n&15:n&15+1] + s
	}
	return s
}

// One fault has one status, is counted once, and ends the connection after
// the answer was readable in full, however much stands behind the fault.
func TestFaultsAreAnsweredOnceAndReadable(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{MaxHeaderSize: 1024, MaxTargetSize: 200, MaxHeaderFields: 10, MaxBodySize: 1000, InlineBody: 100},
		func(s *Server) {
			s.Get("/", hello)
			s.Post("/", echo)
		})
	for _, tc := range []struct {
		name, request string
		status        int
	}{
		{"9112 2.2: bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
		{"9112 2.3: no version", "GET /\r\n\r\n", 505},
		{"9112 2.3: HTTP/2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
		{"9112 2.3: malformed version", "GET / HTTQ/1.1\r\nHost: h\r\n\r\n", 400},
		{"9112 3: method is no token", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
		{"9112 3: method longer than any", strings.Repeat("M", 100) + " / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
		{"9112 3: target too long", "GET /" + strings.Repeat("a", 300) + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
		{"9112 3.2: no Host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"9112 3.2: two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		{"9112 5.1: space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
		{"9112 5.2: folded line", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400},
		{"6585 5: head too long", "GET / HTTP/1.1\r\nHost: h\r\nA: " + strings.Repeat("a", 2000) + "\r\n\r\n", 431},
		{"6585 5: too many fields", "GET / HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("A: b\r\n", 11) + "\r\n", 431},
		{"9112 6.1: both lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"9112 6.3: no number", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n", 400},
		{"9112 7: unknown coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
		{"9112 7.1: bad chunk size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		{"9112 7.1: bad chunk behind a good one", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n", 400},
		{"9110 15.5.14: announced body too large", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", 413},
		{"9110 15.5.14: chunk too large", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413},
		{"9110 10.1.1: unknown expectation", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nExpect: wonders\r\n\r\n", 417},
		{"a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400},
		{"NULs", strings.Repeat("\x00", 100), 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := g.in(t)
			before := g.stats().Requests
			c := g.dial()
			done := newSignal()
			go func() { // behind the fault; an error is fine, the server need not read it all
				defer close(done)
				io.WriteString(c, tc.request+strings.Repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 4000))
				c.Conn.(interface{ CloseWrite() error }).CloseWrite()
			}()
			a := c.answer("POST")
			a.want(t, tc.status, statusText(tc.status))
			if !a.Close {
				t.Error("the answer does not say Connection: close")
			}
			c.wantEnd()
			done.wait(t, "the client has sent all")
			after := g.stats().Requests
			if after.Total-before.Total != 1 || after.Refused-before.Refused != 1 || after.Active != 0 {
				t.Errorf("counters went from %+v to %+v, want one request, refused", before, after)
			}
		})
	}
}

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	var begun atomic.Int32
	g := newRig(t, Config{MaxBodySize: 1000, InlineBody: 100}, func(s *Server) {
		counted := func(w *Response, r *Request) {
			begun.Add(1)
			echo(w, r)
		}
		s.Post("/", counted)
		s.With(Settings{MaxBodyBytes: 5000}).Post("/more", counted)
		s.With(Settings{MaxBodyBytes: 50}).Post("/less", counted)
		s.With(Settings{MaxBodyBytes: Off}).Post("/any", counted)
		s.Post("/error", func(w *Response, r *Request) {
			_, err := io.Copy(io.Discard, r.Body)
			if !errors.Is(err, ErrBodyTooLarge) {
				t.Errorf("reading: %v, want ErrBodyTooLarge", err)
			}
		})
		s.Post("/streams", func(w *Response, r *Request) {
			io.WriteString(w, "begun ")
			w.Flush()
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, "ended")
		})
	})
	for _, tc := range []struct {
		name, path string
		n          int
		status     int
	}{
		{"exactly the limit", "/", 1000, 200},
		{"one above", "/", 1001, 413},
		{"above that of Config, below the route's", "/more", 5000, 200},
		{"above the route's", "/more", 5001, 413},
		{"below that of Config, above the route's", "/less", 51, 413},
		{"no limit", "/any", 1 << 20, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := g.in(t)
			body := strings.Repeat("b", tc.n)
			began := begun.Load()
			a := g.ask(post(tc.path, body))
			if a.StatusCode != tc.status || tc.status == 200 && a.body != body {
				t.Errorf("announced: answer = %d with %d bytes, want %d", a.StatusCode, len(a.body), tc.status)
			}
			if tc.status == 413 && begun.Load() != began {
				t.Error("a handler began for a request that was refused by its head")
			}
			a = g.ask(chunked(tc.path, body[:tc.n/2], body[tc.n/2:]))
			if a.StatusCode != tc.status || tc.status == 200 && a.body != body {
				t.Errorf("chunked: answer = %d with %d bytes, want %d", a.StatusCode, len(a.body), tc.status)
			}
		})
	}
	t.Run("the handler is told", func(t *testing.T) {
		g := g.in(t)
		g.ask(chunked("/error", strings.Repeat("x", 900), strings.Repeat("x", 900))).want(t, 413, statusText(413))
	})
	t.Run("what is being sent already goes on", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(strings.TrimSuffix(chunked("/streams", strings.Repeat("x", 900)), "0\r\n\r\n"))
		if _, err := c.r.Peek(1); err != nil {
			t.Fatal(err)
		}
		c.send("800\r\n")
		c.answer("POST").want(t, 200, "begun ended")
		c.wantEnd()
	})
}

// Reload changes the limits of requests that begin afterwards, also those
// that no route has set.
func TestReloadChangesLimits(t *testing.T) {
	t.Parallel()
	cfg := Config{MaxBodySize: 100, BindPort: Ephemeral}
	g := newRig(t, cfg, func(s *Server) {
		s.Post("/", echo)
		s.With(Settings{MaxBodyBytes: 10}).Post("/own", echo)
	})
	body := strings.Repeat("b", 200)
	kept := g.dial()
	kept.ask(post("/", "small")).want(t, 200, "small")
	g.ask(post("/", body)).want(t, 413, statusText(413))
	cfg.MaxBodySize = 1000
	cfg.ServerHeader = "reloaded"
	if err := g.srv.Reload(cfg); err != nil {
		t.Fatalf("Reload: %v", err)
	}
	g.ask(post("/", body)).want(t, 200, body)
	g.ask(post("/own", body)).want(t, 413, statusText(413))
	a := kept.ask(post("/", body))
	a.want(t, 200, body)
	if got := a.Header.Get("Server"); got != "reloaded" {
		t.Errorf("Server = %q, want %q", got, "reloaded")
	}
}

func TestReloadNamesWhatNeedsARestart(t *testing.T) {
	t.Parallel()
	cfg := Config{BindPort: Ephemeral, Listeners: []Listener{{Host: "127.0.0.1", Port: Ephemeral}}}
	g := newRig(t, cfg, func(s *Server) { s.Post("/", echo) })
	cfg.Listeners = []Listener{{Host: "127.0.0.1", Port: 1}}
	cfg.WorkerThreads = 7
	cfg.BindHost = "127.0.0.2"
	cfg.MaxBodySize = 1
	err := g.srv.Reload(cfg)
	var restart *RestartError
	if !errors.As(err, &restart) || strings.Join(restart.Keys, " ") != "bind_host listeners worker_threads" {
		t.Errorf("Reload = %v, want a RestartError for bind_host, listeners and worker_threads", err)
	}
	g.ask(post("/", "22")).want(t, 413, statusText(413)) // the rest was taken over
	cfg.MaxBodySize = -5
	var faults ConfigError
	if err := g.srv.Reload(cfg); !errors.As(err, &faults) {
		t.Errorf("Reload of a faulty Config = %v, want a ConfigError", err)
	}
	g.ask(post("/", "1")).want(t, 200, "1") // and nothing has changed
}
