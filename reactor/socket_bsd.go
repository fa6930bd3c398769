//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package reactor

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// canJoin says whether several sockets can share a port so that the system
// deals connections out among them. Here the last one would get them all.
const canJoin = false

// newSocket makes a stream socket, non-blocking and closed on exec. ForkLock
// keeps a child from inheriting it in between.
func newSocket(family int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
