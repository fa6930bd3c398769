//go:build linux

package reactor

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// epollKernel is the Kernel of Linux.
type epollKernel struct {
	// Set at creation, never changed.
	epfd  int
	start time.Time
	// Loop goroutine only.
	events []unix.EpollEvent
	iovecs [maxIovecs]unix.Iovec
	peer   unix.RawSockaddrAny
	// Any goroutine.
	wake eventfd
}

// NewKernel makes the kernel of the system that the program runs on.
func NewKernel() (Kernel, error) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("reactor: epoll_create1: %w", err)
	}
	k := &epollKernel{epfd: epfd, start: time.Now()}
	if err := k.wake.open(); err != nil {
		unix.Close(epfd)
		return nil, fmt.Errorf("reactor: eventfd: %w", err)
	}
	// Edge-triggered, so that the counter never has to be read: each write to
	// it is an edge.
	if errno := k.control(unix.EPOLL_CTL_ADD, k.wake.fd, unix.EPOLLIN|unix.EPOLLET, wakeKey); errno != 0 {
		k.Destroy()
		return nil, fmt.Errorf("reactor: epoll_ctl: %w", errno)
	}
	return k, nil
}

func (k *epollKernel) Register(fd int, key uint64) Errno {
	return k.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP|unix.EPOLLET, key)
}

// RegisterListener also sets TCP_NODELAY, which accepted sockets inherit: one
// system call for all of them. A unix socket refuses it, rightly.
func (k *epollKernel) RegisterListener(fd int, key uint64) Errno {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return k.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN, key)
}

func (k *epollKernel) Unregister(fd int) {
	k.control(unix.EPOLL_CTL_DEL, fd, 0, 0)
}

// WantWrite has nothing to do: a write that gave EAGAIN has already asked, and
// Register listens to the answer.
func (k *epollKernel) WantWrite(int, uint64) Errno { return 0 }

func (k *epollKernel) control(op, fd int, events uint32, key uint64) Errno {
	// The 64 bits that epoll hands back are called Fd and Pad here.
	ev := unix.EpollEvent{Events: events, Fd: int32(key), Pad: int32(key >> 32)}
	return errnoOf(unix.EpollCtl(k.epfd, op, fd, &ev))
}

// Wait with a timeout of up to briefWait is a system call that the Go scheduler
// does not hear of: a busy loop pays for that and nothing else. The scheduler's
// own thread, which looks after blocked system calls many thousand times a second,
// finds none and sleeps. What stops the world sends a signal, and the call
// returns; at the worst it waits for briefWait.
//
// Any other Wait is a call that the scheduler knows about: for ever, a call that
// it does not know about could stop the garbage collector for good. Hot path.
func (k *epollKernel) Wait(evs []Event, timeout time.Duration) (int, Errno) {
	if len(evs) > len(k.events) {
		k.events = make([]unix.EpollEvent, len(evs))
	}
	raw := k.events[:len(evs)]
	var n int
	var errno Errno
	if timeout >= 0 && timeout <= briefWait {
		n, errno = rawEpollWait(k.epfd, raw, wholeMillis(timeout))
	} else {
		n, errno = blockingEpollWait(k.epfd, raw, timeout)
	}
	if errno != 0 {
		return 0, errno
	}
	return translate(evs, raw[:n]), 0
}

// blockingEpollWait takes a signal for an early return.
func blockingEpollWait(epfd int, raw []unix.EpollEvent, timeout time.Duration) (int, Errno) {
	n, err := unix.EpollWait(epfd, raw, wholeMillis(timeout))
	if err == unix.EINTR {
		return 0, 0
	}
	return max(n, 0), errnoOf(err)
}

// translate turns epoll's events into ours and drops the wake-up.
func translate(evs []Event, raw []unix.EpollEvent) int {
	n := 0
	for i := range raw {
		key := uint64(uint32(raw[i].Fd)) | uint64(uint32(raw[i].Pad))<<32
		if key == wakeKey {
			continue
		}
		evs[n] = Event{Key: key, Flags: flagsOf(raw[i].Events)}
		n++
	}
	return n
}

func flagsOf(events uint32) EventFlags {
	var f EventFlags
	if events&unix.EPOLLIN != 0 {
		f |= Readable
	}
	if events&unix.EPOLLOUT != 0 {
		f |= Writable
	}
	if events&unix.EPOLLRDHUP != 0 {
		f |= PeerClosed
	}
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		f |= Broken
	}
	return f
}

func (k *epollKernel) Wake() { k.wake.signal() }

func (k *epollKernel) Accept(fd int) (int, netip.AddrPort, Errno) {
	nfd, errno := rawAccept(fd, &k.peer)
	if errno != 0 {
		return -1, netip.AddrPort{}, errno
	}
	return nfd, addrPortOf(&k.peer), 0
}

func (k *epollKernel) Read(fd int, b []byte) (int, Errno)  { return rawRead(fd, b) }
func (k *epollKernel) Write(fd int, b []byte) (int, Errno) { return rawWrite(fd, b) }

func (k *epollKernel) Writev(fd int, bufs [][]byte) (int, Errno) {
	return rawWritev(fd, bufs, &k.iovecs)
}

func (k *epollKernel) Sendfile(fd, file int, offset int64, n int) (int, Errno) {
	for {
		at := offset
		n, err := unix.Sendfile(fd, file, &at, n)
		if err != unix.EINTR {
			return max(n, 0), errnoOf(err)
		}
	}
}

func (k *epollKernel) ShutdownWrite(fd int) Errno {
	return errnoOf(unix.Shutdown(fd, unix.SHUT_WR))
}

func (k *epollKernel) Close(fd int) { rawClose(fd) }

func (k *epollKernel) Now() time.Duration { return time.Since(k.start) }
func (k *epollKernel) Wall() time.Time    { return time.Now() }

func (k *epollKernel) Destroy() {
	k.wake.close()
	unix.Close(k.epfd)
}

// An eventfd is the descriptor behind Wake. Its lock keeps a late signal from
// reaching a descriptor of somebody else who got the same number.
type eventfd struct {
	mu     sync.Mutex
	fd     int
	closed bool
}

func (e *eventfd) open() (err error) {
	e.fd, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	return err
}

func (e *eventfd) signal() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		one := [8]byte{1} // EAGAIN is impossible before 1<<64 - 2 of them
		rawWrite(e.fd, one[:])
	}
}

func (e *eventfd) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.closed = true
		unix.Close(e.fd)
	}
}
