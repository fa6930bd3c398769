package server

import (
	"go.uber.org/zap"

	"reactor.example/reactor"
	"reactor.example/websocket"
)

// A socketCall is one call of a callback, as a task. Calls are pooled by their
// shard; a connection has at most one at a time.
type socketCall struct {
	c    *wsConn
	kind callKind
	op   websocket.OpCode
	data []byte // of the connection's state machine, or buf
	buf  []byte // what lay in the input, which may change while we are away
	end  socketEnd
	// stream is the message of callStream, while it comes.
	stream *messageReader
}

type callKind uint8

const (
	callOpen callKind = iota
	callMessage
	callStream
	callPing
	callPong
	callDrain
	callError
	callClose
)

// keptCallBytes is the largest buffer that stays with a pooled call.
const keptCallBytes = 64 << 10

func (s *shard) newCall() *socketCall {
	if n := len(s.calls); n > 0 {
		k := s.calls[n-1]
		s.calls = s.calls[:n-1]
		return k
	}
	return new(socketCall)
}

func (s *shard) freeCall(k *socketCall) {
	buf := k.buf[:0]
	if cap(buf) > keptCallBytes {
		buf = nil
	}
	*k = socketCall{buf: buf}
	if len(s.calls) < keptExchanges {
		s.calls = append(s.calls, k)
	}
}

// schedule schedules the callback of that kind. Hot path.
func (c *wsConn) schedule(kind callKind, m *websocket.Message) {
	k := c.shard.newCall()
	k.c, k.kind = c, kind
	if m != nil {
		k.op, k.data = m.Op, m.Data
		if m.InPlace {
			k.buf = append(k.buf[:0], m.Data...)
			k.data = k.buf
		}
	}
	if c.end != nil {
		k.end = *c.end
	}
	c.begin(k)
}

// begin runs a callback where its route is remembered to belong. Nothing is read
// meanwhile, unless it is the message that the callback reads. Hot path.
func (c *wsConn) begin(k *socketCall) {
	s := c.shard
	c.call = k
	if c.t != nil { // else it was never opened
		c.t.PauseReading()
	}
	if c.route.memories[s.index].away() {
		s.loop.ScheduleAway(k)
	} else {
		if c.t != nil {
			c.expectSends()
		}
		s.loop.Schedule(k)
	}
}

// scheduleDue schedules the callback that is due besides messages, if any.
func (c *wsConn) scheduleDue() bool {
	more := c.more.Load()
	if c.flags&socketOpened == 0 {
		c.flags |= socketOpened
		if more != nil && more.onOpen != nil {
			c.schedule(callOpen, nil)
			return true
		}
	}
	if c.flags&socketHeard != 0 && c.scheduleHeard() {
		return true
	}
	if c.flags&socketLosing != 0 {
		c.flags &^= socketLosing
		if more != nil && more.onError != nil && c.end == nil {
			c.schedule(callError, nil)
			return true
		}
	}
	if c.flags&socketDrained != 0 {
		c.flags &^= socketDrained
		if more != nil && more.onDrain != nil && c.end == nil {
			c.schedule(callDrain, nil)
			return true
		}
	}
	return c.end != nil && c.scheduleEnd(more)
}

// scheduleEnd schedules OnError and then OnClose.
func (c *wsConn) scheduleEnd(more *socketMore) bool {
	if c.flags&socketErred == 0 {
		c.flags |= socketErred
		if more != nil && more.onError != nil && c.end.err != nil {
			c.schedule(callError, nil)
			return true
		}
	}
	if c.flags&socketTold == 0 {
		c.flags |= socketTold
		if more != nil && more.onClose != nil {
			c.schedule(callClose, nil)
			return true
		}
	}
	return false
}

// Run implements reactor.Task. It calls user code. Hot path.
func (k *socketCall) Run(h reactor.Hold) {
	if k.c.route.socket.streams.Load() {
		(*WebSocket)(k.c).claim(h)
	}
	if k.kind == callMessage {
		k.c.onMessage(Message{k.op, k.data})
		return
	}
	more := k.c.more.Load()
	switch k.kind {
	case callStream:
		if fn := more.streams.Load().onStream; fn != nil {
			fn(k.op, k.stream)
		}
		k.stream.leave()
	case callOpen:
		more.onOpen()
	case callPing:
		more.onPing(k.data)
	case callPong:
		more.onPong(k.data)
	case callDrain:
		more.onDrain()
	case callError:
		err := k.end.err
		if err == nil {
			err = ErrBacklog
		}
		more.onError(err)
	case callClose:
		more.onClose(k.end.code, k.end.reason)
	}
}

// Done implements reactor.Task. Hot path.
func (k *socketCall) Done(r reactor.Result) {
	c := k.c
	s := c.shard
	kind := k.kind
	c.route.memories[s.index].note(r)
	if k.stream != nil {
		k.stream.leave() // again, if Run was unwound
		k.stream.release()
	}
	s.freeCall(k)
	c.call = nil
	if r.Err != nil {
		c.failed(kind, r.Err)
	}
	if c.flags&socketAway != 0 {
		c.ws.Release()
	} else if r.Moved || r.Away > 0 || len(c.t.Input()) > 0 && c.unsent() > pumpFrom {
		c.pump()
	}
	c.goOn()
}

// Drop implements reactor.Task: the loop has ended, and with it the
// connection.
func (k *socketCall) Drop() {}

// failed handles a callback that panicked or ended its goroutine: the client
// is told by a Close with 1011, as for a handler that fails it is by a 500.
func (c *wsConn) failed(kind callKind, cause error) {
	s := c.shard
	s.counts.panics++
	fields := []zap.Field{zap.String("route", c.route.pattern), zap.Error(cause)}
	if p, ok := cause.(*reactor.PanicError); ok {
		fields = append(fields, zap.Any("panic", p.Value), zap.ByteString("stack", p.Stack))
	}
	s.srv.logs.log(zap.ErrorLevel, "WebSocket callback panicked", fields...)
	if kind != callClose {
		c.mu.Lock()
		(*WebSocket)(c).goodbye(websocket.CloseInternalError, "", true)
		c.mu.Unlock()
	}
}
