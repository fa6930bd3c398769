package reactor_test

import (
	"testing"

	"reactor.example/reactor"
)

// taskEcho answers through a task that is used again and again.
type taskEcho struct {
	reactor.NopHandler
	conn *reactor.Conn
	text [64]byte
	n    int
}

func (h *taskEcho) OnInput(c *reactor.Conn) {
	h.conn = c
	h.n = copy(h.text[:], c.Input())
	c.Consume(len(c.Input()))
	c.Loop().Schedule(h)
}

func (h *taskEcho) Run(reactor.Hold)    {}
func (h *taskEcho) Done(reactor.Result) { h.conn.Write(h.text[:h.n]) }
func (h *taskEcho) Drop()               {}

func TestRoundTripAllocatesNothing(t *testing.T) {
	for name, open := range map[string]func(*reactor.Conn) reactor.Handler{
		"echo":      func(*reactor.Conn) reactor.Handler { return echo{} },
		"by a task": func(*reactor.Conn) reactor.Handler { return new(taskEcho) },
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, reactor.Config{StartAway: func() bool { return false }}, open)
			c := dial(t, addr)
			msg, answer := []byte("ping"), make([]byte, 4)
			round := func() {
				c.Write(msg)
				for n := 0; n < len(answer); {
					m, err := c.Read(answer[n:])
					if err != nil {
						t.Error(err)
						return
					}
					n += m
				}
			}
			for range 100 {
				round()
			}
			if n := testing.AllocsPerRun(1000, round); n != 0 {
				t.Errorf("allocations per round trip = %v, want 0", n)
			}
		})
	}
}
