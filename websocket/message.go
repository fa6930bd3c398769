package websocket

import (
	"sync"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// A partial is a message of which not everything is here. A connection has
// one from the first octets of such a message on until it was delivered.
type partial struct {
	buf        []byte // collected, of Config.Buffers; nil where messages are streamed
	*unpacking        // nil if the message is not compressed

	total int64 // octets of the message in finished frames, and in this one
	rest  int64 // octets of the frame at hand still to come

	mask   [4]byte
	maskAt int // position in mask
	masked bool

	op        OpCode
	text      utf8State
	inFrame   bool // in the payload of a frame
	fin       bool // of that frame
	begun     bool // a part was handed out
	delivered bool // the whole message was: give the memory back
}

var partials = sync.Pool{New: func() any { return new(partial) }}

func (p *partial) release(cfg *Config) {
	cfg.put(p.buf)
	if p.unpacking != nil {
		p.unpacking.release()
	}
	*p = partial{}
	partials.Put(p)
}

// firstBuffer is how much is taken at once for a message of which little has
// come.
const firstBuffer = 2 << 10

// data handles the header h, of n octets, of a data frame, and what of its
// payload is in b behind it. Hot path.
func (c *Conn) data(h *ws.Header, n int, b []byte, m *Message) (Event, int, *CloseError) {
	if err := c.admit(h); err != nil {
		return EventClosed, n, err
	}
	if c.part == nil && h.Rsv == 0 && h.Fin && int64(len(b)-n) >= h.Length {
		end := n + int(h.Length)
		ev, err := c.inPlace(h, b[n:end:end], m)
		return ev, end, err
	}
	p := c.part
	if p == nil {
		p = partials.Get().(*partial)
		p.op = OpCode(h.OpCode)
		c.part = p
		if h.Rsv != 0 {
			c.beginUnpacking(min(int64(len(b)-n), h.Length))
		}
	}
	p.total += h.Length
	p.rest, p.mask, p.masked, p.maskAt = h.Length, h.Mask, h.Masked, 0
	p.fin, p.inFrame = h.Fin, true
	c.side = c.side.Set(ws.StateFragmented)
	ev, used, err := c.payload(b[n:], m)
	return ev, n + used, err
}

// admit judges the length of a data frame against the limits and the ledger.
// Hot path.
func (c *Conn) admit(h *ws.Header) *CloseError {
	begun, limit := int64(0), c.cfg.messageLimit()
	if c.part != nil {
		begun = c.part.total
	}
	if h.Rsv != 0 || c.part != nil && c.part.unpacking != nil {
		limit = packedLimit(limit)
	}
	switch {
	case h.Length > c.cfg.frameLimit():
		return errFrameLong
	case h.Length > limit-begun:
		return errMessageLong
	case h.Length > 0:
		c.room = min(c.room+1, c.cfg.controlLimit())
	case !h.Fin:
		return c.spend()
	}
	return nil
}

// inPlace is a message of one frame that lies in the input. Hot path.
func (c *Conn) inPlace(h *ws.Header, p []byte, m *Message) (Event, *CloseError) {
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	if h.OpCode == ws.OpText && !utf8.Valid(p) {
		return EventClosed, errText
	}
	m.Op, m.Data, m.InPlace = OpCode(h.OpCode), p, true
	if c.cfg.Stream {
		m.First, m.Last = true, true
		return EventPart, nil
	}
	return EventMessage, nil
}

// payload goes on with the payload of a frame of c.part. Hot path.
func (c *Conn) payload(b []byte, m *Message) (Event, int, *CloseError) {
	p := c.part
	if p.unpacking != nil {
		return c.unpack(b, m)
	}
	n := int(min(int64(len(b)), p.rest))
	chunk := b[:n:n]
	if err := p.open(chunk); err != nil {
		return EventClosed, n, err
	}
	if !c.cfg.Stream {
		p.collect(chunk, c.cfg)
	}
	p.rest -= int64(n)
	p.inFrame = p.rest > 0
	last := !p.inFrame && p.fin
	if last && p.text != utf8Start {
		return EventClosed, n, errText
	}
	if c.cfg.Stream {
		return c.stream(chunk, last, m), n, nil
	}
	if !last {
		return EventNeedMore, n, nil
	}
	p.delivered = true
	c.side = c.side.Clear(ws.StateFragmented)
	m.Op, m.Data = p.op, p.buf
	return EventMessage, n, nil
}

// open unmasks a piece of payload and checks it if it is text. Hot path.
func (p *partial) open(chunk []byte) *CloseError {
	p.unmask(chunk)
	return p.check(chunk)
}

// unmask unmasks a piece of payload. Hot path.
func (p *partial) unmask(chunk []byte) {
	if p.masked {
		ws.Cipher(chunk, p.mask, p.maskAt)
		p.maskAt = (p.maskAt + len(chunk)) & 3
	}
}

// check checks a piece of the message if it is text. Hot path.
func (p *partial) check(chunk []byte) *CloseError {
	if p.op != OpText {
		return nil
	}
	next, ok := p.text.scan(chunk)
	if !ok {
		return errText
	}
	p.text = next
	return nil
}

// stream hands out a part of the message of c.part.
func (c *Conn) stream(chunk []byte, last bool, m *Message) Event {
	p := c.part
	if len(chunk) == 0 && !last {
		return EventNeedMore
	}
	m.Op, m.Data, m.InPlace = p.op, chunk, true
	m.First, m.Last = !p.begun, last
	p.begun = true
	if last {
		c.Release()
	}
	return EventPart
}

// collect appends chunk to the message. The buffer grows with what has
// come: at most four times as much is taken, however long a frame claims to
// be. Hot path.
func (p *partial) collect(chunk []byte, cfg *Config) {
	need := len(p.buf) + len(chunk)
	if need > cap(p.buf) {
		size := max(firstBuffer, 2*need)
		if p.fin {
			size = int(min(int64(2*size), int64(len(p.buf))+p.rest))
		}
		bigger := append(cfg.get(size), p.buf...)
		cfg.put(p.buf)
		p.buf = bigger
	}
	p.buf = append(p.buf, chunk...)
}
