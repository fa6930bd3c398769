package load

import (
	"syscall"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
)

// A phase is what a connection waits for.
type phase uint8

const (
	phaseClosed  phase = iota // nothing: not made yet, or given up
	phaseConnect              // the handshake
	phaseUpgrade              // the answer to the opening handshake of WebSocket
	phaseIdle                 // its next request to be due
	phaseBusy                 // answers
	phaseEnd                  // fresh only: answered, the server has yet to close
)

// A conn is one connection of the generator. It belongs to its loop. When it
// breaks it is made again, in the same struct.
type conn struct {
	fd     int
	slot   int32
	gen    int32 // counts its sockets, so that an old event is told apart
	phase  phase
	other  bool // what is out is Other
	made   bool // has been ready once
	queued bool // open: in the ring of free connections
	left   int  // answers outstanding
	g      *group
	rest   []byte        // bytes of the request that the socket had no room for
	since  time.Duration // latency counts from here
	sent   time.Duration // when the request was written
	due    time.Duration // paced: when the next request is
	parser httpwire.Parser
	tls    *tlsSocket   // nil in clear
	ws     *messages    // WebSocket only
	h2     *h2wire.Conn // HTTP/2 only
	spare  []byte       // HTTP/2: memory for what to send next
}

// open begins the connection of c.
func (l *loop) open(c *conn) {
	fd, err := dial(l.to)
	if err != nil {
		l.errs.Connect++
		l.checkErrors()
		return
	}
	c.fd, c.phase, c.left, c.rest = fd, phaseConnect, 0, nil
	c.gen++
	c.parser.Reset()
	c.tls = nil
	if !c.g.spec.Fresh {
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	}
	ev := syscall.EpollEvent{
		Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edgeTriggered,
		Fd:     c.slot, Pad: c.gen,
	}
	if err := syscall.EpollCtl(l.ep, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
		l.fail(c, &l.errs.Connect)
	}
}

// shut closes the socket of c.
func (l *loop) shut(c *conn) {
	if c.phase != phaseClosed {
		l.leave(c)
		_ = syscall.Close(c.fd)
		c.phase = phaseClosed
	}
}

// fail counts an error of c, and makes the connection again unless there were
// too many.
func (l *loop) fail(c *conn, kind *int64) {
	*kind++
	l.shut(c)
	if l.checkErrors() {
		l.open(c)
	}
}

// send writes the next request of c; its latency counts from since. Hot path.
func (l *loop) send(c *conn, since, now time.Duration) {
	g := c.g
	c.phase, c.since, c.sent = phaseBusy, since, now
	c.rest, c.left = g.wire, max(1, g.spec.Depth)
	if c.other = l.dice.oneIn(g.spec.OneIn); c.other {
		c.rest = g.spec.Other.Wire
	}
	l.flush(c)
}

// flush writes what is left of the request. Hot path.
func (l *loop) flush(c *conn) {
	if c.tls != nil && !c.tls.flush() {
		l.fail(c, &l.errs.Broken)
		return
	}
	for len(c.rest) > 0 {
		n, errno := c.write(c.rest)
		switch errno {
		case 0:
			c.rest = c.rest[n:]
		case syscall.EAGAIN:
			return // an event will say when there is room
		case syscall.EINTR:
		default:
			l.fail(c, &l.errs.Broken)
			return
		}
	}
}

// connected begins what comes after the handshake of TCP. It reports whether c
// lives on.
func (l *loop) connected(c *conn) bool {
	if c.g.spec.TLS && !l.secure(c) {
		return false
	}
	switch gen := c.gen; c.g.spec.Proto {
	case HTTP2:
		l.made(c)
		l.startStreams(c)
		return c.gen == gen && c.phase != phaseClosed
	case WebSocket:
		l.upgrade(c)
		return c.gen == gen && c.phase != phaseClosed
	}
	l.made(c)
	l.ready(c, l.now())
	return true
}

// made counts c when it is ready for the first time.
func (l *loop) made(c *conn) {
	if !c.made {
		c.made = true
		l.flags.made.Add(1)
	}
}

// event acts on what epoll reported for c. Hot path.
func (l *loop) event(c *conn, flags uint32) {
	if c.phase == phaseConnect {
		if flags&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0 {
			l.fail(c, &l.errs.Connect)
			return
		}
		if flags&syscall.EPOLLOUT == 0 {
			return
		}
		if !l.connected(c) {
			return
		}
	} else if flags&syscall.EPOLLOUT != 0 && c.unsent() {
		l.flush(c)
	}
	if c.tls != nil {
		c.tls.short = false
	}
	const readable = syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	if flags&readable != 0 && c.phase != phaseClosed {
		l.receive(c, flags&^(syscall.EPOLLIN|syscall.EPOLLOUT) != 0)
	}
}

// receive reads until the socket is empty, or until its end if ending says
// that an event announced it (there will be no other event for it). Hot path.
func (l *loop) receive(c *conn, ending bool) {
	gen := c.gen
	for {
		n, errno := c.read(l.buf)
		switch {
		case errno == syscall.EAGAIN:
			return
		case errno == syscall.EINTR:
			continue
		case errno != 0:
			l.fail(c, &l.errs.Broken)
			return
		case n == 0:
			l.ended(c)
			return
		}
		l.feed(c, l.buf[:n])
		if c.gen != gen || c.phase == phaseClosed || n < len(l.buf) && !ending && c.tls == nil {
			return
		}
	}
}

// feed takes bytes that the server sent. Hot path.
func (l *loop) feed(c *conn, b []byte) {
	switch {
	case c.h2 != nil:
		l.feedStreams(c, b)
	case c.ws != nil:
		l.feedMessages(c, b)
	default:
		l.feedAnswers(c, b)
	}
}

// feedAnswers takes bytes of HTTP/1.1. Hot path.
func (l *loop) feedAnswers(c *conn, b []byte) {
	now := l.now()
	for len(b) > 0 {
		if c.left == 0 { // bytes that answer nothing
			l.fail(c, &l.errs.Parse)
			return
		}
		n, done, err := c.parser.Feed(b)
		b = b[n:]
		if err != nil {
			l.fail(c, &l.errs.Parse)
			return
		}
		if !done {
			continue
		}
		if c.left--; c.g.spec.Fresh {
			c.phase = phaseEnd
			continue
		}
		l.judge(c, c.answer(), now)
		if c.left > 0 {
			continue
		}
		if len(b) == 0 {
			l.next(c, now)
		}
	}
}

// next goes on after the last answer to what c had sent. Hot path.
func (l *loop) next(c *conn, now time.Duration) {
	if c.parser.Response().Close {
		c.g.res.Reconnects++
		l.shut(c)
		l.open(c)
		return
	}
	l.ready(c, now)
}

// An answer is what any parser found out about one answer.
type answer struct {
	status int
	body   int64
	since  time.Duration // latency counts from here
}

// answer returns the last answer of HTTP/1.1.
func (c *conn) answer() answer {
	got := c.parser.Response()
	return answer{status: got.Status, body: got.Body, since: c.since}
}

// judge counts one answer if it is the right one, and an error if not. Hot
// path.
func (l *loop) judge(c *conn, got answer, now time.Duration) {
	want := c.g.spec.Main.Body
	if c.other {
		want = c.g.spec.Other.Body
	}
	switch {
	case got.status != 200:
		l.errs.Status++
		l.checkErrors()
	case want >= 0 && got.body != want:
		l.errs.Length++
		l.checkErrors()
	case l.flags.counting.Load():
		c.g.res.Requests++
		if !c.other {
			c.g.res.Latency.Record(now - got.since)
		}
	}
}

// ended acts on the end of the stream.
func (l *loop) ended(c *conn) {
	done, err := c.parser.End()
	switch {
	case c.phase == phaseUpgrade:
		l.fail(c, &l.errs.Connect)
		return
	case err != nil, c.phase == phaseBusy && !done:
		l.fail(c, &l.errs.Broken)
		return
	case c.phase == phaseEnd, done:
		l.judge(c, c.answer(), l.now())
	default: // an idle connection that the server did not want to keep
		c.g.res.Reconnects++
	}
	l.shut(c)
	l.open(c)
}
