package server

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"reactor.example/reactor"
)

// A handler that waits for a client which does not read is told when that reads
// on, whatever the sizes in which it writes. If its connection had no room and was
// not congested either, the two would ask each other again and again.
func TestTLSHandlerOfASlowClientSleeps(t *testing.T) {
	t.Parallel()
	for _, size := range []int{100, 5000, 10_000, 20_000, 30_000, 60_000, 100_000} {
		for how, write := range map[string]func(io.Writer, string) (int, error){
			"Write":       func(w io.Writer, s string) (int, error) { return w.Write([]byte(s)) },
			"WriteString": io.WriteString,
		} {
			g := newRig(t, tlsConfig(t, Config{WorkerThreads: 1}), func(s *Server) {
				s.Get("/", func(w *Response, _ *Request) {
					for text := strings.Repeat("x", size); ; {
						if _, err := write(w, text); err != nil {
							return
						}
					}
				})
			})
			c := g.dialTLS("http/1.1")
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")
			if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			if !g.handlerSleeps() {
				t.Errorf("%s of %d bytes: its handler is asked for more and not let write it", how, size)
			}
			c.NetConn().Close()
		}
	}
}

// handlerSleeps waits until the only handler has nothing to do but to wait for its
// client, and reports whether it came to that.
func (g *rig) handlerSleeps() bool {
	loop := g.srv.shards[0].loop
	for end, quiet := time.Now().Add(patience/10), 0; time.Now().Before(end); runtime.Gosched() {
		sleeps := make(chan bool, 1)
		loop.Post(func() {
			loop.Conns(func(c *reactor.Conn) {
				t := c.Handler().(*tlsConn)
				ex := t.proto.(*http1).ex
				ex.mu.Lock()
				defer ex.mu.Unlock()
				sleeps <- t.Congested() && ex.reply.waiting && !ex.pumping
			})
		})
		if quiet++; !<-sleeps {
			quiet = 0
		}
		if quiet == 20 {
			return true
		}
	}
	return false
}
