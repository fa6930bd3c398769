//go:build !race

package server

import "time"

// How much the tests send that move much, and how often those repeat themselves
// that look for rare orders of events.
const (
	bulk       = 16 << 20
	bombBytes  = 16 << 20
	largeBytes = 600_000
	echoParts  = 50   // of 100,000 bytes
	turns      = 1000 // that others have while one connection stands still
	lendings   = 20
	eachSends  = 60 // messages of each goroutine
	// stressTime is how long each run of a stress goes on. The chance to fail
	// grows with it, nothing else.
	stressTime = 700 * time.Millisecond
)
