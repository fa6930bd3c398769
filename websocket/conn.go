package websocket

import (
	"github.com/gobwas/ws"
)

// An Event is what [Conn.Next] found.
type Event uint8

// The events.
const (
	// EventNeedMore: everything was looked at, and there is no event before
	// more octets come.
	EventNeedMore Event = iota
	// EventMessage: a whole message, text or binary.
	EventMessage
	// EventPart: a part of a message, where Config.Stream is set. A message
	// has at least one; Message.First and Message.Last say where it begins
	// and ends. A part of a text may begin or end inside a character.
	EventPart
	// EventPing: a ping, to be answered by AppendPong with Message.Data.
	EventPing
	// EventPong: a pong.
	EventPong
	// EventClose: the peer's Close; Message.Code, and the reason in
	// Message.Data. Answer with AppendCloseReply, unless the state is
	// StateClosed: then it was the answer to ours.
	EventClose
	// EventClosed: nothing is received any more. What comes is to be thrown
	// away. It also stands beside every error.
	EventClosed
)

// String returns the name of the event, for traces.
func (e Event) String() string {
	switch e {
	case EventNeedMore:
		return "need-more"
	case EventMessage:
		return "message"
	case EventPart:
		return "part"
	case EventPing:
		return "ping"
	case EventPong:
		return "pong"
	case EventClose:
		return "close"
	case EventClosed:
		return "closed"
	}
	return "no event"
}

// A Message is what an event brings.
type Message struct {
	// Op is the kind of message, for EventMessage and EventPart.
	Op OpCode
	// Code is the status code of a Close.
	Code CloseCode
	// First and Last say where in its message an EventPart is.
	First, Last bool
	// InPlace says that Data is a part of the input that Next was given. It
	// is otherwise memory of the connection, valid until the next call of
	// Next or Release.
	InPlace bool
	// Data is the message, the part, the payload or the reason. It may be
	// changed.
	Data []byte
}

// A Conn is one end of a WebSocket after the handshake: received octets go
// into Next, output comes out of the Append methods. It must be used by one
// goroutine at a time. The zero value is not ready: call Init.
type Conn struct {
	cfg  *Config
	part *partial    // the message that has begun, or nil
	fail *CloseError // why the connection failed, sticky
	mem  *memory     // of earlier messages, where they may be referred to, or nil

	deflate  agreement
	packing  bool  // a message is sent in fragments, compressed
	room     int32 // control frames that the peer may still send in a row
	received CloseCode
	state    State
	side     ws.State // as package ws describes a connection
}

var defaultConfig Config

// Init makes c a fresh connection with the limits of cfg, which it keeps; nil
// means the defaults. ext is of the Handshake.
func (c *Conn) Init(cfg *Config, ext Extensions) {
	if cfg == nil {
		cfg = &defaultConfig
	}
	*c = Conn{cfg: cfg, state: StateOpen, side: ws.StateServerSide, room: cfg.controlLimit()}
	if cfg.Client {
		c.side = ws.StateClientSide
	}
	if c.deflate = ext.deflate; c.deflate.on() {
		c.side = c.side.Set(ws.StateExtended)
	}
}

// State returns where the connection stands.
func (c *Conn) State() State { return c.state }

// Next looks at the octets that were received and not yet consumed, and
// returns what it found and how many of them to drop. b must begin where the
// previous call's n ended; what was not consumed must be there unchanged. It
// is written to: payload is unmasked where it lies. Call again until the
// event is EventNeedMore, with nothing left or with the octets of a header or
// control frame that is not complete, or EventClosed. Event and error do not
// depend on the pieces in which the octets arrive, but for the parts of
// messages that are streamed.
//
// m is filled in; its Data is a part of b or memory of the connection, which
// the next call takes back. The error is a [*CloseError]; it comes again from
// every later call. Hot path.
func (c *Conn) Next(b []byte, m *Message) (ev Event, n int, err error) {
	*m = Message{}
	if !c.state.receives() {
		return c.after(b)
	}
	if c.part != nil && c.part.delivered {
		c.Release()
	}
	for {
		ev, used, fault := c.next(b[n:], m)
		n += used
		if fault != nil {
			return c.failed(n, fault)
		}
		if ev != EventNeedMore || used == 0 {
			return ev, n, nil
		}
	}
}

// after is Next when nothing is received any more.
func (c *Conn) after(b []byte) (Event, int, error) {
	if c.fail != nil {
		return EventClosed, len(b), c.fail
	}
	return EventClosed, len(b), nil
}

// failed makes err the reason why the connection ends.
func (c *Conn) failed(n int, err *CloseError) (Event, int, error) {
	c.fail = err
	c.move(evFail)
	c.Release()
	return EventClosed, n, err
}

// next does one step: a frame, or what there is of one. Hot path.
func (c *Conn) next(b []byte, m *Message) (Event, int, *CloseError) {
	if c.part != nil && c.part.inFrame {
		return c.payload(b, m)
	}
	h, n, err := readHeader(b, c.side)
	if n == 0 || err != nil {
		return EventNeedMore, 0, err
	}
	if h.OpCode.IsControl() {
		end := n + int(h.Length)
		if len(b) < end {
			return EventNeedMore, 0, nil
		}
		ev, err := c.control(&h, b[n:end:end], m)
		return ev, end, err
	}
	return c.data(&h, n, b, m)
}

// control handles a control frame (RFC 6455, section 5.5).
func (c *Conn) control(h *ws.Header, p []byte, m *Message) (Event, *CloseError) {
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	m.Data, m.InPlace = p, true
	if h.OpCode == ws.OpClose {
		code, reason, err := parseClose(p)
		if err != nil {
			return EventClosed, err
		}
		m.Code, m.Data, c.received = code, reason, code
		c.move(evReceive)
		c.Release()
		return EventClose, nil
	}
	if err := c.spend(); err != nil {
		return EventClosed, err
	}
	if h.OpCode == ws.OpPing {
		return EventPing, nil
	}
	return EventPong, nil
}

// spend takes a control frame, or an empty fragment, off what the peer may
// still send of them.
func (c *Conn) spend() *CloseError {
	if c.room == 0 {
		return errFlood
	}
	c.room--
	return nil
}

// Refund makes room for n more control frames, up to Config.MaxControlFrames.
// Who has a clock calls it now and then, so that a peer that only keeps its
// connection alive may do so for ever.
func (c *Conn) Refund(n int) {
	c.room = int32(min(int64(c.room)+int64(n), int64(c.cfg.controlLimit())))
}

// Release gives back the memory of the message that has begun or was
// delivered last. Next does it by itself; it is to be called where a
// connection ends early.
func (c *Conn) Release() {
	if c.part != nil {
		c.part.release(c.cfg)
		c.part = nil
		c.side = c.side.Clear(ws.StateFragmented)
	}
}

// Idle reports that no message has begun: the connection holds no memory.
func (c *Conn) Idle() bool { return c.part == nil || c.part.delivered }
