//go:build race

package websocket

// How often, and how many octets, a test sends that repeats itself: under the
// race detector less, which is slow and makes sync.Pool forget things.
const (
	repeats = 10
	volume  = 1 << 12
	long    = 33_000 // more than a window
)
