package scenario

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"reactor.example/bench/internal/load"
)

// A Host is a server that is running.
type Host interface {
	Addr() string           // 127.0.0.1:port
	Pid() int               // its process
	StartUp() time.Duration // from its start to its first answer

	Terminate() error       // asks it to end
	Ended() <-chan struct{} // closed when it has ended
	Err() error             // then: nil if it ended well
}

// An Env says how long and how hard to measure. Zero values mean the defaults
// of Defaults.
type Env struct {
	Length      time.Duration // of what is counted
	Warmup      time.Duration // before it
	Settle      time.Duration // between two looks at memory that has to settle
	Threads     int           // of the generator
	IdleConns   int
	MaxConns    int     // of a group under load; zero does not bound them
	StreamBytes int64   // of an upload or download
	OpenRate    float64 // requests a second of the open loop
}

// Defaults returns e with every zero replaced.
func (e Env) Defaults() Env {
	set(&e.Length, 4*time.Second)
	set(&e.Warmup, max(e.Length/5, 50*time.Millisecond))
	set(&e.Settle, min(e.Length, time.Second)) // a round that is but a try need not wait so long
	set(&e.IdleConns, 10_000)
	set(&e.StreamBytes, 1<<30)
	set(&e.OpenRate, 40_000)
	return e
}

func set[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// A Scenario is one thing to measure.
type Scenario struct {
	Name   string
	About  string // what it does, for the heading
	Row    string // what it is called in the table of a README
	Routes []string
	Mode   load.Mode
	Stream bool   // sends a body that a server should not keep in memory
	Config string // a configuration of our own server, in TOML
	// Columns are shown in this order; Headline, some of them, stand in the
	// README's table, and the first is what ratios are made of.
	Columns  []Metric
	Headline []Metric
	Targets  []Target
	// Base names the server that ratios are made with; the floor if empty.
	Base string
	// Also names servers that a target needs besides those that were asked for.
	Also []string
	// Measure runs the scenario against h once.
	Measure Measure
}

// RatioTo returns the name of the server that ratios are made with.
func (s *Scenario) RatioTo() string {
	if s.Base == "" {
		return "floor"
	}
	return s.Base
}

// A Measure runs a scenario against h once. The sample may hold figures even
// if there is an error, for example when answers were wrong.
type Measure func(ctx context.Context, e Env, h Host) (Sample, error)

// ManyProcs is the number of Ps that our binary runs with by default: four for
// each loop, one loop for each processor.
func ManyProcs() int { return 4 * runtime.NumCPU() }

// manyProcs names net/http with as many Ps as our binary has.
func manyProcs() string { return fmt.Sprintf("nethttp@%d", ManyProcs()) }
