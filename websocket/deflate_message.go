package websocket

import (
	"sync"

	"github.com/gobwas/ws"
)

// An unpacking is what a compressed message needs besides while it comes. Its
// partial collects in buf what was inflated, behind what is remembered of
// earlier messages; where messages are streamed, buf is the window and the
// part at hand.
type unpacking struct {
	z        inflater
	inflated int64 // octets of the message
	begins   int   // where in buf they begin, or those that were not handed out
	tailed   int   // octets of deflateTail that were inflated
}

var unpackings = sync.Pool{New: func() any { return new(unpacking) }}

func (u *unpacking) release() {
	u.inflated, u.begins, u.tailed = 0, 0, 0
	unpackings.Put(u)
}

// deflateTail is what every compressed message ends with and what is not sent
// (RFC 7692, section 7.2.1).
const deflateTail = "\x00\x00\xff\xff"

var deflateTailBytes = []byte(deflateTail)

// packedLimit is how much a compressed message may have that inflates to the
// limit: what cannot be compressed becomes a little longer.
func packedLimit(limit int64) int64 {
	if more := limit + limit/8 + 1024; more > limit {
		return more
	}
	return limit
}

const (
	// streamRoom is how much of a compressed message is handed out at once
	// where messages are streamed, and streamInput how much is inflated then.
	streamRoom  = 16 << 10
	streamInput = 4 << 10
	// unpackGuess is how many times as long as what is compressed a message is
	// taken to be, to begin with.
	unpackGuess = 4
)

// beginUnpacking prepares c.part for a compressed message, of which n octets
// are here.
func (c *Conn) beginUnpacking(n int64) {
	p := c.part
	p.unpacking = unpackings.Get().(*unpacking)
	window := 1 << c.deflate.receiveBits
	p.z.reset(window)
	var known []byte
	if c.deflate.recalls && c.mem != nil {
		known = c.mem.received
	}
	room := window + streamRoom
	if !c.cfg.Stream {
		room = len(known) + int(min(max(firstBuffer, unpackGuess*n), c.cfg.messageLimit()))
	}
	p.buf = append(c.cfg.get(room), known...)
	p.begins = len(known)
}

// unpack goes on with the payload of a frame of a compressed message. Hot
// path.
func (c *Conn) unpack(b []byte, m *Message) (Event, int, *CloseError) {
	p := c.part
	n := int(min(int64(len(b)), p.rest))
	if c.cfg.Stream {
		n = min(n, streamInput)
	}
	chunk := b[:n:n]
	start := p.maskAt
	p.unmask(chunk)
	n, full, err := c.inflate(chunk)
	if err != nil {
		return EventClosed, n, err
	}
	p.maskAt = (start + n) & 3
	if rest := chunk[n:]; len(rest) > 0 { // is looked at again, and unmasked then
		p.unmask(rest)
		p.maskAt = (start + n) & 3
	}
	p.rest -= int64(n)
	last := false
	if p.rest == 0 && p.fin && !full {
		if last, full, err = c.inflateTail(); err != nil {
			return EventClosed, n, err
		}
	}
	p.inFrame = p.rest > 0 || full
	if last {
		p.delivered = true
		c.recall()
	}
	return c.unpacked(last, m), n, nil
}

// inflateTail inflates what is not sent of each message. last is whether that
// was the end of it.
func (c *Conn) inflateTail() (last, full bool, err *CloseError) {
	p := c.part
	if p.total > 0 { // some compressors make nothing at all of an empty message
		var n int
		if n, full, err = c.inflate(deflateTailBytes[p.tailed:]); err != nil || full {
			p.tailed += n
			return false, full, err
		}
		if !p.z.atBorder() {
			return false, false, errDeflate
		}
	}
	if p.text != utf8Start {
		return false, false, errText
	}
	return true, false, nil
}

// unpacked hands out the message, or what there is of it where messages are
// streamed. It is taken back at the next call.
func (c *Conn) unpacked(last bool, m *Message) Event {
	p := c.part
	data := p.buf[p.begins:]
	if !last && (!c.cfg.Stream || len(data) == 0) {
		return EventNeedMore
	}
	m.Op, m.Data = p.op, data
	p.begins = len(p.buf)
	if last {
		c.side = c.side.Clear(ws.StateFragmented)
	}
	if !c.cfg.Stream {
		return EventMessage
	}
	m.First, m.Last = !p.begun, last
	p.begun = true
	return EventPart
}

// recall remembers the end of the message, for those that follow.
func (c *Conn) recall() {
	if !c.deflate.recalls {
		return
	}
	p, mem, size := c.part, c.memory(), 1<<c.deflate.receiveBits
	// With all that was there before: buf has the window, or everything.
	if c.cfg.Stream || len(p.buf) >= size {
		mem.received = remember(mem.received[:0], p.buf, size)
		return
	}
	mem.received = remember(mem.received, p.buf[p.begins:], size)
}

// inflate inflates as much of src as there is room for. Unless messages are
// streamed room is made, as much again as the message has by now: what it may
// become is not known. full says that there is more to come out. Hot path.
func (c *Conn) inflate(src []byte) (used int, full bool, err *CloseError) {
	p, limit := c.part, c.cfg.messageLimit()
	if c.cfg.Stream {
		p.slide()
	}
	for {
		had := len(p.buf)
		end := had + int(min(int64(cap(p.buf)-had), limit-p.inflated))
		out, n, w := p.z.run(p.buf[:had:end], src[used:])
		used += n
		p.buf = p.buf[:len(out)]
		p.inflated += int64(len(out) - had)
		if err := p.check(out[had:]); err != nil {
			return used, false, err
		}
		switch w {
		case wantInput:
			return used, false, nil
		case wantNoMore:
			return used, false, errDeflate
		case wantTooMuch:
			return used, false, errInflateWork
		}
		if p.inflated >= limit {
			return used, false, errMessageLong
		}
		if c.cfg.Stream {
			return used, true, nil
		}
		p.widen(c.cfg, limit)
	}
}

// widen makes room for more of the message.
func (p *partial) widen(cfg *Config, limit int64) {
	size := int(min(2*int64(len(p.buf)), int64(len(p.buf))+limit-p.inflated))
	bigger := append(cfg.get(size), p.buf...)
	cfg.put(p.buf)
	p.buf = bigger
}

// slide makes room for another part, where messages are streamed: what was
// handed out is kept as far as it can be referred to.
func (p *partial) slide() {
	window := p.z.window
	if p.begins < len(p.buf) || cap(p.buf)-len(p.buf) >= streamRoom/2 || len(p.buf) <= window {
		return
	}
	n := copy(p.buf, p.buf[len(p.buf)-window:])
	p.buf = p.buf[:n]
	p.begins = n
}
