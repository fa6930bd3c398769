package load

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"reactor.example/bench/internal/hist"
)

// A Proto is what a connection speaks.
type Proto uint8

// The protocols.
const (
	HTTP1     Proto = iota
	HTTP2           // from the first octet, or agreed on in the TLS handshake
	WebSocket       // after an opening handshake over HTTP/1.1
)

// A Mode is how a connection begins.
type Mode struct {
	Proto Proto
	// TLS makes it begin with a full handshake of TLS 1.3.
	TLS bool
}

// A Request is bytes to send and what to expect back: a request of HTTP/1.1, a
// header block of HTTP/2, or a frame of WebSocket.
type Request struct {
	Wire  []byte
	Again []byte // HTTP/2: the block for all but the first of a connection
	Body  int64  // length of the expected body or message; negative if any will do
}

// A Group is a number of connections that do the same.
type Group struct {
	Name  string
	Conns int
	Mode
	// Upgrade is the opening handshake of WebSocket. Deflate says that it asks
	// for compression; then every answer has to be compressed.
	Upgrade []byte
	Deflate bool
	// Chorus makes a group of WebSocket where everybody hears what anybody says:
	// one connection sends Main when all are there, and again when all have got
	// it, but not before Period is over. Each delivery is an answer. It needs a
	// plan with one thread.
	Chorus bool
	// Depth is how many requests a connection writes at once; it waits for all
	// their answers. With HTTP/2 it is how many streams a connection keeps
	// open: each answer is followed by the next request. Zero means 1.
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
	for i := range p.Groups {
		g := &p.Groups[i]
		switch {
		case g.Conns <= 0:
			errs = append(errs, fmt.Errorf("load: group %q has no connections", g.Name))
		case len(g.Main.Wire) == 0:
			errs = append(errs, fmt.Errorf("load: group %q has no request", g.Name))
		case g.Proto == HTTP2 && (len(g.Main.Again) == 0 || g.timed() || g.Fresh || g.OneIn > 0):
			errs = append(errs, fmt.Errorf("load: group %q: streams are a closed loop of two header blocks", g.Name))
		case g.Proto == WebSocket && (len(g.Upgrade) == 0 || g.Fresh || g.OneIn > 0):
			errs = append(errs, fmt.Errorf("load: group %q: WebSocket needs an opening handshake and one kind of frame", g.Name))
		case g.Chorus && (g.Proto != WebSocket || p.Threads != 1 || g.Rate > 0 || g.Depth > 1 || g.Deflate):
			errs = append(errs, fmt.Errorf("load: group %q: a chorus is of plain messages on one thread", g.Name))
		case g.Fresh && g.TLS && (g.Depth > 1 || g.OneIn > 0):
			errs = append(errs, fmt.Errorf("load: group %q: one request for each handshake", g.Name))
		case g.OneIn > 0 && (len(g.Other.Wire) == 0 || g.Depth > 1):
			errs = append(errs, fmt.Errorf("load: group %q cannot mix its requests", g.Name))
		case g.Rate > 0 && g.Period > 0, g.timed() && (g.Fresh || g.Depth > 1):
			errs = append(errs, fmt.Errorf("load: group %q is of two kinds", g.Name))
		}
	}
	return errors.Join(errs...)
}

// timed reports whether a clock says when requests are due.
func (g *Group) timed() bool { return g.Rate > 0 || g.Period > 0 }

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
