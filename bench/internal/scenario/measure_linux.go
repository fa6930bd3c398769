package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/procfs"
	"reactor.example/bench/internal/wswire"
)

// micros is the unit of times in samples.
const micros = float64(time.Microsecond)

// groups makes the groups of a scenario for a server at addr. The first is the
// one that is measured; the others only get in its way.
type groups func(e Env, addr string) []load.Group

// get is a request for path whose answer has a body of n bytes, or any if n is
// negative.
func get(addr, path string, n int64) load.Request {
	return load.Request{Wire: httpwire.Request{Path: path, Host: addr}.Append(nil), Body: n}
}

// streamed is a GET of path on a stream of HTTP/2.
func streamed(addr string, m load.Mode, path string, n int64) load.Request {
	first, again := h2wire.Request{Secure: m.TLS, Path: path, Host: addr}.Blocks()
	return load.Request{Wire: first, Again: again, Body: n}
}

// message is a binary message of n bytes whose echo is awaited.
func message(n int) load.Request {
	payload := make([]byte, n)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	return load.Request{Wire: wswire.AppendFrame(nil, wswire.OpBinary, payload, false), Body: int64(n)}
}

// loaded returns a Measure that runs the groups for the length of e.
func loaded(make groups) Measure {
	return func(ctx context.Context, e Env, h Host) (Sample, error) {
		e = e.Defaults()
		return run(ctx, e, h, make(e, h.Addr()))
	}
}

// disturbed returns a Measure that runs calm first and then rough, for the
// length of e each, and adds which share of its rate the measured group kept.
func disturbed(calm, rough groups) Measure {
	return func(ctx context.Context, e Env, h Host) (Sample, error) {
		e = e.Defaults()
		before, err := run(ctx, e, h, calm(e, h.Addr()))
		if err != nil {
			return before, fmt.Errorf("undisturbed: %w", err)
		}
		s, err := run(ctx, e, h, rough(e, h.Addr()))
		if err != nil {
			return s, err
		}
		s[Kept] = s[Rate] / before[Rate]
		s[Errors] += before[Errors]
		return s, nil
	}
}

// run applies the load and turns what it found into a sample. Processor time
// is divided by the answers of all groups; the rest is about the first group.
// A first group that was never answered while others were has the rate zero:
// that is what an event loop looks like whose handlers sleep on it.
func run(ctx context.Context, e Env, h Host, gs []load.Group) (Sample, error) {
	if e.MaxConns > 0 {
		for i := range gs {
			gs[i].Conns = min(gs[i].Conns, e.MaxConns)
		}
	}
	var from, to time.Duration
	var err1, err2 error
	res, err := load.Run(ctx, load.Plan{
		Addr: h.Addr(), Groups: gs, Warmup: e.Warmup, Length: e.Length, Threads: e.Threads,
		Begin: func() { from, err1 = procfs.CPU(h.Pid()) },
		End:   func() { to, err2 = procfs.CPU(h.Pid()) },
	})
	if err = errors.Join(err, err1, err2); err != nil {
		return nil, err
	}
	g := &res.Groups[0]
	if res.Requests() == 0 {
		return nil, fmt.Errorf("no request was answered in %v (errors: %v)", e.Length, res.Errors)
	}
	mem, err := procfs.Resident(h.Pid())
	if err != nil {
		return nil, err
	}
	s := Sample{
		Rate:    float64(g.Requests) / res.Elapsed.Seconds(),
		CPU:     float64(to-from) / micros / float64(res.Requests()),
		Mem:     float64(mem),
		Errors:  float64(res.Errors.Total()),
		Redials: float64(g.Reconnects),
	}
	if g.Latency.Count() > 0 {
		s[P50] = float64(g.Latency.Quantile(0.50)) / micros
		s[P99] = float64(g.Latency.Quantile(0.99)) / micros
		s[P999] = float64(g.Latency.Quantile(0.999)) / micros
	}
	if rate := gs[0].Rate; rate > 0 {
		s[Done] = s[Rate] / rate
	}
	if n := res.Errors.Total(); n > 0 {
		return s, fmt.Errorf("%d errors: %v", n, res.Errors)
	}
	return s, nil
}

// startUp tells how long the server took to its first answer.
func startUp(_ context.Context, _ Env, h Host) (Sample, error) {
	mem, err := procfs.Resident(h.Pid())
	if err != nil {
		return nil, err
	}
	return Sample{Start: float64(h.StartUp()) / micros, Mem: float64(mem)}, nil
}
