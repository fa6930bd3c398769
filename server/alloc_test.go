//go:build !race

package server

import "testing"

// TestAllocationsOfARequest holds what a request costs: the copy of its head,
// and what its handler is given. It is not for race builds, which move
// handlers away at random.
func TestAllocationsOfARequest(t *testing.T) {
	most := map[string]float64{"text": 3, "param": 3, "none": 3}
	g := newRig(t, Config{WorkerThreads: 1}, benchRoutes)
	c := newBenchClient(g)
	for _, r := range benchRequests {
		limit, ok := most[r.name]
		if !ok {
			continue
		}
		if n := testing.AllocsPerRun(1000, func() { c.roundTrip(t, r.request) }); n > limit {
			t.Errorf("%s: %v allocations, want at most %v", r.name, n, limit)
		}
	}
}
