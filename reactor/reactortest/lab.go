package reactortest

import (
	"testing"

	"reactor.example/reactor"
)

// Config says what a Lab is like. Only Open must be set.
type Config struct {
	// Open is what a listener's Open is: it gives a new connection its handler.
	Open func(*reactor.Conn) reactor.Handler
	// Reactor is the configuration of the group. Its Loops, Kernel, Buffers
	// and Pacer are the Lab's own, and so is StartAway unless it is set.
	Reactor reactor.Config
	// Chaos makes the kernel deliver events late, twice, in pieces and in any
	// order, cut reads and writes short, and send some tasks away.
	Chaos bool
	// Seed is what the choices of Chaos come from. Zero means a random one.
	Seed uint64
}

// A Lab is a group of one loop that runs under the eyes of a test: on a
// scripted Kernel, and with a watcher that looks when the test says so.
type Lab struct {
	*Kernel
	*Pacer
	// Group and Loop may be used as in a program; what waits for the loop must
	// be called under Kernel.Free.
	Group *reactor.Group
	Loop  *reactor.Loop
	// Buffers counts the memory that the loop has handed out.
	Buffers *Buffers

	tb testing.TB
}

// NewLab starts a Lab. It is closed at the end of the test, which fails if the
// loop has left a connection open or kept a buffer.
func NewLab(tb testing.TB, cfg Config) *Lab {
	tb.Helper()
	lab := &Lab{Kernel: NewKernel(), Pacer: NewPacer(), Buffers: new(Buffers), tb: tb}
	if cfg.Chaos {
		lab.Kernel = newKernel(&chaos{rand: NewRand(tb, cfg.Seed)})
	}
	rc := cfg.Reactor
	rc.Loops, rc.Pacer = 1, lab.Pacer
	rc.Kernel = func(int) (reactor.Kernel, error) { return lab.Kernel, nil }
	rc.Buffers = func(int) reactor.Buffers { return lab.Buffers }
	if rc.StartAway == nil {
		rc.StartAway = lab.startAway
	}
	g, err := reactor.New(rc)
	if err != nil {
		tb.Fatal(err)
	}
	lab.Group, lab.Loop = g, g.Loops()[0]
	if _, err := g.Listen(reactor.ListenConfig{Open: cfg.Open}); err != nil {
		tb.Fatal(err)
	}
	if err := g.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(lab.Close)
	lab.Run()
	return lab
}

// startAway sends a task away in chaos only, where the seed says so.
func (lab *Lab) startAway() bool {
	c := lab.Kernel.chaos
	if c == nil {
		return false
	}
	lab.Kernel.mu.Lock()
	defer lab.Kernel.mu.Unlock()
	return c.rand.IntN(4) == 0
}

// Close ends the group at once. NewLab arranges for it; a test may do it
// earlier.
func (lab *Lab) Close() {
	lab.tb.Helper()
	lab.Free(lab.Group.Close)
	if n := lab.Kernel.open(); n != 0 {
		lab.tb.Errorf("the loop has left %d descriptors open", n)
	}
	if n := lab.Buffers.Out(); n != 0 {
		lab.tb.Errorf("the loop has kept %d buffers", n)
	}
}

// open is the number of sockets that the loop has not closed.
func (k *Kernel) open() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.sockets)
}

// Settle runs the loop until it sleeps and no task is away from it. It waits
// for tasks as long as they take.
func (lab *Lab) Settle() {
	for lab.Run(); lab.Group.Away() > 0; lab.Run() {
		lab.AwaitWake()
	}
}

// Do runs fn on the loop, and returns when it has run and the loop sleeps again.
func (lab *Lab) Do(fn func()) {
	lab.tb.Helper()
	if !lab.Loop.Post(fn) {
		lab.tb.Fatal("the loop has ended")
	}
	lab.Run()
}

// Stats returns the counters of the loop.
func (lab *Lab) Stats() (s reactor.Stats) {
	lab.Free(func() { s = lab.Loop.Stats() })
	return s
}
