package server

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"reactor.example/websocket"
)

// A Message is a WebSocket message. Data may be changed, and is valid until
// the callback that got it returns.
type Message struct {
	Op   OpCode // OpText or OpBinary
	Data []byte
}

// Text is the message as a string, a copy.
func (m Message) Text() string { return string(m.Data) }

// IsText reports whether the message is text, which is valid UTF-8 then.
func (m Message) IsText() bool { return m.Op == OpText }

// Errors of what a WebSocket sends.
var (
	// ErrSocketClosed says that a Close was sent or received, or that the
	// connection is gone: nothing can be sent any more.
	ErrSocketClosed = errors.New("server: WebSocket is closed")
	// ErrBacklog says that the client reads too slowly: what waits for it
	// has reached WebSocketConfig.MaxBacklog, and the message was not taken.
	ErrBacklog = errors.New("server: WebSocket client reads too slowly")
	// ErrNotText says that a text message is not valid UTF-8.
	ErrNotText = errors.New("server: text message is not UTF-8")
	// ErrMessageOver says that the message of a MessageWriter was closed or
	// given up: nothing can be added to it.
	ErrMessageOver = errors.New("server: WebSocket message is closed")
)

// A WebSocket is a connection that has passed its handshake, as its server
// holds it. The function that was registered with the route installs
// callbacks on it; from then on the connection needs no goroutine.
//
// Callbacks are called one at a time for each connection, in the order of
// what they report, and may block like any handler: until one has returned
// the connection's next message waits, and after a while its client does. The
// On methods may be called in that function and in callbacks, the others by
// any goroutine at any time. A WebSocket may be kept for ever.
type WebSocket struct {
	// Set at the handshake, never changed.
	shard *shard
	route *route

	// Set by start, loop only.
	t transport
	socketLoop

	// Of the function that opens it and the callbacks, one at a time.
	onMessage  func(Message)
	extensions websocket.Extensions

	// Any goroutine.
	more    atomic.Pointer[socketMore]
	mu      sync.Mutex
	request *Request // while the function that opens it runs; guarded by mu
	socketSends
}

// socketMore is what only some connections have.
type socketMore struct {
	onOpen, onDrain func()
	onPing, onPong  func(payload []byte)
	onClose         func(code CloseCode, reason string)
	onError         func(err error)
	params          []Field
	subprotocol     string

	mu     sync.Mutex // guards what follows
	values []value
	ctx    context.Context
	cancel context.CancelCauseFunc

	topics []*topicPart // subscribed to

	streams atomic.Pointer[streaming] // see WebSocket.streams
}

// newWebSocket makes the connection that a handshake asks for.
func newWebSocket(ex *exchange, rt *wsRoute, hs websocket.Handshake) *WebSocket {
	c := &WebSocket{shard: ex.shard, route: ex.route, extensions: hs.Extensions}
	if n := ex.params.Len(); n > 0 || hs.Protocol != "" || len(ex.values) > 0 {
		more := c.extra()
		more.subprotocol = hs.Protocol
		for i := range n {
			name, v := ex.params.At(i)
			// A copy: v is cut from the head, which need not be kept.
			more.params = append(more.params, Field{name, string([]byte(v))})
		}
		ex.mu.Lock()
		more.values = append(more.values, ex.values...)
		ex.mu.Unlock()
	}
	return c
}

// extra is c.more, made when it is needed first.
func (c *WebSocket) extra() *socketMore {
	if more := c.more.Load(); more != nil {
		return more
	}
	c.more.CompareAndSwap(nil, new(socketMore))
	return c.more.Load()
}

// OnMessage sets what is called for every message, when all of it has come. For
// large messages there is OnStream, which goes before.
func (c *WebSocket) OnMessage(fn func(m Message)) { c.onMessage = fn }

// OnOpen sets what is called first, when the client has been answered.
func (c *WebSocket) OnOpen(fn func()) { c.extra().onOpen = fn }

// OnPing sets what is called for a ping. It has been answered.
func (c *WebSocket) OnPing(fn func(payload []byte)) { c.extra().onPing = fn }

// OnPong sets what is called for a pong, also for those that answer the
// server's own pings, whose payload is empty.
func (c *WebSocket) OnPong(fn func(payload []byte)) { c.extra().onPong = fn }

// OnClose sets what is called last, once. The code is what the client's Close
// says, 1005 if that says none; 1006 if the connection ended without one; or
// the code of the fault that ended it.
func (c *WebSocket) OnClose(fn func(code CloseCode, reason string)) { c.extra().onClose = fn }

// OnError sets what is called, before OnClose, when the client broke a rule:
// err is a *websocket.CloseError. It is also called, with ErrBacklog, when
// messages of a topic are lost because the client reads too slowly.
func (c *WebSocket) OnError(fn func(err error)) { c.extra().onError = fn }

// OnDrain sets what is called when the client has taken everything, after
// something had to wait or a message was not taken.
func (c *WebSocket) OnDrain(fn func()) { c.extra().onDrain = fn }

// Send sends a message of either kind. It never waits. A copy is made.
//
// The error is nil when the message will be sent unless the connection ends;
// ErrSocketClosed; ErrNotText; or, for a client that reads too slowly, what
// WebSocketConfig.SlowReader makes of it: ErrBacklog, or nil where messages
// are to be dropped.
func (c *WebSocket) Send(m Message) error {
	if m.Op == OpText && !utf8.Valid(m.Data) {
		return ErrNotText
	}
	return c.send(m.Op, m.Data)
}

// SendText sends a text message. See Send.
func (c *WebSocket) SendText(s string) error {
	if !utf8.ValidString(s) {
		return ErrNotText
	}
	return c.send(OpText, bytesOf(s))
}

// SendBinary sends a binary message. See Send.
func (c *WebSocket) SendBinary(b []byte) error { return c.send(OpBinary, b) }

// SendPing sends a ping with at most 125 bytes of payload. See Send.
func (c *WebSocket) SendPing(payload []byte) error {
	return c.send(websocket.OpPing, payload[:min(len(payload), websocket.MaxControlBytes)])
}

// SendPong sends a pong that nobody asked for, with at most 125 bytes of
// payload. Pings are answered by the server itself. See Send.
func (c *WebSocket) SendPong(payload []byte) error {
	return c.send(websocket.OpPong, payload[:min(len(payload), websocket.MaxControlBytes)])
}

// SendClose begins the closing handshake, behind everything that was sent.
// Nothing can be sent any more, but for the rest of a message that a
// MessageWriter has begun: it has WebSocketConfig.CloseTimeout to end, or is cut.
// Messages that the client has sent before it answers are still received. A code
// that cannot be sent becomes 1000; the reason is cut to 123 bytes.
func (c *WebSocket) SendClose(code CloseCode, reason string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.goodbye(code, reason, false)
}

// Backlog is how many bytes wait to be given to the client.
func (c *WebSocket) Backlog() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting()
}

// Request is the upgrade request: in the function that opens the connection;
// later it is nil. What it gives may be kept.
func (c *WebSocket) Request() *Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.request
}

// Param returns the parameter of the route's pattern of that name, decoded,
// or "".
func (c *WebSocket) Param(name string) string {
	more := c.more.Load()
	if more == nil {
		return ""
	}
	for _, p := range more.params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Subprotocol is the subprotocol that was agreed on, or "".
func (c *WebSocket) Subprotocol() string {
	if more := c.more.Load(); more != nil {
		return more.subprotocol
	}
	return ""
}

// Pattern is the pattern of the route.
func (c *WebSocket) Pattern() string { return c.route.pattern }

// RemoteAddr is the address of the client, zero over a unix socket.
func (c *WebSocket) RemoteAddr() netip.AddrPort {
	c.mu.Lock()
	r, t := c.request, c.t
	c.mu.Unlock()
	switch {
	case t != nil:
		return t.RemoteAddr()
	case r != nil:
		return r.RemoteAddr()
	}
	return netip.AddrPort{}
}

// SetValue remembers value for the connection. Keys are compared by ==. What
// middleware has remembered for the request is there already.
func (c *WebSocket) SetValue(key, val any) {
	more := c.extra()
	more.mu.Lock()
	defer more.mu.Unlock()
	for i := range more.values {
		if more.values[i].key == key {
			more.values[i].value = val
			return
		}
	}
	more.values = append(more.values, value{key, val})
}

// Value returns what SetValue remembered, or nil.
func (c *WebSocket) Value(key any) any {
	more := c.extra()
	more.mu.Lock()
	defer more.mu.Unlock()
	for _, v := range more.values {
		if v.key == key {
			return v.value
		}
	}
	return nil
}

// Context returns a context that is cancelled, with the cause
// ErrSocketClosed, when the connection has ended.
func (c *WebSocket) Context() context.Context {
	more := c.extra()
	more.mu.Lock()
	defer more.mu.Unlock()
	if more.ctx == nil {
		more.ctx, more.cancel = context.WithCancelCause(context.Background())
		if c.gone() {
			more.cancel(ErrSocketClosed)
		}
	}
	return more.ctx
}

// gone reports whether the connection has ended.
func (c *WebSocket) gone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sending == sendsGone
}

// cancelContext ends the context. One that is made later sees that the
// connection is gone.
func (c *WebSocket) cancelContext() {
	more := c.more.Load()
	if more == nil {
		return
	}
	more.mu.Lock()
	defer more.mu.Unlock()
	if more.cancel != nil {
		more.cancel(ErrSocketClosed)
	}
}
