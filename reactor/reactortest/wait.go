package reactortest

import (
	"time"

	"reactor.example/reactor"
)

// Wait implements [reactor.Kernel]: it stops the loop until the test lets it
// go on, and then tells the news of that moment.
func (k *Kernel) Wait(evs []reactor.Event, timeout time.Duration) (int, reactor.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting, k.patient, k.until = true, timeout != 0, -1
	if timeout >= 0 {
		k.until = k.now + timeout
	}
	k.changed.Broadcast()
	for !k.granted && !(k.free && k.due()) {
		k.changed.Wait()
	}
	k.waiting, k.granted = false, false
	if k.patient {
		k.woken = false
	}
	return k.deliver(evs), 0
}

// due reports that a Wait would return now.
func (k *Kernel) due() bool {
	return !k.patient || k.woken || k.hasNews() || k.until >= 0 && k.until <= k.now
}

func (k *Kernel) hasNews() bool {
	return len(k.ready) > 0 || len(k.forged) > 0 || k.door.knocks()
}

// deliver fills evs: what was forged, the listener, then the connections.
func (k *Kernel) deliver(evs []reactor.Event) int {
	n := copy(evs, k.forged)
	k.forged = k.forged[n:]
	if n < len(evs) && k.door.knocks() {
		evs[n] = reactor.Event{Key: k.door.key, Flags: reactor.Readable}
		n++
	}
	if k.chaos != nil {
		return n + k.chaos.deliver(k, evs[n:])
	}
	for ; n < len(evs) && len(k.ready) > 0; n++ {
		evs[n] = k.takeReady(0)
	}
	return n
}

// takeReady takes the i-th connection with news out of the list.
func (k *Kernel) takeReady(i int) reactor.Event {
	s := k.ready[i]
	k.ready = append(k.ready[:i], k.ready[i+1:]...)
	s.listed = false
	return reactor.Event{Key: s.key, Flags: s.level()}
}

// announce makes an edge: the connection is in the news, with all that can be
// said of it when they are delivered.
func (k *Kernel) announce(s *socket) {
	if s.registered && !s.listed && s != k.door {
		s.listed = true
		k.ready = append(k.ready, s)
	}
	k.changed.Broadcast()
}

// Wake implements [reactor.Kernel].
func (k *Kernel) Wake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.woken = true
	k.changed.Broadcast()
}

// Step lets the loop take the news, do one iteration, and come back to ask for
// more. If it would have slept, it wakes up with nothing to do. It returns at
// once if the loop has ended.
func (k *Kernel) Step() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.step()
}

func (k *Kernel) step() {
	if k.arrive() {
		k.granted, k.waiting = true, false
		k.changed.Broadcast()
		k.arrive()
	}
}

// arrive waits until the loop is in Wait, and reports false if it has ended.
func (k *Kernel) arrive() bool {
	for !k.waiting && !k.dead {
		k.changed.Wait()
	}
	return !k.dead
}

// Run lets the loop go on until it would sleep. A task that keeps the loop
// keeps Run too: see Resume.
func (k *Kernel) Run() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.run()
}

func (k *Kernel) run() {
	for k.arrive() && k.due() {
		k.step()
	}
}

// Resume lets the loop take the news, as Step does, but does not wait for it to
// come back: for a task that is going to keep the loop until the test does
// something about it.
func (k *Kernel) Resume() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.arrive() {
		k.granted, k.waiting = true, false
		k.changed.Broadcast()
	}
}

// Advance lets d pass on the loop's clock. The loop wakes up at every deadline
// on the way, and once at the end.
func (k *Kernel) Advance(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	target := k.now + d
	for k.run(); !k.dead && k.until >= 0 && k.until <= target; k.run() {
		k.now = max(k.now, k.until)
		k.step()
	}
	k.now = target
	k.step()
	k.run()
}

// Free lets the loop run by itself, except for the clock, until fn returns: for
// calls that wait for the loop, such as [reactor.Group.Shutdown].
func (k *Kernel) Free(fn func()) {
	k.setFree(true)
	defer k.setFree(false)
	fn()
}

func (k *Kernel) setFree(free bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.free = free
	k.changed.Broadcast()
}

// AwaitWake waits until something has woken the loop, for example a task that
// is done, or a Post. It returns at once if that is so already.
func (k *Kernel) AwaitWake() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.woken && !k.dead {
		k.changed.Wait()
	}
}

// Forge puts events of the test's own in front of the news: stale ones, doubled
// ones, or such as tell a lie.
func (k *Kernel) Forge(evs ...reactor.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forged = append(k.forged, evs...)
	k.changed.Broadcast()
}
