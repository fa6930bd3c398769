package hist

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsCoverEveryValueOnce(t *testing.T) {
	t.Parallel()
	for i := range numBuckets - 1 {
		up := upper(i)
		if got := bucket(up); got != i {
			t.Fatalf("bucket(%d) = %d, want %d", up, got, i)
		}
		if got := bucket(up + 1); got != i+1 {
			t.Fatalf("bucket(%d) = %d, want %d", up+1, got, i+1)
		}
	}
	if got := bucket(math.MaxUint64); got != numBuckets-1 {
		t.Errorf("bucket(max) = %d, want %d", got, numBuckets-1)
	}
}

func TestQuantilesAreCloseToTheSortedList(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	var all []time.Duration
	for range 50_000 {
		d := time.Duration(math.Exp(rng.Float64() * 20))
		all = append(all, d)
		h.Record(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[int(q*float64(len(all)-1))]
		got := h.Quantile(q)
		if got < want || float64(got) > float64(want)*(1+1.0/subSize)+1 {
			t.Errorf("Quantile(%v) = %d, want %d or up to 0.8 %% more", q, got, want)
		}
	}
	if got := h.Max(); got != all[len(all)-1] {
		t.Errorf("Max() = %d, want %d", got, all[len(all)-1])
	}
}

func TestAddIsTheSameAsRecordingAll(t *testing.T) {
	t.Parallel()
	var a, b, both Histogram
	for i := range 1000 {
		d := time.Duration(i) * time.Microsecond
		both.Record(d)
		if i%3 == 0 {
			a.Record(d)
		} else {
			b.Record(d)
		}
	}
	a.Add(&b)
	if a != both {
		t.Errorf("merged histogram differs: p50 %v, want %v", a.Quantile(0.5), both.Quantile(0.5))
	}
}

func TestEmptyAndExtremeValues(t *testing.T) {
	t.Parallel()
	var h Histogram
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("Quantile of nothing = %v, want 0", got)
	}
	h.Record(-time.Second)
	h.Record(time.Hour)
	if got := h.Quantile(0); got != 0 {
		t.Errorf("Quantile(0) = %v, want 0", got)
	}
	if got := h.Quantile(1); got != time.Hour {
		t.Errorf("Quantile(1) = %v, want 1h", got)
	}
}

func TestRecordNoAlloc(t *testing.T) {
	var h Histogram
	if n := testing.AllocsPerRun(100, func() { h.Record(time.Millisecond) }); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}
