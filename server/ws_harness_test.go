package server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"reactor.example/websocket"
)

// A wsPeer is the client's end of a WebSocket.
type wsPeer struct {
	*peer
	conn websocket.Conn
	in   []byte // received and not consumed
}

// upgradeRequest is a handshake for path, with more fields.
func upgradeRequest(path string, fields ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
		strings.Join(append(fields, "\r\n"), "\r\n")
}

// ws opens a WebSocket at path.
func (g *rig) ws(path string, fields ...string) *wsPeer {
	g.t.Helper()
	c, res, err := g.tryWS(path, fields...)
	if err != nil {
		g.t.Fatalf("handshake: %v", err)
	}
	if g.over2 != nil && res.StatusCode != 200 || g.over2 == nil && res.StatusCode != 101 {
		g.t.Fatalf("handshake: %d %v", res.StatusCode, res.Header)
	}
	if g.over2 == nil && res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		g.t.Fatalf("handshake: %d %v", res.StatusCode, res.Header)
	}
	g.t.Cleanup(func() { c.Close() })
	return c
}

// tryWS is ws for any goroutine.
func (g *rig) tryWS(path string, fields ...string) (*wsPeer, *http.Response, error) {
	if g.over2 != nil {
		p, res, err := g.tryTunnel(path, fields...)
		return newWSPeer(p), res, err
	}
	p, err := g.tryDial()
	if err != nil {
		return nil, nil, err
	}
	if _, err = io.WriteString(p, upgradeRequest(path, fields...)); err != nil {
		return nil, nil, err
	}
	p.r = bufio.NewReaderSize(p, 32<<10)
	res, err := http.ReadResponse(p.r, nil)
	if err != nil {
		return nil, nil, err
	}
	return newWSPeer(p), res, nil
}

func newWSPeer(p *peer) *wsPeer {
	c := &wsPeer{peer: p}
	c.conn.Init(&websocket.Config{Client: true, MaxMessageBytes: websocket.Off}, websocket.Extensions{})
	return c
}

// message sends a message.
func (c *wsPeer) message(op OpCode, payload string) {
	c.t.Helper()
	c.send(string(c.conn.AppendMessage(nil, op, []byte(payload))))
}

func (c *wsPeer) text(s string) { c.t.Helper(); c.message(OpText, s) }

// next reads the next event.
func (c *wsPeer) next() (ev websocket.Event, m websocket.Message, err error) {
	for {
		var n int
		ev, n, err = c.conn.Next(c.in, &m)
		m.Data = bytes.Clone(m.Data)
		c.in = c.in[n:]
		if ev != websocket.EventNeedMore || err != nil {
			return ev, m, err
		}
		var chunk [32 << 10]byte
		if n, err = c.r.Read(chunk[:]); err != nil {
			return ev, m, err
		}
		c.in = append(c.in, chunk[:n]...)
	}
}

// wantText reads the next message, which must be that text.
func (c *wsPeer) wantText(want string) {
	c.t.Helper()
	c.want(fmt.Sprintf("message text %.100q", want))
}

// want reads the next event: its name, and what it brings.
func (c *wsPeer) want(want string) {
	c.t.Helper()
	if got := c.event(); got != want {
		c.t.Fatalf("got %s, want %s", got, want)
	}
}

// event reads the next event and writes it down.
func (c *wsPeer) event() string {
	ev, m, err := c.next()
	switch {
	case errors.Is(err, io.EOF):
		return "EOF"
	case err != nil:
		return err.Error()
	case ev == websocket.EventMessage:
		return fmt.Sprintf("message %v %.100q", m.Op, m.Data)
	case ev == websocket.EventClose:
		return fmt.Sprintf("close %v %q", m.Code, m.Data)
	}
	return fmt.Sprintf("%v %q", ev, m.Data)
}

// sendClose sends a Close, or the answer to one.
func (c *wsPeer) sendClose(code CloseCode, reason string) {
	c.t.Helper()
	c.send(string(c.conn.AppendClose(nil, code, reason)))
}

// echoSocket sends every message back.
func echoSocket(c *WebSocket) {
	c.OnMessage(func(m Message) { c.Send(m) })
}

// echoRig is a server whose /ws echoes.
func echoRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	return newRig(t, cfg, func(s *Server) { s.WebSocket("/ws", echoSocket) })
}
