package reactortest

import (
	"sync"
	"time"
)

// A Pacer is a [reactor.Pacer] with which the test makes the watcher look. Make
// it with NewPacer.
type Pacer struct {
	mu      sync.Mutex
	changed sync.Cond
	pausing bool          // the watcher waits for a look
	parked  bool          // the watcher waits for a Rouse
	look    bool          // it may look now
	elapsed time.Duration // what it is told about the time since the last look
	roused  bool
	closed  bool
}

// NewPacer makes a Pacer for one group.
func NewPacer() *Pacer {
	p := new(Pacer)
	p.changed.L = &p.mu
	return p
}

// Look makes the watcher look at its loops once, a millisecond after the last
// look as far as it knows, and returns when it has. Two looks move a loop on
// that is in the same task at both.
func (p *Pacer) Look() { p.LookLate(time.Millisecond) }

// LookLate is a Look that comes the given time after the last one.
func (p *Pacer) LookLate(elapsed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	if p.parked || p.closed {
		return // every loop waits: there is nothing to see
	}
	p.look, p.elapsed, p.pausing = true, elapsed, false
	p.changed.Broadcast()
	p.settle()
}

// Parked reports that the watcher has stopped looking because nothing happens.
func (p *Pacer) Parked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	return p.parked
}

// settle waits until the watcher waits.
func (p *Pacer) settle() {
	for !p.pausing && !p.parked && !p.closed {
		p.changed.Wait()
	}
}

// Pause implements [reactor.Pacer].
func (p *Pacer) Pause() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pausing = true
	p.changed.Broadcast()
	for !p.look && !p.roused {
		p.changed.Wait()
	}
	p.pausing, p.look, p.roused = false, false, false
	return p.elapsed
}

// Park implements [reactor.Pacer].
func (p *Pacer) Park() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.roused {
		p.parked = true
		p.changed.Broadcast()
		p.changed.Wait()
	}
	p.parked, p.roused = false, false
}

// Rouse implements [reactor.Pacer].
func (p *Pacer) Rouse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roused, p.parked = true, false
	p.changed.Broadcast()
}

// Close implements [reactor.Pacer].
func (p *Pacer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.changed.Broadcast()
}
