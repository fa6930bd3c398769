package reactor_test

import (
	"strings"
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// several makes a lab with n connections; what is sent to each of them before the
// loop runs again comes in one iteration.
func several(t *testing.T, n int, input func(conns []*reactor.Conn, i int)) (*reactortest.Lab, []*reactortest.Peer, []*reactor.Conn) {
	t.Helper()
	var conns []*reactor.Conn
	lab := reactortest.NewLab(t, reactortest.Config{
		Reactor: reactor.Config{StartAway: func() bool { return false }},
		Open: func(c *reactor.Conn) reactor.Handler {
			i := len(conns)
			conns = append(conns, c)
			return &handler{input: func(*reactor.Conn) { input(conns, i) }}
		},
	})
	var peers []*reactortest.Peer
	for range n {
		peers = append(peers, lab.Dial())
		lab.Run()
	}
	return lab, peers, conns
}

func giveBack(c *reactor.Conn) {
	c.Write(c.Input())
	c.Consume(len(c.Input()))
}

// Each of many connections gets its own octets, however many there are: a part
// of them was read ahead, a part did not fit.
func TestReadAheadKeepsInputsApart(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 1000, 30_000, 100_000} {
		lab, peers, _ := several(t, 40, func(conns []*reactor.Conn, i int) { giveBack(conns[i]) })
		for i, p := range peers {
			p.Send(strings.Repeat(string(rune('A'+i)), size))
		}
		lab.Run()
		for i, p := range peers {
			if got := p.Received(); got != strings.Repeat(string(rune('A'+i)), size) {
				t.Errorf("connection %d: %d octets came back, want %d of its own", i, len(got), size)
			}
		}
	}
}

// Output may wait for the events behind it, but not for a task that blocks.
func TestGatheredOutputDoesNotWaitForATask(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	lab, peers, _ := several(t, 3, func(conns []*reactor.Conn, i int) {
		c := conns[i]
		if i != 1 {
			giveBack(c)
			return
		}
		c.Consume(len(c.Input()))
		c.Loop().Schedule(&task{
			run:  func(h reactor.Hold) { h.Release(); <-release },
			done: func(reactor.Result) { c.Write([]byte("late")) },
		})
	})
	for _, p := range peers {
		p.Send("x")
	}
	lab.Run()
	for i, want := range []string{"x", "", "x"} {
		if got := peers[i].Received(); got != want {
			t.Errorf("while the task blocks connection %d received %q, want %q", i, got, want)
		}
	}
	close(release)
	lab.Settle()
	if got := peers[1].Received(); got != "late" {
		t.Errorf("received %q, want the answer of the task", got)
	}
}

// A connection that another one's event stops from reading is told of what had
// been read ahead when it reads again, and not before.
func TestPausedAfterItWasReadAhead(t *testing.T) {
	t.Parallel()
	inputs := 0
	lab, peers, conns := several(t, 3, func(conns []*reactor.Conn, i int) {
		switch {
		case i == 0:
			for _, other := range conns[1:] {
				other.PauseReading()
			}
		default:
			inputs++
		}
		giveBack(conns[i])
	})
	for _, p := range peers {
		p.Send("first")
	}
	lab.Run()
	if inputs != 0 {
		t.Fatalf("OnInput was called %d times on connections that pause", inputs)
	}
	peers[1].Send(" second")
	peers[2].CloseWrite()
	lab.Run()
	if inputs != 0 {
		t.Fatalf("OnInput was called %d times on connections that pause", inputs)
	}
	lab.Do(func() {
		for _, c := range conns[1:] {
			c.ResumeReading()
		}
	})
	for i, want := range []string{"first", "first second", "first"} {
		if got := peers[i].Received(); got != want {
			t.Errorf("connection %d received %q, want %q", i, got, want)
		}
	}
}

// A reset that was read ahead ends a connection also when it pauses.
func TestResetReadAhead(t *testing.T) {
	t.Parallel()
	lab, peers, _ := several(t, 2, func(conns []*reactor.Conn, i int) {
		conns[1].PauseReading()
		giveBack(conns[i])
	})
	peers[0].Send("x")
	peers[1].Send("x")
	peers[1].FailRead(reactor.Errno(104))
	lab.Run()
	if !peers[1].Closed() {
		t.Error("the connection is open")
	}
}
