package reactor

import "golang.org/x/sys/unix"

// canJoin says whether several sockets can share a port so that the system
// deals connections out among them.
const canJoin = true

// newSocket makes a stream socket, non-blocking and closed on exec.
func newSocket(family int) (int, error) {
	return unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}
