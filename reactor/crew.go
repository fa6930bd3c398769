package reactor

import (
	"runtime/pprof"
	"sync"
	"time"
)

// A job is what a goroutine of the group is for: to drive a loop, to run what is to
// run away from it, or anything else.
type job struct {
	loop  *Loop
	how   move   // sentAway: run tasks; else drive, and why the last driver stopped
	other func() // nil: one of these
}

// A crew is the goroutines of a group that drive its loops and run its tasks.
// Those that have nothing to do wait for the next job; the one that has waited
// least gets it, because its stack is still in the caches. The zero value is
// ready but for most.
type crew struct {
	most int // how many may wait

	mu   sync.Mutex
	idle []*hand
	// fewest is how few have waited at any time since the last trim: so many of
	// them were not needed.
	fewest   int
	trimming bool // trim will be called
	over     bool
}

// trimEvery is how often those are sent home that were not needed meanwhile.
const trimEvery = 10 * time.Second

// start has j done, at once. Any goroutine.
func (c *crew) start(j job) {
	c.mu.Lock()
	last := len(c.idle) - 1
	if last < 0 {
		c.mu.Unlock()
		go c.work(j)
		return
	}
	h := c.idle[last]
	c.idle[last] = nil
	c.idle = c.idle[:last]
	c.fewest = min(c.fewest, last)
	c.mu.Unlock()
	h.wake <- j
}

// A hand is one goroutine of a crew.
type hand struct {
	wake   chan job // buffered; closed when there is nothing left to do
	served int      // tasks run away from their loops
}

// work is the life of a hand. One that a task has left locked to its thread ends,
// and takes the thread with it.
func (c *crew) work(j job) {
	h := &hand{wake: make(chan job, 1)}
	for ok := true; ok; j, ok = <-h.wake {
		pprof.SetGoroutineLabels(background)
		switch {
		case j.other != nil:
			j.other()
		case j.how == sentAway:
			ok = h.serve(j.loop)
		default:
			j.loop.drive(j.how)
			ok = !threadLocked()
		}
		if !ok || !c.enlist(h) {
			return
		}
	}
}

// enlist has h wait for the next job, unless enough others do.
func (c *crew) enlist(h *hand) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || len(c.idle) >= c.most {
		return false
	}
	c.idle = append(c.idle, h)
	if !c.trimming {
		c.trimming = true
		time.AfterFunc(trimEvery, c.trim)
	}
	return true
}

// trim sends home those who have waited since the last time, for as long as
// anybody waits.
func (c *crew) trim() {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(c.fewest, len(c.idle))
	for _, h := range c.idle[:n] {
		close(h.wake)
	}
	c.idle = append(c.idle[:0], c.idle[n:]...)
	clear(c.idle[len(c.idle):cap(c.idle)])
	c.fewest = len(c.idle)
	if c.trimming = len(c.idle) > 0; c.trimming {
		time.AfterFunc(trimEvery, c.trim)
	}
}

// waiting is how many goroutines wait for a job.
func (c *crew) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.idle)
}

// dismiss ends the crew: those who wait, and all others when they are done.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	for _, h := range c.idle {
		close(h.wake)
	}
	c.idle = nil
}
