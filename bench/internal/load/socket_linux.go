package load

import (
	"net/netip"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// These calls do not tell Go's scheduler: on a non-blocking socket they take
// about as long as the notice would, and a loop makes two for each request.

// read reads into b. It returns 0 and no error at the end of the stream. Hot
// path.
func read(fd int, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// write writes some of b, which is not empty. Hot path.
func write(fd int, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// sockaddr turns 127.0.0.1:port into what connect wants. Only loopback is
// accepted: this generator is not for anybody else's machine.
func sockaddr(addr string) (*syscall.SockaddrInet4, error) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	if !ap.Addr().Is4() || !ap.Addr().IsLoopback() {
		return nil, &os.SyscallError{Syscall: "connect to " + addr, Err: syscall.EADDRNOTAVAIL}
	}
	return &syscall.SockaddrInet4{Port: int(ap.Port()), Addr: ap.Addr().As4()}, nil
}

// dial begins a connection and returns its non-blocking socket.
func dial(to *syscall.SockaddrInet4) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := syscall.Connect(fd, to); err != nil && err != syscall.EINPROGRESS {
		_ = syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// dialWait makes a connection whose reads and writes block, for at most limit
// each.
func dialWait(to *syscall.SockaddrInet4, limit time.Duration) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	tv := syscall.NsecToTimeval(int64(limit))
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &tv)
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &tv)
	err = syscall.Connect(fd, to)
	for err == syscall.EINTR { // a signal of Go's runtime; the handshake goes on
		if err = syscall.Connect(fd, to); err == syscall.EISCONN {
			err = nil
		}
	}
	if err != nil {
		_ = syscall.Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

// An alarm is a timer that an epoll instance can wait for, finer than the
// milliseconds of epoll_wait.
type alarm struct {
	fd int
	at time.Duration // when it rings; zero if it is not set
}

// newAlarm returns an alarm that is not set.
func newAlarm() (alarm, error) {
	const clockMonotonic = 1
	fd, _, errno := syscall.Syscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		return alarm{fd: -1}, os.NewSyscallError("timerfd_create", errno)
	}
	return alarm{fd: int(fd)}, nil
}

// set makes the alarm ring at the instant at; now is the present one. The
// registration is edge-triggered, so nobody needs to read the descriptor.
func (a *alarm) set(at, now time.Duration) {
	if a.at == at {
		return
	}
	a.at = at
	spec := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(max(at-now, 1)))}
	_, _, _ = syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, uintptr(a.fd), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
}
