package server

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Hand-offs under pipelining, streaming, resets, panics and a shutdown in the
// middle of it all: whatever is answered is right to the last byte.
func TestHandOffStress(t *testing.T) {
	before := runtime.NumGoroutine()
	withProcs(t, []int{1, 2, 8}, func(t *testing.T) {
		for _, loops := range []int{1, 2} {
			t.Run("loops="+itoa(loops), func(t *testing.T) { testHandOffStress(t, loops) })
		}
	})
	awaitGoroutines(t, before)
}

func testHandOffStress(t *testing.T, loops int) {
	g := newRig(t, Config{
		WorkerThreads: loops, InlineBody: 1000, BodyBuffer: 8 << 10, OutputHighWater: 16 << 10,
		MaxBodySize: Off, LingerBytes: 64 << 10, MaxRequestsInFlight: Off,
	}, stressRoutes)
	stop := newSignal()
	var answers, cuts atomic.Int64
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), uint64(loops)))
			for {
				select {
				case <-stop:
					return
				default:
				}
				n, err := stressConnection(g, rnd)
				answers.Add(int64(n))
				if err != nil {
					cuts.Add(1)
					if errors.Is(err, errWrong) {
						t.Errorf("client %d: %v", i, err)
						return
					}
					if _, refused := err.(*net.OpError); refused && strings.Contains(err.Error(), "connect:") {
						return // the server has gone
					}
				}
			}
		})
	}
	<-time.After(stressTime) // it is the chance to fail that grows with it, nothing else
	result := g.beginShutdown(t.Context())
	close(stop)
	wg.Wait()
	if err := receive(t, result, "Shutdown returns"); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
	receive(t, g.served, "ListenAndServe returns")
	if answers.Load() == 0 {
		t.Error("not one request was answered")
	}
	t.Logf("%d answers, %d connections cut", answers.Load(), cuts.Load())
}

var errWrong = errors.New("wrong answer")

func stressRoutes(s *Server) {
	s.Get("/quick/:id", func(w *Response, r *Request) { w.Text(200, r.Param("id")) })
	s.Get("/blocks/:id", func(w *Response, r *Request) {
		done := make(chan bool)
		go func() { runtime.Gosched(); close(done) }()
		<-done
		w.Text(200, r.Param("id"))
	})
	s.Get("/releases/:id", func(w *Response, r *Request) {
		r.Hold().Release()
		w.Text(200, r.Param("id"))
	})
	s.Get("/panics/:id", func(w *Response, r *Request) {
		if len(r.Param("id"))%2 == 0 {
			r.Hold().Release()
		}
		panic(http.ErrAbortHandler)
	})
	s.Get("/stream/:seed/:n", func(w *Response, r *Request) {
		seed, _ := strconv.Atoi(r.Param("seed"))
		n, _ := strconv.Atoi(r.Param("n"))
		p, b := newPattern(uint32(seed)), make([]byte, 1+seed%9000)
		for n > 0 {
			k := min(n, len(b))
			p.Read(b[:k])
			if _, err := w.Write(b[:k]); err != nil {
				return
			}
			if n -= k; seed%3 == 0 {
				w.Flush()
			}
		}
	})
	s.Post("/echo", func(w *Response, r *Request) { io.Copy(w, r.Body) })
	s.Post("/check/:seed", func(w *Response, r *Request) {
		seed, _ := strconv.Atoi(r.Param("seed"))
		n, err := io.Copy(newPattern(uint32(seed)), r.Body)
		w.Text(200, fmt.Sprint(n, err))
	})
	s.Post("/unread", hello)
}

// A planned request and what is to come back for it.
type planned struct {
	request string
	check   func(io.Reader) error
}

func wantText(want string) func(io.Reader) error {
	return func(r io.Reader) error {
		b, err := io.ReadAll(r)
		if err == nil && string(b) != want {
			return fmt.Errorf("%w: %.100q, want %.100q", errWrong, b, want)
		}
		return err
	}
}

func wantPattern(seed uint32, size int) func(io.Reader) error {
	return func(r io.Reader) error {
		n, err := io.Copy(newPattern(seed), r)
		switch {
		case errors.Is(err, errPattern), err == nil && n != int64(size):
			return fmt.Errorf("%w: %v after %d of %d bytes", errWrong, err, n, size)
		}
		return err
	}
}

// plan makes up a request.
func plan(rnd *rand.Rand) planned {
	seed := rnd.Uint32N(1 << 20)
	id := strconv.Itoa(int(seed))
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n" }
	body := func() (string, int) {
		b := make([]byte, rnd.IntN(1<<rnd.IntN(18)))
		newPattern(seed).Read(b)
		return string(b), len(b)
	}
	send := func(path, b string) string {
		if rnd.IntN(2) == 0 && len(b) > 0 {
			return chunked(path, b)
		}
		return post(path, b)
	}
	switch rnd.IntN(10) {
	case 0:
		return planned{get("/blocks/" + id), wantText(id)}
	case 1:
		return planned{get("/releases/" + id), wantText(id)}
	case 2, 3:
		n := rnd.IntN(1 << rnd.IntN(19))
		return planned{get("/stream/" + id + "/" + strconv.Itoa(n)), wantPattern(seed, n)}
	case 4:
		b, n := body()
		return planned{send("/echo", b), wantPattern(seed, n)}
	case 5:
		b, n := body()
		return planned{send("/check/"+id, b), wantText(fmt.Sprint(n, nil))}
	case 6:
		b, _ := body()
		return planned{send("/unread", b), wantText("hello")}
	}
	return planned{get("/quick/" + id), wantText(id)}
}

// stressConnection opens a connection, sends some requests behind each other,
// and checks the answers. It returns how many it got, and why it stopped.
func stressConnection(g *rig, rnd *rand.Rand) (n int, err error) {
	c, err := g.tryDial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	var plans []planned
	var all strings.Builder
	for range 1 + rnd.IntN(12) {
		p := plan(rnd)
		plans = append(plans, p)
		all.WriteString(p.request)
	}
	if rnd.IntN(8) == 0 {
		all.WriteString("GET /panics/" + strconv.Itoa(rnd.IntN(100)) + " HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	quit := len(plans) // where to leave without a word
	if rnd.IntN(4) == 0 {
		quit = rnd.IntN(len(plans))
	}
	sent := make(chan bool)
	go func(piece int) {
		defer close(sent)
		for s := all.String(); s != ""; {
			k := min(len(s), piece)
			if _, err := io.WriteString(c, s[:k]); err != nil {
				return
			}
			s = s[k:]
		}
	}(1 + rnd.IntN(1<<rnd.IntN(17)))
	defer func() { c.reset(); <-sent }()
	for i, p := range plans {
		if i == quit {
			return n, nil
		}
		r, err := c.body("GET")
		if err != nil {
			return n, err
		}
		if err := p.check(r); err != nil {
			return n, fmt.Errorf("request %d, %.60q: %w", i, p.request, err)
		}
		n++
	}
	return n, nil
}
