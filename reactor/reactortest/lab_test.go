package reactortest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A recorder notes what happens to its connection, and echoes.
type recorder struct {
	log []string
}

func (r *recorder) note(what string) { r.log = append(r.log, what) }

func (r *recorder) OnInput(c *reactor.Conn) {
	text := string(c.Input())
	c.Consume(len(text))
	if c.EOF() {
		text += "EOF"
	} else {
		c.Write([]byte(text))
	}
	r.note(text)
}

func (r *recorder) OnDrain(*reactor.Conn)            { r.note("drain") }
func (r *recorder) OnBlocked(*reactor.Conn)          { r.note("blocked") }
func (r *recorder) OnDeadline(*reactor.Conn)         { r.note("deadline") }
func (r *recorder) OnPeerClosed(*reactor.Conn)       { r.note("peer closed") }
func (r *recorder) OnClose(_ *reactor.Conn, e error) { r.note("close: " + e.Error()) }

// record starts a lab of which the test sees one connection.
func record(t *testing.T, cfg reactortest.Config) (*reactortest.Lab, *reactortest.Peer, *recorder) {
	t.Helper()
	r := new(recorder)
	cfg.Open = func(*reactor.Conn) reactor.Handler { return r }
	lab := reactortest.NewLab(t, cfg)
	p := lab.Dial()
	lab.Run()
	return lab, p, r
}

func (r *recorder) want(t *testing.T, want string) {
	t.Helper()
	if got := strings.Join(r.log, ", "); got != want {
		t.Errorf("the handler saw %q, want %q", got, want)
	}
}

func TestPeerScriptsWhatTheLoopSees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script func(lab *reactortest.Lab, p *reactortest.Peer)
		want   string
	}{
		"short reads": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.SetMaxRead(2)
			p.Send("abcde")
		}, "ab, cd, e"},
		"EAGAIN for no reason": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.FailRead(unix.EAGAIN)
			p.Send("abc")
		}, "abc"},
		"a failing read": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.FailRead(unix.EIO)
			p.Send("abc")
		}, "close: " + unix.EIO.Error()},
		"a failing write": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.FailWrite(unix.EPIPE)
			p.Send("abc")
		}, "abc, close: " + unix.EPIPE.Error()},
		"FIN": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.Send("abc")
			p.CloseWrite()
		}, "peer closed, abc, EOF"},
		"reset": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.Reset()
		}, "close: " + unix.ECONNRESET.Error()},
		"a full kernel": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			p.SetRoom(0)
			p.Send("abc")
		}, "abc, blocked"},
		"a forged event": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			lab.Forge(reactor.Event{Key: p.Key(), Flags: reactor.PeerClosed})
		}, "peer closed"},
		"a forged event of nobody": {func(lab *reactortest.Lab, p *reactortest.Peer) {
			lab.Forge(reactor.Event{Key: p.Key() + 1, Flags: reactor.PeerClosed})
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab, p, r := record(t, reactortest.Config{})
			c.script(lab, p)
			lab.Run()
			r.want(t, c.want)
		})
	}
}

func TestPeerSeesWhatTheLoopDoes(t *testing.T) {
	t.Parallel()
	lab, p, _ := record(t, reactortest.Config{})
	p.SetMaxWrite(2)
	p.SetRoom(3)
	p.Send("abcdef")
	lab.Run()
	if got := p.Received(); got != "abc" || p.Ended() || p.Closed() || p.Unread() != 0 {
		t.Errorf("received %q, ended = %v, closed = %v, unread = %d", got, p.Ended(), p.Closed(), p.Unread())
	}
	p.SetRoom(-1)
	lab.Run()
	if got := p.Received(); got != "def" {
		t.Errorf("received %q, want the rest", got)
	}
	lab.Do(func() { lab.Loop.Conns((*reactor.Conn).CloseWrite) })
	if !p.Ended() || p.Closed() {
		t.Errorf("ended = %v, closed = %v, want a FIN", p.Ended(), p.Closed())
	}
	if !p.Addr().IsValid() {
		t.Error("the peer has no address")
	}
}

func TestAdvanceStopsAtEachDeadline(t *testing.T) {
	t.Parallel()
	lab, _, r := record(t, reactortest.Config{})
	begin, wall := lab.Now(), lab.Wall()
	var at []time.Duration
	lab.Do(func() { lab.Loop.Conns(func(c *reactor.Conn) { c.SetDeadline(time.Second) }) })
	lab.Advance(2 * time.Second)
	at = append(at, lab.Now()-begin)
	if r.want(t, "deadline"); at[0] != 2*time.Second || lab.Wall().Sub(wall) != at[0] {
		t.Errorf("the clock moved by %v, the wall clock by %v", at[0], lab.Wall().Sub(wall))
	}
}

func TestStepIsOneIteration(t *testing.T) {
	t.Parallel()
	lab, p, r := record(t, reactortest.Config{})
	p.Send("a")
	lab.Step()
	r.want(t, "a")
	before := lab.Stats().Iterations
	lab.Step()
	lab.Step()
	if n := lab.Stats().Iterations - before; n < 2 {
		t.Errorf("%d iterations in two steps and a look at the counters", n)
	}
}

func TestLooksArePlayedByTheTest(t *testing.T) {
	t.Parallel()
	lab, _, _ := record(t, reactortest.Config{})
	for range 100 {
		lab.Look()
	}
	if !lab.Parked() {
		t.Error("the watcher of an idle loop does not park")
	}
	lab.Do(func() {})
	if !lab.Parked() {
		t.Error("the watcher was disturbed by a loop that woke up for a post")
	}
	lab.Do(func() { lab.Loop.Schedule(nothing{}) })
	if lab.Parked() {
		t.Error("the watcher stays parked though a task has run")
	}
	lab.Look()
	for range 100 {
		lab.Look()
	}
	if !lab.Parked() { // and is closed like that
		t.Error("the watcher does not park again")
	}
}

// nothing is a task.
type nothing struct{}

func (nothing) Run(reactor.Hold)    {}
func (nothing) Done(reactor.Result) {}
func (nothing) Drop()               {}

func TestFreeLetsTheGroupShutDown(t *testing.T) {
	t.Parallel()
	lab, p, r := record(t, reactortest.Config{})
	lab.Free(func() {
		ended := make(chan error)
		go func() { ended <- lab.Group.Shutdown(context.Background()) }()
		lab.Loop.Post(func() { lab.Loop.Conns(func(c *reactor.Conn) { c.Close(nil) }) })
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	r.want(t, "close: "+reactor.ErrClosed.Error())
	if !p.Closed() {
		t.Error("the connection is open")
	}
	lab.Step() // all of these return when the loop has ended
	lab.Run()
	lab.Resume()
	lab.Settle()
	lab.Advance(time.Hour)
	lab.AwaitWake()
}

func TestBuffersKeepAccount(t *testing.T) {
	t.Parallel()
	var b reactortest.Buffers
	x, y := b.Get(100), b.Get(0)
	if b.Out() != 2 || b.Bytes() < 100 || len(x) < 100 {
		t.Errorf("out = %d, bytes = %d", b.Out(), b.Bytes())
	}
	b.Put(x[:10])
	b.Put(y)
	if b.Out() != 0 || b.Bytes() != 0 || x[50] == 0 {
		t.Errorf("after Put: out = %d, bytes = %d, content %#x", b.Out(), b.Bytes(), x[50])
	}
	defer func() {
		if recover() == nil {
			t.Error("a second Put was taken")
		}
	}()
	b.Put(x)
}

// A fakeTB is a test whose failures are looked at.
type fakeTB struct {
	testing.TB
	failed   bool
	logs     []string
	cleanups []func()
}

func (f *fakeTB) Helper()                   {}
func (f *fakeTB) Name() string              { return "TestOfSomebody" }
func (f *fakeTB) Failed() bool              { return f.failed }
func (f *fakeTB) Cleanup(fn func())         { f.cleanups = append(f.cleanups, fn) }
func (f *fakeTB) Errorf(s string, a ...any) { f.failed = true }
func (f *fakeTB) Logf(s string, a ...any)   { f.logs = append(f.logs, s) }

func (f *fakeTB) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

func TestLabFailsATestWhoseProtocolForgetsMemory(t *testing.T) {
	t.Parallel()
	f := &fakeTB{TB: t}
	lab := reactortest.NewLab(f, reactortest.Config{
		Chaos: true,
		Open: func(c *reactor.Conn) reactor.Handler {
			c.Loop().Buffers().Get(1) // and never Put
			return &recorder{}
		},
	})
	lab.Dial()
	for range 10 {
		lab.Step()
	}
	f.end()
	if !f.failed || len(f.logs) == 0 {
		t.Errorf("failed = %v, logs = %v, want a failure and its seed", f.failed, f.logs)
	}
}
