package reactor

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestBufferPoolGivesBackWhatItTook(t *testing.T) {
	t.Parallel()
	var p BufferPool
	for _, n := range []int{0, 1, 511, 512, 513, 4096, 65535, 65536, 65537, 1 << 20} {
		b := p.Get(n)
		if len(b) < n || cap(b) < n {
			t.Errorf("Get(%d) has length %d and capacity %d", n, len(b), cap(b))
		}
		p.Put(b[:0])
		again := p.Get(n)
		if len(again) < n {
			t.Errorf("Get(%d) after Put has length %d", n, len(again))
		}
		if same := &b[0] == &again[0]; same != (n <= largestPooled) {
			t.Errorf("Get(%d) after Put reuses = %v", n, same)
		}
	}
	p.Put(nil)
	p.Put(make([]byte, 100)) // too small for any class
	odd := make([]byte, 3000)
	p.Put(odd)
	if b := p.Get(2048); &b[0] != &odd[0] || len(b) != 2048 {
		t.Error("a slice that append has grown is not used for the class below its size")
	}
}

func TestBufferPoolIsBounded(t *testing.T) {
	t.Parallel()
	var p BufferPool
	for range 10 * keptPerClass {
		p.Put(make([]byte, 1024))
	}
	kept := 0
	for _, c := range p.classes {
		kept += len(c)
	}
	if kept != keptPerClass {
		t.Errorf("%d slices are kept, want %d", kept, keptPerClass)
	}
}

func TestBufferPoolNoAlloc(t *testing.T) {
	var p BufferPool
	p.Put(p.Get(4096))
	if n := testing.AllocsPerRun(100, func() { p.Put(p.Get(4096)) }); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func TestHandoffNoAlloc(t *testing.T) {
	var h handoff
	ticket := uint64(0)
	if n := testing.AllocsPerRun(100, func() {
		ticket++
		h.begin(ticket)
		h.take(ticket)
	}); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func TestLagHistogramQuantile(t *testing.T) {
	t.Parallel()
	var h LagHistogram
	if got := h.Quantile(0.99); got != 0 {
		t.Errorf("quantile of nothing = %v, want 0", got)
	}
	for range 99 {
		h.add(3 * time.Microsecond)
	}
	h.add(time.Hour)
	for _, c := range []struct {
		q    float64
		want time.Duration
	}{{0, 4 * time.Microsecond}, {0.5, 4 * time.Microsecond}, {0.99, 4 * time.Microsecond}, {1, time.Microsecond << 21}} {
		if got := h.Quantile(c.q); got != c.want {
			t.Errorf("quantile %v = %v, want %v", c.q, got, c.want)
		}
	}
}

func TestConfigReportsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	err := Config{Loops: -1, HighWater: 1, LowWater: 2, MaxAwayIdle: -1}.Validate()
	for _, word := range []string{"Loops", "HighWater", "MaxAwayIdle"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("Validate = %v, want a fault of %s", err, word)
		}
	}
	if _, err := New(Config{Loops: -1}); err == nil {
		t.Error("New took a configuration that is not valid")
	}
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
	if err := (Config{LowWater: 40 << 10}).Validate(); err != nil {
		t.Errorf("LowWater below the default HighWater: %v", err)
	}
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	c := Config{}.withDefaults()
	if c.Loops < 1 || c.Loops > runtime.NumCPU() || c.HighWater != 64<<10 || c.LowWater != 16<<10 || c.MaxAwayIdle != 1024 {
		t.Errorf("defaults = %+v", c)
	}
}

func TestThreadLockedIsToldByTheStack(t *testing.T) {
	t.Parallel()
	if threadLocked() {
		t.Error("locked before LockOSThread")
	}
	runtime.LockOSThread()
	if !threadLocked() {
		t.Error("not locked after LockOSThread: the stack trace has another form now")
	}
	runtime.UnlockOSThread()
}
