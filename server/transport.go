package server

import (
	"net"
	"net/netip"
	"time"

	"reactor.example/reactor"
)

// A transport carries the bytes of a protocol. A *reactor.Conn is one by
// itself; whatever stands between a connection and its protocol, such as
// encryption, is another. All methods are for the loop only and mean what
// the methods of reactor.Conn say.
type transport interface {
	Input() []byte
	Consume(n int)
	EOF() bool
	PauseReading()
	ResumeReading()

	Buffer() []byte
	SetBuffer(b []byte)
	WriteRef(b []byte)
	WriteOwned(b []byte, owner reactor.Owner)
	Pending() int64
	Sent() int64
	Congested() bool

	CloseWrite()
	CloseAfterFlush()
	Close(err error)
	Closed() bool
	Detach() (net.Conn, error)

	SetDeadline(at time.Duration)
	ID() uint64
	RemoteAddr() netip.AddrPort
	LocalAddr() netip.AddrPort
}

// A protocol is what a transport reports to, on the loop, one call at a
// time.
type protocol interface {
	input()      // there is more in Input, or EOF has become true
	drained()    // pending output has fallen to the low water mark
	blocked()    // output is left over that the peer does not take for now
	deadline()   // the deadline has passed
	peerClosed() // the peer's FIN was seen, maybe behind unread input
	drain()      // the server shuts down
	connState() ConnState
	closed(error)
}

// plain is the layer between a connection and a protocol when there is
// nothing in between: it only gives the events their names.
type plain struct{ protocol }

func (p plain) OnInput(*reactor.Conn)              { p.input() }
func (p plain) OnDrain(*reactor.Conn)              { p.drained() }
func (p plain) OnBlocked(*reactor.Conn)            { p.blocked() }
func (p plain) OnDeadline(*reactor.Conn)           { p.deadline() }
func (p plain) OnPeerClosed(*reactor.Conn)         { p.peerClosed() }
func (p plain) OnClose(_ *reactor.Conn, err error) { p.closed(err) }
