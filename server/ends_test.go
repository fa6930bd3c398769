package server

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// An Observer is told once of each request, and truly why it ended.
func TestEndsOfRequestsAreToldTruly(t *testing.T) {
	t.Parallel()
	ends := make(chan RequestEnd, 10)
	g := newRig(t, Config{WorkerThreads: 1, MaxBodySize: 1000, MinRate: Off, Observer: Observer{RequestEnd: func(e RequestEnd) { ends <- e }}}, func(s *Server) {
		s.Get("/", hello)
		s.Post("/", echo)
		s.Get("/waits", func(w *Response, r *Request) {
			ctx := r.Context()
			w.Interim(103)
			<-ctx.Done()
		})
		s.With(Settings{WriteTimeout: shortly}).Get("/late", func(w *Response, r *Request) { <-r.Context().Done() })
		s.Get("/panic", func(*Response, *Request) { panic("x") })
		s.Get("/abort", func(*Response, *Request) { panic(http.ErrAbortHandler) })
		s.Get("/cut", func(w *Response, r *Request) {
			w.Flush()
			r.LocalAddr()
			panic("x")
		})
		s.Get("/short", func(w *Response, r *Request) {
			w.SetLength(10)
			w.Flush()
			r.LocalAddr()
		})
		s.Get("/hijack", func(w *Response, r *Request) {
			if nc, err := w.Hijack(); err == nil {
				nc.Close()
			}
		})
	})
	const get = " HTTP/1.1\r\nHost: h\r\n\r\n"
	for _, tc := range []struct {
		request string
		leave   bool
		status  int
		in, out int64
		err     error
	}{
		{"GET /" + get, false, 200, 0, 5, nil},
		{post("/", "1234"), false, 200, 4, 4, nil},
		{"GET /missing" + get, false, 404, 0, 14, nil},
		{"GET /waits" + get, true, 0, 0, 0, ErrClientGone},
		{"GET /late" + get, false, 0, 0, 0, ErrDeadline},
		{"GET /panic" + get, false, 500, 0, 26, nil},
		{"GET /abort" + get, false, 0, 0, 0, ErrHandlerFailed},
		{"GET /cut" + get, false, 200, 0, 0, ErrHandlerFailed},
		{"GET /hijack" + get, false, 0, 0, 0, ErrHijacked},
	} {
		c := g.dial()
		c.send(tc.request)
		if tc.leave {
			c.r.Peek(1)
			c.reset()
		}
		e := receive(t, ends, "the end of "+tc.request)
		c.Close()
		if e.Status != tc.status || e.BytesIn != tc.in || e.BytesOut != tc.out || !errors.Is(e.Err, tc.err) || tc.err == nil && e.Err != nil {
			t.Errorf("%.20q ended with %d, %d in, %d out, %v; want %d, %d, %d, %v",
				tc.request, e.Status, e.BytesIn, e.BytesOut, e.Err, tc.status, tc.in, tc.out, tc.err)
		}
	}
	c := g.dial()
	c.send("GET /short" + get)
	if e := receive(t, ends, "the end of /short"); e.Err == nil {
		t.Error("a response that is too short ended without an error")
	}
	if _, err := io.ReadAll(c); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("reading: %v", err)
	}
	for _, bad := range []string{"BAD\r\n\r\n", post("/", strings.Repeat("x", 2000))} {
		g.ask(bad)
		if e := receive(t, ends, "the end of a refused request"); e.Err == nil || e.Status < 400 {
			t.Errorf("%.20q ended with %d, %v", bad, e.Status, e.Err)
		}
	}
	if n := len(ends); n != 0 {
		t.Errorf("%d ends too many were told", n)
	}
}
