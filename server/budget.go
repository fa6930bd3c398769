package server

import "reactor.example/reactor"

// Buffers is where a loop takes the memory that its connections hold for a
// while: input that is not parsed yet, output that is not sent yet, and
// request bodies that no handler has read yet. One loop uses it, one call at
// a time. An implementation may count, so that a process knows what its
// clients hold; when the server has ended everything has come back, except
// what belonged to handlers that the end of the drain time has cut. What
// handlers write, on any goroutine, is held in pools of the process until the
// loop takes it; Config.BodyBuffer bounds that.
type Buffers interface {
	// Get returns a slice of length and capacity at least n, with any
	// content.
	Get(n int) []byte
	// Put takes back what Get returned, in whatever length it has now. The
	// caller has no reference left.
	Put(b []byte)
}

// buffers is Config.Buffers as package reactor takes it.
func (c *Config) buffers() func(int) reactor.Buffers {
	if c.Buffers == nil {
		return nil
	}
	return func(loop int) reactor.Buffers { return c.Buffers(loop) }
}

// rehomed is b, which is old and what append has put behind it, in memory of the
// Buffers again if append has moved it: they must be able to account for it. Loop
// only. Hot path.
func rehomed(b, old []byte, buffers Buffers) []byte {
	if cap(b) == cap(old) {
		return b
	}
	grown := buffers.Get(cap(b))[:len(b)]
	copy(grown, b)
	buffers.Put(old)
	return grown
}

// grow makes room in b for n more bytes. Loop only.
func (b *requestBody) grow(n int, buffers Buffers) {
	need := len(b.buf) + n
	if need <= cap(b.buf) {
		return
	}
	bigger := append(buffers.Get(max(need, 2*cap(b.buf)))[:0], b.buf...)
	b.release(buffers)
	b.buf = bigger
}

// release gives the buffer back. Loop only.
func (b *requestBody) release(buffers Buffers) {
	if b.buf != nil {
		buffers.Put(b.buf)
		b.buf = nil
	}
}
