package reactor

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const errAgain = unix.EAGAIN

// Buffer returns where output is appended; SetBuffer takes the appended
// slice back:
//
//	c.SetBuffer(append(c.Buffer(), "hello"...))
//
// Nothing else of the Conn may be called in between. On a connection that is
// closed they lead nowhere. Hot path.
func (c *Conn) Buffer() []byte {
	if c.out == nil {
		if c.Closed() {
			return nil
		}
		c.out = c.loop.newOutput()
	}
	return c.out.tail
}

// SetBuffer makes b, which is what Buffer returned and more, the output. It
// leaves with everything else that the event produces, in one write. Hot
// path.
func (c *Conn) SetBuffer(b []byte) {
	o := c.out
	if o == nil {
		return
	}
	if cap(b) == cap(o.tail) {
		o.tail = b
	} else {
		c.loop.regrow(o, b)
	}
	c.markDirty()
}

// Write appends a copy of b to the output. It never fails and never blocks:
// a caller that may send much looks at Congested.
func (c *Conn) Write(b []byte) { c.SetBuffer(append(c.Buffer(), b...)) }

// WriteRef appends b to the output without copying it. b may not change
// until it has been sent, that is until Pending has been zero once or the
// connection has ended; best is memory that never changes.
func (c *Conn) WriteRef(b []byte) {
	if len(b) == 0 || c.Closed() {
		return
	}
	c.Buffer()
	c.out.add(ref{b: b}, int64(len(b)))
	c.markDirty()
}

// An Owner lends memory to an output.
type Owner interface {
	// Release is called once, on the loop, when the memory has been sent or
	// will not be.
	Release()
}

// WriteOwned appends b to the output without copying it. b may not change
// until owner is told that it is released, which may be at once.
func (c *Conn) WriteOwned(b []byte, owner Owner) {
	if len(b) == 0 || c.Closed() {
		owner.Release()
		return
	}
	c.Buffer()
	c.out.add(ref{b: b, owner: owner}, int64(len(b)))
	c.markDirty()
}

// WriteFile appends n bytes of f from offset to the output and takes f over:
// it is closed when they have been sent or the connection has ended. The
// bytes go from the page cache to the socket; what is not in the cache is
// read by a task first, never by the loop. A file that turns out shorter
// ends the connection with io.ErrUnexpectedEOF.
func (c *Conn) WriteFile(f *os.File, offset, n int64) {
	if n <= 0 || c.Closed() {
		f.Close()
		return
	}
	c.Buffer()
	c.out.add(ref{file: &fileSpan{file: f, offset: offset, n: n}}, n)
	c.markDirty()
}

// Pending is the output, in bytes, that the kernel has not taken yet.
func (c *Conn) Pending() int64 {
	if c.out == nil {
		return 0
	}
	return c.out.pending()
}

// Sent is how many bytes the kernel has taken so far.
func (c *Conn) Sent() int64 { return c.sent }

// Congested reports that pending output went above the high water mark and
// has not fallen to the low one since. Nothing is read meanwhile.
func (c *Conn) Congested() bool { return c.is(congested) }

// markDirty lists c for one flush after the current event. Hot path.
func (c *Conn) markDirty() {
	if c.flags&(dirty|closing|closed) == 0 {
		c.set(dirty)
		c.loop.dirty = append(c.loop.dirty, c)
	}
	if !c.is(congested) && c.out != nil && c.out.pending() > int64(c.loop.group.cfg.HighWater) {
		c.set(congested)
	}
}

// RequestFlush arranges for OnFlush of the handler, which must be a [Producer],
// before the output of the current step is sent. Hot path.
func (c *Conn) RequestFlush() {
	c.set(asksFlush)
	c.markDirty()
}

// produce asks the handler for the output that it has still to make. What it
// writes is sent right behind, so that there is no need to list c again. Hot
// path.
func (c *Conn) produce() {
	was := c.flags & dirty
	c.flags = c.flags&^asksFlush | dirty
	c.handler.(Producer).OnFlush(c)
	c.flags = c.flags&^dirty | was
}

// flush gives the kernel what it takes, at most maxFlush bytes. Hot path.
func (c *Conn) flush() {
	if c.flags&(blocked|closing|closed) != 0 {
		return
	}
	if c.is(asksFlush) {
		if c.produce(); c.Closed() {
			return
		}
	}
	if c.is(outputEnded) && c.out != nil {
		c.dropOutput() // written behind FIN
	}
	if c.out == nil || c.sendPending() {
		c.flushed()
	}
	if c.flags&(asksFlush|blocked) == asksFlush {
		c.loop.markReady(c)
	}
}

// sendPending is the part of flush that sends. It reports false if that is to
// go on when a part of a file has been read, or never. Hot path.
func (c *Conn) sendPending() bool {
	l, o := c.loop, c.out
	for total := 0; o.pending() > 0; {
		if !c.warmed() {
			return false
		}
		n, errno := o.send(l, int(c.fd))
		switch {
		case errno == errAgain:
			c.set(blocked)
			o.compact()
			l.kernel.WantWrite(int(c.fd), c.key())
			c.handler.OnBlocked(c)
			return !c.Closed()
		case errno != 0:
			c.Close(errno)
			return false
		case n == 0: // the file is shorter than was promised
			c.Close(io.ErrUnexpectedEOF)
			return false
		}
		l.stats.bytesOut += uint64(n)
		c.sent += int64(n)
		if total += n; total >= maxFlush && o.pending() > 0 {
			l.markReady(c)
			break
		}
	}
	return true
}

// hasToFlush reports that a flush would do something. Hot path.
func (c *Conn) hasToFlush() bool {
	return !c.is(blocked) && (c.out != nil || c.is(endOutput|closeLater|asksFlush))
}

// dropOutput forgets what is pending.
func (c *Conn) dropOutput() {
	if c.out != nil {
		c.out.discard()
		c.loop.freeOutput(c.out)
		c.out = nil
	}
}

// flushed does what waited for the output to shrink. Hot path.
func (c *Conn) flushed() {
	l := c.loop
	if o := c.out; o != nil && o.pending() == 0 {
		c.out = nil
		l.freeOutput(o)
	}
	if c.out == nil && !c.is(asksFlush) {
		if c.is(endOutput) && !c.is(outputEnded) {
			c.set(outputEnded)
			l.kernel.ShutdownWrite(int(c.fd))
		}
		if c.is(closeLater) {
			c.Close(nil)
			return
		}
	}
	if c.is(congested) && c.Pending() <= int64(l.group.cfg.LowWater) {
		c.unset(congested)
		if c.is(readable) {
			l.markReady(c)
		}
		c.handler.OnDrain(c)
	}
}

// warmed reports whether what is to be sent next is in memory. If it is a
// part of a file that may have to come from a disk, a task reads it first.
func (c *Conn) warmed() bool {
	f := c.out.file()
	if f == nil || f.warm > 0 {
		return true
	}
	if !f.read {
		f.read = true
		c.loop.ScheduleAway(&readAhead{conn: c, span: f, offset: f.offset, n: min(f.n, maxFlush)})
	}
	return false
}

// readAhead is the task that brings a part of a file into the page cache.
type readAhead struct {
	conn   *Conn
	span   *fileSpan
	offset int64
	n      int64
	got    int64
}

func (t *readAhead) Run(Hold) {
	t.got, _ = io.Copy(io.Discard, io.NewSectionReader(t.span.file, t.offset, t.n))
}

func (t *readAhead) Done(Result) {
	t.span.read = false
	if t.got == 0 {
		t.conn.Close(io.ErrUnexpectedEOF)
		return
	}
	t.span.warm = t.got
	t.conn.markDirty()
}

func (t *readAhead) Drop() {}
