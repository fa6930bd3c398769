package reactor

// An input holds the unconsumed bytes b[r:] of a connection. While an event
// is being handled it is the loop's own, over a read buffer of the loop's;
// what is left after the event moves to a buffer of the connection's, which
// goes back as soon as it is empty.
type input struct {
	b []byte
	r int
}

// keptInput is the smallest buffer for a rest. It doubles as needed.
const keptInput = 4 << 10

// Input returns the bytes that have been read and not consumed. They are
// valid until the current callback returns or Consume is called; what is not
// consumed is there again next time, followed by what has come since. Hot
// path.
func (c *Conn) Input() []byte {
	if c.in == nil {
		return nil
	}
	return c.in.b[c.in.r:]
}

// Consume removes n bytes from the front of Input. Hot path.
func (c *Conn) Consume(n int) {
	if n == 0 {
		return
	}
	in := c.in
	if in.r += n; in.r == len(in.b) {
		c.loop.dropInput(c)
	}
}

// EOF reports that the peer has ended its direction and that everything
// before that has been read.
func (c *Conn) EOF() bool { return c.is(sawEOF) }

// PeerClosed reports that the peer has sent FIN, even if input is unread.
func (c *Conn) PeerClosed() bool { return c.is(peerClosed | sawEOF) }

// PauseReading stops OnInput until ResumeReading. The kernel's buffer fills
// and the peer has to wait. Hot path.
func (c *Conn) PauseReading() { c.set(paused) }

// ResumeReading undoes PauseReading. It does not call OnInput for bytes that
// are in Input already. Hot path.
func (c *Conn) ResumeReading() {
	c.unset(paused)
	if c.is(readable) && c.loop.current != c {
		c.loop.markReady(c)
	}
}

func (l *Loop) dropInput(c *Conn) {
	in := c.in
	if in == nil {
		return
	}
	c.in = nil
	if in == &l.shared {
		return
	}
	l.buffers.Put(in.b)
	in.b, in.r = nil, 0
	l.inputs = append(l.inputs, in)
}

// keepInput moves what an event has left in the loop's read buffer to a
// buffer of the connection's own. Hot path.
func (l *Loop) keepInput(c *Conn) {
	if c.in != &l.shared {
		return
	}
	rest := c.Input()
	c.in = l.newInput()
	c.in.b = append(l.buffers.Get(max(keptInput, len(rest)))[:0], rest...)
}

func (l *Loop) newInput() *input {
	if n := len(l.inputs); n > 0 {
		in := l.inputs[n-1]
		l.inputs = l.inputs[:n-1]
		return in
	}
	return new(input)
}

// room returns where the next read of c goes: the loop's read buffer, or
// behind what the connection already holds.
func (l *Loop) room(c *Conn) []byte {
	in := c.in
	if in == nil {
		return l.readBuffer
	}
	if in.r > 0 {
		in.b = in.b[:copy(in.b, in.b[in.r:])]
		in.r = 0
	}
	if len(in.b) == cap(in.b) {
		b := append(l.buffers.Get(2 * cap(in.b))[:0], in.b...)
		l.buffers.Put(in.b)
		in.b = b
	}
	// Never more than one read can fill, or it would always look short.
	return in.b[len(in.b):min(cap(in.b), len(in.b)+maxIO)]
}

// read reads once and hands the bytes to the handler. Hot path.
func (c *Conn) read() {
	l := c.loop
	var b []byte
	var n int
	var errno Errno
	if c.is(early) {
		b, n, errno = l.takeReading(c)
	} else {
		b = l.room(c)
		n, errno = l.kernel.Read(int(c.fd), b)
	}
	if n > 0 {
		if c.in == nil {
			l.shared = input{b: b[:n]}
			c.in = &l.shared
		} else {
			c.in.b = c.in.b[:len(c.in.b)+n]
		}
		l.stats.bytesIn += uint64(n)
		// A short read has emptied the kernel's buffer, unless the end of the
		// stream is behind it; a full one says nothing.
		if n < len(b) && !c.is(peerClosed|broken) {
			c.unset(readable)
		}
		c.unset(unseen)
		c.handler.OnInput(c)
		return
	}
	switch errno {
	case errAgain:
		c.unset(readable)
		if c.is(unseen) {
			c.unset(unseen)
			c.handler.OnInput(c)
		}
	case 0:
		c.unset(readable)
		if c.is(sawEOF) {
			return // any event says again that the stream has ended
		}
		c.set(sawEOF)
		c.sawPeerClose()
		if !c.Closed() {
			c.handler.OnInput(c)
		}
	default:
		c.Close(errno)
	}
}

func (c *Conn) sawPeerClose() {
	if !c.is(peerClosed) {
		c.set(peerClosed)
		c.handler.OnPeerClosed(c)
	}
}
