//go:build !race

package websocket

// How often, and how many octets, a test sends that repeats itself.
const (
	repeats = 1000
	volume  = 1 << 20
	long    = 70_000 // more than a window
)
