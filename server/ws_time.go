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
		if c.end == nil && c.cutMessage() {
			return
		}
		c.t.Close(ErrTooSlow) // it does not answer our Close, or does not take it
		return
	}
	cfg := c.cfg()
	now := c.shard.loop.Now()
	silent := now - c.seen
	switch {
	case c.flags&socketLeaving != 0:
		c.sayGoingAway()
	case c.excused():
		c.seen = now
		c.flags &^= socketPinged
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
		if !c.t.Congested() { // or it would wait in any case, and could come within a frame
			c.sendControl(websocket.OpPing, nil)
		}
		c.armAt(cfg.WebSocket.PongTimeout)
	}
}

// excused reports whether silence means nothing, as nothing is read now: the
// client is taking output, or a callback is away that does not wait for the
// client itself.
func (c *wsConn) excused() bool {
	takes := c.takes()
	if c.call == nil || c.reads() {
		return takes && c.t.Congested()
	}
	return takes || !c.awaitsClient()
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
	c.mu.Lock()
	(*WebSocket)(c).goodbye(websocket.CloseGoingAway, reason, true)
	c.mu.Unlock()
	c.pump()
}

// cutMessage is called when a message that is being sent in fragments has kept
// our Close waiting for too long. It reports false if that is not so.
func (c *wsConn) cutMessage() bool {
	c.mu.Lock()
	cut := (*WebSocket)(c).cut()
	c.mu.Unlock()
	if cut {
		c.armAt(c.cfg().WebSocket.CloseTimeout)
		c.pump()
	}
	return cut
}
