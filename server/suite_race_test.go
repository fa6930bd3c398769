package server

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"testing"
)

// The original's suite "race" (RC-1 to RC-7). There some could pass with a
// part of the clients; here all that do nothing wrong have to be served.

func raceRig(t *testing.T) *rig {
	t.Parallel()
	return newRig(t, Config{WorkerThreads: 3}, func(s *Server) {
		s.Get("/", hello)
		s.Post("/echo", echo)
	})
}

// crowd runs fn on n goroutines.
func crowd(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			fn(i)
		})
	}
	wg.Wait()
}

// request is a whole exchange on a connection of its own, for any goroutine.
func (g *rig) request(t *testing.T, body string) {
	c, err := g.tryDial()
	if err != nil {
		t.Errorf("dial: %v", err)
		return
	}
	defer c.Close()
	io.WriteString(c, post("/echo", body))
	if a, err := c.tryAnswer("POST"); err != nil || a.body != body {
		t.Errorf("answer = %q, %v, want %q", a.body, err, body)
	}
}

func (g *rig) awaitNone() {
	g.t.Helper()
	g.await("no connection is left", func(st Stats) bool { return st.Connections.Active == 0 })
}

func TestRC1LoopsStartRunAndStop(t *testing.T) {
	t.Parallel()
	for range 20 {
		g := newRig(t, Config{WorkerThreads: 3}, func(s *Server) { s.Get("/", hello) })
		g.get("/").want(t, 200, "hello")
		if err := g.srv.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown = %v", err)
		}
	}
}

func TestRC2StaggeredRequestsDoNotDeadlockTheTaskQueue(t *testing.T) {
	g := raceRig(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			g.request(t, "staggered "+itoa(i))
		})
		g.get("/").want(t, 200, "hello")
	}
	wg.Wait()
}

func TestRC3FiftyInstantDisconnects(t *testing.T) {
	g := raceRig(t)
	crowd(50, func(int) {
		if c, err := g.tryDial(); err != nil {
			t.Errorf("dial: %v", err)
		} else {
			c.Close()
		}
	})
	g.awaitNone()
	g.request(t, "still here")
}

func TestRC4ThirtyHalfRequestsAndClose(t *testing.T) {
	g := raceRig(t)
	crowd(30, func(i int) {
		c, err := g.tryDial()
		if err != nil {
			t.Errorf("dial: %v", err)
			return
		}
		io.WriteString(c, post("/echo", "half a request")[:20+i])
		if i%2 == 0 {
			c.reset()
		} else {
			c.Close()
		}
	})
	g.awaitNone()
	g.request(t, "still here")
}

func TestRC5TwentyThreadsWithTenConnectionsEach(t *testing.T) {
	g := raceRig(t)
	var connected atomic.Int32
	crowd(20, func(i int) {
		for n := range 10 {
			g.request(t, "thread "+itoa(i)+" connection "+itoa(n))
			connected.Add(1)
		}
	})
	if n := connected.Load(); n != 200 {
		t.Errorf("%d of 200 connections were served", n)
	}
	g.awaitNone()
}

func TestRC6FortyClientsThatWriteAndClose(t *testing.T) {
	g := raceRig(t)
	crowd(40, func(i int) {
		c, err := g.tryDial()
		if err != nil {
			t.Errorf("dial: %v", err)
			return
		}
		io.WriteString(c, post("/echo", "gone already"))
		c.Close()
	})
	g.awaitNone()
	g.request(t, "still here")
}

func TestRC7TwentyFiveCyclesOfSendAndClose(t *testing.T) {
	g := raceRig(t)
	for i := range 25 {
		c := g.dial()
		c.ask(post("/echo", "cycle "+itoa(i))).want(t, 200, "cycle "+itoa(i))
		c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		c.Close()
	}
	g.awaitNone()
	g.request(t, "still here")
}
