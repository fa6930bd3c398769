package reactortest

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
)

// A socket is one descriptor of a Kernel, as the loop sees it.
type socket struct {
	fd         int
	key        uint64
	addr       netip.AddrPort
	registered bool
	listed     bool // in Kernel.ready
	closed     bool // by the loop

	// A listener.
	backlog      []*socket
	acceptErrors []reactor.Errno

	// From the peer to the loop.
	in      []byte
	fin     bool // the peer's FIN is behind in
	reset   bool
	maxRead int // of one read; 0: no limit
	// From the loop to the peer.
	out      []byte
	room     int // what the kernel still takes; negative: no limit
	maxWrite int // of one write; 0: no limit
	blocked  bool
	ended    bool // FIN sent

	failRegister, failRead, failWrite reactor.Errno
}

func (k *Kernel) newSocket() *socket {
	k.lastFD++
	s := &socket{fd: k.lastFD, room: -1}
	k.sockets[s.fd] = s
	return s
}

// knocks reports that somebody waits at a listener that is watched.
func (s *socket) knocks() bool {
	return s != nil && s.registered && (len(s.backlog) > 0 || len(s.acceptErrors) > 0)
}

// level is all that can be said of a connection, the way epoll says it.
func (s *socket) level() reactor.EventFlags {
	var f reactor.EventFlags
	if len(s.in) > 0 || s.fin || s.reset {
		f |= reactor.Readable
	}
	if s.room != 0 || s.reset {
		f |= reactor.Writable
	}
	if s.fin || s.reset {
		f |= reactor.PeerClosed
	}
	if s.reset || s.fin && s.ended {
		f |= reactor.Broken
	}
	return f
}

func (s *socket) read(k *Kernel, b []byte) (int, reactor.Errno) {
	switch {
	case s.failRead != 0:
		errno := s.failRead
		s.failRead = 0
		if errno == unix.EAGAIN {
			k.announce(s)
		}
		return 0, errno
	case len(s.in) > 0:
		most := len(b)
		limit := most
		if s.maxRead > 0 {
			limit = min(limit, s.maxRead)
		}
		if k.chaos != nil {
			limit = k.chaos.limit(limit)
		}
		if limit == 0 {
			k.announce(s)
			return 0, unix.EAGAIN
		}
		n := copy(b[:limit], s.in)
		s.in = s.in[n:]
		if n < most && len(s.in) > 0 {
			k.announce(s) // a short read: the rest arrives only now
		}
		return n, 0
	case s.reset:
		return 0, unix.ECONNRESET
	case s.fin:
		return 0, 0
	}
	return 0, unix.EAGAIN
}

func (s *socket) write(k *Kernel, bufs [][]byte) (int, reactor.Errno) {
	if errno := s.failWrite; errno != 0 {
		s.failWrite = 0
		return 0, errno
	}
	if s.reset || s.ended {
		return 0, unix.EPIPE
	}
	total := 0
	for _, b := range bufs {
		total += len(b)
	}
	n := total
	if s.room >= 0 {
		n = min(n, s.room)
	}
	if s.maxWrite > 0 {
		n = min(n, s.maxWrite)
	}
	if k.chaos != nil {
		if n = k.chaos.limit(n); n == 0 && s.room != 0 {
			k.announce(s)
		}
	}
	if n == 0 && total > 0 {
		s.blocked = true
		return 0, unix.EAGAIN
	}
	if s.room > 0 {
		s.room -= n
	}
	for left := n; left > 0; bufs = bufs[1:] {
		m := min(left, len(bufs[0]))
		s.out = append(s.out, bufs[0][:m]...)
		left -= m
	}
	return n, 0
}
