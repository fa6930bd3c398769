//go:build linux

package main

import (
	"fmt"
	"log"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	edgeTriggered = 1 << 31 // EPOLLET, which package syscall has as a negative number
	readSize      = 128 << 10
)

// A conn is what an idle connection keeps.
type conn struct {
	fd      int
	closing bool   // close when everything is out
	ws      bool   // WebSocket: skip counts octets of the frame's payload
	mask    uint32 // of the frame, turned to the next octet
	in      []byte // an incomplete request, or nil
	out     []byte // octets that the socket had no room for, or nil
	fill    uint64 // octets of body still to send from the fill buffer
	skip    uint64 // octets of an upload still to come
	upload  uint64 // its whole size
}

// A loop serves the connections of one listener on one goroutine.
type loop struct {
	ep       int
	listener int
	conns    []*conn // by descriptor
	events   [512]syscall.EpollEvent
	buf      [readSize]byte
	out      []byte
	mixed    uint
}

func newLoop(at *syscall.SockaddrInet4) (*loop, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	fd, err := listen(at)
	if err != nil {
		return nil, err
	}
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	if err := syscall.EpollCtl(ep, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
		return nil, fmt.Errorf("epoll_ctl: %w", err)
	}
	return &loop{ep: ep, listener: fd}, nil
}

// run serves for ever. It looks for events without telling the scheduler
// first, then gives way once, then waits.
func (l *loop) run() {
	for {
		n := l.look()
		if n == 0 {
			runtime.Gosched()
			var err error
			if n, err = syscall.EpollWait(l.ep, l.events[:], -1); err != nil && err != syscall.EINTR {
				log.Fatalf("epoll_wait: %v", err)
			}
		}
		for _, ev := range l.events[:max(n, 0)] {
			if int(ev.Fd) == l.listener {
				l.accept()
			} else if c := l.conns[ev.Fd]; c != nil {
				l.event(c, ev.Events)
			}
		}
	}
}

// look returns the events that are there already.
func (l *loop) look() int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(l.ep), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

func (l *loop) accept() {
	for {
		fd, _, err := syscall.Accept4(l.listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		for fd >= len(l.conns) {
			l.conns = append(l.conns, nil)
		}
		l.conns[fd] = &conn{fd: fd}
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edgeTriggered, Fd: int32(fd)}
		if err := syscall.EpollCtl(l.ep, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
			l.drop(l.conns[fd])
		}
	}
}

func (l *loop) drop(c *conn) {
	l.conns[c.fd] = nil
	_ = syscall.Close(c.fd)
}

func (l *loop) event(c *conn, flags uint32) {
	if flags&syscall.EPOLLOUT != 0 && (len(c.out) > 0 || c.fill > 0) && !l.push(c) {
		l.drop(c)
		return
	}
	if flags&(syscall.EPOLLIN|syscall.EPOLLRDHUP|syscall.EPOLLHUP|syscall.EPOLLERR) != 0 && !l.receive(c, flags) {
		l.drop(c)
		return
	}
	if c.closing && len(c.out) == 0 && c.fill == 0 {
		l.drop(c)
	}
}

// receive reads and answers. It reports whether the connection lives on.
func (l *loop) receive(c *conn, flags uint32) bool {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&l.buf[0])), readSize)
		if errno == syscall.EAGAIN {
			return true
		}
		if errno != 0 || n == 0 {
			return false
		}
		l.got(c, l.buf[:n])
		if !l.push(c) {
			return false
		}
		if n < readSize && flags&syscall.EPOLLRDHUP == 0 {
			return true
		}
	}
}

// push writes the loop's output and the body from the fill buffer. It reports
// whether the connection lives on; what is left goes out on the next event.
func (l *loop) push(c *conn) bool {
	if len(c.out) > 0 {
		c.out = append(c.out, l.out...)
		l.out = append(l.out[:0], c.out...)
		c.out = nil
	}
	for len(l.out) > 0 || c.fill > 0 {
		body := fill[:min(c.fill, uint64(len(fill)))]
		n, errno := writev(c.fd, l.out, body)
		if errno == syscall.EINTR {
			continue
		}
		if errno == syscall.EAGAIN {
			if len(l.out) > 0 {
				c.out = append([]byte(nil), l.out...)
				l.out = l.out[:0]
			}
			return true
		}
		if errno != 0 {
			l.out = l.out[:0]
			return false
		}
		k := min(n, len(l.out))
		l.out = l.out[:copy(l.out, l.out[k:])]
		c.fill -= uint64(n - k)
	}
	return true
}

// writev writes the beginning of a followed by b, one of which may be empty.
func writev(fd int, a, b []byte) (int, syscall.Errno) {
	if len(b) == 0 {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&a[0])), uintptr(len(a)))
		return int(n), errno
	}
	v := [2]syscall.Iovec{{Base: unsafe.SliceData(a)}, {Base: unsafe.SliceData(b)}}
	v[0].SetLen(len(a))
	v[1].SetLen(len(b))
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&v)), 2)
	return int(n), errno
}
