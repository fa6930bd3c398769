package reactor_test

import (
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A handler is a reactor.Handler of functions; a nil one does nothing.
type handler struct {
	input, drain, blocked, deadline, peerClosed func(*reactor.Conn)
	close                                       func(*reactor.Conn, error)
}

func call(fn func(*reactor.Conn), c *reactor.Conn) {
	if fn != nil {
		fn(c)
	}
}

func (h *handler) OnInput(c *reactor.Conn)      { call(h.input, c) }
func (h *handler) OnDrain(c *reactor.Conn)      { call(h.drain, c) }
func (h *handler) OnBlocked(c *reactor.Conn)    { call(h.blocked, c) }
func (h *handler) OnDeadline(c *reactor.Conn)   { call(h.deadline, c) }
func (h *handler) OnPeerClosed(c *reactor.Conn) { call(h.peerClosed, c) }

func (h *handler) OnClose(c *reactor.Conn, err error) {
	if h.close != nil {
		h.close(c, err)
	}
}

// A task is a reactor.Task of functions; a nil one does nothing.
type task struct {
	run  func(reactor.Hold)
	done func(reactor.Result)
	drop func()
}

func (t *task) Run(h reactor.Hold) {
	if t.run != nil {
		t.run(h)
	}
}

func (t *task) Done(r reactor.Result) {
	if t.done != nil {
		t.done(r)
	}
}

func (t *task) Drop() {
	if t.drop != nil {
		t.drop()
	}
}

// newLab makes a lab whose connections all have the same handler.
func newLab(t *testing.T, h reactor.Handler) *reactortest.Lab {
	t.Helper()
	return reactortest.NewLab(t, reactortest.Config{
		Open: func(*reactor.Conn) reactor.Handler { return h },
	})
}

// accepted dials a peer and returns the loop's end of it too.
func accepted(lab *reactortest.Lab) (*reactortest.Peer, *reactor.Conn) {
	known := make(map[*reactor.Conn]bool)
	var fresh *reactor.Conn
	lab.Do(func() { lab.Loop.Conns(func(c *reactor.Conn) { known[c] = true }) })
	p := lab.Dial()
	lab.Run()
	lab.Do(func() {
		lab.Loop.Conns(func(c *reactor.Conn) {
			if !known[c] {
				fresh = c
			}
		})
	})
	return p, fresh
}

// consume takes all input.
func consume(c *reactor.Conn) string {
	text := string(c.Input())
	c.Consume(len(text))
	return text
}
