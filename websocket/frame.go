package websocket

import (
	"io"
	"sync"

	"github.com/gobwas/ws"
)

// An OpCode says what a frame is (RFC 6455, section 5.2).
type OpCode uint8

// The opcodes that have a meaning.
const (
	OpContinuation OpCode = 0x0
	OpText         OpCode = 0x1
	OpBinary       OpCode = 0x2
	OpClose        OpCode = 0x8
	OpPing         OpCode = 0x9
	OpPong         OpCode = 0xa
)

// IsControl reports whether the frame is a control frame.
func (op OpCode) IsControl() bool { return op&0x8 != 0 }

// String returns the name of the opcode.
func (op OpCode) String() string {
	switch op {
	case OpContinuation:
		return "continuation"
	case OpText:
		return "text"
	case OpBinary:
		return "binary"
	case OpClose:
		return "close"
	case OpPing:
		return "ping"
	case OpPong:
		return "pong"
	}
	return "reserved"
}

// MaxControlBytes is the longest payload of a ping or pong (RFC 6455, section
// 5.5).
const MaxControlBytes = ws.MaxControlFramePayloadSize

// rsvDeflate is the reserved bit that says that a message is compressed.
const rsvDeflate = 0x4

// MaxHeaderBytes is the longest frame header.
const MaxHeaderBytes = ws.MaxHeaderSize

// A codec lends package ws, which reads and writes streams, a slice to read
// from or to append to.
type codec struct {
	in, out []byte
	scratch [ws.MaxHeaderSize]byte
}

var codecs = sync.Pool{New: func() any { return new(codec) }}

// Read implements io.Reader. It never gives less than was asked for: the
// header is known to be complete.
func (x *codec) Read(p []byte) (int, error) {
	n := copy(p, x.in)
	x.in = x.in[n:]
	if n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// Write implements io.Writer.
func (x *codec) Write(p []byte) (int, error) {
	x.out = append(x.out, p...)
	return len(p), nil
}

// headerBytes is how long the header is that begins with b, which has two
// octets at least.
func headerBytes(b []byte) int {
	n := ws.MinHeaderSize
	switch b[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if b[1]&0x80 != 0 {
		n += 4
	}
	return n
}

// readHeader reads the header of a frame. n is its length, or zero if it is
// not here as a whole. side is who reads, and whether in the middle of a
// message. What the first two octets show to be wrong is found by them. Hot
// path.
func readHeader(b []byte, side ws.State) (h ws.Header, n int, err *CloseError) {
	if len(b) < ws.MinHeaderSize {
		return h, 0, nil
	}
	if h, err = checkStart(b, side); err != nil {
		return h, 0, err
	}
	n = headerBytes(b)
	if len(b) < n {
		return h, 0, nil
	}
	if h.Length < 126 { // the shortest form, of most frames, is read already
		if h.Masked {
			h.Mask = [4]byte(b[ws.MinHeaderSize:])
		}
		return h, n, nil
	}
	x := codecs.Get().(*codec)
	x.in = b[:n]
	h, e := ws.ReadHeaderBuffer(x, x.scratch[:])
	x.in = nil
	codecs.Put(x)
	switch {
	case e != nil:
		return h, 0, fault(e)
	case ws.HeaderSize(h) != n:
		return h, 0, errLengthForm
	}
	return h, n, nil
}

// checkStart reads the first two octets of a header and judges it by them. All
// rules but those on the longer forms of the length are about them. Hot path.
func checkStart(b []byte, side ws.State) (h ws.Header, _ *CloseError) {
	h = ws.Header{
		Fin:    b[0]&0x80 != 0,
		Rsv:    b[0] & 0x70 >> 4,
		OpCode: ws.OpCode(b[0] & 0xf),
		Masked: b[1]&0x80 != 0,
		Length: int64(b[1] & 0x7f),
	}
	if err := ws.CheckHeader(h, side); err != nil {
		return h, fault(err)
	}
	// RSV1 is of permessage-deflate, on the first frame of a message only
	// (RFC 7692, section 6.1).
	if h.Rsv != 0 && (h.Rsv != rsvDeflate || h.OpCode.IsControl() || h.OpCode == ws.OpContinuation) {
		return h, errReservedBits
	}
	return h, nil
}

// appendHeader appends the header of a frame. The shortest one, of most
// frames that servers send, needs no codec. Hot path.
func appendHeader(dst []byte, h ws.Header) []byte {
	if h.Length < 126 && !h.Masked {
		first := byte(h.OpCode) | h.Rsv<<4
		if h.Fin {
			first |= 0x80
		}
		return append(dst, first, byte(h.Length))
	}
	x := codecs.Get().(*codec)
	x.out = dst
	// No error is possible: a length of a slice fits, and Write has none.
	_ = ws.WriteHeaderBuffer(x, h, x.scratch[:])
	dst = x.out
	x.out = nil
	codecs.Put(x)
	return dst
}

// AppendFrame appends one frame as a server sends it, not masked. It belongs
// to no connection: any number of them may send the same frame, as long as
// payload is valid for op. fin is false for every fragment but the last. The
// payload of a control frame has at most [MaxControlBytes] bytes. Hot path.
func AppendFrame(dst []byte, op OpCode, fin bool, payload []byte) []byte {
	dst = appendHeader(dst, ws.Header{Fin: fin, OpCode: ws.OpCode(op), Length: int64(len(payload))})
	return append(dst, payload...)
}

// AppendHeader appends the header of a frame as a server sends it, whose
// payload of n bytes the caller sends behind it. Hot path.
func AppendHeader(dst []byte, op OpCode, fin bool, n int) []byte {
	return appendHeader(dst, ws.Header{Fin: fin, OpCode: ws.OpCode(op), Length: int64(n)})
}

// appendFrame appends one frame as c sends it. Hot path.
func (c *Conn) appendFrame(dst []byte, op OpCode, fin bool, rsv byte, payload []byte) []byte {
	h := ws.Header{Fin: fin, Rsv: rsv, OpCode: ws.OpCode(op), Length: int64(len(payload))}
	if !c.cfg.Client {
		return append(appendHeader(dst, h), payload...)
	}
	h.Masked, h.Mask = true, ws.NewMask()
	dst = append(appendHeader(dst, h), payload...)
	ws.Cipher(dst[len(dst)-len(payload):], h.Mask, 0)
	return dst
}
