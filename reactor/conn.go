package reactor

import (
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A Handler is what a protocol installs on a Conn. Its methods are called on
// the loop of the connection, one at a time, and must not block; user code
// belongs into a Task.
type Handler interface {
	// OnInput is called when there are new bytes in Conn.Input, and once
	// when the peer has ended its direction (Conn.EOF is then true).
	OnInput(c *Conn)
	// OnDrain is called when pending output that had grown above the high
	// water mark has fallen to the low one.
	OnDrain(c *Conn)
	// OnBlocked is called when output is left over that the kernel does not
	// take for now.
	OnBlocked(c *Conn)
	// OnDeadline is called when the deadline has passed; it is then unset.
	OnDeadline(c *Conn)
	// OnPeerClosed is called once, when the peer's FIN is seen, even if
	// reading is paused and input is still unread.
	OnPeerClosed(c *Conn)
	// OnClose is the last call: the descriptor is closed and the Conn's
	// methods do nothing any more.
	OnClose(c *Conn, err error)
}

// A Producer is a Handler that makes its output as late as possible: when all of
// a step has been handled, once, right before the output is sent. A protocol
// that frames, compresses or encrypts does it there for everything at once.
type Producer interface {
	Handler
	// OnFlush is called before output is sent, once for any number of
	// Conn.RequestFlush that came before it. It appends to the output. If it
	// holds something back, say because enough is pending, it calls RequestFlush
	// again, and is called again when the kernel has taken what there is.
	OnFlush(c *Conn)
}

// A NopHandler does nothing. A handler that embeds it has only the methods to
// write that it needs. It leaves input unconsumed and connections open.
type NopHandler struct{}

var _ Handler = NopHandler{}

// OnInput implements Handler.
func (NopHandler) OnInput(*Conn) {}

// OnDrain implements Handler.
func (NopHandler) OnDrain(*Conn) {}

// OnBlocked implements Handler.
func (NopHandler) OnBlocked(*Conn) {}

// OnDeadline implements Handler.
func (NopHandler) OnDeadline(*Conn) {}

// OnPeerClosed implements Handler.
func (NopHandler) OnPeerClosed(*Conn) {}

// OnClose implements Handler.
func (NopHandler) OnClose(*Conn, error) {}

// A Conn is a connection of a Loop. All its methods are for the loop only,
// that is for Handler methods, Task.Done and posted functions, except where
// they say otherwise.
type Conn struct {
	// Set when it was opened, never changed.
	loop     *Loop
	listener *Listener
	peer     netip.AddrPort
	id       uint64
	fd       int32
	slot     uint32
	gen      uint32

	// Loop only.
	flags   connFlags
	handler Handler
	in      *input  // unconsumed bytes, nil when there are none
	out     *output // pending output, nil when there is none
	timer   timerEntry
	sent    int64 // bytes that the kernel has taken
	reason  error // why it is closing
}

type connFlags uint32

const (
	readable    connFlags = 1 << iota // the kernel may have more to read
	paused                            // PauseReading
	congested                         // output went above the high water mark
	blocked                           // the kernel took less than was pending
	dirty                             // listed for flushing
	listed                            // listed as ready
	sawEOF                            // read returned zero
	peerClosed                        // OnPeerClosed was called
	overdue                           // the deadline has passed, OnDeadline is next
	broken                            // reset, or both directions have ended
	endOutput                         // CloseWrite: FIN behind the pending output
	outputEnded                       // FIN sent
	closeLater                        // CloseAfterFlush
	asksFlush                         // RequestFlush: the handler has output to make
	early                             // something was read ahead of the event
	unseen                            // input that OnInput was not called for
	closing                           // listed for closing
	closed
)

func (c *Conn) is(f connFlags) bool { return c.flags&f != 0 }
func (c *Conn) set(f connFlags)     { c.flags |= f }
func (c *Conn) unset(f connFlags)   { c.flags &^= f }

// ID is unique in the life of the Group. Any goroutine.
func (c *Conn) ID() uint64 { return c.id }

// Loop is the loop that the connection belongs to. Any goroutine.
func (c *Conn) Loop() *Loop { return c.loop }

// Listener is where the connection was accepted. Any goroutine.
func (c *Conn) Listener() *Listener { return c.listener }

// RemoteAddr is the address of the peer, zero for a unix socket. Any
// goroutine.
func (c *Conn) RemoteAddr() netip.AddrPort { return c.peer }

// LocalAddr asks the kernel for the connection's own address.
func (c *Conn) LocalAddr() netip.AddrPort {
	if c.is(closed) {
		return netip.AddrPort{}
	}
	sa, err := unix.Getsockname(int(c.fd))
	if err != nil {
		return netip.AddrPort{}
	}
	if a, ok := addrOf(sa).(*net.TCPAddr); ok {
		return a.AddrPort()
	}
	return netip.AddrPort{}
}

// Handler returns what the events of the connection go to.
func (c *Conn) Handler() Handler { return c.handler }

// SetHandler replaces the handler, for example after an upgrade.
func (c *Conn) SetHandler(h Handler) { c.handler = h }

// Closed reports that Close was called or that the connection has ended.
func (c *Conn) Closed() bool { return c.is(closing | closed) }

// SetDeadline arranges for OnDeadline at the given time of Loop.Now,
// instead of any earlier arrangement; at <= 0 unsets it. Hot path.
func (c *Conn) SetDeadline(at time.Duration) {
	c.unset(overdue)
	if at <= 0 {
		c.loop.wheel.clear(&c.timer)
	} else if !c.Closed() {
		c.loop.wheel.set(&c.timer, at)
	}
}

// Close ends the connection at the end of the loop's iteration, without
// waiting for pending output. Input and output stop at once. A nil err means
// ErrClosed. Closing twice keeps the first reason.
func (c *Conn) Close(err error) {
	if c.Closed() {
		return
	}
	if err == nil {
		err = ErrClosed
	}
	c.reason = err
	c.set(closing)
	c.loop.closing = append(c.loop.closing, c)
}

// CloseAfterFlush closes the connection as soon as its output has been given
// to the kernel.
func (c *Conn) CloseAfterFlush() {
	c.set(closeLater)
	c.markDirty()
}

// CloseWrite sends FIN behind the pending output. Reading goes on. Nothing
// should be written afterwards: it would be sent in front of the FIN if that has
// still to wait, and is dropped if not.
func (c *Conn) CloseWrite() {
	c.set(endOutput)
	c.markDirty()
}

// finishClose is the end of Close, at the end of the iteration.
func (c *Conn) finishClose() {
	l := c.loop
	c.release()
	l.kernel.Close(int(c.fd))
	c.handler.OnClose(c, c.reason)
}

// release gives back what c holds of its loop.
func (c *Conn) release() {
	l := c.loop
	c.set(closed)
	l.wheel.clear(&c.timer)
	l.dropInput(c)
	c.dropOutput()
	l.conns.remove(c)
	l.stats.closed++
	l.stats.open.Add(-1)
}

// Detach takes the connection off its loop: it is forgotten there without
// OnClose, and becomes a blocking net.Conn on Go's own poller, which gives
// the unread input first. It returns ErrPending while output waits.
func (c *Conn) Detach() (net.Conn, error) {
	if c.Closed() {
		return nil, ErrClosed
	}
	if c.Pending() > 0 {
		return nil, ErrPending
	}
	l := c.loop
	l.kernel.Unregister(int(c.fd))
	c.claimReading()
	unread := append([]byte(nil), c.Input()...)
	f := os.NewFile(uintptr(c.fd), "detached")
	c.release()
	c.reason = ErrClosed
	nc, err := net.FileConn(f)
	f.Close()
	if err != nil {
		return nil, err
	}
	return &detached{Conn: nc, unread: unread}, nil
}

// detached is a net.Conn that gives what the loop had already read first.
type detached struct {
	net.Conn
	unread []byte
}

func (d *detached) Read(b []byte) (int, error) {
	if len(d.unread) == 0 {
		return d.Conn.Read(b)
	}
	n := copy(b, d.unread)
	if d.unread = d.unread[n:]; len(d.unread) == 0 {
		d.unread = nil
	}
	return n, nil
}

// CloseWrite passes the half close through to the connection.
func (d *detached) CloseWrite() error {
	if w, ok := d.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return unix.ENOTSUP
}
