package server

import (
	"time"

	"reactor.example/reactor"
	"reactor.example/websocket"
)

// A wsConn is a WebSocket as its loop sees it: the protocol of a transport
// that was HTTP until now. It turns the events of the state machine into
// callbacks, which are tasks, and what was sent into frames.
//
//	transport ── Input ──▶ websocket.Conn ── message ──▶ socketCall (task)
//	    ▲                                                    │ Send
//	    └───── frames ────── pump ◀────── out ◀──────────────┘
type wsConn WebSocket

// socketLoop is the part of a WebSocket that belongs to its loop.
type socketLoop struct {
	ws     websocket.Conn
	call   *socketCall // the callback that is scheduled, running or coming home
	end    *socketEnd  // how the connection ends, once that is known
	opened time.Duration
	seen   time.Duration // when something was received last
	tick   uint32        // when the ledger of control frames was refunded last
	linger int32         // bytes that are still thrown away before the end
	taken  uint32        // the low bits of what the client had taken at the last look
	flags  socketFlags
}

type socketFlags uint16

const (
	socketOpened    socketFlags = 1 << iota // OnOpen is over or not wanted
	socketPinged                            // a ping is out, and nothing has come since
	socketWaited                            // something had to wait: OnDrain is due
	socketDrained                           // OnDrain is to be called
	socketLosing                            // OnError(ErrBacklog) is to be called
	socketLost                              // and was, since the last drain
	socketTold                              // OnClose was scheduled
	socketErred                             // OnError was scheduled
	socketAway                              // the transport is closed
	socketLeaving                           // the server shuts down
	socketClosing                           // a Close is on its way, the deadline is for its answer
	socketExpects                           // the transport is asked to flush for a callback: see expectSends
	socketOwner                             // the transport is a whole connection
	socketByAddress                         // and is counted in the table of addresses
	socketStreams                           // messages are streamed to OnStream
	socketHeard                             // pings or pongs came within one, and are to be told
)

// A socketEnd is how a connection ends, as OnError and OnClose are told.
type socketEnd struct {
	code   websocket.CloseCode
	reason string
	err    error // for OnError, or nil
}

// start takes the transport over: the client has been answered. flags may
// hold socketOwner and socketByAddress. Loop only.
func (c *wsConn) start(t transport, flags socketFlags) {
	s := c.shard
	c.mu.Lock()
	c.t = t
	c.mu.Unlock()
	if c.streamsIn() {
		flags |= socketStreams
	}
	c.ws.Init(c.route.socket.config(s, flags&socketStreams != 0), c.extensions)
	c.opened, c.seen = s.loop.Now(), s.loop.Now()
	c.tick = uint32(c.seen / refundEvery)
	c.flags = flags
	s.counts.sockets++
	s.counts.socketsOpened++
	c.armPing()
	if s.draining {
		c.drain()
	}
	c.pump()
	t.ResumeReading()
	c.goOn()
}

// dropSocket ends a WebSocket that the response would have opened if it could
// be sent. The function that opened it may rely on OnClose.
func (ex *exchange) dropSocket() {
	if c := ex.socket; c != nil {
		ex.socket = nil
		(*wsConn)(c).abandon()
	}
}

// abandon ends a connection that was never opened.
func (c *wsConn) abandon() {
	c.flags = socketOpened | socketAway
	c.endBy(websocket.CloseAbnormal, "", nil)
	c.leave()
	c.goOn()
}

// switchTo makes p the protocol of t.
func switchTo(t transport, p protocol) {
	switch t := t.(type) {
	case *reactor.Conn:
		t.SetHandler(p)
	case interface{ setProtocol(p protocol) }:
		t.setProtocol(p)
	}
}

// OnInput implements reactor.Handler. Hot path.
func (c *wsConn) OnInput(*reactor.Conn) {
	c.seen = c.shard.loop.Now()
	c.flags &^= socketPinged
	if tick := uint32(c.seen / refundEvery); tick != c.tick {
		c.ws.Refund(refundFrames * int(tick-c.tick))
		c.tick = tick
	}
	c.goOn()
}

// A peer may send so many control frames in that time, besides those that
// websocket.Config.MaxControlFrames allows at once.
const (
	refundEvery  = 100 * time.Millisecond
	refundFrames = 20
)

// goOn does whatever is next: a callback that is due, or what has been
// received. Hot path.
func (c *wsConn) goOn() {
	for c.call == nil {
		if c.flags&(socketOpened|socketDrained|socketLosing|socketHeard) != socketOpened || c.end != nil {
			if c.scheduleDue() {
				return
			}
		}
		if !c.advance() {
			if c.pump(); c.flags&socketDrained == 0 {
				return
			}
		}
	}
	if c.flags&socketStreams != 0 {
		c.feed()
	}
}

// advance parses up to the next callback. It reports false when there is
// nothing more to do for now. Hot path.
func (c *wsConn) advance() bool {
	if c.flags&socketAway != 0 || c.t.Closed() {
		return false
	}
	if c.end != nil {
		c.discard()
		return false
	}
	if c.flags&socketStreams != 0 {
		return c.advanceStream()
	}
	var m websocket.Message
	for {
		if c.t.Congested() {
			return false
		}
		ev, n, err := c.ws.Next(c.t.Input(), &m)
		if err != nil {
			c.t.Consume(n)
			c.fault(err)
			return true
		}
		switch ev {
		case websocket.EventNeedMore:
			c.t.Consume(n)
			return c.starve()
		case websocket.EventClosed:
			c.t.Consume(n) // nothing is received any more
			return false
		case websocket.EventMessage:
			c.shard.counts.messagesIn++
			if c.onMessage != nil {
				c.schedule(callMessage, &m)
			}
		case websocket.EventPing:
			c.sendControl(websocket.OpPong, m.Data)
			c.control(callPing, &m)
		case websocket.EventPong:
			c.control(callPong, &m)
		case websocket.EventClose:
			reason := string(m.Data)
			c.t.Consume(n)
			c.closed(m.Code, reason)
			return true
		}
		c.t.Consume(n)
		if c.call != nil {
			return true
		}
	}
}

// control schedules the callback for a ping or pong, if there is one.
func (c *wsConn) control(kind callKind, m *websocket.Message) {
	more := c.more.Load()
	if more != nil && (kind == callPing && more.onPing != nil || kind == callPong && more.onPong != nil) {
		c.schedule(kind, m)
	}
}

// starve is called when everything was parsed: reading goes on, unless the
// client has ended its direction. Then a WebSocket is over (RFC 6455, section
// 7.1.4): nobody could answer a Close.
func (c *wsConn) starve() bool {
	if !c.t.EOF() {
		c.t.ResumeReading()
		return false
	}
	c.endBy(websocket.CloseAbnormal, "", nil)
	c.pump()
	c.t.CloseAfterFlush()
	return true
}

// endBy notes how the connection ends; the first word counts.
func (c *wsConn) endBy(code websocket.CloseCode, reason string, err error) {
	if c.end == nil {
		c.end = &socketEnd{code, reason, err}
	}
	c.mu.Lock()
	if c.sending < sendsOver {
		c.sending = sendsOver
	}
	if c.call != nil && c.call.stream != nil {
		if err == nil {
			err = ErrSocketClosed
		}
		c.call.stream.fail(err)
	}
	(*WebSocket)(c).rouse() // who writes
	c.mu.Unlock()
}

// closed handles the client's Close: it is answered, behind what was sent
// before, and the connection ended (RFC 6455, section 7.1.1: by the server).
func (c *wsConn) closed(code CloseCode, reason string) {
	c.give(true)
	c.t.SetBuffer(c.ws.AppendCloseReply(c.t.Buffer()))
	c.endBy(code, reason, nil)
	c.farewell(false)
}

// fault handles a rule that the client broke: it is told by a Close, and
// nothing of what it sends is looked at any more.
func (c *wsConn) fault(err error) {
	end, ok := err.(*websocket.CloseError)
	if !ok {
		c.t.Close(err)
		return
	}
	c.shard.counts.socketFaults++
	c.give(true)
	c.t.SetBuffer(c.ws.AppendClose(c.t.Buffer(), end.Code, end.Reason))
	c.endBy(end.Code, end.Reason, err)
	c.farewell(true)
}

// farewell ends the connection behind the output. If the client may still be
// sending, only our direction is ended and what comes is thrown away, within
// bounds: a reset could overtake our Close.
func (c *wsConn) farewell(sending bool) {
	if c.t.EOF() || !sending && len(c.t.Input()) == 0 {
		c.t.CloseAfterFlush()
		c.armAt(c.cfg().WebSocket.CloseTimeout)
		return
	}
	c.linger = int32(min(c.cfg().LingerBytes, 1<<30))
	c.armAt(c.cfg().WebSocket.CloseTimeout)
	c.t.CloseWrite()
	c.discard()
}

// discard throws away what comes after the end.
func (c *wsConn) discard() {
	n := len(c.t.Input())
	c.t.Consume(n)
	if c.linger -= int32(min(n, 1<<30)); c.linger < 0 || c.t.EOF() {
		c.t.PauseReading()
		c.t.CloseAfterFlush()
		return
	}
	c.t.ResumeReading()
}

// OnDrain implements reactor.Handler: the client has caught up. While a message is
// written there is always more for it, and what it sends has to have its turn.
func (c *wsConn) OnDrain(*reactor.Conn) {
	if c.writes() {
		c.shard.senders.add((*WebSocket)(c))
		return
	}
	c.pump()
	c.goOn()
}

// OnBlocked implements reactor.Handler.
func (c *wsConn) OnBlocked(*reactor.Conn) {}

// OnPeerClosed implements reactor.Handler: what was sent before is read first.
func (c *wsConn) OnPeerClosed(*reactor.Conn) {}

// OnClose implements reactor.Handler: the connection is gone.
func (c *wsConn) OnClose(_ *reactor.Conn, err error) {
	s := c.shard
	c.endBy(websocket.CloseAbnormal, "", nil)
	c.leave()
	s.counts.sockets--
	if c.flags&socketOwner != 0 {
		if err == reactor.ErrStopped {
			s.srv.cutConns.Add(1)
		}
		s.closed(c.connInfo(), c.flags&socketByAddress != 0, err)
	}
	c.flags |= socketAway
	if c.call == nil {
		c.ws.Release()
	}
	c.goOn()
}

// leave gives up what the connection has outside of itself.
func (c *wsConn) leave() {
	w := (*WebSocket)(c)
	c.mu.Lock()
	c.sending = sendsGone
	c.putBack()
	w.rouse()
	c.mu.Unlock()
	w.unsubscribeAll()
	w.cancelContext()
}

// drain implements protocol: the server shuts down. The connection is closed
// with 1001, at a time of its own if that is to be spread.
func (c *wsConn) drain() {
	if c.flags&socketLeaving != 0 || c.end != nil {
		return
	}
	c.flags |= socketLeaving
	spread := c.cfg().WebSocket.ShutdownSpread
	if spread <= 0 || c.ws.State() != websocket.StateOpen {
		c.sayGoingAway()
		return
	}
	// By the golden ratio: consecutive connections are far from each other.
	part := c.t.ID() * 0x9e3779b97f4a7c15 >> 48
	c.armAt(spread * time.Duration(part) >> 16)
}

// sayGoingAway leaves the Close to pumpSome: if all connections wrote at once
// each would need an output at the same moment.
func (c *wsConn) sayGoingAway() {
	(*WebSocket)(c).SendClose(websocket.CloseGoingAway, "server shuts down")
}

// connState implements protocol.
func (c *wsConn) connState() ConnState {
	c.mu.Lock()
	waiting := c.waiting() + c.streamed()
	c.mu.Unlock()
	st := ConnState{
		ConnInfo: c.connInfo(),
		State:    "websocket",
		Age:      c.shard.loop.Now() - c.opened,
		Held:     int64(len(c.t.Input())) + c.t.Pending() + int64(waiting),
	}
	if c.end != nil || c.ws.State() != websocket.StateOpen {
		st.State = "closing"
	}
	return st
}

func (c *wsConn) connInfo() ConnInfo {
	return ConnInfo{ID: c.t.ID(), Remote: c.t.RemoteAddr(), Loop: c.shard.index}
}

func (c *wsConn) cfg() *Config { return &c.shard.srv.snap.Load().cfg }
