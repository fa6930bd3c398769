package reactor

import (
	"errors"
	"math/rand/v2"
	"runtime"
)

// Config is what a Group can be told. The zero value of each field is the
// documented default.
type Config struct {
	// Loops is the number of event loops. Zero means GOMAXPROCS, but at most
	// the number of CPUs.
	Loops int
	// HighWater is the pending output of a connection, in bytes, above which
	// nothing is read from it until the output has fallen to LowWater. Zero
	// means 64 KiB and a quarter of HighWater.
	HighWater, LowWater int
	// MaxAwayIdle is how many goroutines that ran tasks are kept for the
	// next ones. Zero means 1024.
	MaxAwayIdle int

	// Buffers makes the buffers of a loop, given its index. Nil means a
	// BufferPool each.
	Buffers func(loop int) Buffers
	// Kernel makes the operating system as a loop sees it. Nil means the
	// real one, NewKernel.
	Kernel func(loop int) (Kernel, error)
	// Pacer times the looks of the watcher. Nil means one that sleeps on a
	// thread of its own and looks about once a millisecond.
	Pacer Pacer
	// StartAway is asked before each scheduled task whether it shall begin
	// away from its loop. Every loop calls it. Nil means no, but at random in
	// race builds, so that the race detector sees a Task.Run that uses what
	// belongs to the loop.
	StartAway func() bool
}

// Validate reports every fault of c at once, or nil.
func (c Config) Validate() error {
	var faults []error
	if c.Loops < 0 || c.Loops > 1024 {
		faults = append(faults, errors.New("reactor: Loops must be 0 to 1024"))
	}
	if d := c.withDefaults(); c.HighWater < 0 || c.LowWater < 0 || d.LowWater > d.HighWater {
		faults = append(faults, errors.New("reactor: HighWater must be at least LowWater, and neither negative"))
	}
	if c.MaxAwayIdle < 0 {
		faults = append(faults, errors.New("reactor: MaxAwayIdle must not be negative"))
	}
	return errors.Join(faults...)
}

func (c Config) withDefaults() Config {
	if c.Loops == 0 {
		c.Loops = min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	}
	if c.HighWater == 0 {
		c.HighWater = 64 << 10
	}
	if c.LowWater == 0 {
		c.LowWater = c.HighWater / 4
	}
	if c.MaxAwayIdle == 0 {
		c.MaxAwayIdle = 1024
	}
	if c.Buffers == nil {
		c.Buffers = func(int) Buffers { return new(BufferPool) }
	}
	if c.Kernel == nil {
		c.Kernel = func(int) (Kernel, error) { return NewKernel() }
	}
	if c.StartAway == nil && raceBuild {
		c.StartAway = oneInFour
	}
	return c
}

func oneInFour() bool { return rand.IntN(4) == 0 }
