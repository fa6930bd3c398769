//go:build !race

package websocket

// How often, and how many octets, a test sends that repeats itself.
const (
	repeats    = 1000
	volume     = 1 << 20
	long       = 70_000 // more than a window
	windowStep = 1      // to the next size of window: all of them
	caseStep   = 1
	oneInMany  = false
	huge       = 16 << 20 // the largest message of Autobahn group 9
)
