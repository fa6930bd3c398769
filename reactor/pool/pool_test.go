package pool

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// The ten cases of the original's thread pool come first, under its names.

// running starts a pool that is stopped with the test.
func running(t testing.TB, cfg Config) *Pool {
	t.Helper()
	p := New(cfg)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, p) })
	return p
}

func stop(t testing.TB, p *Pool) {
	t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func submit(t testing.TB, p *Pool, f func(context.Context) error) *Job {
	t.Helper()
	j, err := p.Submit(context.Background(), f)
	if err != nil {
		t.Fatalf("Submit: %v", err)
	}
	return j
}

// occupy makes all workers busy until the returned function is called.
func occupy(t testing.TB, p *Pool) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	var begun sync.WaitGroup
	for range p.maxWorkers() {
		begun.Add(1)
		submit(t, p, func(context.Context) error {
			begun.Done()
			<-gate
			return nil
		})
	}
	begun.Wait()
	return sync.OnceFunc(func() { close(gate) })
}

func nothing(context.Context) error { return nil }

func TestBasicRun(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 2})
	fault := errors.New("fault")
	if err := submit(t, p, nothing).Wait(t.Context()); err != nil {
		t.Errorf("Wait = %v, want nil", err)
	}
	if err := submit(t, p, func(context.Context) error { return fault }).Wait(t.Context()); err != fault {
		t.Errorf("Wait = %v, want what the function returned", err)
	}
	sum, err := Call(t.Context(), p, func(context.Context) (int, error) { return 40 + 2, nil })
	if sum != 42 || err != nil {
		t.Errorf("Call = %v, %v, want 42", sum, err)
	}
}

func TestExceptionPropagation(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	fault := errors.New("fault")
	err := submit(t, p, func(context.Context) error { panic(fault) }).Wait(t.Context())
	var pe *PanicError
	if !errors.As(err, &pe) || pe.Value != any(fault) || !errors.Is(err, fault) {
		t.Errorf("error %v, want a PanicError with the value", err)
	} else if !strings.Contains(string(pe.Stack), "TestExceptionPropagation") {
		t.Errorf("stack does not lead to the panic:\n%s", pe.Stack)
	}
	err = submit(t, p, func(context.Context) error { panic("text") }).Wait(t.Context())
	if err == nil || !strings.Contains(err.Error(), "text") || errors.Unwrap(err) != nil {
		t.Errorf("error %v, want one with the text", err)
	}
	if err := submit(t, p, nothing).Wait(t.Context()); err != nil {
		t.Errorf("after the panics: %v, want the worker to go on", err)
	}
}

func TestStopCancelsPending(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	release := occupy(t, p)
	var ran atomic.Bool
	var waiting []*Job
	for range 10 {
		waiting = append(waiting, submit(t, p, func(context.Context) error {
			ran.Store(true)
			return nil
		}))
	}
	ended := make(chan error)
	go func() { ended <- p.Stop(context.Background()) }()
	for i, j := range waiting {
		if err := j.Wait(t.Context()); err != ErrStopped {
			t.Errorf("pending job %d: %v, want ErrStopped while another one still runs", i, err)
		}
	}
	release()
	if err := <-ended; err != nil {
		t.Errorf("Stop: %v", err)
	}
	if ran.Load() {
		t.Error("a pending function ran after Stop")
	}
	if _, err := p.Submit(t.Context(), nothing); err != ErrStopped {
		t.Errorf("Submit = %v, want ErrStopped", err)
	}
	if s := p.Stats(); s != (Stats{}) {
		t.Errorf("stats = %+v, want nothing left", s)
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 2})
	for range 3 {
		if err := submit(t, p, nothing).Wait(t.Context()); err != nil {
			t.Errorf("Wait: %v", err)
		}
		stop(t, p)
		if err := p.Start(); err != nil {
			t.Fatalf("Start after Stop: %v", err)
		}
	}
}

func TestStartValidation(t *testing.T) {
	t.Parallel()
	p := New(Config{Workers: -1})
	if err := p.Start(); err == nil || !strings.Contains(err.Error(), "Workers") {
		t.Errorf("Start = %v, want an error about Workers", err)
	}
	if _, err := p.Submit(t.Context(), nothing); err != ErrStopped {
		t.Errorf("Submit = %v, want ErrStopped", err)
	}
	p = New(Config{})
	if _, err := p.Submit(t.Context(), nothing); err != ErrStopped {
		t.Errorf("Submit before Start = %v, want ErrStopped", err)
	}
	stop(t, p) // never started
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != ErrRunning {
		t.Errorf("second Start = %v, want ErrRunning", err)
	}
	stop(t, p)
	stop(t, p)
}

func TestCooperativeCancel(t *testing.T) {
	t.Parallel()
	untilTold := func(begun chan<- struct{}) func(context.Context) error {
		return func(ctx context.Context) error {
			close(begun)
			<-ctx.Done()
			return context.Cause(ctx)
		}
	}
	for _, c := range []struct {
		name string
		tell func(p *Pool, j *Job, cancel context.CancelCauseFunc)
		want error
	}{
		{"by the job", func(_ *Pool, j *Job, _ context.CancelCauseFunc) { j.Cancel() }, context.Canceled},
		{"by its context", func(_ *Pool, _ *Job, cancel context.CancelCauseFunc) { cancel(errTest) }, errTest},
		{"by Stop", func(p *Pool, _ *Job, _ context.CancelCauseFunc) { p.Stop(context.Background()) }, ErrStopped},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := running(t, Config{Workers: 1})
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			begun := make(chan struct{})
			j, err := p.Submit(ctx, untilTold(begun))
			if err != nil {
				t.Fatal(err)
			}
			<-begun
			c.tell(p, j, cancel)
			if err := j.Wait(t.Context()); err != c.want {
				t.Errorf("Wait = %v, want %v", err, c.want)
			}
		})
	}
}

var errTest = errors.New("test")

func TestHighConcurrency(t *testing.T) {
	t.Parallel()
	const submitters, each, workers = 16, 500, 4
	p := running(t, Config{Workers: workers, MaxPending: -1})
	var done, now, peak atomic.Int64
	var wg sync.WaitGroup
	for range submitters {
		wg.Go(func() {
			var jobs []*Job
			for range each {
				jobs = append(jobs, submit(t, p, func(context.Context) error {
					n := now.Add(1)
					for old := peak.Load(); n > old && !peak.CompareAndSwap(old, n); old = peak.Load() {
					}
					runtime.Gosched()
					now.Add(-1)
					done.Add(1)
					return nil
				}))
			}
			for _, j := range jobs {
				if err := j.Wait(t.Context()); err != nil {
					t.Errorf("Wait: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if done.Load() != submitters*each {
		t.Errorf("%d functions ran, want %d", done.Load(), submitters*each)
	}
	if peak.Load() > workers {
		t.Errorf("%d ran at the same time, want at most %d", peak.Load(), workers)
	}
}

func TestNoLostWakeUp(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 2})
	for range 5000 {
		// Two that need each other: both idle workers must be woken, by two
		// submissions in a row. A lost wake-up hangs here.
		meet := make(chan struct{})
		a := submit(t, p, func(context.Context) error { meet <- struct{}{}; return nil })
		b := submit(t, p, func(context.Context) error { <-meet; return nil })
		a.Wait(t.Context())
		b.Wait(t.Context())
	}
}

func TestStopIdleThreads(t *testing.T) {
	t.Parallel()
	const workers = 8
	p := running(t, Config{Workers: workers})
	occupy(t, p)() // all of them exist now
	if s := p.Stats(); s.Workers != workers {
		t.Errorf("%d workers, want %d", s.Workers, workers)
	}
	stop(t, p)
	if s := p.Stats(); s.Workers != 0 {
		t.Errorf("%d workers after Stop, want none", s.Workers)
	}
}

func TestRapidStartStop(t *testing.T) {
	t.Parallel()
	p := New(Config{Workers: 4})
	for round := range 500 {
		if err := p.Start(); err != nil {
			t.Fatalf("round %d: Start: %v", round, err)
		}
		var jobs []*Job
		for range round % 8 {
			jobs = append(jobs, submit(t, p, nothing))
		}
		stop(t, p)
		for _, j := range jobs {
			select {
			case <-j.Done():
			default:
				t.Fatalf("round %d: a job is not finished after Stop", round)
			}
			if err := j.Err(); err != nil && err != ErrStopped {
				t.Errorf("round %d: job: %v", round, err)
			}
		}
	}
}
