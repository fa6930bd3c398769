package server

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// shortly is a limit whose effect a test waits for.
const shortly = 150 * time.Millisecond

// trickle sends s octet by octet, again and again, until the connection ends.
func (c *peer) trickle(s string) {
	go func() {
		for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
			for i := range len(s) {
				if _, err := c.Write([]byte{s[i]}); err != nil {
					tick.Stop()
					return
				}
			}
		}
	}()
}

// A request has to arrive in time; an octet now and then does not help it.
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	var limits limitNames
	g := newRig(t, Config{RequestTimeout: shortly, MinRate: 1000, MinRateGrace: shortly, Observer: Observer{LimitHit: limits.hit}},
		func(s *Server) {
			s.Get("/", hello)
			s.Post("/collected", echo)
			s.With(Settings{Stream: true}).Post("/streamed", func(w *Response, r *Request) {
				if _, err := io.Copy(io.Discard, r.Body); err != ErrTooSlow {
					t.Errorf("reading: %v, want ErrTooSlow", err)
				}
			})
			s.With(Settings{Stream: true}).Post("/ignored", func(w *Response, r *Request) { <-r.Context().Done() })
			s.With(Settings{Stream: true, ReadTimeout: shortly, MinRate: Off}).Post("/timeout", func(w *Response, r *Request) {
				if _, err := io.Copy(io.Discard, r.Body); err != ErrTooSlow {
					t.Errorf("reading: %v, want ErrTooSlow", err)
				}
			})
		})
	const head = "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"
	for _, tc := range []struct{ name, begin, trickle string }{
		{"a head that stops", "GET / HT", ""},
		{"a head that trickles", "GET / HTTP/1.1\r\n", "A: b\r\n"},
		{"a collected body that stops", "POST /collected HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n", ""},
		{"a collected body that trickles", "POST /collected HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n", "x"},
		{"a streamed body that stops", strings.Replace(head, "%s", "/streamed", 1), ""},
		{"a streamed body that trickles", strings.Replace(head, "%s", "/streamed", 1), "x"},
		{"a body beyond the time of its route", strings.Replace(head, "%s", "/timeout", 1), strings.Repeat("x", 100)},
		{"a body beyond the time of its route, in chunks", "POST /timeout HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := g.in(t)
			c := g.dial()
			c.send(tc.begin)
			if tc.trickle != "" {
				c.trickle(tc.trickle)
			}
			a := c.answer("POST")
			a.want(t, 408, statusText(408))
			if !a.Close {
				t.Error("the answer does not say Connection: close")
			}
			if tc.trickle == "" {
				c.wantEnd()
			}
		})
	}
	t.Run("others are not harmed", func(t *testing.T) { g.in(t).get("/").want(t, 200, "hello") })
}

// The time of a route for its body does not end when the body had to wait
// for the handler once.
func TestReadTimeoutSurvivesBackpressure(t *testing.T) {
	t.Parallel()
	full := newSignal()
	g := newRig(t, Config{BodyBuffer: 4096}, func(s *Server) {
		s.With(Settings{ReadTimeout: shortly, MinRate: Off}).Post("/", func(w *Response, r *Request) {
			<-full
			if _, err := io.Copy(io.Discard, r.Body); err != ErrTooSlow {
				t.Errorf("reading: %v, want ErrTooSlow", err)
			}
		})
		s.Get("/full", func(*Response, *Request) { close(full) })
	})
	c := g.dial()
	c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("x", 100000))
	g.get("/full")
	c.answer("POST").want(t, 408, statusText(408))
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{IdleTimeout: shortly}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/slow", func(w *Response, r *Request) {
			tick := newRig(t, Config{IdleTimeout: 2 * shortly}, nil) // longer than the idle time of the other
			tick.dial().wantEnd()
			w.Text(200, "slow")
		})
	})
	fresh, used, empty := g.dial(), g.dial(), g.dial()
	used.wantOpen("/")
	empty.send("\r\n") // an empty line is no request (RFC 9112, section 2.2)
	for _, c := range []*peer{fresh, used, empty} {
		c.wantEnd() // without a word
	}
	g.get("/slow").want(t, 200, "slow") // a connection at work is not idle
}

func TestWriteTimeout(t *testing.T) {
	t.Parallel()
	causes := make(chan error, 1)
	var limits limitNames
	g := newRig(t, Config{MinRate: Off, Observer: Observer{LimitHit: limits.hit}}, func(s *Server) {
		timed := s.With(Settings{WriteTimeout: shortly})
		waits := func(w *Response, r *Request) {
			<-r.Context().Done()
			causes <- context.Cause(r.Context())
			if _, err := w.Write(make([]byte, 1<<20)); err != ErrDeadline {
				t.Errorf("Write after the deadline: %v, want ErrDeadline", err)
			}
		}
		timed.Get("/waits", waits)
		timed.Post("/waits", waits)
		timed.Get("/writes", func(w *Response, r *Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					causes <- err
					return
				}
			}
		})
		timed.Get("/quick", hello)
	})
	for _, request := range []string{
		"GET /waits HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /writes HTTP/1.1\r\nHost: h\r\n\r\n",
		"POST /waits HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nabc",
	} {
		c := g.dial()
		c.send(request)
		if cause := receive(t, causes, "the time is over"); cause != ErrDeadline {
			t.Errorf("%.20q: %v, want ErrDeadline", request, cause)
		}
		if a, err := c.tryAnswer("GET"); err == nil {
			t.Errorf("%.20q: answer = %d, want the connection cut", request, a.StatusCode)
		}
	}
	if n := limits.count("write_timeout"); n != 3 {
		t.Errorf("%d hits of the limit, want 3", n)
	}
	c := g.dial()
	for range 3 {
		c.wantOpen("/quick")
	}
}

// A client that takes its answer too slowly is cut, one octet now and then
// does not help it, and the handler is told.
func TestSlowReadersAreCut(t *testing.T) {
	t.Parallel()
	ends := make(chan error, 1)
	var limits limitNames
	cfg := Config{MinRate: 1 << 20, MinRateGrace: shortly, Observer: Observer{LimitHit: limits.hit}}
	g := newRig(t, cfg, func(s *Server) {
		s.Get("/stream", func(w *Response, r *Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					ends <- err
					return
				}
			}
		})
		s.Get("/whole", func(w *Response, r *Request) { w.Bytes(200, "", make([]byte, 64<<20)) })
	})
	stream := g.dial()
	stream.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for b := make([]byte, 1); ; <-tick.C { // one octet at a time
			if _, err := stream.Read(b); err != nil {
				return
			}
		}
	}()
	if err := receive(t, ends, "the writer is told"); err != ErrTooSlow {
		t.Errorf("Write = %v, want ErrTooSlow", err)
	}
	whole := g.dial()
	whole.send("GET /whole HTTP/1.1\r\nHost: h\r\n\r\n")
	g.await("both are cut", func(st Stats) bool { return st.Connections.Active == 0 })
	if n := limits.count("min_rate"); n != 2 {
		t.Errorf("%d hits of the limit, want 2", n)
	}
}

// Limits that are off never end anything.
func TestDeadlinesThatAreOff(t *testing.T) {
	t.Parallel()
	cfg := Config{IdleTimeout: Off, RequestTimeout: Off, MinRate: Off}
	g := newRig(t, cfg, func(s *Server) {
		s.Get("/", hello)
		s.With(Settings{ReadTimeout: Off, WriteTimeout: Off}).Post("/", echo)
	})
	idle, head, body := g.dial(), g.dial(), g.dial()
	idle.wantOpen("/")
	head.send("GET / HT")
	long := post("/", strings.Repeat("x", 100<<10))
	body.send(long[:50<<10])
	awaitTick(t, g)
	idle.wantOpen("/")
	head.ask("TP/1.1\r\nHost: h\r\n\r\n").want(t, 200, "hello")
	body.send(long[50<<10:])
	if a := body.answer("POST"); len(a.body) != 100<<10 {
		t.Errorf("echo = %d with %d bytes", a.StatusCode, len(a.body))
	}
}
