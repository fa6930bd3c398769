package command

import "runtime"

// ballastBytes is memory that is reserved and never touched. Go collects
// garbage whenever the heap has doubled, and the heap of an event-loop server
// is so small that a busy one would collect dozens of times a second, with
// every pointer that is written meanwhile costing extra. The ballast counts
// as heap, so that a collection comes only after as many bytes of garbage;
// but it is never resident, because nothing is ever written to it. Unlike a
// higher GOGC it does not let a heap that is really large grow any larger.
const ballastBytes = 16 << 20

// holdBallast makes the ballast, and returns what lets go of it.
func holdBallast() (release func()) {
	ballast := make([]byte, ballastBytes)
	return func() { runtime.KeepAlive(ballast) }
}
