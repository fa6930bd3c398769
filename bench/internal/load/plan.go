package load

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"reactor.example/bench/internal/hist"
)

// A Request is bytes to send and what to expect back.
type Request struct {
	Wire []byte
	Body int64 // length of the expected body; negative if any will do
}

// A Group is a number of connections that do the same.
type Group struct {
	Name  string
	Conns int
	// Depth is how many requests a connection writes at once; it waits for all
	// their answers. Zero means 1.
	Depth int
	// Fresh makes a connection for each request. The request must ask the
	// server to close, and the answer is complete when the server has closed.
	Fresh bool
	// Rate, if positive, makes the group open: requests a second in all.
	Rate float64
	// Period, if positive, makes the group paced: the time from one request of
	// a connection to its next.
	Period time.Duration
	// Main is what is sent. One request in OneIn (drawn at random, on average)
	// is Other instead, and is left out of the latencies. Zero means never.
	Main, Other Request
	OneIn       int
}

// A Plan is one run of the generator.
type Plan struct {
	Addr    string // 127.0.0.1:port
	Groups  []Group
	Warmup  time.Duration // not counted
	Length  time.Duration // counted
	Threads int           // zero means DefaultThreads
	// Begin and End are called when counting begins and ends, if set. They run
	// on the caller's goroutine beside the load.
	Begin, End func()
}

// DefaultThreads is half of the processors, so that the server finds the other
// half, and at least one.
func DefaultThreads() int { return max(1, runtime.NumCPU()/2) }

// Validate reports every fault of the plan at once.
func (p *Plan) Validate() error {
	var errs []error
	if len(p.Groups) == 0 {
		errs = append(errs, errors.New("load: a plan without groups"))
	}
	if p.Length <= 0 {
		errs = append(errs, errors.New("load: a plan without length"))
	}
	for _, g := range p.Groups {
		switch {
		case g.Conns <= 0:
			errs = append(errs, fmt.Errorf("load: group %q has no connections", g.Name))
		case len(g.Main.Wire) == 0:
			errs = append(errs, fmt.Errorf("load: group %q has no request", g.Name))
		case g.OneIn > 0 && (len(g.Other.Wire) == 0 || g.Depth > 1):
			errs = append(errs, fmt.Errorf("load: group %q cannot mix its requests", g.Name))
		case g.Rate > 0 && g.Period > 0, (g.Rate > 0 || g.Period > 0) && (g.Fresh || g.Depth > 1):
			errs = append(errs, fmt.Errorf("load: group %q is of two kinds", g.Name))
		}
	}
	return errors.Join(errs...)
}

// Errors counts what went wrong, by kind. Warm-up counts too.
type Errors struct {
	Connect int64 // connections refused or not made
	Broken  int64 // connections that ended within a response
	Status  int64 // answers with a status other than 200
	Length  int64 // answers with a body of a wrong length
	Parse   int64 // answers that are not HTTP
	Stuck   int64 // requests unanswered for five seconds at the end
}

// Total returns the sum of all kinds.
func (e Errors) Total() int64 {
	return e.Connect + e.Broken + e.Status + e.Length + e.Parse + e.Stuck
}

func (e *Errors) add(o Errors) {
	e.Connect += o.Connect
	e.Broken += o.Broken
	e.Status += o.Status
	e.Length += o.Length
	e.Parse += o.Parse
	e.Stuck += o.Stuck
}

// String lists the kinds that occurred.
func (e Errors) String() string {
	var s strings.Builder
	for _, k := range []struct {
		name string
		n    int64
	}{
		{"connect", e.Connect},
		{"broken", e.Broken},
		{"status", e.Status},
		{"length", e.Length},
		{"parse", e.Parse},
		{"stuck", e.Stuck},
	} {
		if k.n > 0 {
			fmt.Fprintf(&s, " %s=%d", k.name, k.n)
		}
	}
	if s.String() == "" {
		return "none"
	}
	return s.String()[1:]
}

// GroupResult is what one group did while counting.
type GroupResult struct {
	Name string
	// Requests counts all answers, those to Other included.
	Requests int64
	// Latency holds the answers to Main. Pipelined requests count from the
	// write of their batch.
	Latency hist.Histogram
	// Reconnects counts connections that the server ended in good order
	// between two requests.
	Reconnects int64
}

// A Result is what a run found.
type Result struct {
	Elapsed time.Duration // the time counted
	Groups  []GroupResult // in the order of the plan
	Errors  Errors
}

// Requests returns the answers of all groups.
func (r *Result) Requests() (n int64) {
	for i := range r.Groups {
		n += r.Groups[i].Requests
	}
	return n
}
