package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// beginShutdown calls Shutdown and returns when every loop has begun to
// drain.
func (g *rig) beginShutdown(ctx context.Context) (result chan error) {
	result = make(chan error, 1)
	go func() { result <- g.srv.Shutdown(ctx) }()
	<-g.srv.stopping
	for _, sh := range g.srv.shards {
		for told := false; !told; {
			ask := make(chan bool, 1)
			if !sh.loop.Post(func() { ask <- sh.draining }) {
				break // it has ended already
			}
			told = <-ask
		}
	}
	return result
}

func TestShutdownFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	begun, release := newSignal(), newSignal()
	g := newRig(t, Config{WorkerThreads: 2}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/slow", func(w *Response, r *Request) {
			close(begun)
			<-release
			if err := r.Context().Err(); err != nil {
				t.Errorf("context during the drain: %v, want nil", err)
			}
			w.Text(200, "slow")
		})
		s.Post("/echo", echo)
	})
	idle, fresh, slow, half := g.dial(), g.dial(), g.dial(), g.dial()
	idle.wantOpen("/")
	slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
	half.send(post("/echo", "12")[:50])
	begun.wait(t, "the slow handler begins")
	g.await("all are here", func(st Stats) bool { return st.Connections.Active == 4 })

	result := g.beginShutdown(context.Background())
	idle.wantEnd() // at once: the slow handler is still at work
	fresh.wantEnd()
	close(release)
	a := slow.answer("GET")
	a.want(t, 200, "slow")
	if !a.Close {
		t.Error("the answer during the drain does not say Connection: close")
	}
	slow.wantEnd()
	half.send(post("/echo", "12")[50:])
	a = half.answer("POST")
	a.want(t, 200, "12")
	if !a.Close {
		t.Error("the answer to the half request does not say Connection: close")
	}
	half.wantEnd()
	for _, c := range []*peer{idle, fresh, slow, half} {
		c.Close()
	}
	if err := receive(t, result, "Shutdown returns"); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
	if err := receive(t, g.served, "ListenAndServe returns"); err != nil {
		t.Errorf("ListenAndServe = %v, want nil", err)
	}
	if c, err := g.tryDial(); err == nil {
		c.Close()
		t.Error("the server accepts connections after Shutdown")
	}
}

func TestShutdownLetsStreamsFinishWithinTheBudget(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			for range size / 4096 {
				w.Write(make([]byte, 4096))
			}
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, err := c.r.Peek(1000); err != nil {
		t.Fatal(err)
	}
	result := g.beginShutdown(context.Background())
	if a := c.answer("GET"); len(a.body) != size {
		t.Errorf("%d bytes, want %d", len(a.body), size)
	}
	c.wantEnd()
	c.Close()
	if err := receive(t, result, "Shutdown returns"); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// What is not over with the budget is cut, counted, and told why.
func TestShutdownCutsWhatIsLeft(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		budget time.Duration
		cancel bool
	}{
		"when the budget is over":  {100 * time.Millisecond, false},
		"when its context is done": {0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun, release := make(chan bool, 3), newSignal()
			causes := make(chan error, 1)
			g := newRig(t, Config{ShutdownDrainTimeout: tc.budget, LingerTimeout: time.Minute}, func(s *Server) {
				s.Get("/", hello)
				s.Get("/never", func(w *Response, r *Request) {
					begun <- true
					<-release
				})
				s.Get("/context", func(w *Response, r *Request) {
					ctx := r.Context()
					begun <- true
					<-ctx.Done()
					causes <- context.Cause(ctx)
				})
				s.Get("/large", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 64<<20)) })
			})
			t.Cleanup(func() { close(release) })
			idle, never, waits, reads := g.dial(), g.dial(), g.dial(), g.dial()
			idle.wantOpen("/")
			never.send("GET /never HTTP/1.1\r\nHost: h\r\n\r\n")
			waits.send("GET /context HTTP/1.1\r\nHost: h\r\n\r\n")
			receive(t, begun, "a handler begins")
			receive(t, begun, "a handler begins")
			reads.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
			if _, err := reads.r.Peek(1); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			result := g.beginShutdown(ctx)
			idle.wantEnd()
			if tc.cancel {
				cancel()
			}
			err := receive(t, result, "Shutdown returns")
			var cut *DrainError
			if !errors.As(err, &cut) || *cut != (DrainError{Connections: 3, Requests: 3}) {
				t.Errorf("Shutdown = %v, want a DrainError with 3 connections and 3 requests", err)
			}
			if cause := receive(t, causes, "the context is cancelled"); cause != ErrShutdown {
				t.Errorf("cause = %v, want ErrShutdown", cause)
			}
			if err := receive(t, g.served, "ListenAndServe returns"); !errors.As(err, &cut) {
				t.Errorf("ListenAndServe = %v, want a DrainError", err)
			}
			if _, err := io.Copy(io.Discard, reads.r); err == nil {
				t.Log("the cut download ended without an error, but short")
			}
		})
	}
}

// A handler that never returns and whose client has long gone is counted too.
func TestShutdownCountsHandlersWithoutClients(t *testing.T) {
	t.Parallel()
	begun, release := newSignal(), newSignal()
	g := newRig(t, Config{ShutdownDrainTimeout: 50 * time.Millisecond}, func(s *Server) {
		s.Get("/", func(*Response, *Request) {
			close(begun)
			<-release
		})
	})
	t.Cleanup(func() { close(release) })
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	begun.wait(t, "the handler begins")
	c.reset()
	g.await("the client is gone", func(st Stats) bool { return st.Connections.Active == 0 })
	var cut *DrainError
	if err := g.shutdown(); !errors.As(err, &cut) || *cut != (DrainError{Requests: 1}) {
		t.Errorf("Shutdown = %v, want a DrainError with 1 request", err)
	}
}

func TestShutdownWithNothingToDo(t *testing.T) {
	t.Parallel()
	for _, budget := range []time.Duration{Off, 0, time.Nanosecond} {
		g := newRig(t, Config{ShutdownDrainTimeout: budget}, func(s *Server) { s.Get("/", hello) })
		c := g.dial()
		c.wantOpen("/")
		if err := g.shutdown(); err != nil {
			t.Errorf("Shutdown of an idle server with budget %v = %v, want nil", budget, err)
		}
	}
}

func TestSecondShutdown(t *testing.T) {
	t.Parallel()
	begun, release := newSignal(), newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(*Response, *Request) {
			close(begun)
			<-release
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	begun.wait(t, "the handler begins")
	first := g.beginShutdown(context.Background())
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.srv.Shutdown(gone); err != context.Canceled {
		t.Errorf("second Shutdown with a context that is done = %v, want context.Canceled", err)
	}
	second := make(chan error, 1)
	go func() { second <- g.srv.Shutdown(context.Background()) }()
	close(release)
	c.answer("GET").want(t, 200, "")
	c.Close()
	for _, ch := range []chan error{first, second} {
		if err := receive(t, ch, "Shutdown returns"); err != nil {
			t.Errorf("Shutdown = %v, want nil", err)
		}
	}
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown after the end = %v, want nil", err)
	}
}

func TestShutdownBeforeStart(t *testing.T) {
	t.Parallel()
	srv, err := New(Config{BindPort: Ephemeral})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown before the start = %v, want nil", err)
		}
	}
	srv.Get("/late", hello) // is ignored, and no panic
	if err := srv.ListenAndServe(context.Background()); err != ErrRunning {
		t.Errorf("ListenAndServe after Shutdown = %v, want ErrRunning", err)
	}
}

func TestServingTwice(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, nil)
	if err := g.srv.ListenAndServe(context.Background()); err != ErrRunning {
		t.Errorf("second ListenAndServe = %v, want ErrRunning", err)
	}
	g.srv.Get("/late", hello)
	g.get("/late").want(t, 404, "404 Not Found\n")
	g.shutdown()
	if err := g.srv.ListenAndServe(context.Background()); err != ErrRunning {
		t.Errorf("ListenAndServe after the end = %v, want ErrRunning", err)
	}
}

// A Shutdown that meets the start either prevents it or ends the server.
func TestShutdownWhileStarting(t *testing.T) {
	t.Parallel()
	for i := range 60 {
		cfg := Config{BindPort: Ephemeral, HealthEndpoint: true, WorkerThreads: 2}
		if i%3 == 0 {
			cfg.BindHost = "192.0.2.1" // not ours: the start fails
		}
		srv, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		served, stopped := make(chan error, 1), make(chan error, 1)
		go func() { served <- srv.ListenAndServe(context.Background()) }()
		go func() { stopped <- srv.Shutdown(context.Background()) }()
		if err := receive(t, stopped, "Shutdown returns"); err != nil {
			t.Errorf("Shutdown = %v, want nil", err)
		}
		if err := receive(t, served, "ListenAndServe returns"); err != nil && err != ErrRunning && i%3 != 0 {
			t.Errorf("ListenAndServe = %v, want nil or ErrRunning", err)
		}
	}
}

func TestEndOfTheContextShutsDown(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	g.get("/").want(t, 200, "hello")
	g.cancel()
	if err := receive(t, g.served, "ListenAndServe returns"); err != nil {
		t.Errorf("ListenAndServe = %v, want nil", err)
	}
}

// Who was let in before the end is answered, even if the server has not yet
// seen the connection or its request when the end comes.
func TestShutdownAnswersWhatHasArrived(t *testing.T) {
	t.Parallel()
	for range 20 {
		g := newRig(t, Config{WorkerThreads: 2}, func(s *Server) { s.Get("/", hello) })
		warm := g.dial()
		warm.wantOpen("/")
		var peers []*peer
		for range 8 {
			c := g.dial()
			c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
			peers = append(peers, c)
		}
		warm.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		overtaken(t)
		result := g.beginShutdown(context.Background())
		for _, c := range append(peers, warm) {
			c.answer("GET").want(t, 200, "hello")
			c.wantEnd()
			c.Close()
		}
		if err := receive(t, result, "Shutdown returns"); err != nil {
			t.Errorf("Shutdown = %v, want nil", err)
		}
	}
}

// overtaken returns when the system has delivered what was sent before, as
// far as one connection can tell by what it sends behind it.
func overtaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	out, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for range 3 {
		io.WriteString(out, "x")
		in.Read(make([]byte, 1))
	}
}

// A server that has stopped has left nothing behind.
func TestShutdownLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		release := newSignal()
		g := newRig(t, Config{WorkerThreads: 3}, func(s *Server) {
			s.Get("/", hello)
			s.Get("/slow", func(w *Response, r *Request) { <-release })
			s.Get("/stream", func(w *Response, r *Request) {
				for {
					if _, err := w.Write(make([]byte, 1000)); err != nil {
						return
					}
				}
			})
		})
		for _, path := range []string{"/", "/slow", "/stream", "/slow"} {
			c := g.dial()
			c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			if path != "/slow" {
				c.r.Peek(1)
			}
			if path == "/stream" {
				c.reset()
			}
		}
		g.await("the slow ones are away", func(st Stats) bool { return st.Requests.Total == 4 })
		close(release)
		if err := g.shutdown(); err != nil {
			t.Errorf("Shutdown = %v, want nil", err)
		}
		receive(t, g.served, "ListenAndServe returns")
	}
	awaitGoroutines(t, before)
}

// net/http's client, which keeps connections, sees no failed request when it
// is told in time.
func TestHTTPClientAcrossShutdown(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	cl := &http.Client{Transport: tr}
	for range 3 {
		res, err := cl.Get(g.url("/"))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(b) != "hello" {
			t.Errorf("body = %q", b)
		}
	}
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
	if _, err := cl.Get(g.url("/")); err == nil || !strings.Contains(err.Error(), "refused") {
		var op *net.OpError
		if !errors.As(err, &op) {
			t.Errorf("a request after Shutdown: %v, want connection refused", err)
		}
	}
}
