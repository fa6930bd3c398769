package reactor_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A stress is a server whose tasks misbehave in every way that the hand-off has
// to live with, and clients that check what comes back.
type stress struct {
	mu     sync.Mutex     // held across waits by one kind of task
	events chan chan bool // to the goroutine that answers those who wait
	never  chan struct{}  // closed when the group has ended
	began  chan struct{}  // the tasks that never return
	runs   atomic.Int64   // tasks that began,
	ends   atomic.Int64   // and those that got Done
	drops  atomic.Int64   // or Drop
	wrong  atomic.Pointer[string]
}

// kinds are what a request may ask for.
const kinds = "qqqqwrRpPgGlmoL"

func (s *stress) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	s.wrong.CompareAndSwap(nil, &text)
}

// wait sleeps until an event comes from elsewhere, or from the task's own loop,
// which has to be moved on for that. No clock is involved.
func (s *stress) wait(l *reactor.Loop) {
	answer := make(chan bool, 1)
	if rand.IntN(2) == 0 {
		s.events <- answer
	} else if !l.Post(func() { answer <- true }) {
		return
	}
	<-answer
}

// run is the user code of a request.
func (s *stress) run(kind byte, h reactor.Hold, l *reactor.Loop) {
	switch kind {
	case 'w':
		s.wait(l)
	case 'r':
		h.Release()
		s.wait(l)
	case 'R':
		s.wait(l)
		h.Release()
	case 'p':
		panic("on the loop, perhaps")
	case 'P':
		h.Release()
		panic("moved")
	case 'g':
		runtime.Goexit()
	case 'G':
		s.wait(l)
		runtime.Goexit()
	case 'l':
		pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("task", "labelled")))
		s.wait(l)
	case 'm':
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wait(l)
	case 'o':
		answer := make(chan bool, 1)
		if l.Post(func() { answer <- true }) {
			<-answer
		}
	case 'L':
		runtime.LockOSThread()
		s.wait(l)
	case 'n':
		s.began <- struct{}{}
		<-s.never
	}
}

// A stressConn answers requests of two bytes, kind and number, by the number.
type stressConn struct {
	s    *stress
	busy bool
}

func (h *stressConn) OnInput(c *reactor.Conn) {
	if c.EOF() && !h.busy {
		c.CloseAfterFlush()
	}
	h.next(c)
}

func (h *stressConn) next(c *reactor.Conn) {
	if h.busy || c.Closed() {
		return
	}
	b := c.Input()
	if len(b) < 2 {
		if c.EOF() {
			c.CloseAfterFlush()
		}
		return
	}
	kind, number := b[0], b[1]
	c.Consume(2)
	h.busy = true
	s, l := h.s, c.Loop()
	s.runs.Add(1)
	l.Schedule(&task{
		run: func(h reactor.Hold) { s.run(kind, h, l) },
		done: func(r reactor.Result) {
			s.ends.Add(1)
			if failed := kind == 'p' || kind == 'P' || kind == 'g' || kind == 'G'; failed != (r.Err != nil) {
				s.fail("a task of kind %c gave %v", kind, r.Err)
			}
			h.busy = false
			c.Write([]byte{number})
			h.next(c)
		},
		drop: func() { s.drops.Add(1) },
	})
}

func (h *stressConn) OnDrain(*reactor.Conn)        {}
func (h *stressConn) OnBlocked(*reactor.Conn)      {}
func (h *stressConn) OnDeadline(*reactor.Conn)     {}
func (h *stressConn) OnPeerClosed(*reactor.Conn)   {}
func (h *stressConn) OnClose(*reactor.Conn, error) {}

// client sends pipelined requests and reads the answers, in order; one in four
// leaves in the middle, by a reset.
func (s *stress) client(addr string, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	const requests = 40
	var all []byte
	for i := range byte(requests) {
		all = append(all, kinds[rnd.IntN(len(kinds))], i)
	}
	for cut := 0; len(all) > 0; all = all[cut:] {
		cut = 1 + rnd.IntN(len(all))
		if _, err := c.Write(all[:cut]); err != nil {
			return err
		}
	}
	leave := requests
	if rnd.IntN(4) == 0 {
		leave = rnd.IntN(requests)
	}
	br := bufio.NewReader(c)
	for want := range byte(leave) {
		got, err := br.ReadByte()
		if err != nil {
			return fmt.Errorf("answer %d: %w", want, err)
		}
		if got != want {
			return fmt.Errorf("answer %d came when %d was due", got, want)
		}
	}
	if leave < requests {
		return c.(*net.TCPConn).SetLinger(0)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	if rest, err := io.ReadAll(br); err != nil || len(rest) > 0 {
		return fmt.Errorf("after the last answer came %q, %w", rest, err)
	}
	return nil
}

func TestStressOfHandoffs(t *testing.T) {
	for _, procs := range []int{1, 2, 8} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			stressHandoffs(t)
		})
	}
}

func stressHandoffs(t *testing.T) {
	reactortest.CheckLeaks(t)
	seeds := reactortest.NewRand(t, 0)
	s := &stress{events: make(chan chan bool), never: make(chan struct{}), began: make(chan struct{})}
	go func() {
		for answer := range s.events {
			answer <- true
		}
	}()
	var counts [2]reactortest.Buffers
	g, addr := serve(t, reactor.Config{
		Loops:   2,
		Buffers: func(i int) reactor.Buffers { return &counts[i] },
	}, func(*reactor.Conn) reactor.Handler { return &stressConn{s: s} })

	var clients sync.WaitGroup
	for range 24 {
		seed := seeds.Uint64()
		clients.Go(func() {
			if err := s.client(addr, seed); err != nil {
				s.fail("%v", err)
			}
		})
	}
	clients.Wait()
	stuck := dial(t, addr)
	stuck.Write([]byte("n0"))
	<-s.began
	g.Close() // with a task that does not return
	close(s.never)
	for s.ends.Load()+s.drops.Load() < s.runs.Load() {
		runtime.Gosched()
	}
	close(s.events)
	if text := s.wrong.Load(); text != nil {
		t.Error(*text)
	}
	if s.drops.Load() == 0 || g.Away() != 0 {
		t.Errorf("drops = %d, away = %d, want the stuck task dropped and none away", s.drops.Load(), g.Away())
	}
	if n := counts[0].Out() + counts[1].Out(); n != 0 {
		t.Errorf("%d buffers did not come back", n)
	}
}

func TestStressOfEndsUnderLoad(t *testing.T) {
	for _, procs := range []int{1, 2, 8} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			for range 5 {
				endUnderLoad(t)
			}
		})
	}
}

// endUnderLoad closes a group in the middle of everything: whatever happens to
// the clients, every task gets one of Done and Drop, and nothing is left.
func endUnderLoad(t *testing.T) {
	reactortest.CheckLeaks(t)
	seeds := reactortest.NewRand(t, 0)
	s := &stress{events: make(chan chan bool), never: make(chan struct{}), began: make(chan struct{})}
	go func() {
		for answer := range s.events {
			answer <- true
		}
	}()
	var counts [2]reactortest.Buffers
	var closes, opens atomic.Int64
	g, addr := serve(t, reactor.Config{
		Loops:   2,
		Buffers: func(i int) reactor.Buffers { return &counts[i] },
	}, func(*reactor.Conn) reactor.Handler {
		opens.Add(1)
		return &countedConn{stressConn{s: s}, &closes}
	})
	var clients sync.WaitGroup
	started := make(chan struct{}, 100)
	for range 12 {
		seed := seeds.Uint64()
		clients.Go(func() {
			for err := error(nil); err == nil; seed++ {
				err = s.client(addr, seed)
				started <- struct{}{}
			}
		})
	}
	for range seeds.IntN(20) {
		<-started
	}
	g.Close()
	done := make(chan struct{})
	go func() { clients.Wait(); close(done) }()
	for waiting := true; waiting; { // the clients find out by themselves
		select {
		case <-started:
		case <-done:
			waiting = false
		}
	}
	for s.ends.Load()+s.drops.Load() < s.runs.Load() {
		runtime.Gosched()
	}
	close(s.events)
	if text := s.wrong.Load(); text != nil {
		t.Error(*text)
	}
	if opens.Load() != closes.Load() {
		t.Errorf("%d connections were opened, %d got OnClose", opens.Load(), closes.Load())
	}
	if n := counts[0].Out() + counts[1].Out(); n != 0 || g.Away() != 0 {
		t.Errorf("%d buffers did not come back, %d tasks are away", n, g.Away())
	}
}

// countedConn counts the last calls.
type countedConn struct {
	stressConn
	closes *atomic.Int64
}

func (h *countedConn) OnClose(*reactor.Conn, error) { h.closes.Add(1) }
