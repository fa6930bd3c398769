package hist

import (
	"math/bits"
	"time"
)

const (
	// subBits is the number of bits kept of each duration: a power of two is
	// divided into 1<<subBits buckets, so a bucket is at most 1/128 (0.8 %)
	// wide.
	subBits = 7
	subSize = 1 << subBits
	// maxExp bounds the table: durations of 2^40 ns (18 minutes) and more
	// share the last bucket.
	maxExp     = 40
	numBuckets = (maxExp - subBits + 1) * subSize
)

// A Histogram counts durations. The zero value is empty and ready. It belongs
// to one goroutine; merge the histograms of several with Add.
type Histogram struct {
	counts [numBuckets]uint64
	total  uint64
	max    time.Duration
}

// bucket returns the index of the bucket that holds ns nanoseconds. Values
// below subSize have a bucket each; above, the highest subBits+1 bits count.
func bucket(ns uint64) int {
	if ns < subSize {
		return int(ns)
	}
	exp := bits.Len64(ns) - 1
	if exp >= maxExp {
		return numBuckets - 1
	}
	return (exp-subBits)*subSize + int(ns>>(exp-subBits))
}

// upper returns the largest number of nanoseconds that bucket i holds.
func upper(i int) uint64 {
	if i < subSize {
		return uint64(i)
	}
	shift := i/subSize - 1
	return (uint64(i%subSize)+subSize+1)<<shift - 1
}

// Record counts d once. A negative d counts as zero. Hot path.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(uint64(d))]++
	h.total++
	h.max = max(h.max, d)
}

// Add counts everything that o counted. It does not change o.
func (h *Histogram) Add(o *Histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
	h.max = max(h.max, o.max)
}

// Count returns how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.total }

// Max returns the longest duration recorded, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns a duration that the share q (0 to 1) of the recorded
// durations does not exceed. It is at most 0.8 % above the exact one, and 0 if
// nothing was recorded.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q*float64(h.total-1)) + 1
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= rank && i < numBuckets-1 {
			return min(time.Duration(upper(i)), h.max)
		}
	}
	return h.max // the last bucket has no upper end
}
