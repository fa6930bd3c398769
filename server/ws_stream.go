package server

import (
	"io"
	"slices"
	"sync"

	"reactor.example/reactor"
	"reactor.example/websocket"
)

// streaming is what a WebSocket has besides where messages are streamed.
type streaming struct {
	// Of the function that opens the connection and the callbacks, one at a
	// time.
	onStream func(op OpCode, r io.Reader)

	// Loop only.
	heard []heard // while the callback was away, to be told behind it
	hears bool    // somebody wants to be told

	// Guarded by WebSocket.mu.
	hold    reactor.Hold // of the callback that runs
	wake    sync.Cond    // for who waits in Read or Write
	waiting int          // who waits there for the client
}

// heard is a ping or pong that came between the parts of a message.
type heard struct {
	kind    callKind
	payload []byte
}

// maxHeard bounds them: of more, the last ones are told (RFC 6455, section
// 5.5.3, lets a pong answer the last ping only).
const maxHeard = 16

// OnStream sets what is called for every message while it comes, instead of
// OnMessage: op is OpText or OpBinary, and r gives the message as it arrives. It
// has to be called by the function that opens the connection; later it takes
// the place of the callback that was set there, and does nothing where none
// was.
//
// Read waits until something is there. It returns io.EOF at the end of the
// message; ErrSocketClosed if the connection ends before that; and the fault of
// a client that breaks a rule in the middle, a *websocket.CloseError, of which
// OnError tells, too. What was received before comes first. Text is valid as far
// as it was read, but for a last character that may be cut in two.
//
// Of a message that is not read as fast as it comes about Config.BodyBuffer bytes
// are held, and then the client has to wait. SocketSettings.MaxMessageBytes holds
// for these messages, too: a route that streams will mostly want a larger one,
// or Off. Pings are answered meanwhile; OnPing and OnPong follow when the
// callback has returned.
//
// When the callback returns, what it has not read is thrown away while it comes;
// the next message begins behind it. r is of no use then: it returns
// ErrFinished. Until then any goroutine may read. r is an io.WriterTo, too.
func (c *WebSocket) OnStream(fn func(op OpCode, r io.Reader)) { c.streams().onStream = fn }

// streams is what the connection has for streaming, made when it is needed
// first.
func (c *WebSocket) streams() *streaming {
	more := c.extra()
	if s := more.streams.Load(); s != nil {
		return s
	}
	s := new(streaming)
	s.wake.L = &c.mu
	if more.streams.CompareAndSwap(nil, s) {
		c.route.socket.streams.Store(true)
	}
	return more.streams.Load()
}

// knownStreams is streams, or nil where nothing was ever streamed.
func (c *WebSocket) knownStreams() *streaming {
	if more := c.more.Load(); more != nil {
		return more.streams.Load()
	}
	return nil
}

// claim notes that the callback which begins now holds the loop, so that it can
// let go of it when it has to wait.
func (c *WebSocket) claim(h reactor.Hold) {
	s := c.streams()
	c.mu.Lock()
	s.hold = h
	c.mu.Unlock()
}

// await parks a goroutine until something changes; forClient is whether that is
// for the client to do. The loop goes on without a callback that waits. c.mu is
// held before and after.
func (s *streaming) await(forClient bool) {
	if forClient {
		s.waiting++
	}
	s.hold.Release()
	s.wake.Wait()
	if forClient {
		s.waiting--
	}
}

// rouse wakes who waits in Read or Write. c.mu is held.
func (c *WebSocket) rouse() {
	if s := c.knownStreams(); s != nil {
		s.wake.Broadcast()
	}
}

// streamsIn makes the connection one that streams what it receives, if its
// callback is there. Loop only.
func (c *wsConn) streamsIn() bool {
	s := (*WebSocket)(c).knownStreams()
	return s != nil && s.onStream != nil
}

// advanceStream is advance where messages are streamed. While a callback reads
// one it goes on with that.
func (c *wsConn) advanceStream() bool {
	var m websocket.Message
	for budget := c.cfg().BodyBuffer; budget > 0; budget -= len(m.Data) + 1 {
		if c.t.Congested() {
			return false
		}
		room := c.streamRoom()
		if room == 0 {
			c.t.PauseReading()
			return false
		}
		b := c.t.Input()
		b = b[:min(len(b), room)]
		ev, n, err := c.ws.Next(b, &m)
		if err != nil {
			c.t.Consume(n)
			c.fault(err)
			return true
		}
		switch ev {
		case websocket.EventNeedMore:
			c.t.Consume(n)
			if n > 0 && len(c.t.Input()) > 0 && n == len(b) {
				continue // there was no room for all of it
			}
			return c.starve()
		case websocket.EventClosed:
			c.t.Consume(n) // nothing is received any more
			return false
		case websocket.EventPart:
			c.part(&m)
		case websocket.EventPing:
			c.sendControl(websocket.OpPong, m.Data)
			c.hear(callPing, &m)
		case websocket.EventPong:
			c.hear(callPong, &m)
		case websocket.EventClose:
			reason := string(m.Data)
			c.t.Consume(n)
			c.closed(m.Code, reason)
			return true
		}
		c.t.Consume(n)
		if c.call != nil && (c.call.stream == nil || m.First || m.Last) {
			return true
		}
	}
	// Others have their turn. What is inflated can be much more than what came.
	c.t.PauseReading()
	c.shard.senders.add((*WebSocket)(c))
	return false
}

// feed goes on with the message that the callback which is away reads.
func (c *wsConn) feed() {
	in := c.call.stream
	switch {
	case in == nil || c.flags&socketAway != 0 || c.t.Closed():
	case c.end != nil:
		c.discard()
	case !in.body.end:
		c.advanceStream()
	}
}

// streamRoom is how much may be received now: zero if the callback has to read
// first, and then it tells the loop when it has.
func (c *wsConn) streamRoom() int {
	bound := c.cfg().BodyBuffer
	if c.call == nil {
		return bound
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.call.stream.room(bound)
}

// part is a part of a message: its callback begins with the first one. Those
// behind a callback that has returned are thrown away.
func (c *wsConn) part(m *websocket.Message) {
	if m.Last {
		c.shard.counts.messagesIn++
	}
	if c.call == nil && !m.First {
		return
	}
	buffers := c.shard.loop.Buffers()
	if c.call != nil {
		c.mu.Lock()
		c.call.stream.add(m, buffers)
		c.mu.Unlock()
		if m.Last {
			c.t.PauseReading()
		}
		return
	}
	more := c.more.Load()
	more.streams.Load().hears = more.onPing != nil || more.onPong != nil
	k := c.shard.newCall()
	k.c, k.kind, k.op = c, callStream, m.Op
	k.stream = &messageReader{c: (*WebSocket)(c)}
	k.stream.add(m, buffers) // nobody else has it yet
	c.begin(k)
}

// hear is control for a ping or pong that may have come between the parts of a
// message, whose callback is away.
func (c *wsConn) hear(kind callKind, m *websocket.Message) {
	if c.call == nil {
		c.control(kind, m)
		return
	}
	s := (*WebSocket)(c).knownStreams()
	if !s.hears {
		return
	}
	if len(s.heard) == maxHeard {
		s.heard = slices.Delete(s.heard, 0, 1)
	}
	s.heard = append(s.heard, heard{kind, slices.Clone(m.Data)})
	c.flags |= socketHeard
}

// scheduleHeard schedules the callback for what was heard first, if there is
// one.
func (c *wsConn) scheduleHeard() bool {
	s := (*WebSocket)(c).knownStreams()
	for len(s.heard) > 0 {
		h := s.heard[0]
		s.heard = s.heard[1:]
		if c.control(h.kind, &websocket.Message{Data: h.payload}); c.call != nil {
			return true
		}
	}
	s.heard = nil
	c.flags &^= socketHeard
	return false
}

// awaitsClient reports whether somebody waits in Read or Write for the client.
func (c *wsConn) awaitsClient() bool {
	s := (*WebSocket)(c).knownStreams()
	if s == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.waiting > 0
}

// reads reports whether the callback that is away waits in Read.
func (c *wsConn) reads() bool {
	if c.call.stream == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.call.stream.body.waiting
}

// streamed is how much of a message its callback has not read yet. c.mu is held.
func (c *wsConn) streamed() int {
	if c.call == nil || c.call.stream == nil {
		return 0
	}
	return c.call.stream.body.buffered()
}
