package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

var (
	// ErrRunning is the answer of Start on a pool that runs, or whose last
	// functions have not returned since Stop.
	ErrRunning = errors.New("pool: already running")
	// ErrStopped is the answer of Submit on a pool that does not run, the error
	// of jobs that Stop found waiting, and the cause in the contexts of those
	// that it found running.
	ErrStopped = errors.New("pool: stopped")
	// ErrFull is the answer of Submit when MaxPending functions wait already.
	ErrFull = errors.New("pool: too many functions are waiting")
)

// defaultMaxPending is what Config.MaxPending means by zero.
const defaultMaxPending = 1024

// Config sets the bounds of a Pool.
type Config struct {
	// Workers is how many functions may run at once. Zero means GOMAXPROCS.
	Workers int
	// MaxPending is how many functions may wait for their turn, beside those
	// that run. Zero means 1024, a negative value switches the bound off.
	MaxPending int
}

// Validate reports what Start would refuse.
func (c Config) Validate() error {
	if c.Workers < 0 {
		return fmt.Errorf("pool: Workers is %d: give 0 for one a processor, or more", c.Workers)
	}
	return nil
}

// A Pool runs functions on a bounded number of goroutines, in the order in
// which they were submitted. It is made by New. All methods may be called by
// any goroutine at any time.
type Pool struct {
	// Set by New, never changed.
	cfg Config
	// Guarded by mu.
	mu      sync.Mutex
	wake    *sync.Cond // for idle workers; its lock is mu
	state   state
	pending jobList
	running jobList
	workers int           // goroutines
	idle    int           // of these, those waiting that no wake-up is on its way to
	ended   chan struct{} // closed when the pool is stopped again
}

type state uint8

// stopped ─Start→ started ─Stop→ stopping ─last worker leaves→ stopped
const (
	stopped state = iota
	started
	stopping
)

// New makes a pool that is not running yet. A fault in cfg is reported by Start.
func New(cfg Config) *Pool {
	p := &Pool{cfg: cfg, ended: make(chan struct{})}
	p.wake = sync.NewCond(&p.mu)
	close(p.ended)
	return p
}

// Start lets functions be submitted. It costs no goroutine: these start when
// they are needed, and stay until Stop. A stopped pool may be started again.
func (p *Pool) Start() error {
	if err := p.cfg.Validate(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != stopped {
		return ErrRunning
	}
	p.state, p.idle, p.ended = started, 0, make(chan struct{})
	return nil
}

// Stop ends the pool: nothing can be submitted any more, what waits is finished
// with ErrStopped, and what runs has its context cancelled. Then it waits until
// all functions have returned, or ctx is done, and gives the cause of the
// latter. A pool that is stopped is left alone.
//
// A function may stop its own pool with its own context, which does not wait.
func (p *Pool) Stop(ctx context.Context) error {
	p.mu.Lock()
	var dropped jobList
	if p.state == started {
		p.state = stopping
		dropped, p.pending = p.pending, jobList{}
		for j := dropped.first; j != nil; j = j.next {
			j.state = jobFinished
		}
		for j := p.running.first; j != nil; j = j.next {
			j.cancel(ErrStopped)
		}
		p.wake.Broadcast()
		p.endIfEmpty()
	}
	ended := p.ended
	p.mu.Unlock()

	for j := dropped.first; j != nil; j = dropped.first {
		dropped.remove(j)
		j.finish(ErrStopped)
	}
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Stats is a snapshot of a Pool.
type Stats struct {
	Workers int // goroutines, idle ones included
	Running int // functions that run
	Pending int // functions that wait for their turn
}

// Stats tells how busy the pool is.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{Workers: p.workers, Running: p.running.n, Pending: p.pending.n}
}

// Submit hands f to the pool and returns without waiting. The context of f is
// made from ctx. The error is ErrStopped or ErrFull, or the cause of a ctx that
// is done, and then f never runs.
func (p *Pool) Submit(ctx context.Context, f func(ctx context.Context) error) (*Job, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	j := newJob(ctx, p, f)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.admit(); err != nil {
		j.cancel(err)
		return nil, err
	}
	p.pending.push(j)
	j.watch(ctx)
	switch {
	case p.idle > 0:
		p.idle-- // this one is taken, the next Submit must not count on it
		p.wake.Signal()
	case p.workers < p.maxWorkers():
		p.hire()
	}
	return j, nil
}

// admit counts what runs and what waits together, because a function that has
// just been submitted waits until its worker gets to it.
func (p *Pool) admit() error {
	limit := p.cfg.MaxPending
	if limit == 0 {
		limit = defaultMaxPending
	}
	switch {
	case p.state != started:
		return ErrStopped
	case limit > 0 && p.pending.n+p.running.n >= p.maxWorkers()+limit:
		return ErrFull
	}
	return nil
}

func (p *Pool) maxWorkers() int {
	if p.cfg.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return p.cfg.Workers
}
