package websocket

import (
	"strings"
	"sync"

	"github.com/gobwas/ws"
	"github.com/klauspost/compress/flate"
)

// A deflater is a compressor, of no connection.
type deflater struct {
	w   *flate.Writer
	out sink
}

// A sink appends what is written to it.
type sink struct{ b []byte }

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

// deflaters are the compressors that nobody uses now, by their level, and for
// smaller windows by those. Each holds 0.8 to 1.4 MB, and there
// are no more than compress at the same time.
var deflaters struct {
	level  [10]sync.Pool
	window [maxWindowBits + 1]sync.Pool
}

// deflaterFor takes a compressor for n octets, what they may refer to
// included. Whether a window can be kept to matters only for more than fit
// into it. Hot path.
func (a *agreement) deflaterFor(n int) (*deflater, *sync.Pool) {
	pool := &deflaters.window[a.sendBits]
	if a.anyWindow(n) {
		pool = &deflaters.level[a.level]
	}
	if d, ok := pool.Get().(*deflater); ok {
		return d, pool
	}
	return a.newDeflater(n), pool
}

func (a *agreement) anyWindow(n int) bool { return a.sendBits == maxWindowBits || n <= 1<<a.sendBits }

// newDeflater makes a compressor for n octets. No error is possible: Validate
// knows the levels, and windows are agreed on.
func (a *agreement) newDeflater(n int) *deflater {
	var w *flate.Writer
	if a.anyWindow(n) {
		w, _ = flate.NewWriter(nil, int(a.level))
	} else {
		w, _ = flate.NewWriterWindow(nil, 1<<a.sendBits)
	}
	return &deflater{w: w}
}

// appendDeflated appends src, compressed as a message (RFC 7692, section
// 7.2.1), that may repeat what is in known. Hot path.
func (a *agreement) appendDeflated(dst, src, known []byte) []byte {
	d, pool := a.deflaterFor(len(known) + len(src))
	d.out.b = dst
	d.w.ResetDict(&d.out, known)
	// No error is possible: a sink has none.
	_, _ = d.w.Write(src)
	_ = d.w.Flush()
	dst = d.out.b
	d.out.b = nil
	pool.Put(d)
	return dst[:len(dst)-len(deflateTail)]
}

// appendPacked is AppendMessage for a message that is worth compressing. If it
// turns out not to be, it is sent as it is (RFC 7692, section 6). Hot path.
func (c *Conn) appendPacked(dst []byte, op OpCode, payload []byte) []byte {
	var known []byte
	if c.deflate.sends {
		known = c.memory().sent
	}
	packed, shorter := c.appendPackedFrame(dst, op, true, payload, known)
	if !shorter {
		return c.appendFrame(packed, op, true, 0, payload)
	}
	if c.deflate.sends {
		c.mem.sent = remember(known, payload, 1<<c.deflate.sendBits)
	}
	return packed
}

// appendPackedFragment is AppendFragment where compression was agreed on. Each
// fragment is compressed by itself, with what went before in known, so that no
// compressor is held in between: while the message lasts, the connection
// remembers the end of it.
func (c *Conn) appendPackedFragment(dst []byte, op OpCode, fin bool, payload []byte) []byte {
	mem := c.memory()
	if op != OpContinuation && !c.deflate.sends {
		mem.sent = nil
	}
	dst, _ = c.appendPackedFrame(dst, op, fin, payload, mem.sent)
	mem.sent = remember(mem.sent, payload, 1<<c.deflate.sendBits)
	if fin && !c.deflate.sends {
		mem.sent = nil
	}
	return dst
}

// appendPackedFrame appends a frame of a compressed message. A whole message
// is appended only if that makes it shorter. Hot path.
func (c *Conn) appendPackedFrame(dst []byte, op OpCode, fin bool, payload, known []byte) (out []byte, shorter bool) {
	start := len(dst)
	dst = append(dst, noHeader...)
	packed := c.deflate.appendDeflated(dst, payload, known)
	if !fin { // only the last fragment of a message goes without it
		packed = append(packed, deflateTail...)
	}
	n := len(packed) - len(dst)
	if fin && op != OpContinuation && n >= len(payload) {
		return packed[:start], false
	}
	h := ws.Header{Fin: fin, OpCode: ws.OpCode(op), Length: int64(n)}
	if op != OpContinuation {
		h.Rsv = rsvDeflate
	}
	if c.cfg.Client {
		h.Masked, h.Mask = true, ws.NewMask()
		ws.Cipher(packed[len(dst):], h.Mask, 0)
	}
	return closeUp(packed, start, h), true
}

// noHeader is room for the header of a frame whose length is not known.
var noHeader = strings.Repeat("\x00", MaxHeaderBytes)

// closeUp puts the header h at start and its payload, which is at the end of
// dst, behind it. Hot path.
func closeUp(dst []byte, start int, h ws.Header) []byte {
	headed := appendHeader(dst[:start], h)
	payload := dst[start+len(noHeader):]
	return append(headed, payload...)
}

// AppendMessage appends a whole message, OpText or OpBinary, as a server sends
// it to a connection with these extensions: compressed, if that was agreed on
// and makes it shorter. It refers to no other message, so it belongs to no
// connection: any number of them whose extensions are equal may send the same
// frame. A connection that lets messages refer to earlier ones sends either
// all of its messages so, or none. Any goroutine. Hot path.
func (e Extensions) AppendMessage(dst []byte, op OpCode, payload []byte) []byte {
	c := Conn{cfg: &defaultConfig, deflate: e.deflate, state: StateOpen}
	c.deflate.sends = false
	return c.AppendMessage(dst, op, payload)
}
