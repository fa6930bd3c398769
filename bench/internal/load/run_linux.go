package load

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Run carries out the plan and returns what it found. Errors of single
// requests are counted in the Result; the error is for a run that could not be
// carried out, or that ctx ended.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	to, err := sockaddr(p.Addr)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	threads := p.Threads
	if threads <= 0 {
		threads = DefaultThreads()
	}
	var f flags
	var loops []*loop
	base := time.Now()
	for i := range threads {
		l, err := newLoop(&p, to, &f, i, threads, base)
		if err != nil {
			return nil, fmt.Errorf("load: %w", err)
		}
		defer l.close()
		loops = append(loops, l)
	}
	var wg sync.WaitGroup
	for _, l := range loops {
		wg.Go(l.run)
	}
	shakers := newShakers(&p, &f, base)
	for _, s := range shakers {
		wg.Go(s.run)
	}
	elapsed, err := count(ctx, &p, &f)
	f.stop.Store(true)
	wg.Wait()
	res := merge(&p, loops)
	for _, s := range shakers {
		res.add(s.index, &s.res, s.errs)
	}
	res.Elapsed = elapsed
	if err == nil && f.failed.Load() {
		err = fmt.Errorf("load: given up after too many errors: %v", res.Errors)
	}
	return res, err
}

// count waits until all connections are there, lets the load warm up and then counts for the length of the plan.
func count(ctx context.Context, p *Plan, f *flags) (time.Duration, error) {
	if err := made(ctx, p, f); err != nil {
		return 0, err
	}
	if err := wait(ctx, f, p.Warmup); err != nil {
		return 0, err
	}
	if p.Begin != nil {
		p.Begin()
	}
	from := time.Now()
	f.counting.Store(true)
	err := wait(ctx, f, p.Length)
	f.counting.Store(false)
	elapsed := time.Since(from)
	if p.End != nil {
		p.End()
	}
	return elapsed, err
}

// made waits until all connections that are kept have been made, or for as long
// as patience: what is missing then will show as errors.
func made(ctx context.Context, p *Plan, f *flags) error {
	const look = 2 * time.Millisecond
	all := int64(0)
	for i := range p.Groups {
		if g := &p.Groups[i]; !g.Fresh {
			all += int64(g.Conns)
		}
	}
	for end := time.Now().Add(patience); f.made.Load() < all && time.Now().Before(end) && !f.stop.Load(); {
		if err := wait(ctx, f, look); err != nil {
			return err
		}
	}
	return nil
}

// wait waits for d, or until the loops gave up, or for the end of ctx.
func wait(ctx context.Context, f *flags, d time.Duration) error {
	const look = 100 * time.Millisecond
	for end := time.Now().Add(d); !f.stop.Load(); {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(left, look)):
		}
	}
	return nil
}

// merge adds up what the loops counted.
func merge(p *Plan, loops []*loop) *Result {
	res := &Result{Groups: make([]GroupResult, len(p.Groups))}
	for _, l := range loops {
		res.Errors.add(l.errs)
		for i, g := range l.groups {
			res.add(i, &g.res, Errors{})
		}
	}
	return res
}

// add adds what was counted for group i.
func (r *Result) add(i int, g *GroupResult, errs Errors) {
	out := &r.Groups[i]
	out.Name = g.Name
	out.Requests += g.Requests
	out.Reconnects += g.Reconnects
	out.Latency.Add(&g.Latency)
	r.Errors.add(errs)
}
