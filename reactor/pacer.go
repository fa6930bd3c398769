package reactor

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A threadPacer sleeps in poll on a pipe: for a look by its timeout, parked
// without one. A byte in the pipe is a Rouse.
type threadPacer struct {
	r, w int
	last time.Time
	fds  [1]unix.PollFd
}

func newThreadPacer() (*threadPacer, error) {
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
	return &threadPacer{r: p[0], w: p[1], last: time.Now()}, nil
}

func (p *threadPacer) Pause() time.Duration {
	p.poll(int(lookEvery / time.Millisecond))
	now := time.Now()
	elapsed := now.Sub(p.last)
	p.last = now
	return elapsed
}

func (p *threadPacer) Park() {
	p.poll(-1)
	p.last = time.Now()
}

func (p *threadPacer) poll(ms int) {
	p.fds[0] = unix.PollFd{Fd: int32(p.r), Events: unix.POLLIN}
	n, err := unix.Poll(p.fds[:], ms)
	for err == unix.EINTR { // two looks must not come too close together
		n, err = unix.Poll(p.fds[:], ms)
	}
	if n > 0 {
		var b [64]byte
		unix.Read(p.r, b[:])
	}
}

func (p *threadPacer) Rouse() { unix.Write(p.w, []byte{1}) }

func (p *threadPacer) Close() {
	unix.Close(p.r)
	unix.Close(p.w)
}
