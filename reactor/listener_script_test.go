package reactor_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

func TestNilHandlerRefusesTheConnection(t *testing.T) {
	t.Parallel()
	lab := reactortest.NewLab(t, reactortest.Config{
		Open: func(*reactor.Conn) reactor.Handler { return nil },
	})
	p := lab.Dial()
	lab.Run()
	if !p.Closed() {
		t.Error("the connection is open")
	}
}

func TestOpenMayWriteAndClose(t *testing.T) {
	t.Parallel()
	closes := 0
	lab := reactortest.NewLab(t, reactortest.Config{Open: func(c *reactor.Conn) reactor.Handler {
		c.Write([]byte("go away"))
		c.CloseAfterFlush()
		return &handler{close: func(*reactor.Conn, error) { closes++ }}
	}})
	p := lab.Dial()
	lab.Run()
	if got := p.Received(); got != "go away" || !p.Closed() || closes != 1 {
		t.Errorf("received %q, closed = %v, OnClose called %d times", got, p.Closed(), closes)
	}
}

func TestConnectionThatCannotBeWatchedIsClosed(t *testing.T) {
	t.Parallel()
	var reason error
	lab := newLab(t, &handler{close: func(_ *reactor.Conn, err error) { reason = err }})
	p := lab.Dial()
	p.FailRegister(unix.ENOSPC)
	lab.Run()
	if reason != unix.ENOSPC || !p.Closed() {
		t.Errorf("reason = %v, closed = %v, want ENOSPC and closed", reason, p.Closed())
	}
}

func TestAcceptErrorsDoNotStopTheListener(t *testing.T) {
	t.Parallel()
	for _, errno := range []reactor.Errno{unix.ECONNABORTED, unix.EPROTO, unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, unix.EPERM, unix.EINVAL} {
		t.Run(errno.Error(), func(t *testing.T) {
			t.Parallel()
			lab := newLab(t, echo{})
			lab.FailAccept(errno, errno, errno, errno)
			p := lab.Dial()
			before := lab.Stats().Iterations
			lab.Run()
			for range 5 {
				lab.Advance(1 << 28)
			}
			p.Send("x")
			lab.Run()
			if got := p.Received(); got != "x" {
				t.Errorf("received %q after the trouble was over", got)
			}
			if n := lab.Stats().Iterations - before; n > 60 {
				t.Errorf("%d iterations: the loop spins", n)
			}
		})
	}
}

func TestOutOfDescriptorsNewcomersAreToldAndTheRestWaits(t *testing.T) {
	t.Parallel()
	k := reactortest.NewKernel()
	g := newGroup(t, reactor.Config{
		Loops: 1, Pacer: reactortest.NewPacer(),
		Kernel: func(int) (reactor.Kernel, error) { return k, nil },
	})
	listen(t, g, reactor.ListenConfig{Open: openEcho, Notice: []byte("full")})
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Free(g.Close) })
	k.Run()
	shed, later := k.Dial(), k.Dial()
	shed.Send("a request that nobody reads")
	k.FailAccept(unix.EMFILE, 0, unix.EMFILE)
	k.Run()
	if got := shed.Received(); got != "full" || !shed.Closed() || shed.Unread() != 0 {
		t.Errorf("the newcomer received %q, closed = %v, unread = %d", got, shed.Closed(), shed.Unread())
	}
	if later.Closed() {
		t.Error("the next one was shed too, though it could wait")
	}
	k.Advance(1 << 30)
	later.Send("hello")
	k.Run()
	if got := later.Received(); got != "hello" {
		t.Errorf("received %q after descriptors were free again", got)
	}
	var s reactor.Stats
	k.Free(func() { s = g.Loops()[0].Stats() })
	if s.Refused != 1 || s.Accepted != 1 {
		t.Errorf("refused = %d, accepted = %d, want 1 and 1", s.Refused, s.Accepted)
	}
}
