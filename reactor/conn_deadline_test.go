package reactor_test

import (
	"testing"
	"time"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// tick is how exact deadlines are.
const tick = 1 << 26 * time.Nanosecond

func TestDeadlineMovesLaterAndEarlier(t *testing.T) {
	t.Parallel()
	var fired []time.Duration
	var lab *reactortest.Lab
	lab = newLab(t, &handler{deadline: func(*reactor.Conn) { fired = append(fired, lab.Loop.Now()) }})
	_, c := accepted(lab)
	set := func(at time.Duration) { lab.Do(func() { c.SetDeadline(at) }) }

	set(10 * time.Second)
	lab.Advance(9 * time.Second)
	set(60 * time.Second) // later: a store
	lab.Advance(50 * time.Second)
	set(300 * time.Second)
	set(70 * time.Second) // earlier than where it is filed
	if len(fired) != 0 {
		t.Fatalf("fired at %v, want nothing before 70 s", fired)
	}
	lab.Advance(20 * time.Second)
	if len(fired) != 1 || fired[0] < 70*time.Second || fired[0] > 70*time.Second+2*tick {
		t.Fatalf("fired at %v, want once at 70 s", fired)
	}
	lab.Advance(time.Hour)
	if len(fired) != 1 {
		t.Errorf("a deadline that has passed fired again: %v", fired)
	}
	set(2 * time.Hour)
	set(0)
	lab.Advance(3 * time.Hour)
	if len(fired) != 1 {
		t.Errorf("a deadline that was unset fired: %v", fired)
	}
	lab.Do(func() { c.SetDeadline(1) }) // long over
	lab.Advance(2 * tick)
	if len(fired) != 2 {
		t.Error("a deadline in the past did not fire")
	}
}

func TestDeadlineThatIsMovedWhileItIsDueDoesNotFire(t *testing.T) {
	t.Parallel()
	var conns []*reactor.Conn
	fired := 0
	lab := newLab(t, &handler{deadline: func(c *reactor.Conn) {
		fired++
		for i, other := range conns { // all are due in this iteration
			if other != c {
				other.SetDeadline(time.Duration(i) * time.Hour) // 0 unsets it
			}
		}
	}})
	for range 3 {
		_, c := accepted(lab)
		conns = append(conns, c)
	}
	lab.Do(func() {
		for _, c := range conns {
			c.SetDeadline(time.Second)
		}
	})
	lab.Advance(10 * time.Second)
	if fired != 1 {
		t.Errorf("OnDeadline was called %d times, want 1: the others were moved", fired)
	}
}

func TestIdleLoopWakesOnlyForDeadlines(t *testing.T) {
	t.Parallel()
	fired := 0
	lab := newLab(t, &handler{deadline: func(*reactor.Conn) { fired++ }})
	_, c := accepted(lab)
	lab.Do(func() { c.SetDeadline(lab.Loop.Now() + 300*time.Second) })
	before := lab.Stats().Iterations
	lab.Advance(299 * time.Second)
	if n := lab.Stats().Iterations - before; n > 10 {
		t.Errorf("%d iterations in 299 idle seconds", n)
	}
	lab.Advance(2 * time.Second)
	if fired != 1 {
		t.Errorf("fired %d times, want 1", fired)
	}
}
