package pool

import (
	"context"
	"runtime"
	"sync"
	"testing"
)

func TestCancelledWhilePendingNeverRuns(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	release := occupy(t, p)
	defer release()
	forbidden := func(context.Context) error {
		t.Error("a cancelled function ran")
		return nil
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	byContext, err := p.Submit(ctx, forbidden)
	if err != nil {
		t.Fatal(err)
	}
	byJob := submit(t, p, forbidden)
	last := submit(t, p, nothing)
	cancel(errTest)
	if err := byContext.Wait(t.Context()); err != errTest {
		t.Errorf("cancelled by context: %v, want its cause", err)
	}
	byJob.Cancel()
	byJob.Cancel()
	if err := byJob.Err(); err != context.Canceled {
		t.Errorf("cancelled by the job: %v, want context.Canceled", err)
	}
	if s := p.Stats(); s.Pending != 1 {
		t.Errorf("%d pending, want the one that was not cancelled", s.Pending)
	}
	if _, err := p.Submit(ctx, forbidden); err != errTest {
		t.Errorf("Submit = %v, want the cause of a context that is done", err)
	}
	release()
	if err := last.Wait(t.Context()); err != nil {
		t.Errorf("Wait: %v", err)
	}
}

func TestFullPoolRefuses(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 2, MaxPending: 3})
	release := occupy(t, p)
	defer release()
	var waiting []*Job
	for range 3 {
		waiting = append(waiting, submit(t, p, nothing))
	}
	if _, err := p.Submit(t.Context(), nothing); err != ErrFull {
		t.Errorf("Submit = %v, want ErrFull", err)
	}
	waiting[1].Cancel()
	waiting = append(waiting, submit(t, p, nothing)) // there is room again
	release()
	for _, j := range waiting {
		j.Wait(t.Context())
	}
}

func TestSubmitsInARowGetAWorkerEach(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 3, MaxPending: 3})
	for range 200 {
		occupy(t, p)() // returns only when all three run at the same time
	}
}

func TestGoexitIsReportedAndReplaced(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	j := submit(t, p, func(context.Context) error {
		runtime.Goexit()
		return nil
	})
	next := submit(t, p, nothing)
	if err := j.Wait(t.Context()); err != ErrExited {
		t.Errorf("Wait = %v, want ErrExited", err)
	}
	if err := next.Wait(t.Context()); err != nil {
		t.Errorf("Wait = %v, want another worker to run it", err)
	}
}

func TestWaitMayBeGivenUp(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	release := occupy(t, p)
	j := submit(t, p, nothing)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	if err := j.Wait(ctx); err != errTest {
		t.Errorf("Wait = %v, want the cause", err)
	}
	if err := j.Err(); err != nil {
		t.Errorf("Err = %v before the end, want nil", err)
	}
	if err := p.Stop(ctx); err != errTest {
		t.Errorf("Stop = %v, want the cause", err)
	}
	if err := p.Start(); err != ErrRunning {
		t.Errorf("Start = %v while a function still runs, want ErrRunning", err)
	}
	release()
	stop(t, p)
	if err := p.Start(); err != nil {
		t.Errorf("Start: %v", err)
	}
}

func TestAFunctionMayStopItsPool(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	j := submit(t, p, p.Stop)
	if err := j.Wait(t.Context()); err != ErrStopped {
		t.Errorf("Wait = %v, want ErrStopped, the cause of its context", err)
	}
	stop(t, p)
}

func TestThenIsCalledOnce(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	release := occupy(t, p)
	got := make(chan error, 4)
	dropped := submit(t, p, nothing)
	dropped.Then(func(err error) { got <- err })
	dropped.Cancel()
	if err := <-got; err != context.Canceled {
		t.Errorf("Then got %v, want context.Canceled", err)
	}
	dropped.Then(func(err error) { got <- err })
	if err := <-got; err != context.Canceled {
		t.Errorf("Then after the end got %v, want context.Canceled", err)
	}
	j := submit(t, p, func(context.Context) error { return errTest })
	j.Then(func(err error) { got <- err })
	release()
	if err := <-got; err != errTest {
		t.Errorf("Then got %v, want what the function returned", err)
	}
}

func TestCallGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 1})
	ctx, cancel := context.WithCancelCause(t.Context())
	left := make(chan struct{})
	_, err := Call(ctx, p, func(ctx context.Context) (string, error) {
		defer close(left)
		cancel(errTest)
		<-ctx.Done()
		return "too late", nil
	})
	if err != nil && err != errTest { // it may have returned in time
		t.Errorf("Call = %v, want the cause", err)
	}
	<-left
	if _, err := Call(ctx, p, func(context.Context) (int, error) { return 1, nil }); err != errTest {
		t.Errorf("Call = %v, want the cause", err)
	}
}

func TestCancelRacesWithEverything(t *testing.T) {
	t.Parallel()
	p := running(t, Config{Workers: 2, MaxPending: -1})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				ctx, cancel := context.WithCancel(context.Background())
				j, err := p.Submit(ctx, nothing)
				if err != nil {
					t.Errorf("Submit: %v", err)
					cancel()
					return
				}
				go cancel()
				j.Cancel()
				if err := j.Wait(t.Context()); err != nil && err != context.Canceled {
					t.Errorf("Wait: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkSubmit(b *testing.B) {
	p := running(b, Config{MaxPending: -1})
	b.ReportAllocs()
	for b.Loop() {
		submit(b, p, nothing).Wait(context.Background())
	}
}
