package server

import (
	"bufio"
	"testing"

	"reactor.example/reactor/reactortest"
)

// What needs no answer leaves no buffer behind: connections that have read
// something and said nothing are as small as any.
func TestTLSConnectionsThatSayNothingHoldNothing(t *testing.T) {
	t.Parallel()
	var buffers reactortest.Buffers
	cfg := Config{WorkerThreads: 1, Buffers: func(int) Buffers { return &buffers }}
	g := newRig(t, tlsConfig(t, cfg), func(*Server) {})
	dial := func() *peer {
		c := &peer{Conn: g.dialTLS("h2"), t: t}
		c.r = bufio.NewReader(c)
		c.send(http2Preface + twoBytes(twoSettings, 0, 0, ""))
		c.until(twoSettings, 0)
		c.send(twoBytes(twoWindow, 0, 0, twoNumber(1)))
		c.send(twoBytes(twoPing, 0, 0, "12345678"))
		c.until(twoPing, 0)
		return c
	}
	const conns = 40
	last := dial()
	for range conns {
		c := dial()
		defer c.Close()
		c.send(twoBytes(twoWindow, 0, 0, twoNumber(1)))
	}
	last.send(twoBytes(twoPing, 0, 0, "12345678"))
	last.until(twoPing, 0) // the loop has read the others before
	if n := buffers.Out(); n > conns/2 {
		t.Errorf("%d connections hold %d buffers", conns, n)
	}
}
