package server

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
)

// A shutdown under load loses no stream: every request whose handler has begun is
// answered as a whole, and no client is told of anything but that the server goes.
func TestHTTP2ShutdownUnderLoadLosesNoStream(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprint("TLS=", secure), func(t *testing.T) {
			for range 2 {
				testHTTP2ShutdownUnderLoad(t, secure)
			}
		})
	}
	awaitGoroutines(t, before)
}

func testHTTP2ShutdownUnderLoad(t *testing.T, secure bool) {
	var buffers reactortest.Buffers
	cfg := Config{WorkerThreads: 2, Buffers: func(int) Buffers { return &buffers }}
	if secure {
		cfg = tlsConfig(t, cfg)
	}
	var begun, whole atomic.Int64
	g := newRig(t, cfg, func(s *Server) {
		count := func(next Handler) Handler {
			return func(w *Response, r *Request) { begun.Add(1); next(w, r) }
		}
		s.Use(count)
		s.Get("/quick/:n", func(w *Response, r *Request) { w.Text(200, "quick "+r.Param("n")) })
		s.Get("/slow/:n", func(w *Response, r *Request) {
			select { // until others are at work, too
			case <-r.Context().Done():
			case <-time.After(time.Duration(begun.Load()%20) * time.Millisecond):
			}
			w.Text(200, "slow "+r.Param("n"))
		})
		s.Get("/streams/:n", func(w *Response, r *Request) {
			for i := range 20 {
				fmt.Fprint(w, r.Param("n"), " ", i, "\n")
				w.Flush()
			}
		})
		s.Post("/echo/:n", func(w *Response, r *Request) { io.Copy(w, r.Body) })
	})
	crowds := []*crowd2{newCrowd2(g, secure), newCrowd2(g, secure)}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			rnd, c := rand.New(rand.NewPCG(uint64(i), 3)), crowds[i%2]
			for {
				err := c.whole(rnd)
				switch {
				case err == nil:
					whole.Add(1)
					continue
				case !isTooLate(err):
					t.Errorf("client %d: %v", i, err)
				}
				return
			}
		})
	}
	g.await("the load", func(Stats) bool { return whole.Load() > 500 })
	start := time.Now()
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	took := time.Since(start)
	wg.Wait()
	for _, c := range crowds {
		c.transport.CloseIdleConnections()
	}
	if b, w := begun.Load(), whole.Load(); b != w {
		t.Errorf("%d handlers have begun, %d answers were whole", b, w)
	}
	g.wantNothingHeld(&buffers)
	t.Logf("%d answers, the shutdown took %v", whole.Load(), took)
}

// isTooLate reports that a client found the server gone, or about to go, before it
// could ask on its new connection. What was asked and begun is counted.
func isTooLate(err error) bool {
	for _, late := range []string{"connection refused", "client conn could not be established", "broken pipe", "connection reset by peer"} {
		if strings.Contains(err.Error(), late) {
			return true
		}
	}
	return false
}

// whole sends a request and wants the whole answer.
func (c *crowd2) whole(rnd *rand.Rand) error {
	n := strconv.Itoa(rnd.IntN(1000))
	var path, want, body string
	switch rnd.IntN(8) {
	case 0:
		path, want = "/slow/"+n, "slow "+n
	case 1:
		path = "/streams/" + n
		for i := range 20 {
			want += fmt.Sprint(n, " ", i, "\n")
		}
	case 2:
		path, body = "/echo/"+n, strings.Repeat(n, rnd.IntN(20000))
		want = body
	default:
		path, want = "/quick/"+n, "quick "+n
	}
	method := "GET"
	if strings.HasPrefix(path, "/echo") {
		method = "POST"
	}
	return c.send(method, path, body, want)
}
