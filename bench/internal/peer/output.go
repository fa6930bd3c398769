package peer

import (
	"regexp"
	"sync"
)

// listening finds where a server listens in whatever it prints: the first
// loopback address with a port that is not zero.
var listening = regexp.MustCompile(`127\.0\.0\.1:([1-9][0-9]{0,4})\b`)

const (
	headLimit = 64 << 10 // bytes searched for the address
	tailLimit = 4 << 10  // bytes kept for error messages
)

// An output takes what a child prints, finds its address in it and keeps the
// end. Any goroutine may use it.
type output struct {
	addr chan string // gets the address once

	mu    sync.Mutex
	found bool
	head  []byte // up to the address
	last  []byte
}

func newOutput() *output { return &output{addr: make(chan string, 1)} }

// Write implements io.Writer. It never fails.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = append(o.last, b...)
	if n := len(o.last) - tailLimit; n > 0 {
		o.last = append(o.last[:0], o.last[n:]...)
	}
	if o.found || len(o.head) > headLimit {
		return len(b), nil
	}
	o.head = append(o.head, b...)
	// An address at the very end may lack digits that come with the next write.
	if at := listening.FindIndex(o.head); at != nil && at[1] < len(o.head) {
		o.found = true
		o.addr <- string(o.head[at[0]:at[1]])
		o.head = nil
	}
	return len(b), nil
}

// tail returns the end of what was printed.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.last)
}
