package reactortest

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
)

// A Kernel is a [reactor.Kernel] whose sockets and clock belong to a test. The
// loop stops in each Wait until the test calls Step, Run or Advance, which
// return when the loop is back in Wait. Make it with NewKernel.
//
// The methods for the test may be called by one goroutine at a time.
type Kernel struct {
	// Set at creation, never changed.
	chaos *chaos // nil: everything happens as the test says

	// Guarded by mu, like all sockets.
	mu      sync.Mutex
	changed sync.Cond // one of the fields from here on has changed
	now     time.Duration
	sockets map[int]*socket
	lastFD  int
	ready   []*socket       // connections with news, in the order of events
	forged  []reactor.Event // delivered before all others
	door    *socket         // the listener, nil before Listen

	waiting bool          // the loop is in Wait ...
	patient bool          // ... and would sleep there ...
	until   time.Duration // ... to this time, negative: for ever
	granted bool          // it may go on
	woken   bool          // Wake was called
	free    bool          // it need not wait for a grant
	dead    bool          // Destroy was called
}

var _ reactor.ListeningKernel = (*Kernel)(nil)

// firstFD keeps the scripted descriptors clear of the real ones.
const firstFD = 1 << 24

// epoch is what Wall says when Now is zero.
var epoch = time.Date(2001, time.February, 3, 4, 5, 6, 0, time.UTC)

// NewKernel makes a kernel in which everything happens as the test says. It is
// for one loop.
func NewKernel() *Kernel { return newKernel(nil) }

func newKernel(c *chaos) *Kernel {
	k := &Kernel{chaos: c, sockets: make(map[int]*socket), lastFD: firstFD}
	k.changed.L = &k.mu
	return k
}

// Listen implements [reactor.ListeningKernel]. There can be one listener.
func (k *Kernel) Listen(reactor.ListenConfig) (int, net.Addr, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.door != nil {
		return -1, nil, unix.EADDRINUSE
	}
	k.door = k.newSocket()
	return k.door.fd, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}, nil
}

// Register implements [reactor.Kernel].
func (k *Kernel) Register(fd int, key uint64) reactor.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sockets[fd]
	if s == nil {
		return unix.EBADF
	}
	if errno := s.failRegister; errno != 0 {
		s.failRegister = 0
		return errno
	}
	s.key, s.registered = key, true
	k.announce(s)
	return 0
}

// RegisterListener implements [reactor.Kernel].
func (k *Kernel) RegisterListener(fd int, key uint64) reactor.Errno {
	return k.Register(fd, key)
}

// Unregister implements [reactor.Kernel].
func (k *Kernel) Unregister(fd int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sockets[fd]; s != nil {
		s.registered = false
	}
}

// WantWrite implements [reactor.Kernel].
func (k *Kernel) WantWrite(int, uint64) reactor.Errno { return 0 }

// Accept implements [reactor.Kernel].
func (k *Kernel) Accept(fd int) (int, netip.AddrPort, reactor.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sockets[fd]
	if s == nil {
		return -1, netip.AddrPort{}, unix.EBADF
	}
	if len(s.acceptErrors) > 0 {
		errno := s.acceptErrors[0]
		s.acceptErrors = s.acceptErrors[1:]
		if errno != 0 {
			return -1, netip.AddrPort{}, errno
		}
	}
	if len(s.backlog) == 0 {
		return -1, netip.AddrPort{}, unix.EAGAIN
	}
	c := s.backlog[0]
	s.backlog = s.backlog[1:]
	return c.fd, c.addr, 0
}

// Read implements [reactor.Kernel].
func (k *Kernel) Read(fd int, b []byte) (int, reactor.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sockets[fd]; s != nil {
		return s.read(k, b)
	}
	return 0, unix.EBADF
}

// Write implements [reactor.Kernel].
func (k *Kernel) Write(fd int, b []byte) (int, reactor.Errno) {
	return k.Writev(fd, [][]byte{b})
}

// Writev implements [reactor.Kernel].
func (k *Kernel) Writev(fd int, bufs [][]byte) (int, reactor.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sockets[fd]; s != nil {
		return s.write(k, bufs)
	}
	return 0, unix.EBADF
}

// Sendfile implements [reactor.Kernel]. The file is a real one.
func (k *Kernel) Sendfile(fd, file int, offset int64, n int) (int, reactor.Errno) {
	b := make([]byte, n)
	n, err := unix.Pread(file, b, offset)
	if err != nil {
		return 0, err.(reactor.Errno)
	}
	if n == 0 {
		return 0, 0
	}
	return k.Writev(fd, [][]byte{b[:n]})
}

// ShutdownWrite implements [reactor.Kernel].
func (k *Kernel) ShutdownWrite(fd int) reactor.Errno {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sockets[fd]
	if s == nil {
		return unix.EBADF
	}
	s.ended = true
	k.announce(s)
	return 0
}

// Close implements [reactor.Kernel].
func (k *Kernel) Close(fd int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.sockets[fd]
	if s == nil {
		if fd < firstFD { // not ours: the spare descriptor of a listener
			unix.Close(fd)
		}
		return
	}
	s.closed, s.registered = true, false
	delete(k.sockets, fd)
	if k.chaos != nil && s.key != 0 {
		k.chaos.old = append(k.chaos.old, s.key)
	}
	for _, c := range s.backlog {
		c.reset, c.closed = true, true
		delete(k.sockets, c.fd)
	}
	s.backlog = nil
}

// Now implements [reactor.Kernel].
func (k *Kernel) Now() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Wall implements [reactor.Kernel]. It begins in 2001 and moves with Now.
func (k *Kernel) Wall() time.Time { return epoch.Add(k.Now()) }

// Destroy implements [reactor.Kernel].
func (k *Kernel) Destroy() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dead = true
	k.changed.Broadcast()
}
