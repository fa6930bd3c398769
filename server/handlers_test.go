package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// misbehaved are handlers that break the rules, each with what a client gets
// for it. Only their own request suffers: another one, on the same loop, is
// served meanwhile and afterwards.
func TestMisbehavedHandlers(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
			s.Get("/", hello)
			s.Get("/panic", func(*Response, *Request) { panic("before the first byte") })
			s.Get("/panic-held-back", func(w *Response, _ *Request) {
				io.WriteString(w, "held back")
				panic("with a body that has not left")
			})
			s.Get("/panic-text", func(w *Response, _ *Request) {
				w.Text(200, "whole")
				panic("behind a whole answer")
			})
			s.Get("/panic-streaming", func(w *Response, r *Request) {
				io.WriteString(w, "first")
				w.Flush()
				r.LocalAddr() // the loop has sent it
				panic("after the first byte")
			})
			s.Get("/panic-away", func(w *Response, r *Request) {
				r.Hold().Release()
				panic("away from the loop")
			})
			s.Get("/panic-nil", func(*Response, *Request) { panic(nil) })
			s.Get("/panic-error", func(*Response, *Request) { panic(badError{}) })
			s.Get("/abort", func(*Response, *Request) { panic(http.ErrAbortHandler) })
			s.Get("/goexit", func(*Response, *Request) { runtime.Goexit() })
			s.Get("/goexit-away", func(_ *Response, r *Request) {
				r.Hold().Release()
				runtime.Goexit()
			})
			s.Get("/locked", func(w *Response, r *Request) {
				runtime.LockOSThread()
				w.Text(200, "locked")
			})
			s.Get("/labelled", func(w *Response, r *Request) {
				pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("left", "so")))
				w.Text(200, "labelled")
			})
		})
		const failed = "500 Internal Server Error\n"
		for _, tc := range []struct {
			path   string
			status int // 0: the connection is cut
			body   string
			panics uint64
			keep   bool
		}{
			{"/panic", 500, failed, 1, false},
			{"/panic-held-back", 500, failed, 1, false},
			{"/panic-text", 500, failed, 1, false},
			{"/panic-streaming", 0, "", 1, false},
			{"/panic-away", 500, failed, 1, false},
			{"/panic-nil", 500, failed, 1, false},
			{"/panic-error", 500, failed, 1, false},
			{"/abort", 0, "", 0, false},
			{"/goexit", 500, failed, 1, false},
			{"/goexit-away", 500, failed, 1, false},
			{"/locked", 200, "locked", 0, true},
			{"/labelled", 200, "labelled", 0, true},
		} {
			t.Run(tc.path, func(t *testing.T) {
				g := g.in(t)
				other := g.dial()
				other.wantOpen("/")
				for range 5 {
					before := g.stats().Requests.Panics
					c := g.dial()
					c.send("GET " + tc.path + " HTTP/1.1\r\nHost: h\r\n\r\n")
					a, err := c.tryAnswer("GET")
					switch {
					case tc.status == 0 && err == nil:
						t.Errorf("answer = %d %q, want the connection cut", a.StatusCode, a.body)
					case tc.status != 0 && err != nil:
						t.Errorf("answer: %v, want %d", err, tc.status)
					case tc.status != 0:
						a.want(t, tc.status, tc.body)
						if tc.keep {
							c.wantOpen("/")
						} else {
							c.wantEnd()
						}
					}
					other.wantOpen("/")
					if got := g.stats().Requests.Panics - before; got != tc.panics {
						t.Errorf("%d panics were counted, want %d", got, tc.panics)
					}
				}
			})
		}
	})
}

// A badError panics when it is printed.
type badError struct{}

func (badError) Error() string { panic("in Error") }

// A goroutine that a handler has locked to its thread or labelled serves
// nobody else like that.
func TestGoroutineStateDoesNotLeak(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
			s.Get("/label", func(w *Response, r *Request) {
				pprof.SetGoroutineLabels(pprof.WithLabels(r.Context(), pprof.Labels("user", "secret")))
			})
			s.Get("/labels", func(w *Response, r *Request) {
				var b strings.Builder
				pprof.Lookup("goroutine").WriteTo(&b, 1)
				for record := range strings.SplitSeq(b.String(), "\n\n") {
					// Of all goroutines this is about the one that runs a handler.
					if strings.Contains(record, "(*exchange).Run") && strings.Contains(record, "secret") {
						w.Text(200, "labels of another request:\n"+record)
						return
					}
				}
				w.Text(200, "none")
			})
		})
		c := g.dial()
		for range 100 {
			c.get("/label").want(t, 200, "")
		}
		c.get("/labels").want(t, 200, "none")
	})
}

func TestOnError(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		g := newRig(t, Config{}, func(s *Server) {
			s.OnError(func(w *Response, r *Request, err error) {
				var failure *HandlerError
				if !errors.As(err, &failure) || len(failure.Stack) == 0 && failure.Value != nil {
					t.Errorf("OnError got %#v", err)
				}
				if r.Param("what") == "worse" {
					panic("in OnError, too")
				}
				w.Header().Set("X-Own", "yes")
				w.Text(503, fmt.Sprint("failed: ", failure.Value))
			})
			s.Get("/exit", func(*Response, *Request) { runtime.Goexit() })
			s.Post("/:what", func(w *Response, r *Request) {
				w.Header().Set("X-Secret", "of the handler")
				panic(r.Param("what"))
			})
		})
		a := g.ask(post("/bad", "body"))
		a.want(t, 503, "failed: bad")
		if a.Header.Get("X-Own") != "yes" || a.Header.Get("X-Secret") != "" {
			t.Errorf("header = %v, want that of OnError alone", a.Header)
		}
		g.get("/exit").want(t, 503, "failed: <nil>")
		g.ask(post("/worse", "body")).want(t, 500, "500 Internal Server Error\n")
		g.ask(post("/bad", strings.Repeat("b", 100<<10))).want(t, 503, "failed: bad") // with its body on the way
	})
}

// A handler may use a request from its own goroutines as long as it runs.
func TestRequestsUsedFromOtherGoroutines(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		g := newRig(t, Config{WorkerThreads: 1, InlineBody: 1}, func(s *Server) {
			s.Get("/", hello)
			s.Post("/", func(w *Response, r *Request) {
				done := make(chan bool)
				go func() {
					defer close(done)
					io.Copy(w, r.Body)
				}()
				<-done
			})
		})
		body := strings.Repeat("0123456789", 50<<10)
		c, other := g.dial(), g.dial()
		go io.WriteString(c, post("/", body))
		other.wantOpen("/")
		if a := c.answer("POST"); a.body != body {
			t.Errorf("%d bytes came back, want %d", len(a.body), len(body))
		}
	})
}

// Whoever still waits in Read or Write when the handler returns is told.
func TestWaitersEndWithTheHandler(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		ends := make(chan error, 2)
		g := newRig(t, Config{LingerBytes: 1}, func(s *Server) {
			s.Post("/read", func(w *Response, r *Request) {
				waits := newSignal()
				go func() {
					close(waits)
					_, err := io.Copy(io.Discard, r.Body)
					ends <- err
				}()
				<-waits
			})
			s.Post("/write", func(w *Response, r *Request) {
				waits := newSignal()
				go func() {
					close(waits)
					for {
						if _, err := w.Write(make([]byte, 1<<20)); err != nil {
							ends <- err
							return
						}
					}
				}()
				<-waits
			})
		})
		for _, path := range []string{"/read", "/write"} {
			for range 20 {
				c := g.dial()
				c.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
				if err := receive(t, ends, path+" ends"); err != ErrFinished {
					t.Errorf("%s after the handler: %v, want ErrFinished", path, err)
				}
				c.Close()
			}
		}
	})
}

// A handler that calls its own server, over a connection of the only loop,
// and one that holds a lock which the next one wants.
func TestHandlersThatWaitForTheirLoop(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		var mu sync.Mutex
		tr := &http.Transport{}
		defer tr.CloseIdleConnections()
		g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
			s.Get("/", hello)
			s.Get("/self", func(w *Response, r *Request) {
				res, err := (&http.Client{Transport: tr}).Get("http://" + r.LocalAddr().String() + "/")
				if err != nil {
					w.Text(502, err.Error())
					return
				}
				b, _ := io.ReadAll(res.Body)
				res.Body.Close()
				w.Bytes(200, "", b)
			})
			s.Get("/locks", func(w *Response, r *Request) {
				mu.Lock()
				defer mu.Unlock()
				// As long as this one waits for the other, the other waits for mu.
				a := make(chan bool)
				go func() {
					res, err := (&http.Client{Transport: tr}).Get("http://" + r.LocalAddr().String() + "/")
					if err == nil {
						res.Body.Close()
					}
					close(a)
				}()
				<-a
				w.Text(200, "unlocked")
			})
			s.Get("/wants", func(w *Response, r *Request) {
				mu.Lock()
				defer mu.Unlock()
				w.Text(200, "wanted")
			})
		})
		for range 3 {
			g.get("/self").want(t, 200, "hello")
		}
		for range 3 {
			locks, wants := g.dial(), g.dial()
			locks.send("GET /locks HTTP/1.1\r\nHost: h\r\n\r\n")
			wants.send("GET /wants HTTP/1.1\r\nHost: h\r\n\r\n")
			locks.answer("GET").want(t, 200, "unlocked")
			wants.answer("GET").want(t, 200, "wanted")
		}
	})
}

// A handler that never returns costs its connection, and no one else.
func TestHandlerThatNeverReturns(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		never := newSignal()
		var over atomic.Bool
		var ended sync.WaitGroup
		ended.Add(2)
		g := newRig(t, Config{WorkerThreads: 1, ShutdownDrainTimeout: 1}, func(s *Server) {
			s.Get("/", hello)
			s.Get("/never", func(*Response, *Request) {
				defer ended.Done()
				<-never
			})
			s.Get("/spins", func(*Response, *Request) {
				defer ended.Done()
				for !over.Load() { // computes
				}
			})
		})
		defer ended.Wait()
		defer close(never)
		defer over.Store(true)
		for _, path := range []string{"/never", "/spins"} {
			c := g.dial()
			c.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
			g.get("/").want(t, 200, "hello")
		}
		g.await("both are away", func(st Stats) bool { return st.Loops[0].Away == 2 })
		var cut *DrainError
		if err := g.shutdown(); !errors.As(err, &cut) || *cut != (DrainError{Connections: 2, Requests: 2}) {
			t.Errorf("Shutdown = %v, want a DrainError with 2 connections and 2 requests", err)
		}
	})
}

// A context outlives its request and has the right end.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	contexts := make(chan context.Context, 1)
	begun := newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) { contexts <- r.Context() })
		s.Get("/waits", func(w *Response, r *Request) {
			ctx := r.Context()
			close(begun)
			<-ctx.Done()
			contexts <- ctx
		})
		s.Get("/stale", func(w *Response, r *Request) {
			go func() { contexts <- r.Context() }()
		})
	})
	g.get("/")
	if ctx := <-contexts; ctx.Err() != context.Canceled {
		t.Errorf("context after the request: %v, want it cancelled", ctx.Err())
	}
	c := g.dial()
	c.send("GET /waits HTTP/1.1\r\nHost: h\r\n\r\n")
	begun.wait(t, "the handler begins")
	c.reset()
	if ctx := receive(t, contexts, "the context ends"); context.Cause(ctx) != ErrClientGone {
		t.Errorf("cause = %v, want ErrClientGone", context.Cause(ctx))
	}
}
