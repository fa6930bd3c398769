package client

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
	"unicode/utf8"

	"reactor.example/websocket"
)

// A Conn is an open WebSocket, see the package documentation for who may use
// it and when.
type Conn struct {
	// Set by New, never changed.
	conn        net.Conn
	options     *Options
	subprotocol string
	compressed  bool

	// Guarded by reading: held by who reads.
	reading sync.Mutex
	in      []byte // received and not consumed

	// Guarded by mu, which nobody holds while it waits for the network.
	mu      sync.Mutex
	changed sync.Cond // written, failed or flushing has changed
	ws      websocket.Conn
	out     []byte // to be written
	spare   []byte
	queued  int64 // bytes that were ever put into out
	written int64 // and those that were written
	failed  error // of a write, sticky
	flushes bool  // somebody writes out what is in out
	ended   error // how the connection ended, sticky
}

// A ClosedError reports that the server has closed the WebSocket: that is how
// a connection ends properly.
type ClosedError struct {
	Code   websocket.CloseCode // of its Close; CloseNoStatus if it had none
	Reason string
}

// Error returns the code and the reason.
func (e *ClosedError) Error() string {
	return fmt.Sprintf("client: closed with %v %q", e.Code, e.Reason)
}

// ErrClosed is what writing returns after a Close was sent or received.
var ErrClosed = errors.New("client: connection is closing")

// ErrNotText is what writing a text returns that is not UTF-8.
var ErrNotText = errors.New("client: text is not UTF-8")

// readAtLeast is how much is read at once, if there is so much.
const readAtLeast = 4 << 10

func newConn(conn net.Conn, o *Options, ext websocket.Extensions, subprotocol string, early []byte) *Conn {
	c := &Conn{conn: conn, options: o, subprotocol: subprotocol, compressed: ext.Deflate(), in: early}
	c.changed.L = &c.mu
	c.ws.Init(&websocket.Config{Client: true, MaxMessageBytes: o.MaxMessageBytes}, ext)
	return c
}

// Subprotocol is the one that the server chose, empty for none.
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Compressed reports whether compression was agreed on.
func (c *Conn) Compressed() bool { return c.compressed }

// NetConn is the connection below, for deadlines and addresses. Whoever closes
// it ends the WebSocket without a Close.
func (c *Conn) NetConn() net.Conn { return c.conn }

// ReadMessage waits for the next message and returns it. data belongs to the
// caller. Pings are answered meanwhile.
//
// The error is a [*ClosedError] if the server has closed the WebSocket, which
// is answered; a [*websocket.CloseError] if it broke a rule or a limit, which
// it is told; otherwise that of the connection. It comes again from every
// later call, but for deadlines: a read that timed out can be done again.
func (c *Conn) ReadMessage() (op websocket.OpCode, data []byte, err error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	var m websocket.Message
	for {
		switch ev, err := c.next(&m); ev {
		case websocket.EventMessage:
			return m.Op, m.Data, nil
		case websocket.EventPing:
			call(c.options.OnPing, m.Data)
		case websocket.EventPong:
			call(c.options.OnPong, m.Data)
		case websocket.EventNeedMore:
			if err := c.read(); err != nil {
				return 0, nil, err
			}
		default: // closed
			_ = c.conn.Close()
			return 0, nil, err
		}
	}
}

func call(f func([]byte), data []byte) {
	if f != nil {
		f(data)
	}
}

// next takes the next event and answers what is to be answered. m.Data is a
// copy.
func (c *Conn) next(m *websocket.Message) (websocket.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return websocket.EventClosed, c.ended
	}
	ev, n, err := c.ws.Next(c.in, m)
	m.Data = bytes.Clone(m.Data)
	c.in = c.in[n:]
	switch {
	case ev == websocket.EventPing:
		c.queue(c.ws.AppendPong(c.out, m.Data))
		// Elsewhere: the server may read nothing before we have read more.
		go c.flushAway()
		return ev, nil
	case err != nil:
		c.ended = err
		c.queue(c.ws.AppendClose(c.out, websocket.CloseNormal, ""))
	case ev == websocket.EventClose:
		ev, err = websocket.EventClosed, &ClosedError{m.Code, string(m.Data)}
		c.ended = err
		c.queue(c.ws.AppendCloseReply(c.out))
	default:
		return ev, nil
	}
	// The last word. It is not waited for without end that the server takes it.
	_ = c.conn.SetWriteDeadline(time.Now().Add(c.options.closeTimeout()))
	_ = c.flush()
	return ev, err
}

func (c *Conn) flushAway() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.flush()
}

// read reads what there is. c.reading is held.
func (c *Conn) read() error {
	n := len(c.in)
	b := append(make([]byte, 0, max(readAtLeast, 2*n)), c.in...)
	k, err := c.conn.Read(b[n:cap(b)])
	c.in = b[:n+k]
	if k > 0 {
		return nil
	}
	var timeout net.Error
	if err != nil && (!errors.As(err, &timeout) || !timeout.Timeout()) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ended == nil {
			c.ended = err
		}
	}
	return err
}

// WriteMessage sends a message, websocket.OpText or OpBinary, and waits until
// it is written. The error is ErrNotText, ErrClosed, or that of the
// connection.
func (c *Conn) WriteMessage(op websocket.OpCode, data []byte) error {
	if op == websocket.OpText && !utf8.Valid(data) {
		return ErrNotText
	}
	return c.write(func(dst []byte) []byte { return c.ws.AppendMessage(dst, op, data) })
}

// WriteText is WriteMessage for a text.
func (c *Conn) WriteText(text string) error { return c.WriteMessage(websocket.OpText, []byte(text)) }

// Ping sends a ping with at most websocket.MaxControlBytes of data. The pong
// comes to Options.OnPong.
func (c *Conn) Ping(data []byte) error {
	return c.write(func(dst []byte) []byte { return c.ws.AppendPing(dst, data) })
}

// write sends what f appends, called with mu held.
func (c *Conn) write(f func(dst []byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ws.MaySend() {
		return ErrClosed
	}
	c.queue(f(c.out))
	return c.flush()
}

// queue notes that out is what is to be written. mu is held.
func (c *Conn) queue(out []byte) {
	c.queued += int64(len(out) - len(c.out))
	c.out = out
}

// flush waits until what is in out now is written, by this goroutine or by
// another, and what others put there meanwhile. mu is held, but not while it
// waits.
func (c *Conn) flush() error {
	own := c.queued
	upTo := own
	for c.flushes && c.written < upTo && c.failed == nil {
		c.changed.Wait()
	}
	for c.written < upTo && c.failed == nil {
		b := c.out
		c.out, c.spare = c.spare[:0], nil
		c.flushes = true
		c.mu.Unlock()
		_, err := c.conn.Write(b)
		c.mu.Lock()
		c.flushes = false
		c.spare = b
		if err == nil {
			c.written += int64(len(b))
		} else if c.failed = err; c.ended == nil {
			c.ended = err
		}
		upTo = c.queued
		c.changed.Broadcast()
	}
	if c.written < own {
		return c.failed
	}
	return nil
}

// Close sends a Close with code and reason, unless one was sent already, and
// waits for the server's, at most for Options.CloseTimeout; messages that come
// before it are thrown away. Then it closes the connection. The error is nil
// if the server has closed the WebSocket, now or before, with any code.
func (c *Conn) Close(code websocket.CloseCode, reason string) error {
	_ = c.conn.SetDeadline(time.Now().Add(c.options.closeTimeout()))
	c.mu.Lock()
	if c.ended == nil {
		c.queue(c.ws.AppendClose(c.out, code, reason))
		_ = c.flush()
	}
	c.mu.Unlock()
	var err error
	for err == nil {
		_, _, err = c.ReadMessage()
	}
	_ = c.conn.Close()
	if closed := (*ClosedError)(nil); errors.As(err, &closed) {
		return nil
	}
	return err
}
