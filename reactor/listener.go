package reactor

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// ListenConfig says where to listen and what to do with connections.
type ListenConfig struct {
	// Network is "tcp" (both versions of IP if the host is unspecified),
	// "tcp4", "tcp6" or "unix". Empty means "tcp".
	Network string
	// Address is host:port or the path of a unix socket. Port 0 asks for a
	// free one.
	Address string
	// File, if not nil, is a listening socket to use instead of an address,
	// for example an inherited one. It is duplicated; the caller closes it.
	File *os.File
	// ReusePort shares the port with other processes that ask for the same.
	ReusePort bool
	// Backlog is the length of the accept queue. Zero means 4096.
	Backlog int
	// UnixMode is the mode of a unix socket's file. Zero means 0o600.
	UnixMode os.FileMode

	// Open is called on the loop of each new connection and returns its
	// handler; nil refuses the connection. It may write, close, and detach.
	Open func(*Conn) Handler
	// Notice is written to a newcomer that has to be shed because the
	// process is out of descriptors.
	Notice []byte
}

// A Listener accepts connections for a Group: on Linux with a socket for
// each loop, elsewhere with one whose connections are dealt out.
type Listener struct {
	group *Group
	cfg   ListenConfig
	addr  net.Addr
	once  sync.Once
}

// Addr is the address that connections reach, with the port resolved.
func (ln *Listener) Addr() net.Addr { return ln.addr }

// Listen opens a listener. It may be called before or after Start; before,
// peers can connect and are served as soon as the group starts. After
// Shutdown it returns ErrStopped.
func (g *Group) Listen(cfg ListenConfig) (*Listener, error) {
	if cfg.Open == nil {
		return nil, errNoOpen
	}
	fds, addr, err := g.openSockets(cfg)
	if err != nil {
		return nil, err
	}
	ln := &Listener{group: g, cfg: cfg, addr: addr}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		for _, fd := range fds {
			unix.Close(fd)
		}
		ln.cleanUp()
		return nil, ErrStopped
	}
	g.listeners = append(g.listeners, ln)
	for i, fd := range fds {
		l := g.loops[i] // not ended: it has not even been told to
		l.Post(func() { l.addDoor(ln, fd) })
	}
	return ln, nil
}

// A ListeningKernel is a Kernel that brings its own listening sockets: those
// that Group.Listen would ask the system for otherwise. It is for tests. The
// descriptor goes to the loop of the kernel that was asked.
type ListeningKernel interface {
	Kernel
	// Listen may be called by any goroutine.
	Listen(cfg ListenConfig) (fd int, addr net.Addr, err error)
}

func (g *Group) openSockets(cfg ListenConfig) ([]int, net.Addr, error) {
	if k, ok := g.loops[0].kernel.(ListeningKernel); ok {
		fd, addr, err := k.Listen(cfg)
		return []int{fd}, addr, err
	}
	if cfg.File != nil {
		fd, addr, err := inheritListener(int(cfg.File.Fd()))
		return []int{fd}, addr, err
	}
	return openListeners(listenOptions{
		Network:   cfg.Network,
		Address:   cfg.Address,
		Backlog:   cfg.Backlog,
		ReusePort: cfg.ReusePort,
		UnixMode:  cfg.UnixMode,
	}, len(g.loops))
}

// Close accepts what has been queued by the kernel and then listens no more.
// It does not wait for that.
func (ln *Listener) Close() {
	ln.once.Do(func() {
		for _, l := range ln.group.loops {
			l.Post(func() { l.closeDoors(ln) })
		}
	})
}

// CloseListeners closes every listener of the group.
func (g *Group) CloseListeners() {
	g.mu.Lock()
	listeners := g.listeners
	g.listeners = nil
	g.mu.Unlock()
	for _, ln := range listeners {
		ln.Close()
	}
}

// A door is a loop's socket of a listener.
type door struct {
	listener *Listener
	fd       int
	shut     bool       // not registered, out of descriptors
	spare    int        // a descriptor to give up for a moment, or -1
	retry    timerEntry // when to open again
}

const (
	acceptsPerEvent = 64
	shedsPerEvent   = 8
	// acceptsAtEnd is how many are taken from the queue of a listener that
	// closes: more than wait there, but peers that come all the time must not
	// keep it open.
	acceptsAtEnd = 1 << 16
	// acceptPause is how long a door stays shut when there are no
	// descriptors or no memory.
	acceptPause = 50 * time.Millisecond
	// doorOwner marks the timer of a door among those of connections.
	doorOwner = 1 << 31
)

func (l *Loop) addDoor(ln *Listener, fd int) {
	d := &door{listener: ln, fd: fd, spare: openSpare()}
	d.retry.owner = doorOwner | uint32(len(l.doors))
	l.doors = append(l.doors, d)
	l.openDoor(d)
}

func (l *Loop) openDoor(d *door) {
	index := uint64(d.retry.owner &^ doorOwner)
	d.shut = l.kernel.RegisterListener(d.fd, listenerKey|index) != 0
	if d.shut {
		l.wheel.set(&d.retry, l.now+acceptPause)
	}
}

// shutDoor lets newcomers wait in the kernel's queue for a while.
func (l *Loop) shutDoor(d *door) {
	if !d.shut {
		d.shut = true
		l.kernel.Unregister(d.fd)
	}
	l.wheel.set(&d.retry, l.now+acceptPause)
}

func (l *Loop) closeDoors(ln *Listener) {
	for _, d := range l.doors {
		if d.listener != ln || d.fd < 0 {
			continue
		}
		for n := 0; n < acceptsAtEnd && l.acceptOne(d); n++ {
		}
		l.wheel.clear(&d.retry)
		l.kernel.Close(d.fd)
		if d.spare >= 0 {
			l.kernel.Close(d.spare)
		}
		d.fd, d.spare = -1, -1
		ln.cleanUp()
	}
}

// cleanUp removes the file of a unix socket.
func (ln *Listener) cleanUp() {
	if ln.cfg.File == nil {
		unlinkSocket(ln.addr)
	}
}

// accept takes a bounded number of newcomers from the door of an event; the
// door is level-triggered, so that what is left is announced again.
func (l *Loop) accept(index int) {
	d := l.doors[index]
	if d.fd < 0 {
		return
	}
	for n := 0; n < acceptsPerEvent && l.acceptOne(d); n++ {
	}
}

// acceptOne reports whether it is worth trying again at once.
func (l *Loop) acceptOne(d *door) bool {
	fd, peer, errno := l.kernel.Accept(d.fd)
	switch errno {
	case 0:
		l.place(d.listener, fd, peer)
		return true
	case unix.ECONNABORTED, unix.EPROTO, unix.EINTR:
		return true // that one has gone; the next may be fine
	case errAgain:
	case unix.EMFILE, unix.ENFILE:
		l.outOfDescriptors(d)
	default: // no memory, or a socket that somebody has shut down: it would spin
		l.shutDoor(d)
	}
	return false
}

// outOfDescriptors gives up the spare descriptor to accept a few newcomers,
// tells them, and closes them; otherwise they would wait in the queue for an
// answer that cannot come. Then the door stays shut for a moment, so that a
// level-triggered event does not spin.
func (l *Loop) outOfDescriptors(d *door) {
	for n := 0; n < shedsPerEvent && d.spare >= 0; n++ {
		l.kernel.Close(d.spare)
		d.spare = -1
		fd, _, errno := l.kernel.Accept(d.fd)
		if errno == 0 {
			l.stats.refused++
			l.kernel.Read(fd, l.readBuffer) // unread, it would turn the end into a reset
			l.kernel.Write(fd, d.listener.cfg.Notice)
			l.kernel.ShutdownWrite(fd)
			l.kernel.Close(fd)
		}
		d.spare = openSpare()
		if errno != 0 {
			break
		}
	}
	if d.spare < 0 {
		d.spare = openSpare()
	}
	l.shutDoor(d)
}

func openSpare() int {
	fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}

// place gives a newcomer to the loop that should have it: this one, unless
// it lags or has many more than another.
func (l *Loop) place(ln *Listener, fd int, peer netip.AddrPort) {
	to := l.leastLoaded()
	if to == l || !to.Post(func() { to.adopt(ln, fd, peer) }) {
		l.adopt(ln, fd, peer)
	}
}

// leastLoaded returns the loop with the fewest connections, or l if the
// difference is not worth the way.
func (l *Loop) leastLoaded() *Loop {
	best, fewest := l, l.stats.open.Load()
	if !l.lagging {
		fewest -= fewest/8 + 4
	}
	for _, other := range l.group.loops {
		if n := other.stats.open.Load(); n < fewest {
			best, fewest = other, n
		}
	}
	return best
}

// adopt makes the descriptor a connection of this loop.
func (l *Loop) adopt(ln *Listener, fd int, peer netip.AddrPort) {
	l.stats.accepted++
	c := &Conn{
		loop:     l,
		listener: ln,
		peer:     peer,
		id:       uint64(l.index)<<48 | l.stats.accepted,
		fd:       int32(fd),
	}
	l.conns.add(c)
	l.stats.open.Add(1)
	if c.handler = ln.cfg.Open(c); c.handler == nil {
		c.handler = NopHandler{}
		c.Close(nil)
	}
	if c.Closed() {
		return
	}
	if errno := l.kernel.Register(fd, c.key()); errno != 0 {
		c.Close(errno)
	}
}
