package reactor

import (
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A threadPacer sleeps in poll on a pipe: for a look by its timeout, parked
// without one. A byte in the pipe is a Rouse.
type threadPacer struct {
	r, w    int
	crowded *atomic.Bool // see Group
	last    time.Time
	fds     [1]unix.PollFd
}

func newThreadPacer(crowded *atomic.Bool) (*threadPacer, error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return nil, fmt.Errorf("reactor: pipe: %w", err)
	}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			return nil, fmt.Errorf("reactor: pipe: %w", err)
		}
	}
	return &threadPacer{r: p[0], w: p[1], crowded: crowded, last: time.Now()}, nil
}

// Pause sleeps without telling the Go scheduler if there is a P to spare: this
// thread keeps it then, and has it when handlers have taken all others. And the
// scheduler's own thread has no system call to look after, see Kernel.Wait.
func (p *threadPacer) Pause() time.Duration {
	wake := time.Now().Add(lookEvery)
	for left := lookEvery; left > 0 && !p.poll(left); {
		left = time.Until(wake) // a signal; two looks must not come too close together
	}
	now := time.Now()
	elapsed := now.Sub(p.last)
	p.last = now
	return elapsed
}

func (p *threadPacer) Park() {
	for !p.poll(-1) {
	}
	p.last = time.Now()
}

// poll waits for a Rouse, or until d is over unless it is negative. It reports
// false if a signal came before.
func (p *threadPacer) poll(d time.Duration) bool {
	p.fds[0] = unix.PollFd{Fd: int32(p.r), Events: unix.POLLIN}
	n, errno := 0, Errno(0)
	if d >= 0 && !p.crowded.Load() {
		n, errno = rawPoll(p.fds[:], d)
	} else {
		var err error
		n, err = unix.Poll(p.fds[:], wholeMillis(d))
		errno = errnoOf(err)
	}
	if n > 0 {
		var b [64]byte
		unix.Read(p.r, b[:])
	}
	return errno != unix.EINTR
}

func (p *threadPacer) Rouse() { unix.Write(p.w, []byte{1}) }

func (p *threadPacer) Close() {
	unix.Close(p.r)
	unix.Close(p.w)
}
