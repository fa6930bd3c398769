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
	RequestFlush()
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

// A protocol is what a transport reports to. Its reactor.Handler methods are
// told of events and look at nothing but the transport: their argument is
// the connection at the bottom, for whoever stands there, and nil when
// another layer calls. So a protocol can be the handler of a connection
// itself, and costs nothing in between.
type protocol interface {
	reactor.Handler
	drain() // the server shuts down
	connState() ConnState
}
