package server

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
)

// Memory that a goroutine lends to a response comes back also when the
// handler does not wait for it, and what Write says is about its own request,
// whoever uses the exchange by then.
func TestLentMemoryOutlivesTheHandler(t *testing.T) {
	var lenders sync.WaitGroup
	const rounds = lendings
	lenders.Add(rounds)
	g := newRig(t, Config{WorkerThreads: 1, InlineBody: 1}, func(s *Server) {
		s.Post("/", echo)
		s.Get("/lends", func(w *Response, r *Request) {
			begun := newSignal()
			go func() {
				defer lenders.Done()
				own := bytes.Repeat([]byte("lent"), 1<<20)
				close(begun)
				if _, err := w.Write(own); err != nil && err != ErrFinished {
					t.Errorf("Write = %v, want nil or ErrFinished", err)
				}
				clear(own) // it is the lender's again
			}()
			<-begun
			r.LocalAddr()
		})
	})
	stop := newSignal()
	var others sync.WaitGroup
	for range 3 { // others use the exchange, wait for bodies, and leave
		others.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				c, err := g.tryDial()
				if err != nil {
					t.Errorf("dial: %v", err)
					return
				}
				request := post("/", "some body")
				io.WriteString(c, request[:len(request)-4])
				if i%2 == 0 {
					c.reset()
					continue
				}
				io.WriteString(c, request[len(request)-4:])
				c.tryAnswer("POST")
				c.Close()
			}
		})
	}
	for range rounds {
		c := g.dial()
		a := c.get("/lends")
		if strings.Count(a.body, "lent")*4 != len(a.body) {
			t.Errorf("%d bytes came, and not all were lent", len(a.body))
		}
		c.Close()
	}
	lenders.Wait()
	close(stop)
	others.Wait()
}
