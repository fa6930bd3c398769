package pool

import "context"

// A Job is one function that was submitted. All methods may be called by any
// goroutine at any time.
type Job struct {
	// Set by Submit, never changed.
	pool    *Pool
	f       func(context.Context) error
	ctx     context.Context // of the function
	cancel  context.CancelCauseFunc
	unwatch func() bool
	done    chan struct{}
	// Guarded by the pool's mu. Whoever takes the job out of a list finishes it.
	next, prev *Job
	state      jobState
	err        error
	then       []func(error)
}

type jobState uint8

const (
	jobPending jobState = iota
	jobRunning
	jobFinished // or about to be
)

func newJob(ctx context.Context, p *Pool, f func(context.Context) error) *Job {
	j := &Job{pool: p, f: f, done: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancelCause(ctx)
	return j
}

// watch drops the job if ctx ends before its turn. The caller holds mu.
func (j *Job) watch(ctx context.Context) {
	j.unwatch = func() bool { return true }
	if ctx.Done() != nil {
		j.unwatch = context.AfterFunc(ctx, func() { j.drop(context.Cause(ctx)) })
	}
}

// Done is closed when the job is finished: the function has returned, or never
// will run.
func (j *Job) Done() <-chan struct{} { return j.done }

// Err is the error of a finished job, and nil before: what the function
// returned, a *PanicError, ErrExited, or why it never ran, which is ErrStopped,
// context.Canceled after Cancel, or the cause of its context's end.
func (j *Job) Err() error {
	select {
	case <-j.done:
		return j.err
	default:
		return nil
	}
}

// Wait waits until the job is finished and returns Err. If ctx ends before that
// it returns the cause, and the job goes on.
func (j *Job) Wait(ctx context.Context) error {
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Cancel finishes a job that waits for its turn, and cancels the context of one
// that runs. It does not wait for the function.
func (j *Job) Cancel() {
	if !j.drop(context.Canceled) {
		j.cancel(context.Canceled)
	}
}

// Then has f called with Err when the job is finished, at once if it is. It is
// for event loops: f posts the result to its loop. It must not block, since it
// keeps a worker or the one that cancels from going on.
func (j *Job) Then(f func(err error)) {
	j.pool.mu.Lock()
	select {
	case <-j.done:
		j.pool.mu.Unlock()
		f(j.err)
	default:
		j.then = append(j.then, f)
		j.pool.mu.Unlock()
	}
}

// drop finishes the job if it has not started.
func (j *Job) drop(err error) bool {
	j.pool.mu.Lock()
	if j.state != jobPending {
		j.pool.mu.Unlock()
		return false
	}
	j.state = jobFinished
	j.pool.pending.remove(j)
	j.pool.mu.Unlock()
	j.finish(err)
	return true
}

// finish is called once, by whoever took the job out of a list.
func (j *Job) finish(err error) {
	j.unwatch()
	j.cancel(err) // gives the context's memory back
	j.pool.mu.Lock()
	j.state, j.err = jobFinished, err
	then := j.then
	j.then = nil
	close(j.done)
	j.pool.mu.Unlock()
	for _, f := range then {
		f(err)
	}
}

// Call runs f on the pool, waits for it, and returns what it returned. If ctx
// ends first, Call returns its cause, and f, should it run already, is told by
// its context.
func Call[T any](ctx context.Context, p *Pool, f func(ctx context.Context) (T, error)) (T, error) {
	var value, none T
	job, err := p.Submit(ctx, func(ctx context.Context) (err error) {
		value, err = f(ctx)
		return err
	})
	if err != nil {
		return none, err
	}
	select {
	case <-job.Done():
		return value, job.Err()
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// A jobList is a list without memory of its own, first in, first out.
type jobList struct {
	first, last *Job
	n           int
}

func (l *jobList) push(j *Job) {
	j.prev, j.next = l.last, nil
	if l.last == nil {
		l.first = j
	} else {
		l.last.next = j
	}
	l.last = j
	l.n++
}

func (l *jobList) remove(j *Job) {
	if j.prev == nil {
		l.first = j.next
	} else {
		j.prev.next = j.next
	}
	if j.next == nil {
		l.last = j.prev
	} else {
		j.next.prev = j.prev
	}
	j.next, j.prev = nil, nil
	l.n--
}
