package server

import (
	"context"
	"io"
	"runtime"
	"testing"

	"reactor.example/reactor"
)

// A client that leaves a streamed response before the handler has asked for
// its context still cancels it.
func TestContextMadeAfterTheClientHasLeft(t *testing.T) {
	left, causes := make(chan struct{}), make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) {
			io.WriteString(w, "hello")
			w.Flush()
			<-left
			<-r.Context().Done()
			causes <- context.Cause(r.Context())
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	if _, err := c.r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	c.Close()
	for !g.sawClientLeave() {
		runtime.Gosched()
	}
	close(left)
	if got := <-causes; got != ErrClientGone {
		t.Errorf("cause of the context = %v, want %v", got, ErrClientGone)
	}
}

// sawClientLeave reports whether no client is left that the server thinks to
// be there.
func (g *rig) sawClientLeave() bool {
	there := make(chan int, len(g.srv.shards))
	for _, sh := range g.srv.shards {
		sh.loop.Post(func() {
			n := 0
			sh.loop.Conns(func(c *reactor.Conn) {
				if h, ok := c.Handler().(*http1); ok && h.flags&clientEnded == 0 {
					n++
				}
			})
			there <- n
		})
	}
	sum := 0
	for range g.srv.shards {
		sum += <-there
	}
	return sum == 0
}
