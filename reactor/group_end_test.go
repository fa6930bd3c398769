package reactor_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// newGroup makes a real group, closed at the end of the test.
func newGroup(t testing.TB, cfg reactor.Config) *reactor.Group {
	t.Helper()
	g, err := reactor.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// serve starts a real group of one loop that listens on a free port.
func serve(t testing.TB, cfg reactor.Config, open func(*reactor.Conn) reactor.Handler) (*reactor.Group, string) {
	t.Helper()
	if cfg.Loops == 0 {
		cfg.Loops = 1
	}
	g := newGroup(t, cfg)
	addr := listen(t, g, reactor.ListenConfig{Address: "127.0.0.1:0", Open: open}).Addr().String()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	return g, addr
}

func listen(t testing.TB, g *reactor.Group, cfg reactor.ListenConfig) *reactor.Listener {
	t.Helper()
	ln, err := g.Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func openEcho(*reactor.Conn) reactor.Handler { return echo{} }

func TestGroupThatNeverStartedGivesBackItsDescriptors(t *testing.T) {
	reactortest.CheckLeaks(t)
	g := newGroup(t, reactor.Config{Loops: 2})
	ln := listen(t, g, reactor.ListenConfig{Address: "127.0.0.1:0", Open: openEcho})
	c := dial(t, ln.Addr().String()) // waits in the queue for ever, or until ...
	if err := g.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("somebody answers on a group that has never started")
	}
	if g.Loops()[0].Post(func() {}) {
		t.Error("Post = true on a group that has ended")
	}
	if n := g.Loops()[0].Stats().Connections; n != 0 {
		t.Errorf("connections = %d, want 0", n)
	}
}

func TestGroupLeavesNothingBehind(t *testing.T) {
	reactortest.CheckLeaks(t)
	g, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	c := dial(t, addr)
	io.WriteString(c, "x")
	io.ReadFull(c, make([]byte, 1))
	c.Close()
	if err := g.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	g.Close() // a second end is nobody's business ...
	if err := g.Shutdown(context.Background()); err != nil {
		t.Errorf("a second Shutdown = %v, want nil", err)
	}
	if err := g.Start(); err != reactor.ErrRunning {
		t.Errorf("Start after Shutdown = %v, want ErrRunning", err)
	}
	if _, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: openEcho}); err != reactor.ErrStopped {
		t.Errorf("Listen after Shutdown = %v, want ErrStopped", err)
	}
}

func TestStartTwiceIsAnError(t *testing.T) {
	t.Parallel()
	g, _ := serve(t, reactor.Config{}, openEcho)
	if err := g.Start(); err != reactor.ErrRunning {
		t.Errorf("second Start = %v, want ErrRunning", err)
	}
}

func TestListenWithoutOpenIsAnError(t *testing.T) {
	t.Parallel()
	g := newGroup(t, reactor.Config{Loops: 1})
	if _, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0"}); err == nil {
		t.Error("Listen without Open succeeded")
	}
}

func TestShutdownWaitsForConnectionsAndTasks(t *testing.T) {
	t.Parallel()
	lab := newLab(t, echo{})
	p, c := accepted(lab)
	gate, done := make(chan struct{}), false
	lab.Do(func() {
		lab.Loop.ScheduleAway(&task{
			run:  func(reactor.Hold) { <-gate },
			done: func(reactor.Result) { done = true; c.Close(nil) },
			drop: func() { t.Error("the task was dropped") },
		})
	})
	ended := make(chan error, 1)
	go func() { ended <- lab.Group.Shutdown(context.Background()) }()
	lab.AwaitWake()
	lab.Run()
	if p.Closed() {
		t.Error("Shutdown closed the connection by itself")
	}
	close(gate)
	lab.Free(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if !done || !p.Closed() {
		t.Errorf("done = %v, closed = %v, want both", done, p.Closed())
	}
}

func TestShutdownWhoseTimeIsOverClosesByForce(t *testing.T) {
	t.Parallel()
	gate, dropped := make(chan struct{}), make(chan struct{})
	var reason error
	h := &handler{close: func(_ *reactor.Conn, err error) { reason = err }}
	lab := newLab(t, h)
	p, _ := accepted(lab)
	lab.Do(func() {
		lab.Loop.ScheduleAway(&task{
			run:  func(reactor.Hold) { <-gate },
			done: func(reactor.Result) { t.Error("Done was called on a loop that has ended") },
			drop: func() { close(dropped) },
		})
	})
	why := errors.New("out of patience")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	lab.Free(func() {
		if err := lab.Group.Shutdown(ctx); err != why {
			t.Errorf("Shutdown = %v, want %v", err, why)
		}
	})
	if !p.Closed() || reason != reactor.ErrStopped {
		t.Errorf("closed = %v, reason = %v, want true and ErrStopped", p.Closed(), reason)
	}
	close(gate)
	<-dropped
	for lab.Group.Away() != 0 { // falls before Drop is called
		t.Fatalf("away = %d, want 0", lab.Group.Away())
	}
}

func TestConnectionsLiveThroughAShutdownThatHasTime(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	var held []net.Conn
	for range 20 {
		c := dial(t, addr)
		io.WriteString(c, "x")
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	ended := make(chan error, 1)
	go func() { ended <- g.Shutdown(context.Background()) }()
	for _, c := range held {
		io.WriteString(c, "y")
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Errorf("a connection ended in a shutdown that has time: %v", err)
		}
		c.Close()
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
