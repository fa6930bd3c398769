package server

import (
	"time"

	"reactor.example/reactor"
	"reactor.example/websocket"
)

// A WebSocket has one deadline. While it is open it stands for the next ping,
// for the answer to one, or, where nobody is pinged, for the end of an idle
// connection; once a Close was sent, for the end of the closing handshake.

// armAt sets the deadline d from now.
func (c *wsConn) armAt(d time.Duration) {
	c.t.SetDeadline(c.shard.loop.Now() + max(d, time.Millisecond))
}

// armPing sets the deadline of a connection that is open. It is not moved
// with every message: OnDeadline looks when the last one was.
func (c *wsConn) armPing() {
	cfg := c.cfg()
	switch {
	case cfg.WebSocket.PingInterval > 0:
		c.t.SetDeadline(c.seen + cfg.WebSocket.PingInterval)
	case cfg.IdleTimeout > 0:
		c.t.SetDeadline(c.seen + cfg.IdleTimeout)
	default:
		c.t.SetDeadline(0)
	}
}

// OnDeadline implements reactor.Handler.
func (c *wsConn) OnDeadline(*reactor.Conn) {
	if c.end != nil || c.flags&socketClosing != 0 {
		c.t.Close(ErrTooSlow) // it does not answer our Close, or does not take it
		return
	}
	cfg := c.cfg()
	now := c.shard.loop.Now()
	silent := now - c.seen
	switch {
	case c.flags&socketLeaving != 0:
		c.sayGoingAway()
	case c.call != nil, c.t.Congested() && c.takes():
		// Nothing is read now: silence means nothing.
		c.seen = now
		c.armPing()
	case c.flags&socketPinged != 0:
		c.shard.limitHit("websocket.pong_timeout_sec")
		c.giveUp("no answer to a ping")
	case cfg.WebSocket.PingInterval <= 0:
		if cfg.IdleTimeout <= 0 || silent < cfg.IdleTimeout {
			c.armPing()
			return
		}
		c.giveUp("idle")
	case silent < cfg.WebSocket.PingInterval:
		c.armPing()
	default:
		c.flags |= socketPinged
		c.shard.counts.pings++
		c.t.SetBuffer(c.ws.AppendPing(c.t.Buffer(), nil))
		c.armAt(cfg.WebSocket.PongTimeout)
	}
}

// takes reports whether the client has taken some output since the last look.
func (c *wsConn) takes() bool {
	before := c.taken
	c.taken = uint32(c.t.Sent())
	return c.taken != before
}

// giveUp ends a connection that says nothing any more: with a Close, which it
// may still take.
func (c *wsConn) giveUp(reason string) {
	(*WebSocket)(c).SendClose(websocket.CloseGoingAway, reason)
	c.pump()
}
