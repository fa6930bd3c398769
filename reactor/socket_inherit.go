package reactor

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// inheritListener makes a listener out of a descriptor that another program has
// opened, for example the supervisor that started this one. The descriptor is
// duplicated and stays the caller's. Being non-blocking is a property of the
// socket itself, so the caller's descriptor becomes that too.
func inheritListener(fd int) (nfd int, addr net.Addr, err error) {
	fail := func(reason string) (int, net.Addr, error) {
		return -1, nil, fmt.Errorf("reactor: descriptor %d is not a listener: %s", fd, reason)
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	switch {
	case err == unix.EBADF:
		return fail("it is not open")
	case err == unix.ENOTSOCK:
		return fail("it is not a socket")
	case err != nil:
		return fail(err.Error())
	case kind != unix.SOCK_STREAM:
		return fail("it is not a stream socket")
	}
	listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err != nil || listens == 0 {
		return fail("the socket is not listening")
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return fail(err.Error())
	}
	if addr = addrOf(sa); addr == nil {
		return fail("its address is neither IP nor unix")
	}
	nfd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return -1, nil, fmt.Errorf("reactor: descriptor %d: %w", fd, os.NewSyscallError("dup", err))
	}
	if err := unix.SetNonblock(nfd, true); err != nil {
		unix.Close(nfd)
		return -1, nil, fmt.Errorf("reactor: descriptor %d: %w", fd, os.NewSyscallError("fcntl", err))
	}
	return nfd, addr, nil
}
