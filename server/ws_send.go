package server

import (
	"sync"

	"reactor.example/reactor"
	"reactor.example/websocket"
)

// socketSends is the part of a WebSocket that any goroutine may use, guarded
// by WebSocket.mu: what was sent and has not been given to the transport.
type socketSends struct {
	box      *outbox // nil when there is nothing in it
	messages uint32  // sent and not counted yet
	sending  sendState
	poked    bool // the loop will pump: listed in the shard's senders, or see expectSends
	refused  bool // a message was not taken since the last drain
}

// An outbox holds what was sent and has not been given to the transport:
// whole frames, and the Close behind them. Outboxes are pooled.
type outbox struct {
	pipe
	last *goodbye
	// writer is whose message is sent in fragments, or nil: nothing but control
	// frames may come between them (RFC 6455, section 5.4), so other messages
	// wait behind.
	writer *MessageWriter
	behind pipe
}

var outboxes = sync.Pool{New: func() any { return new(outbox) }}

// outbox returns the outbox, to put something in. Hot path.
func (s *socketSends) outbox() *outbox {
	if s.box == nil {
		s.box = outboxes.Get().(*outbox)
	}
	return s.box
}

// queue returns where a frame is to be put: behind the message that is sent in
// fragments, if there is one. Hot path.
func (s *socketSends) queue(op websocket.OpCode) *pipe {
	box := s.outbox()
	if box.writer != nil && !op.IsControl() {
		return &box.behind
	}
	return &box.pipe
}

// waiting is how many bytes are in the outbox. Hot path.
func (s *socketSends) waiting() int {
	if s.box == nil {
		return 0
	}
	return s.box.n + s.box.behind.n
}

// putBack gives up the outbox. Hot path.
func (s *socketSends) putBack() {
	if box := s.box; box != nil {
		s.box = nil
		box.reset()
		box.behind.reset()
		box.last, box.writer = nil, nil
		outboxes.Put(box)
	}
}

// A goodbye is a Close that is to be sent behind everything else.
type goodbye struct {
	code   websocket.CloseCode
	reason string
}

// goodbye has a Close sent. With cut a message that is being sent in fragments
// does not go on, also where one was on its way already. c.mu is held.
func (c *WebSocket) goodbye(code CloseCode, reason string, cut bool) error {
	open := c.sending == sendsOpen
	if open {
		c.sending = sendsClose
		c.outbox().last = &goodbye{code, reason}
		c.rouse() // who waits to begin another message
		c.poke()
	}
	if cut {
		c.cut()
	}
	if !open {
		return ErrSocketClosed
	}
	return nil
}

type sendState uint8

const (
	sendsOpen  sendState = iota
	sendsClose           // SendClose was called
	sendsOver            // a Close was received, or there was a fault
	sendsGone            // the connection has ended
)

// send frames a message and leaves it to the loop. Any goroutine. Hot path.
func (c *WebSocket) send(op websocket.OpCode, payload []byte) error {
	if c.extensions.Deflate() && !op.IsControl() {
		return c.sendPacked(op, payload)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, err := c.admit(len(payload)); !ok {
		return err
	}
	c.queue(op).frame(op, true, payload)
	c.messages++
	c.poke()
	return nil
}

// admit reports whether a message of n bytes may be sent, and if not, what its
// sender is told. c.mu is held. Hot path.
func (c *WebSocket) admit(n int) (ok bool, err error) {
	if c.sending != sendsOpen {
		return false, ErrSocketClosed
	}
	if waits := c.waiting(); waits > 0 && waits+n > c.shard.srv.snap.Load().cfg.WebSocket.MaxBacklog {
		return false, c.overflow()
	}
	return true, nil
}

// frame appends a frame. Hot path.
func (p *pipe) frame(op websocket.OpCode, fin bool, payload []byte) {
	b := p.last()
	if b == nil || cap(b.b)-len(b.b) < websocket.MaxHeaderBytes {
		b = newBlock(p.n + len(payload))
		p.blocks = append(p.blocks, b)
	}
	before := len(b.b)
	b.b = websocket.AppendHeader(b.b, op, fin, len(payload))
	p.n += len(b.b) - before
	if k := copy(b.b[len(b.b):cap(b.b)], payload); k > 0 {
		b.b = b.b[:len(b.b)+k]
		p.n += k
		payload = payload[k:]
	}
	if len(payload) > 0 && len(payload) <= smallBlock {
		// The end of a large message: it does not need a large block.
		b = newBlock(len(payload))
		p.blocks = append(p.blocks, b)
	}
	p.write(payload)
}

// overflow is what becomes of a message that there is no room for. c.mu is
// held.
func (c *WebSocket) overflow() error {
	c.shard.srv.socketDrops.Add(1)
	c.refused = true
	switch c.shard.srv.snap.Load().cfg.WebSocket.SlowReader {
	case "drop":
		return nil
	case "close":
		// Behind what waits: the client may have a frame of it in part.
		c.goodbye(websocket.ClosePolicyViolation, "client reads too slowly", true)
	}
	return ErrBacklog
}

// poke has the loop call pump, soon. c.mu is held. Hot path.
func (c *WebSocket) poke() {
	if !c.poked && c.t != nil {
		c.poked = true
		c.shard.senders.add(c)
	}
}

// senders are the connections of a shard that have something to send.
type senders struct {
	mu     sync.Mutex
	list   []*WebSocket // any goroutine adds
	taken  []*WebSocket // loop only
	next   int
	posted bool
}

// pumpsPerPost bounds how many connections are served before the loop looks
// at others.
const pumpsPerPost = 32

func (s *senders) add(c *WebSocket) {
	s.mu.Lock()
	s.list = append(s.list, c)
	post := !s.posted
	s.posted = true
	s.mu.Unlock()
	if post {
		c.shard.loop.Post(c.shard.pumpSenders)
	}
}

// pumpSome sends what connections have left for the loop. Loop only.
func (s *shard) pumpSome() {
	q := &s.senders
	if q.next == len(q.taken) {
		clear(q.taken)
		q.mu.Lock()
		q.list, q.taken, q.next = q.taken[:0], q.list, 0
		q.mu.Unlock()
	}
	// It is not poked any more when its turn comes: see pump.
	for n := 0; n < pumpsPerPost && q.next < len(q.taken); n++ {
		c := (*wsConn)(q.taken[q.next])
		q.next++
		if c.writes() {
			c.goOn() // what has come, before there is more to send
		}
		if c.pump(); c.flags&(socketDrained|socketStreams) != 0 {
			c.goOn()
		}
	}
	q.mu.Lock()
	q.posted = q.next < len(q.taken) || len(q.list) > 0
	again := q.posted
	q.mu.Unlock()
	if again {
		s.loop.Post(s.pumpSenders)
	}
}

// What callbacks have sent is given to the transport when everything that was
// received has been handled, or from so many bytes on. Until then the frames
// gather in blocks, and the transport has nothing to copy.
const pumpFrom = 32 << 10

// expectSends has what a callback sends while it is on the loop given to the
// transport before the loop turns to others, without a post. If the callback is
// moved away, that is at once, and what it sends later is poked for. Hot path.
func (c *wsConn) expectSends() {
	c.mu.Lock()
	c.poked = true
	c.mu.Unlock()
	c.flags |= socketExpects
	c.t.RequestFlush()
}

// OnFlush implements reactor.Producer. Hot path.
func (c *wsConn) OnFlush(*reactor.Conn) {
	if c.flags&(socketExpects|socketStreams) == 0 {
		return // it was pumped behind the callback
	}
	if c.pump(); c.flags&(socketDrained|socketStreams) != 0 {
		c.goOn()
	}
}

// unsent is how much waits to be given to the transport. Hot path.
func (c *wsConn) unsent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting()
}

// pump gives the transport what was sent, up to its high water mark. Hot
// path.
func (c *wsConn) pump() { c.give(false) }

// give is pump, or with all it gives everything: a Close follows, which must not
// come within a frame. Hot path.
func (c *wsConn) give(all bool) {
	c.flags &^= socketExpects
	c.mu.Lock()
	c.poked = false
	c.shard.counts.messagesOut += uint64(c.messages)
	c.messages = 0
	if c.flags&socketAway != 0 || c.t.Closed() {
		c.mu.Unlock()
		return
	}
	if c.closeSent() {
		c.putBack() // nothing may follow it
	}
	var bye *goodbye
	if box := c.box; box != nil {
		for box.n > 0 && (all || !c.t.Congested()) {
			c.write(box.next())
		}
		bye = box.last
		switch {
		case box.writer != nil:
			c.noteRoom()
		case box.n == 0:
			c.putBack()
		}
	}
	c.noteDrain()
	waits := c.box != nil
	c.mu.Unlock()
	if bye == nil {
		return
	}
	if !waits {
		c.t.SetBuffer(c.ws.AppendClose(c.t.Buffer(), bye.code, bye.reason))
	}
	if c.flags&socketClosing == 0 { // also where the Close has to wait
		c.flags |= socketClosing
		c.armAt(c.cfg().WebSocket.CloseTimeout)
	}
}

// closeSent reports whether our Close is on its way. That the client's has come, or
// a fault of it, does not keep what was sent before from leaving (RFC 6455, section
// 5.5.1). Hot path.
func (c *wsConn) closeSent() bool {
	state := c.ws.State()
	return state == websocket.StateClosing || state == websocket.StateClosed
}

// noteDrain notes whether the client keeps up: OnDrain is due when it has
// caught up. c.mu is held. Hot path.
func (c *wsConn) noteDrain() {
	switch {
	case c.waiting() > 0 || c.t.Congested():
		c.flags |= socketWaited
	case c.flags&socketWaited != 0 || c.refused:
		c.flags = c.flags&^(socketWaited|socketLost) | socketDrained
		c.refused = false
	}
}

// sendControl sends a ping or pong of the server's own: behind what waits, of
// which the transport may have a frame in part.
func (c *wsConn) sendControl(op websocket.OpCode, payload []byte) {
	c.mu.Lock()
	waits := c.box != nil && c.box.n > 0
	if waits {
		c.box.frame(op, true, payload)
	}
	c.mu.Unlock()
	switch {
	case waits:
	case op == websocket.OpPing:
		c.t.SetBuffer(c.ws.AppendPing(c.t.Buffer(), payload))
	default:
		c.t.SetBuffer(c.ws.AppendPong(c.t.Buffer(), payload))
	}
}

// write gives a block to the transport: a small one is copied behind what is
// there already. Hot path.
func (c *wsConn) write(b *block) {
	if len(b.b) >= refLimit {
		c.t.WriteOwned(b.b, b)
		return
	}
	c.t.SetBuffer(append(c.t.Buffer(), b.b...))
	b.Release()
}
