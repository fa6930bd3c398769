package load

import "time"

// A schedule says when the requests of an open group are due: numbers 0, 1, 2
// and so on, evenly spaced. Several threads share a rate by taking every n-th
// number each, shifted by one against the other.
type schedule struct {
	start time.Duration // when number 0 of all threads is due
	step  float64       // nanoseconds between two of this thread
	shift float64       // of this thread, in nanoseconds
}

// newSchedule returns the schedule of one thread of several, for rate requests
// a second in all.
func newSchedule(start time.Duration, rate float64, thread, threads int) schedule {
	every := float64(time.Second) / rate
	return schedule{start: start, step: every * float64(threads), shift: every * float64(thread)}
}

// due returns when number i is due. It is computed from i, not from the one
// before, so that nothing adds up.
func (s schedule) due(i int64) time.Duration {
	return s.start + time.Duration(s.shift+float64(i)*s.step)
}

// nextTick returns the first instant after now on the grid of start plus
// multiples of period.
func nextTick(start, period, now time.Duration) time.Duration {
	if now < start {
		return start
	}
	return start + ((now-start)/period+1)*period
}

// share returns how many of n things thread takes when threads divide them.
func share(n, thread, threads int) int {
	k := n / threads
	if thread < n%threads {
		k++
	}
	return k
}

// A dice draws one in n with a fixed sequence (xorshift64*), so that two runs
// send the same mix. It must not be zero.
type dice uint64

// oneIn reports whether this draw is the one in n. n = 0 is never. Hot path.
func (d *dice) oneIn(n int) bool {
	if n <= 0 {
		return false
	}
	x := uint64(*d)
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	*d = dice(x)
	return (x*0x2545f4914f6cdd1d)>>33%uint64(n) == 0
}
