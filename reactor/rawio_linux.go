package reactor

import (
	"net/netip"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls in this file do not tell the Go scheduler that they are made. That
// saves about a tenth of a microsecond each, and is right only for calls that
// cannot wait (those on non-blocking sockets, bounded by maxIO), or not longer
// than briefWait.

// maxIovecs is the number of buffers that one writev takes.
const maxIovecs = 64

// rawEpollWait waits for up to ms milliseconds. It takes a signal for an early
// return: it may be the scheduler's, which wants the goroutine to give way.
func rawEpollWait(epfd int, raw []unix.EpollEvent, ms int) (int, Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epfd),
		uintptr(unsafe.Pointer(&raw[0])), uintptr(len(raw)), uintptr(ms), 0, 0)
	if errno == unix.EINTR {
		return 0, 0
	}
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// rawSleep sleeps for d, or until there is a signal, and does not tell the
// scheduler.
func rawSleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
}

func rawRead(fd int, b []byte) (int, Errno) {
	b = b[:min(len(b), maxIO)]
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd),
			uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawWrite(fd int, b []byte) (int, Errno) {
	b = b[:min(len(b), maxIO)]
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd),
			uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// rawWritev uses the caller's iovecs and leaves no pointer in them.
func rawWritev(fd int, bufs [][]byte, iovecs *[maxIovecs]unix.Iovec) (int, Errno) {
	used, left := 0, maxIO
	for _, b := range bufs {
		if used == maxIovecs || left == 0 {
			break
		}
		if len(b) == 0 {
			continue
		}
		n := min(len(b), left)
		iovecs[used].Base = unsafe.SliceData(b)
		iovecs[used].SetLen(n)
		used++
		left -= n
	}
	if used == 0 {
		return 0, 0
	}
	n, errno := rawWriteIovecs(fd, iovecs[:used])
	clear(iovecs[:used])
	return n, errno
}

func rawWriteIovecs(fd int, iovecs []unix.Iovec) (int, Errno) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITEV, uintptr(fd),
			uintptr(unsafe.Pointer(&iovecs[0])), uintptr(len(iovecs)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawAccept(fd int, peer *unix.RawSockaddrAny) (int, Errno) {
	for {
		size := uint32(unix.SizeofSockaddrAny)
		nfd, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd),
			uintptr(unsafe.Pointer(peer)), uintptr(unsafe.Pointer(&size)),
			unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if errno == 0 {
			return int(nfd), 0
		}
		if errno != unix.EINTR {
			return -1, errno
		}
	}
}

// rawClose is for sockets: to close one does not wait, as no loop sets
// SO_LINGER. There is no second try, the number is free even after EINTR.
func rawClose(fd int) {
	unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
}

// addrPortOf reads what the kernel wrote; the zero AddrPort stands for anything
// without an IP address.
func addrPortOf(sa *unix.RawSockaddrAny) netip.AddrPort {
	switch sa.Addr.Family {
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(sa))
		return netip.AddrPortFrom(netip.AddrFrom4(in.Addr), hostOrder(&in.Port))
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(sa))
		addr := netip.AddrFrom16(in.Addr).Unmap()
		if in.Scope_id != 0 {
			addr = addr.WithZone(strconv.Itoa(int(in.Scope_id)))
		}
		return netip.AddrPortFrom(addr, hostOrder(&in.Port))
	}
	return netip.AddrPort{}
}

// hostOrder reads a port that lies in memory in network order.
func hostOrder(port *uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(port))
	return uint16(b[0])<<8 | uint16(b[1])
}
