//go:build race

package websocket

// How often, and how many octets, a test sends that repeats itself: under the
// race detector less, which is slow and makes sync.Pool forget things.
const (
	repeats = 10
	volume  = 1 << 12
	long    = 33_000 // more than a window
	// windowStep leads to the windows of 8, 11 and 14 bits; oneInMany says that
	// of continuation octets that are alike in the third place the first and the
	// last are followed. No goroutine takes part where these are used.
	windowStep = 3
	caseStep   = 6 // leaves 16, 16,384 and, in fragments, 32,768 octets
	oneInMany  = true
	huge       = 1 << 20
)
