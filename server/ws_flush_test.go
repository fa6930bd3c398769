package server

import (
	"bufio"
	"io"
	"net/http"
	"testing"

	"reactor.example/websocket"
)

// What a callback sends leaves while it goes on: what it has sent on the loop,
// when it is moved away, and what it sends later. Over TLS another layer asks
// for the output.
func TestSendsLeaveWhileTheCallbackBlocks(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		goOn := make(chan struct{})
		cfg := Config{}
		if secure {
			cfg = tlsConfig(t, cfg)
		}
		g := newRig(t, cfg, func(s *Server) {
			s.WebSocket("/ws", func(c *WebSocket) {
				c.OnMessage(func(m Message) {
					c.Send(m)
					<-goOn
					c.SendText("second")
					<-goOn
					c.SendText("third")
				})
			})
		})
		open := g.ws
		if secure {
			open = g.wss
		}
		c := open("/ws")
		for range 3 {
			c.text("first")
			c.wantText("first")
			goOn <- struct{}{}
			c.wantText("second")
			goOn <- struct{}{}
			c.wantText("third")
		}
	}
}

// wss opens a WebSocket over TLS.
func (g *rig) wss(path string, fields ...string) *wsPeer {
	g.t.Helper()
	p := &peer{Conn: g.dialTLS("http/1.1"), t: g.t}
	p.r = bufio.NewReader(p)
	if _, err := io.WriteString(p, upgradeRequest(path, fields...)); err != nil {
		g.t.Fatal(err)
	}
	res, err := http.ReadResponse(p.r, nil)
	if err != nil || res.StatusCode != 101 {
		g.t.Fatalf("handshake: %v, %v", res, err)
	}
	c := &wsPeer{peer: p}
	c.conn.Init(&websocket.Config{Client: true}, websocket.Extensions{})
	return c
}
