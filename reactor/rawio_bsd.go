//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package reactor

import (
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// These systems want their system calls made through the C library, so all of
// them go through package unix, and the Go scheduler knows about each.

// rawSleep is sysSleep.
func rawSleep(d time.Duration) { sysSleep(d) }

// maxGather is how much of several buffers one write takes together.
const maxGather = 64 << 10

func sysRead(fd int, b []byte) (int, Errno) {
	for {
		n, err := unix.Read(fd, b[:min(len(b), maxIO)])
		if err != unix.EINTR {
			return max(n, 0), errnoOf(err)
		}
	}
}

func sysWrite(fd int, b []byte) (int, Errno) {
	for {
		n, err := unix.Write(fd, b[:min(len(b), maxIO)])
		if err != unix.EINTR {
			return max(n, 0), errnoOf(err)
		}
	}
}

// writeGathered copies small buffers together, since not all of these systems
// offer writev. A buffer that fills the scratch memory goes out alone.
func writeGathered(fd int, bufs [][]byte, scratch []byte) (int, Errno) {
	n := 0
	for _, b := range bufs {
		if n == 0 && len(b) >= len(scratch) {
			return sysWrite(fd, b)
		}
		n += copy(scratch[n:], b)
	}
	if n == 0 {
		return 0, 0
	}
	return sysWrite(fd, scratch[:n])
}

// copyFile stands for sendfile, which is different on each of these systems,
// where it exists. It has its own memory, because the goroutine that sends a
// file need not be the loop's.
func copyFile(fd, file int, offset int64, n int) (int, Errno) {
	b := make([]byte, min(n, maxGather))
	for {
		n, err := unix.Pread(file, b, offset)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return 0, errnoOf(err)
		}
		return sysWrite(fd, b[:n])
	}
}

// sysAccept holds ForkLock so that no child inherits the descriptor in the moment
// before it is marked.
func sysAccept(listener int) (int, netip.AddrPort, Errno) {
	syscall.ForkLock.RLock()
	fd, sa, err := unix.Accept(listener)
	for err == unix.EINTR {
		fd, sa, err = unix.Accept(listener)
	}
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, netip.AddrPort{}, errnoOf(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, netip.AddrPort{}, errnoOf(err)
	}
	peer := addrPortOf(sa)
	if peer.IsValid() {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	return fd, peer, 0
}

func addrPortOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		addr := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 {
			addr = addr.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(addr, uint16(sa.Port))
	}
	return netip.AddrPort{}
}

func nonblockingPipe() ([2]int, error) {
	fds := [2]int{-1, -1}
	syscall.ForkLock.RLock()
	err := unix.Pipe(fds[:])
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	for _, fd := range fds {
		if err == nil {
			err = unix.SetNonblock(fd, true)
		}
	}
	return fds, err
}
