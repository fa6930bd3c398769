package server

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"reactor.example/reactor/reactortest"
)

func readAll(r *Request) ([]byte, error) { return io.ReadAll(r.Body) }

func TestBudgetComesBackAfterEveryKindOfRequest(t *testing.T) {
	t.Parallel()
	var buffers reactortest.Buffers
	gate := newSignal()
	g := newRig(t, Config{Buffers: func(int) Buffers { return &buffers }}, func(s *Server) {
		s.Get("/hello", hello)
		s.Post("/echo", func(w *Response, r *Request) { io.Copy(w, r.Body) })
		s.Post("/ignore", func(w *Response, r *Request) { w.Text(200, "no") })
		s.Post("/panic", func(w *Response, r *Request) { panic("no") })
		s.With(Settings{Stream: true}).Post("/wait", func(w *Response, r *Request) { gate.wait(t, "gate") })
		s.Post("/hijack", func(w *Response, r *Request) {
			if nc, err := w.Hijack(); err == nil {
				nc.Close()
			}
		})
	})
	for _, path := range []string{"/hello", "/echo", "/ignore", "/panic", "/hijack", "/nowhere"} {
		for _, n := range []int{0, 10, 10000, 100000} {
			c := g.dial()
			io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "+itoa(n)+"\r\n\r\n")
			go io.WriteString(c, strings.Repeat("x", n))
			io.Copy(io.Discard, c)
		}
	}
	for _, broken := range []string{"GET", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx", "\x00\x00"} {
		c := g.dial()
		io.WriteString(c, broken)
		c.Close()
	}
	// What a slow handler has not read is charged.
	c := g.dial()
	io.WriteString(c, "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"+strings.Repeat("x", 40000))
	g.await("the body is held", func(Stats) bool { return buffers.Bytes() >= 40000 })
	close(gate)
	if err := g.shutdown(); err != nil {
		t.Error(err)
	}
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers of %d bytes have not come back", n, buffers.Bytes())
	}
}

func TestSnapshotIsReadOnceARequest(t *testing.T) {
	t.Parallel()
	gate, begun := newSignal(), newSignal()
	g := newRig(t, Config{ServerHeader: "one"}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/wait", func(w *Response, _ *Request) {
			close(begun)
			gate.wait(t, "gate")
		})
	})
	old := g.dial()
	old.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
	begun.wait(t, "the handler")
	cfg := g.srv.snap.Load().cfg
	cfg.ServerHeader = "two"
	if err := g.srv.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	close(gate)
	for _, want := range []string{"one", "two"} {
		res, err := http.ReadResponse(bufio.NewReader(old), nil)
		if err != nil || res.Header.Get("Server") != want {
			t.Fatalf("Server = %q, %v, want %q", res.Header.Get("Server"), err, want)
		}
		old.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	}
}

func TestSnapshotOfAFaultyReloadStays(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{ServerHeader: "one", WorkerThreads: 1}, nil)
	was := g.srv.snap.Load()
	if err := g.srv.Reload(Config{ServerHeader: "two", BodyBuffer: 1}); err == nil || g.srv.snap.Load() != was {
		t.Errorf("Reload = %v", err)
	}
	cfg := was.cfg
	cfg.ServerHeader, cfg.WorkerThreads = "two", 7
	err := g.srv.Reload(cfg)
	if restart, ok := err.(*RestartError); !ok || len(restart.Keys) != 1 || restart.Keys[0] != "worker_threads" {
		t.Errorf("Reload = %v", err)
	}
	if now := g.srv.snap.Load().cfg; now.ServerHeader != "two" || now.WorkerThreads != 1 {
		t.Errorf("taken over: %q and %d threads", now.ServerHeader, now.WorkerThreads)
	}
}
