package server

import (
	"fmt"
	"strings"
	"testing"

	"reactor.example/websocket"
)

// deflating opens a WebSocket whose messages are compressed both ways.
func (g *rig) deflating(path string) *wsPeer {
	g.t.Helper()
	return g.deflatingAs(path, "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
}

// deflatingAs is deflating by a client that offers the parameters which it wants
// to be agreed on.
func (g *rig) deflatingAs(path, offer string) *wsPeer {
	g.t.Helper()
	c := g.ws(path, "Sec-WebSocket-Extensions: "+offer)
	d := websocket.Deflate{Enabled: true}
	ext, err := d.Accept([]Field{{Name: "sec-websocket-extensions", Value: offer}})
	if err != nil {
		g.t.Fatal(err)
	}
	c.conn.Init(&websocket.Config{Client: true, MaxMessageBytes: websocket.Off}, ext)
	return c
}

func TestWebSocketCompression(t *testing.T) { overBoth(t, testWebSocketCompression) }

func testWebSocketCompression(t *testing.T, over version) {
	g := over.echoRig(t, Config{WebSocket: WebSocketConfig{Compression: true}})
	c := g.deflating("/ws")
	for _, size := range []int{0, 1, 127, 128, 5000, 300_000, 2 << 20} {
		s := strings.Repeat("abcdefgh", size/8+1)[:size]
		c.message(OpBinary, s)
		c.want(fmt.Sprintf("message binary %.100q", s))
		c.text(s)
		c.wantText(s)
	}
	c.sendClose(1000, "")
	c.want(`close 1000 ""`)
}

// What goes over the wire is short, and a message that does not get shorter
// goes as it is.
func TestWebSocketCompressionOnTheWire(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WebSocket: WebSocketConfig{Compression: true}}, func(s *Server) {
		s.WebSocket("/ws", echoSocket)
	})
	for offer, first := range map[string]byte{
		"permessage-deflate": 0xc1, "permessage-deflate; client_max_window_bits": 0xc1, "x-other": 0x81, "": 0x81,
	} {
		fields := []string{}
		if offer != "" {
			fields = append(fields, "Sec-WebSocket-Extensions: "+offer)
		}
		c := g.ws("/ws", fields...)
		c.text(strings.Repeat("again and ", 100))
		b := make([]byte, 2)
		if _, err := c.r.Read(b); err != nil || b[0] != first || (b[1] < 126) != (first == 0xc1) {
			t.Errorf("%q: the answer begins with %x, %v", offer, b, err)
		}
	}
}

// A limit counts what a message becomes, and is known before it has become that.
func TestWebSocketCompressionBomb(t *testing.T) { overBoth(t, testWebSocketCompressionBomb) }

func testWebSocketCompressionBomb(t *testing.T, over version) {
	g := over.echoRig(t, Config{MaxWSMessageSize: 100_000, WebSocket: WebSocketConfig{Compression: true}})
	c := g.deflating("/ws")
	c.text(strings.Repeat("x", 100_000))
	c.wantText(strings.Repeat("x", 100_000))
	bomb := c.conn.AppendMessage(nil, OpText, make([]byte, 4*bombBytes))
	if len(bomb) > bombBytes/16 {
		t.Fatalf("%d bytes are no bomb", len(bomb))
	}
	go c.Write(bomb)
	if got := c.event(); !strings.HasPrefix(got, "close 1009") {
		t.Errorf("got %s, want close 1009", got)
	}
}

// Subscribers who have agreed on different things get the same message.
func TestPublishCompressed(t *testing.T) { overBoth(t, testPublishCompressed) }

func testPublishCompressed(t *testing.T, over version) {
	g := over.rig(t, Config{WebSocket: WebSocketConfig{Compression: true}}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnOpen(func() { c.Subscribe("news") })
		})
	})
	const forget = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	var all []*wsPeer
	for range 3 {
		all = append(all, g.ws("/ws"), g.deflating("/ws"))
		for bits := 9; bits < 15; bits++ { // more kinds than are compressed for
			all = append(all, g.deflatingAs("/ws", fmt.Sprintf("%s; server_max_window_bits=%d", forget, bits)),
				g.deflatingAs("/ws", fmt.Sprintf("%s; server_max_window_bits=%d; client_max_window_bits=9", forget, bits)))
		}
	}
	g.await("subscribers", func(Stats) bool { return g.srv.Subscribers("news") == len(all) })
	for i := range 3 {
		text := strings.Repeat(fmt.Sprint("news ", i, " "), 100*i+1)
		if err := g.srv.PublishText("news", text); err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			c.wantText(text)
		}
	}
	for _, c := range all {
		c.sendClose(1000, "")
		c.want(`close 1000 ""`)
	}
	g.await("nobody", func(Stats) bool { return g.srv.Subscribers("news") == 0 })
}
