//go:build race

package reactor

import "math/rand/v2"

// startAway sends some tasks away at random, so that the race detector sees
// a Run that uses what belongs to the loop.
func startAway() bool { return rand.IntN(4) == 0 }
