package reactor

import (
	"runtime"
	"testing"
)

// Whoever else needs a P is given one, and for a while afterwards.
func TestSupply(t *testing.T) {
	const nobodyElse = 1 << 20 // no program has that many goroutines here
	procs := runtime.GOMAXPROCS(0)
	var s supply
	looks := func(n, loops, away, ours int) {
		for range n {
			s.count(loops, away, ours)
		}
	}
	want := func(what string, state uint32) {
		t.Helper()
		if got := s.load(); got != state {
			t.Errorf("%s: state %d, want %d", what, got, state)
		}
	}

	looks(1, procs-2, 0, nobodyElse)
	want("Ps to spare", psToSpare)
	looks(countEvery, procs, 0, nobodyElse)
	want("as many loops as Ps", psEnough)

	looks(awayLooks-1, procs, 1, nobodyElse)
	looks(1, procs, 0, nobodyElse)
	looks(awayLooks-1, procs, 1, nobodyElse)
	want("brief tasks away", psEnough)
	looks(1, procs, 1, nobodyElse)
	want("a long one", psScarce)
	looks(scarceLooks, procs, 0, nobodyElse)
	want("long after it", psEnough)

	s.need()
	looks(1, procs, 0, nobodyElse)
	want("a task that blocks", psScarce)
	looks(scarceLooks-1, procs, 0, nobodyElse)
	want("soon after it", psScarce)
	looks(1, procs, 0, nobodyElse)
	want("long after it", psEnough)

	looks(1, procs, 0, -quietOthers)
	want("goroutines of the program", psScarce)
	looks(countEvery, procs-2, 0, -quietOthers)
	want("Ps to spare again", psToSpare)
}
