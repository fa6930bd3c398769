package command

import (
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// A tidier gives memory back when the process has come to rest. After a burst
// of connections the heap holds the garbage of their handshakes, up to as much
// again as what lives, until the next collection; and without traffic that may
// be minutes away. Tidied up, an idle connection costs what it really holds.
//
// It is roused by new connections, looks until hardly anything is allocated any
// more, tidies up once, and sleeps: a process at rest is not woken for it.
type tidier struct {
	tidy   func() // debug.FreeOSMemory
	asleep atomic.Bool
	wake   chan struct{} // capacity 1: sent to by who has ended the sleep
	ended  chan struct{}
}

const (
	// restLook is the time between two looks at a process that was roused.
	restLook = 500 * time.Millisecond
	// restAllocs is how much is allocated in that time at rest, at most.
	restAllocs = 256 << 10
	// restGain is the least memory that is worth a collection.
	restGain = 1 << 20
)

func newTidier(tidy func()) *tidier {
	t := &tidier{tidy: tidy, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	t.asleep.Store(true)
	go t.run()
	return t
}

// rouse says that there is work for the process. It never blocks.
func (t *tidier) rouse() {
	if t.asleep.Load() && t.asleep.CompareAndSwap(true, false) {
		t.wake <- struct{}{}
	}
}

// stop ends it. It may be roused afterwards, in vain.
func (t *tidier) stop() { close(t.ended) }

func (t *tidier) run() {
	for {
		select {
		case <-t.ended:
			return
		case <-t.wake:
		}
		if !t.awaitRest() {
			return
		}
		if readHeap().gain() >= restGain {
			t.tidy()
		}
		t.asleep.Store(true)
	}
}

// awaitRest reports false if stop was called first.
func (t *tidier) awaitRest() bool {
	clock := time.NewTicker(restLook)
	defer clock.Stop()
	for before := readHeap().allocated; ; {
		select {
		case <-t.ended:
			return false
		case <-clock.C:
		}
		now := readHeap().allocated
		if now-before <= restAllocs {
			return true
		}
		before = now
	}
}

// A heapState is what the runtime says of the heap, in bytes.
type heapState struct {
	allocated uint64 // since the start
	objects   uint64 // living ones, and garbage that is not found yet
	live      uint64 // what the last collection has found alive
	free      uint64 // pages that hold no object and were not given back
}

// gain is how much a collection could give back to the system, about.
func (h heapState) gain() uint64 { return h.free + h.objects - min(h.live, h.objects) }

func readHeap() heapState {
	samples := [...]metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples[:])
	value := func(i int) uint64 {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			return 0 // not known to this runtime
		}
		return samples[i].Value.Uint64()
	}
	return heapState{allocated: value(0), objects: value(1), live: value(2), free: value(3)}
}
