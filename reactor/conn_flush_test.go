package reactor_test

import (
	"strings"
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A producer makes output only when it is asked, at most some bytes at a time.
type producer struct {
	handler
	kept  string
	piece int
	asked int
}

func (p *producer) OnFlush(c *reactor.Conn) {
	p.asked++
	n := min(p.piece, len(p.kept))
	c.Write([]byte(p.kept[:n]))
	if p.kept = p.kept[n:]; p.kept != "" {
		c.RequestFlush()
	}
}

// newProducerLab makes a lab with one connection, whose handler is h.
func newProducerLab(t *testing.T, h *producer) (*reactortest.Lab, *reactortest.Peer, *reactor.Conn) {
	t.Helper()
	lab := reactortest.NewLab(t, reactortest.Config{Open: func(*reactor.Conn) reactor.Handler { return h }})
	p, c := accepted(lab)
	return lab, p, c
}

func TestProducerIsAskedOnceForAStep(t *testing.T) {
	t.Parallel()
	h := &producer{kept: "made late", piece: 100}
	lab, p, c := newProducerLab(t, h)
	lab.Do(func() {
		c.RequestFlush()
		c.Write([]byte("made at once, "))
		c.RequestFlush()
		if h.asked != 0 {
			t.Error("asked within the step")
		}
	})
	lab.Settle()
	if got, want := p.Received(), "made at once, made late"; got != want || h.asked != 1 {
		t.Errorf("received %q, asked %d times; want %q, once", got, h.asked, want)
	}
}

func TestProducerThatHoldsBackIsAskedAgain(t *testing.T) {
	t.Parallel()
	h := &producer{kept: strings.Repeat("0123456789", 10), piece: 7}
	want := h.kept
	lab, p, c := newProducerLab(t, h)
	p.SetRoom(11) // the kernel takes less than what is made
	lab.Do(func() { c.RequestFlush() })
	var got strings.Builder
	for range 40 {
		lab.Settle()
		got.WriteString(p.Received())
		p.SetRoom(11)
	}
	if got.String() != want {
		t.Errorf("received %q, want %q", got.String(), want)
	}
}

func TestProducerGoesFirstWhenTheConnectionIsToClose(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*reactor.Conn){
		"CloseAfterFlush": (*reactor.Conn).CloseAfterFlush,
		"CloseWrite":      (*reactor.Conn).CloseWrite,
	} {
		h := &producer{kept: "made in several pieces", piece: 4}
		want := h.kept
		lab, p, c := newProducerLab(t, h)
		lab.Do(func() {
			c.RequestFlush()
			end(c)
		})
		for range 20 {
			lab.Settle()
		}
		if got := p.Received(); got != want {
			t.Errorf("%s: received %q, want %q", name, got, want)
		}
	}
}
