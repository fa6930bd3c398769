package client_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"

	"reactor.example/websocket"
)

// serve answers one handshake on conn, by the policy, and then every message
// with itself, until the connection ends. The message "bye" is answered with a
// Close, "ping" with a ping before.
func serve(conn net.Conn, policy *websocket.Policy) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	request := websocket.Request{Method: req.Method, Minor: req.ProtoMinor, Host: req.Host}
	for name, values := range req.Header {
		for _, v := range values {
			request.Fields = append(request.Fields, websocket.Field{Name: strings.ToLower(name), Value: v})
		}
	}
	h, err := policy.Check(&request)
	if err != nil {
		_, _ = conn.Write([]byte("HTTP/1.1 403 Forbidden\r\ncontent-length: 7\r\n\r\nrefused"))
		return
	}
	head := []byte("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n")
	for _, f := range h.AppendFields(nil) {
		head = append(head, f.Name+": "+f.Value+"\r\n"...)
	}
	var c websocket.Conn
	c.Init(nil, h.Extensions)
	// The first message comes with the response.
	if _, err := conn.Write(c.AppendMessage(append(head, "\r\n"...), websocket.OpText, []byte(req.URL.RequestURI()))); err != nil {
		return
	}
	echo(conn, r, &c)
}

func echo(conn net.Conn, r *bufio.Reader, c *websocket.Conn) {
	var m websocket.Message
	var in []byte
	for c.State() != websocket.StateClosed {
		ev, n, err := c.Next(in, &m)
		var out []byte
		switch {
		case err != nil:
			out = c.AppendClose(nil, websocket.CloseNormal, "")
		case ev == websocket.EventMessage:
			switch string(m.Data) {
			case "bye":
				out = c.AppendClose(out, 4000, "as you wish")
			case "ping":
				out = c.AppendPing(out, []byte("p"))
			}
			out = c.AppendMessage(out, m.Op, m.Data)
		case ev == websocket.EventPing:
			out = c.AppendPong(nil, m.Data)
		case ev == websocket.EventClose:
			out = c.AppendCloseReply(nil)
		case ev == websocket.EventNeedMore:
			in = append([]byte(nil), in...)
			b := make([]byte, 1000)
			k, err := r.Read(b)
			if err != nil {
				return
			}
			in = append(in, b[:k]...)
		}
		in = in[n:]
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
	}
}

// pipe starts serve, or another server, and returns the client's end of the
// connection. The test ends when the server has.
func pipe(t testing.TB, server func(net.Conn)) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		server(theirs)
	}()
	t.Cleanup(func() {
		ours.Close()
		<-done
	})
	return ours
}
