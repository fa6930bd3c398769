package examples

import (
	_ "embed"

	"reactor.example/server"
)

//go:embed sockets.html
var socketsHTML string

// registerSockets adds the WebSockets /ws and /chat, the page that tries both
// at the same address as the chat, and /publish, where everybody gets what
// anybody sends, to measure with. Pages from everywhere may use them: they
// hold nothing of anybody.
func registerSockets(srv *server.Server) {
	settings := server.SocketSettings{Origin: server.AnyOrigin, MaxMessageBytes: 16 << 20}
	srv.WebSocketWith("/ws", settings, echoMessages)
	srv.WebSocketWith("/chat", settings, func(c *server.WebSocket) { chat(srv, c) })
	srv.WebSocketWith("/publish", settings, func(c *server.WebSocket) {
		c.OnOpen(func() { c.Subscribe("publish") })
		c.OnMessage(func(m server.Message) { srv.Publish("publish", m) })
	})
	srv.Get("/chat", func(w *server.Response, _ *server.Request) {
		w.Header().Set("content-security-policy",
			"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self' ws: wss:; img-src data:")
		w.HTML(200, socketsHTML)
	})
}

// echoMessages sends every message back.
func echoMessages(c *server.WebSocket) {
	c.OnMessage(func(m server.Message) { c.Send(m) })
}

// chat sends every text to everybody.
func chat(srv *server.Server, c *server.WebSocket) {
	name := c.Request().Query().Get("name")
	if name == "" {
		name = "somebody"
	}
	c.OnOpen(func() {
		c.Subscribe("chat")
		srv.PublishText("chat", name+" is here")
	})
	c.OnMessage(func(m server.Message) {
		if m.IsText() {
			srv.PublishText("chat", name+": "+m.Text())
		}
	})
	c.OnClose(func(server.CloseCode, string) {
		srv.PublishText("chat", name+" has left")
	})
}
