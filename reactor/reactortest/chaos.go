package reactortest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"reactor.example/reactor"
)

// SeedVariable is the environment variable that overrides Config.Seed, to run
// again what has failed.
const SeedVariable = "REACTORTEST_SEED"

// seed chooses the seed of a test, and says it if the test fails.
func seed(tb testing.TB, wanted uint64) uint64 {
	tb.Helper()
	if text := os.Getenv(SeedVariable); text != "" {
		n, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			tb.Fatalf("%s: %v", SeedVariable, err)
		}
		wanted = n
	}
	if wanted == 0 {
		wanted = rand.Uint64()
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("to run the same again: %s=%d go test -run '^%s$'", SeedVariable, wanted, tb.Name())
		}
	})
	return wanted
}

// NewRand returns a source of random numbers for a test's own choices. A zero
// seed means a random one; whichever it is, it is printed if the test fails,
// and REACTORTEST_SEED overrides it.
func NewRand(tb testing.TB, fixed uint64) *rand.Rand {
	tb.Helper()
	return rand.New(rand.NewPCG(seed(tb, fixed), 0))
}

// chaos is the kernel's bad temper. It has no lock of its own: the Kernel's
// covers it.
type chaos struct {
	rand *rand.Rand
	old  []uint64 // keys of connections that are closed
}

// limit cuts a read or a write of n bytes: often not at all, often to one, and
// sometimes to zero, which stands for EAGAIN.
func (c *chaos) limit(n int) int {
	switch {
	case n <= 1 || c.rand.IntN(3) == 0:
		return n
	case c.rand.IntN(8) == 0:
		return 0
	case c.rand.IntN(3) == 0:
		return 1
	}
	return 1 + c.rand.IntN(n)
}

// deliver tells a random part of the news in random order, some of it twice,
// some of it in pieces, and sometimes news of a connection that is gone.
func (c *chaos) deliver(k *Kernel, evs []reactor.Event) int {
	n := 0
	for len(k.ready) > 0 && n+2 <= len(evs) && c.rand.IntN(5) > 0 {
		ev := k.takeReady(c.rand.IntN(len(k.ready)))
		whole := ev.Flags
		if c.rand.IntN(3) == 0 {
			ev.Flags &= reactor.EventFlags(c.rand.UintN(16))
			evs[n] = ev
			n++
			ev.Flags = whole &^ ev.Flags
			if c.rand.IntN(3) == 0 {
				ev.Flags = whole
			}
		}
		evs[n] = ev
		n++
	}
	if len(c.old) > 0 && n < len(evs) && c.rand.IntN(8) == 0 {
		stale := c.old[c.rand.IntN(len(c.old))]
		evs[n] = reactor.Event{Key: stale, Flags: reactor.EventFlags(c.rand.UintN(16))}
		n++
	}
	c.rand.Shuffle(n, func(i, j int) { evs[i], evs[j] = evs[j], evs[i] })
	return n
}
