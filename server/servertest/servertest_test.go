package servertest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"reactor.example/server"
)

func TestServesAndStops(t *testing.T) {
	t.Parallel()
	s := Start(t, func(srv *server.Server) {
		srv.Get("/hello", func(w *server.Response, _ *server.Request) { w.Text(200, "hello") })
		srv.Post("/echo", func(w *server.Response, r *server.Request) { io.Copy(w, r.Body) })
	})
	s.Get("/hello").Want(t, 200, "hello")
	s.Send("POST", "/echo", "again").Want(t, 200, "again")
	s.Get("/nowhere").Want(t, 404, "404 Not Found\n")
	if got := s.Raw("GET /hello HTTP/1.0\r\n\r\n"); !strings.HasSuffix(got, "\r\n\r\nhello") {
		t.Errorf("Raw = %q", got)
	}
}

// A recorder is a testing.TB that keeps what would fail the test.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	faults   []string
	cleanups []func()
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Failed() bool        { return false }
func (r *recorder) Cleanup(fn func())   { r.cleanups = append(r.cleanups, fn) }

func TestFailsForPanics(t *testing.T) {
	t.Parallel()
	r := &recorder{TB: t}
	s := Start(r, func(srv *server.Server) {
		srv.Get("/panic", func(*server.Response, *server.Request) { panic(errors.New("oops")) })
		srv.Handle("/abort", server.FromHTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })))
	})
	s.AllowPanics(1)
	s.Get("/panic").Want(t, 500, "500 Internal Server Error\n")
	s.Get("/panic")
	s.Raw("GET /abort HTTP/1.1\r\nHost: x\r\n\r\n")
	s.Stop()
	if len(r.faults) != 1 || r.faults[0] != "servertest: 1 handlers have panicked" {
		t.Errorf("faults = %q", r.faults)
	}
}

func TestFindsGoroutinesOfHandlers(t *testing.T) {
	t.Parallel()
	stay := make(chan struct{})
	defer close(stay)
	s := Start(t, func(srv *server.Server) {
		srv.Get("/", func(*server.Response, *server.Request) { go func() { <-stay }() })
	})
	s.Get("/")
	if left := s.starters.running(); !strings.Contains(left, "TestFindsGoroutinesOfHandlers") {
		t.Errorf("found %q", left)
	}
	stay <- struct{}{} // and it is gone before the test ends
}

func TestCountsMemory(t *testing.T) {
	t.Parallel()
	var m memory
	b := m.around(nil)(0)
	p := b.Get(100)
	if m.out() != 1 || len(p) != 100 {
		t.Errorf("out = %d, len = %d", m.out(), len(p))
	}
	b.Put(p[:3])
	if m.out() != 0 || p[99] != 0xDB {
		t.Errorf("out = %d, content %x", m.out(), p[99])
	}
}
