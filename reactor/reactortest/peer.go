package reactortest

import (
	"net/netip"

	"reactor.example/reactor"
)

// A Peer is the other end of a connection, in the hands of the test. What it
// does is seen by the loop at the next Step, Run or Advance.
type Peer struct {
	k *Kernel
	s *socket
}

// Dial connects a new Peer to the listener. Its connection is accepted at the
// next Step or Run. It panics if nobody listens.
func (k *Kernel) Dial() *Peer {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.door == nil || k.door.closed {
		panic("reactortest: Dial without a listener")
	}
	s := k.newSocket()
	port := uint16(s.fd - firstFD)
	s.addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, 7}), port)
	k.door.backlog = append(k.door.backlog, s)
	k.changed.Broadcast()
	return &Peer{k: k, s: s}
}

// FailAccept makes the next accepts fail, each with the errno given for it; 0
// lets one through. The listener is announced as long as some are left.
func (k *Kernel) FailAccept(errnos ...reactor.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.door.acceptErrors = append(k.door.acceptErrors, errnos...)
	k.changed.Broadcast()
}

// change does something to the socket, and makes an edge of it.
func (p *Peer) change(fn func(s *socket)) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	fn(p.s)
	p.k.announce(p.s)
}

// look reads something off the socket.
func look[T any](p *Peer, fn func(s *socket) T) T {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	return fn(p.s)
}

// Addr is the address that the loop sees as the peer's.
func (p *Peer) Addr() netip.AddrPort { return p.s.addr }

// Key is the key of the connection's events, for [Kernel.Forge]. It is zero
// before the loop has accepted the connection, and stays when it is closed.
func (p *Peer) Key() uint64 { return look(p, func(s *socket) uint64 { return s.key }) }

// Send sends a text to the loop.
func (p *Peer) Send(text string) {
	p.change(func(s *socket) { s.in = append(s.in, text...) })
}

// CloseWrite sends FIN behind everything that was sent.
func (p *Peer) CloseWrite() { p.change(func(s *socket) { s.fin = true }) }

// Reset breaks the connection. What was sent can still be read by the loop.
func (p *Peer) Reset() { p.change(func(s *socket) { s.reset = true }) }

// Received takes what has come from the loop since the last call.
func (p *Peer) Received() string {
	return look(p, func(s *socket) string {
		text := string(s.out)
		s.out = s.out[:0]
		return text
	})
}

// Ended reports that the loop has ended its direction: by FIN, or by closing.
func (p *Peer) Ended() bool { return look(p, func(s *socket) bool { return s.ended || s.closed }) }

// Closed reports that the loop has closed the descriptor.
func (p *Peer) Closed() bool { return look(p, func(s *socket) bool { return s.closed }) }

// Unread is what the loop has not read yet, in bytes.
func (p *Peer) Unread() int { return look(p, func(s *socket) int { return len(s.in) }) }

// SetRoom says how many bytes the kernel takes from the loop from now on until
// it is full; a negative n is without end, which is also how it begins.
func (p *Peer) SetRoom(n int) {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.s.room = n
	if p.s.blocked && n != 0 {
		p.s.blocked = false
		p.k.announce(p.s)
	}
}

// SetMaxRead lets one read of the loop return at most n bytes; the rest comes
// with an event of its own. Zero is no limit.
func (p *Peer) SetMaxRead(n int) { look(p, func(s *socket) any { s.maxRead = n; return nil }) }

// SetMaxWrite lets one write of the loop take at most n bytes. Zero is no limit.
func (p *Peer) SetMaxWrite(n int) { look(p, func(s *socket) any { s.maxWrite = n; return nil }) }

// FailRead makes the next read of the loop fail. After EAGAIN there is an event.
func (p *Peer) FailRead(errno reactor.Errno) { p.change(func(s *socket) { s.failRead = errno }) }

// FailWrite makes the next write of the loop fail.
func (p *Peer) FailWrite(errno reactor.Errno) {
	look(p, func(s *socket) any { s.failWrite = errno; return nil })
}

// FailRegister makes the loop's attempt to watch the connection fail, if it has
// not accepted it yet.
func (p *Peer) FailRegister(errno reactor.Errno) {
	look(p, func(s *socket) any { s.failRegister = errno; return nil })
}
