package tls

import (
	"net"
	"sync"
	"time"
)

// maxPendingBytes bounds the ciphertext that is kept for a handshake: the
// ClientHello, and what comes while the handshake waits or computes. It holds
// two full records, one of which may be data that came with Finished.
const maxPendingBytes = 32 << 10

// errWouldBlock is what crypto/tls is told when there is no more ciphertext.
// It is temporary, and so not held against the connection: the next Read goes
// on where this one stopped.
var errWouldBlock net.Error = wouldBlock{}

type wouldBlock struct{}

func (wouldBlock) Error() string   { return "tls: no more ciphertext yet" }
func (wouldBlock) Timeout() bool   { return true }
func (wouldBlock) Temporary() bool { return true }

// A pipe is the net.Conn that crypto/tls reads ciphertext from and writes it
// to. It has three lives: during the handshake Read blocks; then nothing does;
// and once a connection is taken over it is that connection.
type pipe struct {
	// hs is the handshake that runs, and its lock guards the pipe; nil before
	// it and behind it.
	hs *handshake

	// in[off:] is ciphertext that came before the session was open. It is
	// pooled, and gone once the session has read it.
	in  []byte
	off int
	// src is what Open was given and crypto/tls has not read yet; borrowed.
	src []byte
	// frame knows where records end in what crypto/tls has read.
	frame frame

	// dst is the caller's slice, while Seal or AppendClose fills it.
	dst     []byte
	sealing bool
	// out is ciphertext that nobody asked for: of the handshake, alerts,
	// answers to a KeyUpdate. It is nil mostly.
	out []byte

	conn net.Conn // of a session that was detached
}

// Read is called by crypto/tls: on the goroutine of the handshake, or below
// Session.Open, or by the user of a detached connection.
func (p *pipe) Read(b []byte) (int, error) {
	if p.hs != nil {
		return p.hs.read(b)
	}
	if p.in != nil {
		if n := p.take(b); n > 0 {
			return n, nil
		}
	}
	if p.conn != nil {
		return p.conn.Read(b)
	}
	if len(p.src) == 0 {
		return 0, errWouldBlock
	}
	n := p.frame.copy(b, p.src)
	p.src = p.src[n:]
	return n, nil
}

// Write is called by crypto/tls for every record, or for a flight of them. It
// never blocks before the connection is detached.
func (p *pipe) Write(b []byte) (int, error) {
	switch {
	case p.hs != nil:
		return p.hs.write(b)
	case p.sealing:
		p.dst = append(p.dst, b...)
	case p.conn != nil:
		if len(p.out) > 0 { // made before the connection was detached
			if _, err := p.conn.Write(p.out); err != nil {
				return 0, err
			}
			p.out = nil
		}
		return p.conn.Write(b)
	default:
		p.out = append(p.out, b...)
	}
	return len(b), nil
}

// store keeps as much of b as the bound lets it, and returns how much.
func (p *pipe) store(b []byte) int {
	if p.in == nil {
		p.in = getBuffer()
	}
	if p.off > 0 {
		p.in = append(p.in[:0], p.in[p.off:]...)
		p.off = 0
	}
	n := min(len(b), max(0, maxPendingBytes-len(p.in)))
	p.in = append(p.in, b[:n]...)
	return n
}

// take moves what was stored to b, and gives the buffer back with the last of
// it.
func (p *pipe) take(b []byte) int {
	n := p.frame.copy(b, p.in[p.off:])
	p.off += n
	if p.off == len(p.in) {
		p.dropInput()
	}
	return n
}

// stored is how much was stored and not taken.
func (p *pipe) stored() int { return len(p.in) - p.off }

func (p *pipe) dropInput() {
	putBuffer(p.in)
	p.in, p.off = nil, 0
}

// isDry reports that crypto/tls was given all there is, and that it ends with a
// record: there is nothing to wait for inside of crypto/tls.
func (p *pipe) isDry() bool { return len(p.src) == 0 && p.in == nil && p.frame.isWhole() }

// Close is called by the user of a detached connection.
func (p *pipe) Close() error {
	if p.conn == nil {
		return nil
	}
	return p.conn.Close()
}

// LocalAddr is that of a detached connection, nil before.
func (p *pipe) LocalAddr() net.Addr {
	if p.conn == nil {
		return nil
	}
	return p.conn.LocalAddr()
}

// RemoteAddr is that of a detached connection, nil before.
func (p *pipe) RemoteAddr() net.Addr {
	if p.conn == nil {
		return nil
	}
	return p.conn.RemoteAddr()
}

// SetDeadline is for a detached connection; without one, nothing blocks.
func (p *pipe) SetDeadline(t time.Time) error {
	if p.conn == nil {
		return nil
	}
	return p.conn.SetDeadline(t)
}

// SetReadDeadline is for a detached connection.
func (p *pipe) SetReadDeadline(t time.Time) error {
	if p.conn == nil {
		return nil
	}
	return p.conn.SetReadDeadline(t)
}

// SetWriteDeadline is for a detached connection. crypto/tls also calls it
// around close_notify.
func (p *pipe) SetWriteDeadline(t time.Time) error {
	if p.conn == nil {
		return nil
	}
	return p.conn.SetWriteDeadline(t)
}

// A ClientHello of today is below 2 KiB; buffers that grew up to the bound are
// kept as well, for whoever made them grow is likely not alone.
const firstBufferBytes = 2 << 10

// buffers holds those of handshakes, which end on another goroutine than the
// one on which they began.
var buffers sync.Pool

func getBuffer() []byte {
	if b, ok := buffers.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, firstBufferBytes)
}

func putBuffer(b []byte) {
	if cap(b) >= firstBufferBytes && cap(b) <= 2*maxPendingBytes {
		kept := b // so that only a buffer that is kept costs an allocation
		buffers.Put(&kept)
	}
}
