package reactor_test

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

func TestInputIsKeptUntilItIsConsumed(t *testing.T) {
	t.Parallel()
	var seen []string
	lab := newLab(t, &handler{input: func(c *reactor.Conn) {
		seen = append(seen, string(c.Input()))
		if len(c.Input()) > 4 {
			c.Consume(2)
		}
	}})
	p, c := accepted(lab)
	for _, text := range []string{"ab", "cd", "ef", "gh"} {
		p.Send(text)
		lab.Run()
	}
	if got, want := strings.Join(seen, " "), "ab abcd abcdef cdefgh"; got != want {
		t.Errorf("OnInput saw %q, want %q", got, want)
	}
	lab.Do(func() {
		c.Consume(len(c.Input()))
		if c.Input() != nil {
			t.Error("input left after everything was consumed")
		}
	})
	if lab.Buffers.Out() != 0 {
		t.Error("an idle connection owns a buffer")
	}
}

func TestInputLargerThanAnyBufferArrivesWhole(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcdef", 256<<10) // 4 MiB, several reads of the most that one takes
	got := ""
	lab := newLab(t, &handler{input: func(c *reactor.Conn) {
		if len(c.Input()) == len(text) {
			got = consume(c)
		}
	}})
	p, _ := accepted(lab)
	p.Send(text)
	lab.Run()
	if got != text {
		t.Errorf("the message did not arrive whole: %d bytes unread in the kernel", p.Unread())
	}
}

func TestFairnessOfReadingIsOneBufferATurn(t *testing.T) {
	t.Parallel()
	var order []string
	names := make(map[*reactor.Conn]string)
	lab := newLab(t, &handler{input: func(c *reactor.Conn) {
		order = append(order, names[c])
		c.Consume(len(c.Input()))
	}})
	p, c := accepted(lab)
	q, d := accepted(lab)
	names[c], names[d] = "hose", "drop"
	p.Send(strings.Repeat("x", 1<<20))
	lab.Step()
	q.Send("y")
	lab.Run()
	if len(order) < 14 || order[0] != "hose" || order[1] != "drop" && order[2] != "drop" {
		t.Errorf("order of callbacks = %v, want the small one right behind the first turn", order)
	}
}

func TestPausedReadingLosesNothing(t *testing.T) {
	t.Parallel()
	var seen []string
	lab := newLab(t, &handler{input: func(c *reactor.Conn) { seen = append(seen, consume(c)) }})
	p, c := accepted(lab)
	lab.Do(c.PauseReading)
	p.Send("one ")
	lab.Run()
	p.Send("two ")
	p.CloseWrite()
	lab.Run()
	if len(seen) != 0 || c.EOF() || !c.PeerClosed() {
		t.Fatalf("while paused: read %q, EOF = %v, PeerClosed = %v", seen, c.EOF(), c.PeerClosed())
	}
	lab.Do(c.ResumeReading)
	if got := strings.Join(seen, "|"); got != "one two |" || !c.EOF() {
		t.Errorf("read %q, EOF = %v, want everything and then the end", got, c.EOF())
	}
}

func TestPausedConnectionThatHasSentFINLosesNoInput(t *testing.T) {
	t.Parallel()
	got := ""
	lab := newLab(t, &handler{input: func(c *reactor.Conn) { got += consume(c) }})
	p, c := accepted(lab)
	lab.Do(func() { c.PauseReading(); c.CloseWrite() })
	p.Send("last words")
	p.CloseWrite() // now both directions have ended, which looks like a reset
	lab.Run()
	if p.Closed() {
		t.Fatal("closed with input unread")
	}
	lab.Do(c.ResumeReading)
	if got != "last words" || !c.EOF() {
		t.Errorf("read %q, EOF = %v", got, c.EOF())
	}
}

func TestEndOfInputIsToldOnce(t *testing.T) {
	t.Parallel()
	var calls, ends int
	lab := newLab(t, &handler{
		input:      func(*reactor.Conn) { calls++ },
		peerClosed: func(*reactor.Conn) { ends++ },
	})
	p, c := accepted(lab)
	p.CloseWrite()
	lab.Run()
	p.SetRoom(1) // output blocks and goes on: every event repeats that input has ended
	lab.Do(func() { c.Write([]byte("abc")) })
	p.SetRoom(-1)
	lab.Run()
	lab.Forge(reactor.Event{Key: p.Key(), Flags: reactor.Readable | reactor.PeerClosed})
	lab.Run()
	if calls != 1 || ends != 1 {
		t.Errorf("OnInput was called %d times and OnPeerClosed %d times, want 1 and 1", calls, ends)
	}
}

func TestResetIsNotAFIN(t *testing.T) {
	t.Parallel()
	for _, pause := range []bool{false, true} {
		var reason error
		got := ""
		lab := newLab(t, &handler{
			input:      func(c *reactor.Conn) { got += consume(c) },
			peerClosed: func(*reactor.Conn) { t.Error("OnPeerClosed for a reset") },
			close:      func(_ *reactor.Conn, err error) { reason = err },
		})
		p, c := accepted(lab)
		if pause {
			lab.Do(c.PauseReading)
		}
		p.Send("x")
		p.Reset()
		lab.Run()
		wantReason, want := error(unix.ECONNRESET), "x"
		if pause {
			wantReason, want = reactor.ErrReset, ""
		}
		if reason != wantReason || got != want || !p.Closed() {
			t.Errorf("paused = %v: read %q, reason = %v, closed = %v", pause, got, reason, p.Closed())
		}
	}
}

func TestResetThatComesWithTheBytesThatPauseIsNoticed(t *testing.T) {
	t.Parallel()
	var reason error
	lab := newLab(t, &handler{
		input: (*reactor.Conn).PauseReading,
		close: func(_ *reactor.Conn, err error) { reason = err },
	})
	p, _ := accepted(lab)
	p.Send("x")
	p.Reset() // the same event tells both
	lab.Run()
	if reason != reactor.ErrReset || !p.Closed() {
		t.Errorf("reason = %v, closed = %v, want ErrReset and closed", reason, p.Closed())
	}
}

func TestFINBehindARequestIsSeenAndAnswered(t *testing.T) {
	t.Parallel()
	order := ""
	lab := newLab(t, &handler{
		peerClosed: func(*reactor.Conn) { order += "peer closed, " },
		input: func(c *reactor.Conn) {
			if c.EOF() {
				order += "end"
				c.CloseAfterFlush()
				return
			}
			order += "input, "
			c.Write([]byte("answer to " + consume(c)))
		},
	})
	p, _ := accepted(lab)
	p.Send("request")
	p.CloseWrite()
	lab.Run()
	if got := p.Received(); got != "answer to request" || order != "peer closed, input, end" || !p.Closed() {
		t.Errorf("received %q, order %q, closed = %v", got, order, p.Closed())
	}
}

func TestCloseInACallbackIsTheLastButOne(t *testing.T) {
	t.Parallel()
	for name, arm := range map[string]func(h *handler, end func(*reactor.Conn)){
		"OnInput":      func(h *handler, end func(*reactor.Conn)) { h.input = end },
		"OnPeerClosed": func(h *handler, end func(*reactor.Conn)) { h.peerClosed = end },
		"OnDeadline":   func(h *handler, end func(*reactor.Conn)) { h.deadline = end },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls, closes := 0, 0
			h := &handler{close: func(*reactor.Conn, error) { closes++ }}
			arm(h, func(c *reactor.Conn) { calls++; c.Close(nil); c.Close(nil) })
			lab := newLab(t, h)
			p, c := accepted(lab)
			lab.Do(func() { c.SetDeadline(lab.Loop.Now() + 1) })
			p.Send("x")
			p.CloseWrite()
			if name != "OnDeadline" {
				lab.Step()
			}
			lab.Advance(1 << 40)
			if calls != 1 || closes != 1 || !p.Closed() {
				t.Errorf("%s was called %d times and OnClose %d times", name, calls, closes)
			}
		})
	}
}

func TestStaleEventNeverReachesANewConnection(t *testing.T) {
	t.Parallel()
	var opened []*reactor.Conn
	lab := reactortest.NewLab(t, reactortest.Config{Open: func(c *reactor.Conn) reactor.Handler {
		opened = append(opened, c)
		id := len(opened)
		return &handler{
			input:      func(c *reactor.Conn) { c.Consume(len(c.Input())) },
			peerClosed: func(*reactor.Conn) { t.Errorf("connection %d got the event of another", id) },
			close:      func(_ *reactor.Conn, err error) { _ = err },
		}
	}})
	old, c := accepted(lab)
	lab.Do(func() { c.Close(nil) })
	fresh, d := accepted(lab)
	if uint32(old.Key()) != uint32(fresh.Key()) || old.Key() == fresh.Key() {
		t.Fatalf("keys %#x and %#x: want the same slot in another generation", old.Key(), fresh.Key())
	}
	fresh.Send("x") // something there that a stale event could find
	lab.Forge(
		reactor.Event{Key: old.Key(), Flags: reactor.Readable | reactor.PeerClosed | reactor.Broken | reactor.Writable},
		reactor.Event{Key: old.Key() + 1<<32<<4, Flags: reactor.PeerClosed},
		reactor.Event{Key: 1 << 20, Flags: reactor.PeerClosed},
	)
	lab.Run()
	lab.Do(func() {
		if d.Closed() {
			t.Error("the new connection was closed by a stale event")
		}
	})
}

func TestClosedConnectionsOfOneIterationKeepTheirDescriptorToItsEnd(t *testing.T) {
	t.Parallel()
	var conns []*reactor.Conn
	inputs := 0
	lab := reactortest.NewLab(t, reactortest.Config{Open: func(c *reactor.Conn) reactor.Handler {
		conns = append(conns, c)
		return &handler{input: func(*reactor.Conn) {
			inputs++
			for _, other := range conns { // the first one ends them all
				other.Close(nil)
			}
		}}
	}})
	var peers []*reactortest.Peer
	for range 5 {
		peers = append(peers, lab.Dial())
	}
	lab.Run()
	for _, p := range peers {
		p.Send("x")
	}
	lab.Run()
	for i, p := range peers {
		if !p.Closed() {
			t.Errorf("connection %d is open", i)
		}
	}
	if inputs != 1 {
		t.Errorf("OnInput was called %d times, want once", inputs)
	}
}
