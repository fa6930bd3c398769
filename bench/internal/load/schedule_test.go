package load

import (
	"testing"
	"time"
)

func TestScheduleKeepsTheRateForEver(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{1, 3, 7, 40_000, 333_333} {
		s := newSchedule(time.Second, rate, 0, 1)
		for _, seconds := range []int64{0, 1, 60, 3600} {
			want := time.Second * time.Duration(1+seconds)
			if got := s.due(int64(rate) * seconds); (got - want).Abs() > time.Microsecond {
				t.Errorf("rate %v: number %d due at %v, want %v", rate, int64(rate)*seconds, got, want)
			}
		}
	}
}

func TestThreadsInterleaveToOneSchedule(t *testing.T) {
	t.Parallel()
	const rate, threads = 40_000, 3
	whole := newSchedule(0, rate, 0, 1)
	for i := range int64(1000) {
		part := newSchedule(0, rate, int(i%threads), threads)
		if got, want := part.due(i/threads), whole.due(i); (got - want).Abs() > 1 {
			t.Fatalf("number %d due at %v, want %v", i, got, want)
		}
	}
}

func TestNextTickSkipsWhatIsMissed(t *testing.T) {
	t.Parallel()
	const start, period = 10, 4
	for _, tt := range []struct{ now, want time.Duration }{
		{0, 10}, {9, 10}, {10, 14}, {13, 14}, {14, 18}, {31, 34},
	} {
		if got := nextTick(start, period, tt.now); got != tt.want {
			t.Errorf("nextTick at %d = %d, want %d", tt.now, got, tt.want)
		}
	}
}

func TestShareAddsUp(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		for threads := 1; threads < 6; threads++ {
			sum := 0
			for i := range threads {
				sum += share(n, i, threads)
			}
			if sum != n {
				t.Errorf("%d connections on %d threads: shares add up to %d", n, threads, sum)
			}
		}
	}
}

func TestDiceIsFairAndRepeats(t *testing.T) {
	t.Parallel()
	draw := func() (hits int) {
		d := dice(1)
		for range 100_000 {
			if d.oneIn(100) {
				hits++
			}
		}
		return hits
	}
	if n := draw(); n < 900 || n > 1100 {
		t.Errorf("one in 100 of 100,000 draws: %d, want about 1,000", n)
	}
	if a, b := draw(), draw(); a != b {
		t.Errorf("two runs drew %d and %d, want the same", a, b)
	}
	d := dice(1)
	if d.oneIn(0) {
		t.Error("oneIn(0) = true, want never")
	}
}
