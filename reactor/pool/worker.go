package pool

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrExited is the error of a function that called runtime.Goexit, as
// testing.T.FailNow does.
var ErrExited = errors.New("pool: the function ended its goroutine")

// A PanicError is the error of a function that panicked.
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // of the goroutine, at that place
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("pool: the function panicked: %v", e.Value)
}

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// hire starts a worker. The caller holds mu.
func (p *Pool) hire() {
	p.workers++
	go p.work()
}

// work is the life of a worker.
func (p *Pool) work() {
	defer p.leave() // also after runtime.Goexit in a function
	for {
		j := p.take()
		if j == nil {
			return
		}
		p.run(j)
	}
}

// take waits for a job; nil is the end. A worker that was woken may find that
// another one was faster, and waits again.
func (p *Pool) take() *Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.pending.n == 0 {
		if p.state != started {
			return nil
		}
		p.idle++
		p.wake.Wait()
	}
	j := p.pending.first
	p.pending.remove(j)
	p.running.push(j)
	j.state = jobRunning
	return j
}

func (p *Pool) run(j *Job) {
	err := ErrExited
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
		p.mu.Lock()
		p.running.remove(j)
		p.mu.Unlock()
		j.finish(err)
	}()
	err = j.f(j.ctx)
}

// leave lets a worker go, and hires another one if this one went too early.
func (p *Pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers--
	if p.pending.n > 0 {
		p.hire()
	}
	p.endIfEmpty()
}

// endIfEmpty completes a Stop. The caller holds mu.
func (p *Pool) endIfEmpty() {
	if p.state == stopping && p.workers == 0 {
		p.state = stopped
		close(p.ended)
	}
}
