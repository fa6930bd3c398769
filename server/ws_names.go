package server

import "reactor.example/websocket"

// The names of package websocket that a handler needs.
type (
	// An OpCode says whether a Message is text or binary.
	OpCode = websocket.OpCode
	// A CloseCode is the status code of a Close.
	CloseCode = websocket.CloseCode
)

// The kinds of a Message.
const (
	OpText   = websocket.OpText
	OpBinary = websocket.OpBinary
)

// Status codes of a Close (RFC 6455, section 7.4.1). Those from 3000 on are
// for libraries and applications.
const (
	CloseNormal          = websocket.CloseNormal          // 1000
	CloseGoingAway       = websocket.CloseGoingAway       // 1001
	CloseProtocolError   = websocket.CloseProtocolError   // 1002
	CloseUnsupportedData = websocket.CloseUnsupportedData // 1003
	CloseNoStatus        = websocket.CloseNoStatus        // 1005: received only, a Close without a code
	CloseAbnormal        = websocket.CloseAbnormal        // 1006: received only, no Close at all
	CloseInvalidPayload  = websocket.CloseInvalidPayload  // 1007
	ClosePolicyViolation = websocket.ClosePolicyViolation // 1008
	CloseMessageTooBig   = websocket.CloseMessageTooBig   // 1009
	CloseInternalError   = websocket.CloseInternalError   // 1011
	CloseTryAgainLater   = websocket.CloseTryAgainLater   // 1013
)

// AnyOrigin is a SocketSettings.Origin that lets pages from everywhere
// connect. Nothing may then depend on cookies: a page of anybody's, in the
// browser of a user of yours, can connect in the name of that user.
func AnyOrigin(origin, host string) bool { return websocket.AnyOrigin(origin, host) }

// Origins makes a SocketSettings.Origin that lets pages of the given origins,
// such as "https://example.com", and of the same host connect.
func Origins(list ...string) func(origin, host string) bool { return websocket.Origins(list...) }
