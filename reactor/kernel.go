package reactor

import (
	"math"
	"net/netip"
	"syscall"
	"time"
)

// Errno is the error number of a system call; 0 is success. It is compared
// with ==, and syscall.EAGAIN is an answer like any other: nothing now, an
// [Event] will tell.
type Errno = syscall.Errno

// EventFlags says what an [Event] reports. Several may come together.
type EventFlags uint8

const (
	// Readable: there is something to read, or the end of the stream. On a
	// listener: there is somebody to accept.
	Readable EventFlags = 1 << iota
	// Writable: the kernel has room again. A connection gets one at the start
	// of its life on some systems.
	Writable
	// PeerClosed: the peer has sent its FIN. Bytes may lie in front of it, and
	// the other direction still works.
	PeerClosed
	// Broken: the connection was reset or, on some systems, both directions are
	// closed. Bytes that arrived before may still be readable; a Read or a Write
	// has the reason.
	Broken
)

// An Event is one piece of news about one descriptor.
type Event struct {
	Key   uint64 // as given to Register or RegisterListener
	Flags EventFlags
}

// wakeKey is the one key that a kernel keeps for its own wake-up. No caller
// may register it.
const wakeKey = ^uint64(0)

// briefWait is the longest time that a call may wait for without telling the Go
// scheduler.
const briefWait = time.Millisecond

// maxIO bounds one read or write, in bytes. On Linux these calls do not tell
// the Go scheduler, so a long one would hold up the goroutines of its P. It is a
// flush and the head of a message, so that both go at once.
const maxIO = maxFlush + 4<<10

// A Kernel is everything that a loop asks of the operating system.
// [NewKernel] gives the real one; package reactortest has a scripted one, and
// a test may bring its own.
//
// The methods belong to the goroutine that drives the loop, so that an
// implementation needs no lock and may keep scratch memory. Only Wake, Now,
// Wall and Sendfile may be called from elsewhere. No method keeps a slice that
// it was given, and on Linux none allocates once it is warm.
//
// A counting method returns how much it did and 0, or 0 and an Errno. Fewer
// bytes than asked for means nothing by itself: only EAGAIN promises an Event.
// EINTR never comes out.
type Kernel interface {
	// Register watches a connection, in both directions and until it is
	// closed. Events are edge-triggered: one comes when something changes, so
	// the caller reads, or writes, until EAGAIN before it waits for the next.
	// What is already there when Register is called counts as a change.
	Register(fd int, key uint64) Errno
	// RegisterListener watches a listening socket. Its events are
	// level-triggered: they come as long as somebody waits to be accepted.
	RegisterListener(fd int, key uint64) Errno
	// Unregister stops the events of a descriptor that stays open: a paused
	// listener, a detached connection. Close needs no Unregister before it.
	Unregister(fd int)
	// WantWrite asks for one Writable event, after a write gave EAGAIN.
	WantWrite(fd int, key uint64) Errno
	// Wait fills evs, which must not be empty, and returns how many there are.
	// It waits until there is an event, a Wake, or the timeout is over; a
	// negative timeout is for ever, and 0 does not wait at all. It never waits
	// less than a positive timeout for want of precision, but may return early
	// with 0. A Wake is not an event. The parts of one descriptor's news may
	// come as several events.
	//
	// On Linux a Wait of up to a millisecond is hidden from the Go scheduler:
	// it costs less, and keeps the P of its goroutine meanwhile.
	Wait(evs []Event, timeout time.Duration) (int, Errno)
	// Wake ends the current Wait, or the next one. Any goroutine may call it
	// at any time, after Destroy too.
	Wake()

	// Accept takes one connection from a listener. It is non-blocking, closed
	// on exec and, over TCP, without Nagle's delay. A peer without an IP
	// address (a unix socket) gives the zero AddrPort; an IPv4 peer is never
	// IPv6-mapped; a zone is the index of the interface.
	Accept(fd int) (nfd int, peer netip.AddrPort, errno Errno)
	// Read reads into b, which must not be empty. 0 and no error is the end of
	// the stream.
	Read(fd int, b []byte) (int, Errno)
	// Write writes from b.
	Write(fd int, b []byte) (int, Errno)
	// Writev writes from several buffers in order; any of them may be empty.
	Writev(fd int, bufs [][]byte) (int, Errno)
	// Sendfile copies up to n bytes of a file to a connection, from offset on.
	// 0 and no error is the end of the file. It may block on the disk, and may
	// be called by whoever owns fd and file just then.
	Sendfile(fd int, file int, offset int64, n int) (int, Errno)
	// ShutdownWrite sends a FIN behind what was written.
	ShutdownWrite(fd int) Errno
	// Close closes a descriptor and forgets its events. Those that the last
	// Wait returned are still in the caller's hands.
	Close(fd int)

	// Now is the time since the kernel was made, by a clock that never jumps.
	Now() time.Duration
	// Wall is the time of day.
	Wall() time.Time

	// Destroy gives back what the kernel itself holds; descriptors of the
	// caller stay open. Nothing but Wake may be called afterwards.
	Destroy()
}

// wholeMillis rounds up to whole milliseconds; -1 is for ever.
func wholeMillis(timeout time.Duration) int {
	if timeout < 0 {
		return -1
	}
	ms := timeout / time.Millisecond
	if timeout%time.Millisecond != 0 {
		ms++
	}
	return int(min(ms, math.MaxInt32))
}

// errnoOf undoes the wrapping of package unix.
func errnoOf(err error) Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(Errno); ok {
		return errno
	}
	return syscall.EINVAL
}
