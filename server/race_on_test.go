//go:build race

package server

import "time"

// How much the tests send that move much, under the race detector: it looks at
// every octet of every copy. What must not fit in the buffers of the system
// still does not.
const (
	bulk       = 8 << 20
	bombBytes  = 4 << 20
	largeBytes = 150_000
	echoParts  = 12
	turns      = 100
	lendings   = 5
	eachSends  = 15
	stressTime = 400 * time.Millisecond
)
