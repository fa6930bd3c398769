package reactor_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A pipeline answers each line of input by a task, one after the other.
type pipeline struct {
	busy   bool
	run    func(line string, h reactor.Hold)
	ended  func(line string, r reactor.Result)
	closed error
}

func (p *pipeline) OnInput(c *reactor.Conn) { p.next(c) }

func (p *pipeline) next(c *reactor.Conn) {
	line, _, ok := strings.Cut(string(c.Input()), "\n")
	if p.busy || c.Closed() || !ok {
		return
	}
	c.Consume(len(line) + 1)
	p.busy = true
	c.Loop().Schedule(&task{
		run: func(h reactor.Hold) { p.run(line, h) },
		done: func(r reactor.Result) {
			p.busy = false
			if p.ended != nil {
				p.ended(line, r)
			}
			c.Write([]byte(line + "!"))
			p.next(c)
		},
	})
}

func (p *pipeline) OnDrain(*reactor.Conn)              {}
func (p *pipeline) OnBlocked(*reactor.Conn)            {}
func (p *pipeline) OnDeadline(*reactor.Conn)           {}
func (p *pipeline) OnPeerClosed(*reactor.Conn)         {}
func (p *pipeline) OnClose(_ *reactor.Conn, err error) { p.closed = err }

// keep runs what the lab's loop has to do, knowing that a task is going to keep
// the loop, and moves it on as soon as the task says that it has begun.
func keep(lab *reactortest.Lab, begun <-chan struct{}) {
	lab.Resume()
	<-begun
	lab.Look()
	lab.Look()
	lab.Run()
}

func TestTaskThatKeepsTheLoopIsMovedAtTheSecondLook(t *testing.T) {
	t.Parallel()
	begun, gate := make(chan struct{}), make(chan struct{})
	var results []reactor.Result
	lab := reactortest.NewLab(t, reactortest.Config{
		Open: func(*reactor.Conn) reactor.Handler {
			return &pipeline{
				run: func(line string, _ reactor.Hold) {
					if line == "slow" {
						begun <- struct{}{}
						<-gate
					}
				},
				ended: func(_ string, r reactor.Result) { results = append(results, r) },
			}
		},
	})
	slow, fast := lab.Dial(), lab.Dial()
	lab.Run()
	slow.Send("a\nslow\nb\nc\nhalf a li")
	fast.Send("x\n")
	keep(lab, begun)
	if got := slow.Received(); got != "a!" {
		t.Errorf("before the move: received %q, want a!", got)
	}
	slow.Send("ne\n") // behind what was read before the move
	fast.Send("y\n")
	lab.Run()
	if got := fast.Received(); got != "x!y!" {
		t.Errorf("the other connection received %q, want x!y!", got)
	}
	close(gate)
	lab.Settle()
	if got := slow.Received(); got != "slow!b!c!half a line!" {
		t.Errorf("after the move: received %q", got)
	}
	moved := 0
	for _, r := range results {
		if r.Moved {
			moved++
			if r.Released || r.Late || r.Err != nil || r.Away != 0 {
				t.Errorf("result of the task that was moved = %+v", r)
			}
		}
	}
	s := lab.Stats()
	if moved != 1 || s.Moves != 1 || s.SentAway != 0 || s.Away != 0 || s.Tasks != 6 {
		t.Errorf("%d results say moved; stats: %d moves, %d sent away, %d away, %d returned", moved, s.Moves, s.SentAway, s.Away, s.Tasks)
	}
}

func TestTaskIsNotMovedByOneLookOrByLooksAtOthers(t *testing.T) {
	t.Parallel()
	begun, gate := make(chan struct{}), make(chan struct{})
	lab := reactortest.NewLab(t, reactortest.Config{
		Open: func(*reactor.Conn) reactor.Handler {
			return &pipeline{
				run:   func(string, reactor.Hold) { begun <- struct{}{}; <-gate },
				ended: func(line string, r reactor.Result) { noMove(t, line, r) },
			}
		},
	})
	p := lab.Dial()
	lab.Run()
	p.Send("a\nb\nc\n")
	lab.Resume()
	for range 3 {
		<-begun
		lab.Look() // one at each task
		gate <- struct{}{}
	}
	lab.Run()
	if got := p.Received(); got != "a!b!c!" {
		t.Errorf("received %q", got)
	}
}

func noMove(t *testing.T, line string, r reactor.Result) {
	if r.Moved {
		t.Errorf("task %s was moved", line)
	}
}

func TestLookThatComesLateIsToldApart(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	begun, gate := make(chan struct{}), make(chan struct{})
	var got reactor.Result
	lab.Loop.Post(func() {
		lab.Loop.Schedule(&task{
			run:  func(reactor.Hold) { close(begun); <-gate },
			done: func(r reactor.Result) { got = r },
		})
	})
	lab.Resume()
	<-begun
	lab.Look()
	lab.LookLate(50 * time.Millisecond)
	close(gate)
	lab.Settle()
	if !got.Moved || !got.Late || got.Released {
		t.Errorf("result = %+v, want moved and late", got)
	}
}

func TestReleaseMovesTheLoopAtOnce(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	gate := make(chan struct{})
	var results []reactor.Result
	add := func(r reactor.Result) { results = append(results, r) }
	var hold reactor.Hold
	lab.Do(func() {
		lab.Loop.Schedule(&task{
			run: func(h reactor.Hold) {
				hold = h
				h.Release()
				h.Release() // again is nothing
				<-gate
			},
			done: add,
		})
		lab.Loop.Schedule(&task{done: add}) // goes first now
	})
	hold.Release() // late is nothing
	reactor.Hold{}.Release()
	if len(results) != 1 || results[0] != (reactor.Result{}) {
		t.Fatalf("results = %+v, want one of the second task", results)
	}
	close(gate)
	lab.Settle()
	if len(results) != 2 || !results[1].Moved || !results[1].Released {
		t.Errorf("results = %+v, want the first task released", results)
	}
	hold.Release()
	if s := lab.Stats(); s.Moves != 1 {
		t.Errorf("moves = %d, want 1", s.Moves)
	}
}

func TestTaskMayHoldAMutexThatTheNextOneWants(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lab := newLab(t, &handler{})
	first, second, gate := make(chan struct{}), make(chan struct{}), make(chan struct{})
	done := 0
	count := func(r reactor.Result) { done++ }
	lab.Loop.Post(func() {
		lab.Loop.Schedule(&task{run: func(reactor.Hold) {
			mu.Lock()
			defer mu.Unlock()
			close(first)
			<-gate
		}, done: count})
		lab.Loop.Schedule(&task{run: func(reactor.Hold) {
			close(second)
			mu.Lock()
			defer mu.Unlock()
		}, done: count})
	})
	lab.Resume()
	<-first
	lab.Look()
	lab.Look()
	<-second
	lab.Look()
	lab.Look()
	lab.Run() // with both away, the loop lives
	lab.Do(func() {})
	close(gate)
	lab.Settle()
	if done != 2 {
		t.Errorf("%d tasks are done, want 2", done)
	}
}

func TestTaskMayPostToItsOwnLoopAndWait(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	begun, answer := make(chan struct{}), ""
	lab.Loop.Post(func() {
		lab.Loop.Schedule(&task{run: func(reactor.Hold) {
			reply := make(chan string, 1)
			lab.Loop.Post(func() { reply <- "from the loop" })
			close(begun)
			answer = <-reply
		}})
	})
	keep(lab, begun)
	lab.Settle()
	if answer != "from the loop" {
		t.Errorf("answer = %q", answer)
	}
}

func TestConnectionMayEndWhileItsTaskIsAway(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"reset", "closed", "FIN"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			begun, gate := make(chan struct{}), make(chan struct{})
			var h *pipeline
			lab := reactortest.NewLab(t, reactortest.Config{Open: func(*reactor.Conn) reactor.Handler {
				h = &pipeline{run: func(string, reactor.Hold) { close(begun); <-gate }}
				return h
			}})
			p, c := accepted(lab)
			p.Send("slow\nnext")
			keep(lab, begun)
			switch end {
			case "reset":
				p.Reset()
			case "closed":
				lab.Do(func() { c.Close(nil) })
			case "FIN":
				p.CloseWrite()
			}
			lab.Run()
			if h.closed == nil != (end == "FIN") {
				t.Errorf("the reason of OnClose is %v", h.closed)
			}
			fresh, _ := accepted(lab) // takes the slot while the task still knows the old one
			close(gate)
			lab.Settle()
			want := ""
			if end == "FIN" {
				want = "slow!"
			}
			if got := p.Received(); got != want {
				t.Errorf("received %q, want %q", got, want)
			}
			if got := fresh.Received(); got != "" {
				t.Errorf("the next connection received %q", got)
			}
		})
	}
}

func TestTaskThatIsMovedAndNeverReturnsIsDroppedWhenTheLoopHasEnded(t *testing.T) {
	t.Parallel()
	begun, gate, dropped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	lab := newLab(t, &handler{})
	lab.Loop.Post(func() {
		lab.Loop.Schedule(&task{
			run:  func(reactor.Hold) { close(begun); <-gate },
			done: func(reactor.Result) { t.Error("Done on a loop that has ended") },
			drop: func() { close(dropped) },
		})
	})
	keep(lab, begun)
	lab.Close()
	close(gate)
	<-dropped
}

func TestSharedReadBufferIsNeverSeenByAnotherConnection(t *testing.T) {
	t.Parallel()
	begun, gate := make(chan struct{}), make(chan struct{})
	var seen []string
	lab := reactortest.NewLab(t, reactortest.Config{
		Open: func(c *reactor.Conn) reactor.Handler {
			return &pipeline{
				run: func(line string, _ reactor.Hold) {
					if line == "slow" {
						close(begun)
						<-gate
					}
				},
				ended: func(string, reactor.Result) { seen = append(seen, string(c.Input())) },
			}
		},
	})
	p, q := lab.Dial(), lab.Dial()
	lab.Run()
	p.Send("slow\nsecret of p")
	lab.Resume()
	<-begun
	lab.Look()
	lab.Look()
	q.Send("quick\nof q")
	lab.Run() // reads q into the same buffer
	close(gate)
	lab.Settle()
	if got := fmt.Sprint(seen); got != "[of q secret of p]" {
		t.Errorf("input left to the two connections = %s", got)
	}
}
