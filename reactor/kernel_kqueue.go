//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package reactor

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// kqueueKernel is the Kernel of macOS and the BSDs.
type kqueueKernel struct {
	// Set at creation, never changed.
	kq    int
	start time.Time
	// Loop goroutine only.
	events []unix.Kevent_t
	change [1]unix.Kevent_t
	until  unix.Timespec
	keys   []uint64 // by descriptor: an event has no room for 64 bits of ours on all systems
	gather []byte   // what writev and sendfile are made of
	// Any goroutine.
	wake wakePipe
}

// NewKernel makes the kernel of the system that the program runs on.
func NewKernel() (Kernel, error) {
	kq, err := unix.Kqueue()
	if err != nil {
		return nil, fmt.Errorf("reactor: kqueue: %w", err)
	}
	unix.CloseOnExec(kq)
	k := &kqueueKernel{kq: kq, start: time.Now(), gather: make([]byte, maxGather)}
	if err := k.wake.open(); err != nil {
		unix.Close(kq)
		return nil, fmt.Errorf("reactor: pipe: %w", err)
	}
	if errno := k.add(k.wake.read, unix.EVFILT_READ, unix.EV_CLEAR, wakeKey); errno != 0 {
		k.Destroy()
		return nil, fmt.Errorf("reactor: kevent: %w", errno)
	}
	return k, nil
}

func (k *kqueueKernel) Register(fd int, key uint64) Errno {
	return k.add(fd, unix.EVFILT_READ, unix.EV_CLEAR, key)
}

func (k *kqueueKernel) RegisterListener(fd int, key uint64) Errno {
	return k.add(fd, unix.EVFILT_READ, 0, key)
}

// Unregister removes both filters; the one that is not there is no matter.
func (k *kqueueKernel) Unregister(fd int) {
	k.control(fd, unix.EVFILT_READ, unix.EV_DELETE)
	k.control(fd, unix.EVFILT_WRITE, unix.EV_DELETE)
}

// WantWrite adds the write filter for one event: one that stayed would fire
// with every acknowledgement of the peer.
func (k *kqueueKernel) WantWrite(fd int, key uint64) Errno {
	return k.add(fd, unix.EVFILT_WRITE, unix.EV_ONESHOT, key)
}

func (k *kqueueKernel) add(fd, filter, flags int, key uint64) Errno {
	if fd >= len(k.keys) {
		keys := make([]uint64, max(2*len(k.keys), fd+1))
		copy(keys, k.keys)
		k.keys = keys
	}
	k.keys[fd] = key
	return k.control(fd, filter, unix.EV_ADD|flags)
}

func (k *kqueueKernel) control(fd, filter, flags int) Errno {
	k.change[0] = unix.Kevent_t{}
	unix.SetKevent(&k.change[0], fd, filter, flags)
	for {
		_, err := unix.Kevent(k.kq, k.change[:], nil, nil)
		if err != unix.EINTR {
			return errnoOf(err)
		}
	}
}

// Wait is one kevent. A signal is taken for an early return. Hot path.
func (k *kqueueKernel) Wait(evs []Event, timeout time.Duration) (int, Errno) {
	if len(evs) > len(k.events) {
		k.events = make([]unix.Kevent_t, len(evs))
	}
	var until *unix.Timespec
	if timeout >= 0 {
		k.until = unix.NsecToTimespec(int64(timeout))
		until = &k.until
	}
	raw, err := unix.Kevent(k.kq, nil, k.events[:len(evs)], until)
	if err != nil && err != unix.EINTR {
		return 0, errnoOf(err)
	}
	return k.translate(evs, max(raw, 0)), 0
}

// translate turns the first raw events into ours and swallows the wake-up. The
// two filters of a descriptor stay two events.
func (k *kqueueKernel) translate(evs []Event, raw int) int {
	n := 0
	for i := range k.events[:raw] {
		ev := &k.events[i]
		fd := int(ev.Ident)
		if fd == k.wake.read {
			k.wake.drain()
			continue
		}
		evs[n] = Event{Key: k.keys[fd], Flags: flagsOf(ev)}
		n++
	}
	return n
}

// flagsOf reads one event. EV_EOF on the read filter is the peer's FIN, with an
// error number in Fflags a reset; on the write filter nobody listens any more.
func flagsOf(ev *unix.Kevent_t) EventFlags {
	ended := ev.Flags&unix.EV_EOF != 0
	var f EventFlags
	switch int(ev.Filter) {
	case unix.EVFILT_READ:
		f = Readable
		if ended {
			f |= PeerClosed
		}
	case unix.EVFILT_WRITE:
		f = Writable
		if ended {
			f |= Broken
		}
	}
	if ended && ev.Fflags != 0 || ev.Flags&unix.EV_ERROR != 0 {
		f |= Broken
	}
	return f
}

func (k *kqueueKernel) Wake() { k.wake.signal() }

func (k *kqueueKernel) Accept(fd int) (int, netip.AddrPort, Errno) { return sysAccept(fd) }

func (k *kqueueKernel) Read(fd int, b []byte) (int, Errno)  { return sysRead(fd, b) }
func (k *kqueueKernel) Write(fd int, b []byte) (int, Errno) { return sysWrite(fd, b) }

func (k *kqueueKernel) Writev(fd int, bufs [][]byte) (int, Errno) {
	return writeGathered(fd, bufs, k.gather)
}

func (k *kqueueKernel) Sendfile(fd, file int, offset int64, n int) (int, Errno) {
	return copyFile(fd, file, offset, n)
}

func (k *kqueueKernel) ShutdownWrite(fd int) Errno {
	return errnoOf(unix.Shutdown(fd, unix.SHUT_WR))
}

// Close is not repeated after EINTR: the number may be somebody else's by then.
func (k *kqueueKernel) Close(fd int) { unix.Close(fd) }

func (k *kqueueKernel) Now() time.Duration { return time.Since(k.start) }
func (k *kqueueKernel) Wall() time.Time    { return time.Now() }

func (k *kqueueKernel) Destroy() {
	k.wake.close()
	unix.Close(k.kq)
}

// A wakePipe is what is behind Wake: EVFILT_USER does not exist everywhere. Its
// lock keeps a late signal from reaching a descriptor of somebody else who got
// the same number.
type wakePipe struct {
	read   int
	mu     sync.Mutex
	write  int
	closed bool
}

func (p *wakePipe) open() error {
	fds, err := nonblockingPipe()
	p.read, p.write = fds[0], fds[1]
	return err
}

// signal ignores a full pipe: then a wake-up is on its way.
func (p *wakePipe) signal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		_, _ = unix.Write(p.write, []byte{1})
	}
}

func (p *wakePipe) drain() {
	var b [64]byte
	for {
		n, errno := sysRead(p.read, b[:])
		if errno != 0 || n < len(b) {
			return
		}
	}
}

func (p *wakePipe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		unix.Close(p.read)
		unix.Close(p.write)
	}
}
