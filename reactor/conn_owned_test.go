package reactor_test

import (
	"fmt"
	"testing"

	"reactor.example/reactor"
)

// A lender counts how often it got its memory back, and may do something then.
type lender struct {
	times int
	then  func()
}

func (l *lender) Release() {
	if l.times++; l.then != nil {
		l.then()
	}
}

func TestOwnedMemoryIsReleasedOnceWhenItHasBeenSent(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	p.SetRoom(4)
	var first, second lender
	lab.Do(func() {
		c.Write([]byte("a "))
		c.WriteOwned([]byte("bcd "), &first)
		c.WriteOwned([]byte("ef "), &second)
		c.WriteOwned(nil, &lender{then: func() { c.Write([]byte("g")) }}) // at once
	})
	if got := p.Received(); got != "a bc" || first.times != 0 {
		t.Errorf("received %q, first released %d times, want it to wait", got, first.times)
	}
	p.SetRoom(3)
	lab.Run()
	if first.times != 1 || second.times != 0 {
		t.Errorf("released %d and %d times, want 1 and 0", first.times, second.times)
	}
	p.SetRoom(-1)
	lab.Run()
	if got := p.Received(); got != "d ef g" || first.times != 1 || second.times != 1 {
		t.Errorf("received %q, released %d and %d times", got, first.times, second.times)
	}
}

func TestOwnedMemoryIsReleasedOnceWhenItIsNotSent(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	p.SetRoom(0)
	var before, after lender
	lab.Do(func() {
		c.WriteOwned([]byte("x"), &before)
		c.Close(nil)
		c.WriteOwned([]byte("y"), &after)
	})
	if before.times != 1 || after.times != 1 {
		t.Errorf("released %d and %d times, want 1 and 1", before.times, after.times)
	}
}

func TestOwnerMayWriteMoreWhenItIsReleased(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	want, n := "", 0
	var next func()
	next = func() {
		if n++; n > 50 {
			return
		}
		want += fmt.Sprintf("%d.%d ", n, n)
		c.WriteOwned(fmt.Appendf(nil, "%d.", n), &lender{then: next})
		c.Write(fmt.Appendf(nil, "%d ", n))
	}
	lab.Do(next)
	if got := p.Received(); got != want || n != 51 {
		t.Errorf("received %q, want %q", got, want)
	}
	lab.Do(func() {
		if c.Pending() != 0 {
			t.Errorf("pending = %d, want 0", c.Pending())
		}
	})
	var _ reactor.Owner = new(lender)
}
