package reactortest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A teller answers lines in order, each by a task, and pauses reading while the
// task runs.
type teller struct {
	reactor.NopHandler
	busy  bool
	stays bool // its tasks never leave the loop
}

func (h *teller) OnInput(c *reactor.Conn) { h.next(c) }

func (h *teller) next(c *reactor.Conn) {
	line, _, ok := strings.Cut(string(c.Input()), "\n")
	switch {
	case h.busy || c.Closed():
	case ok:
		h.busy = true
		c.PauseReading()
		c.Consume(len(line) + 1)
		c.Loop().Schedule(&telling{h: h, c: c, line: line})
	case c.EOF():
		c.Write(c.Input())
		c.CloseAfterFlush()
	}
}

type telling struct {
	h    *teller
	c    *reactor.Conn
	line string
}

func (t *telling) Run(h reactor.Hold) {
	if len(t.line)%3 == 0 && !t.h.stays {
		h.Release()
	}
	t.line = strings.ToUpper(t.line)
}

func (t *telling) Done(reactor.Result) {
	t.h.busy = false
	t.c.ResumeReading()
	t.c.Write([]byte(t.line + "\n"))
	t.h.next(t.c)
}

func (t *telling) Drop() {}

// play runs some peers through a chaotic lab, and tells all that they received.
func play(t *testing.T, seed uint64, stays bool) string {
	cfg := reactortest.Config{
		Chaos: true, Seed: seed,
		Reactor: reactor.Config{HighWater: 500, LowWater: 100},
		Open:    func(*reactor.Conn) reactor.Handler { return &teller{stays: stays} },
	}
	if stays {
		cfg.Reactor.StartAway = func() bool { return false }
	}
	lab := reactortest.NewLab(t, cfg)
	rnd := rand.New(rand.NewPCG(seed, 2))
	const peers = 5
	for range 3 { // leave places behind, for stale events
		p := lab.Dial()
		lab.Run()
		p.Reset()
		lab.Run()
	}
	var all [peers]*reactortest.Peer
	var texts, got [peers]string
	for i := range all {
		all[i] = lab.Dial()
		for range rnd.IntN(40) {
			texts[i] += fmt.Sprintf("%x\n", rnd.Uint64()>>rnd.IntN(64))
		}
	}
	left := texts
	for round := 0; strings.Join(left[:], "") != "" || round < 100; round++ {
		for i, p := range all {
			cut := rnd.IntN(len(left[i]) + 1)
			p.Send(left[i][:cut])
			if left[i] = left[i][cut:]; left[i] == "" && round < 50 {
				p.CloseWrite()
			}
			p.SetRoom(rnd.IntN(200))
			got[i] += p.Received()
		}
		lab.Step()
		lab.Settle()
	}
	for i, p := range all {
		p.CloseWrite()
		p.SetRoom(-1)
		lab.Settle()
		if got[i] += p.Received(); got[i] != strings.ToUpper(texts[i]) {
			t.Errorf("peer %d received %q, want %q", i, got[i], strings.ToUpper(texts[i]))
		}
		if !p.Closed() {
			t.Errorf("connection %d is still open", i)
		}
	}
	s := lab.Stats()
	return fmt.Sprint(got, s.Iterations, s.Events, s.Tasks+s.Moves+s.SentAway)
}

func TestNothingIsLostInChaos(t *testing.T) {
	t.Parallel()
	seeds := reactortest.NewRand(t, 0)
	for range 50 {
		seed := seeds.Uint64()
		if play(t, seed, false); t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

func TestTheSameSeedPlaysTheSame(t *testing.T) {
	t.Parallel()
	seeds := reactortest.NewRand(t, 0)
	for range 10 {
		seed := seeds.Uint64()
		if a, b := play(t, seed, true), play(t, seed, true); a != b {
			t.Fatalf("seed %d: first\n%s\nthen\n%s", seed, a, b)
		}
	}
}
