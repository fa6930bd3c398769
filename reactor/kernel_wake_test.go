package reactor

import (
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The contract of Kernel, about waiting: wake-ups and time.

func TestKernelWakeEndsAWait(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	var evs [4]Event
	go k.Wake()
	if n, errno := k.Wait(evs[:], -1); n != 0 || errno != 0 {
		t.Errorf("Wait = %d, %v, want no event", n, errno)
	}
	k.Wake() // the next Wait, then
	if n, errno := k.Wait(evs[:], -1); n != 0 || errno != 0 {
		t.Errorf("Wait = %d, %v, want no event", n, errno)
	}
}

func TestKernelNoWakeIsLost(t *testing.T) {
	t.Parallel()
	const rounds = 5000
	k := newTestKernel(t)
	var asked, seen atomic.Int64
	answered := make(chan struct{}, 1)
	go func() {
		for range rounds {
			asked.Add(1)
			k.Wake()
			<-answered
		}
	}()
	var evs [4]Event
	for seen.Load() < rounds {
		// A lost wake-up leaves this Wait, and the test, hanging.
		if _, errno := k.Wait(evs[:], -1); errno != 0 {
			t.Fatalf("Wait: %v", errno)
		}
		if asked.Load() > seen.Load() {
			seen.Add(1)
			answered <- struct{}{}
		}
	}
}

// The original's kqueue suite: wake-ups under load.
func TestKernelWakesUnderLoadLoseNoEvent(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	var stop atomic.Bool
	var wakers sync.WaitGroup
	for range 3 {
		wakers.Go(func() {
			for !stop.Load() {
				k.Wake()
			}
		})
	}
	go func() {
		b := make([]byte, 1000)
		for left := size; left > 0; left -= len(b) {
			peer.Write(b[:min(len(b), left)])
		}
	}()
	var evs [4]Event
	b := make([]byte, 4096)
	for total := 0; total < size; {
		n, errno := k.Wait(evs[:], 10*time.Second)
		if errno != 0 {
			t.Fatalf("Wait: %v", errno)
		}
		for n > 0 {
			got, errno := k.Read(fd, b)
			total += got
			if errno == syscall.EAGAIN {
				break
			}
			if errno != 0 {
				t.Fatalf("Read: %v", errno)
			}
		}
	}
	stop.Store(true)
	wakers.Wait()
}

// A brief wait is hidden from the scheduler, which must be able to stop the
// world all the same.
func TestKernelBriefWaitsLetTheCollectorIn(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	var stop atomic.Bool
	var waiting sync.WaitGroup
	waiting.Go(func() {
		var evs [4]Event
		for !stop.Load() {
			if n, errno := k.Wait(evs[:], briefWait); n != 0 || errno != 0 {
				t.Errorf("Wait = %d, %v, want nothing", n, errno)
			}
		}
	})
	for range 10 {
		runtime.GC()
	}
	stop.Store(true)
	waiting.Wait()
}

func TestKernelWakeAfterDestroyIsHarmless(t *testing.T) {
	t.Parallel()
	k, err := NewKernel()
	if err != nil {
		t.Fatal(err)
	}
	fd, peer := connectPair(t, k)
	k.Destroy()
	k.Wake()
	if _, errno := k.Write(fd, []byte("still open")); errno != 0 {
		t.Errorf("Write: %v, want Destroy to leave our descriptors open", errno)
	}
	b := make([]byte, 10)
	if _, err := io.ReadFull(peer, b); string(b) != "still open" {
		t.Errorf("peer got %q, %v", b, err)
	}
}

// The original's kqueue suite: a timer that re-arms. A wait that is over is
// that timer here.
func TestKernelTimeoutsPassAgainAndAgain(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	var evs [4]Event
	for _, timeout := range []time.Duration{0, 1, time.Microsecond, time.Millisecond, 1500 * time.Microsecond, 0} {
		if n, errno := k.Wait(evs[:], timeout); n != 0 || errno != 0 {
			t.Errorf("Wait(%v) = %d, %v, want nothing", timeout, n, errno)
		}
	}
	if a, b := k.Now(), k.Now(); b < a {
		t.Errorf("Now = %v after %v", b, a)
	}
	if k.Wall().IsZero() {
		t.Error("Wall is zero")
	}
}
