// Package client is a WebSocket client for tests: simple and blocking, over
// any net.Conn that is already connected to the server, a [net.Pipe] or a TLS
// connection as well as a socket.
//
//	c, _, err := client.New(conn, "ws://server.example.com/chat", nil)
//	...
//	err = c.WriteMessage(websocket.OpText, []byte("hello"))
//	op, data, err := c.ReadMessage()
//	err = c.Close(websocket.CloseNormal, "")
//
// It speaks the protocol strictly, by the same state machine as the server:
// the handshake is verified, frames are masked, pings are answered, messages
// have a limit, and a server that breaks a rule is told so by a Close. What it
// does not do: it neither looks up names nor follows redirects, and it has no
// deadlines but that of Close: set them on the net.Conn.
//
// # Goroutines
//
// All methods of a [Conn] may be called by any goroutine at any time. Messages
// are read by one caller at a time, in their order; writing does not wait for
// reading, nor reading for writing. Pings are answered, and a Close noticed,
// only while somebody is in ReadMessage or Close. A [net.Pipe] holds nothing:
// over one, a write waits for a server that first wants its own words read.
package client
