package server

import (
	"net/netip"
	"time"
)

// An Observer is told of what happens, as a struct of optional functions: an
// access log, metrics and traces hang on it. A nil function costs one check.
//
// Every function is called on an event loop and must not block, and what it
// is given is valid until it returns, strings excepted: they may be kept.
type Observer struct {
	// Accepted is called when a connection has been admitted.
	Accepted func(ConnInfo)
	// RequestHead is called when a request head is complete and routed.
	RequestHead func(RequestInfo)
	// ResponseHead is called when the final status is known.
	ResponseHead func(RequestInfo, int)
	// RequestEnd is called once for each request, whatever became of it.
	RequestEnd func(RequestEnd)
	// Closed is called when a connection has ended.
	Closed func(ConnInfo, error)
	// LimitHit is called when a bound refused something, with its name in
	// the configuration file, for example "max_connections".
	LimitHit func(name string)
	// LoopLag is called about once a second for each loop that sends
	// responses, with how long the longest of its iterations took that found
	// more to do at their end, and how many handlers and messages wait for
	// the loop at that moment. A loop that is idle is not woken for it.
	LoopLag func(loop int, lag time.Duration, queued int)
}

// ConnInfo says which connection an Observer is told about.
type ConnInfo struct {
	ID     uint64 // unique in this process
	Remote netip.AddrPort
	Loop   int
}

// RequestInfo says which request an Observer is told about.
type RequestInfo struct {
	Conn    ConnInfo
	Method  string
	Target  string // as received, query included
	Pattern string // of the route, empty when none matched
	Proto   string // "HTTP/1.1"
}

// RequestEnd is the last word about a request.
type RequestEnd struct {
	RequestInfo
	Status   int           // zero when no response was begun
	BytesIn  int64         // body bytes received
	BytesOut int64         // body bytes given to the connection
	Duration time.Duration // from the first byte of the head to the end
	Moved    bool          // the handler left the loop
	Err      error         // why it ended early; nil for a complete response
}
