package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"reactor.example/server"
)

// A member is a client of the chat. It understands what the chat sends: short
// texts of one frame.
type member struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func join(t *testing.T, srv *server.Server, room, name string) *member {
	t.Helper()
	c, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "GET /chat/"+room+"?name="+name+" HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	m := &member{t, c, bufio.NewReader(c)}
	res, err := http.ReadResponse(m.r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res, err)
	}
	return m
}

// say sends a short text. The masking key is zero.
func (m *member) say(text string) {
	m.Write(append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...))
}

func (m *member) hears(want string) {
	m.t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(m.r, head[:]); err != nil || head[0] != 0x81 {
		m.t.Fatalf("waiting for %q: %x, %v", want, head, err)
	}
	text := make([]byte, head[1])
	if _, err := io.ReadFull(m.r, text); err != nil || string(text) != want {
		m.t.Fatalf("heard %q, want %q, %v", text, want, err)
	}
}

func TestChat(t *testing.T) {
	t.Parallel()
	srv, err := server.New(server.Config{BindPort: server.Ephemeral})
	if err != nil {
		t.Fatal(err)
	}
	register(srv)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- srv.ListenAndServe(ctx) }()
	<-srv.Ready()

	ann := join(t, srv, "garden", "Ann")
	ann.hears("Ann is here")
	elsewhere := join(t, srv, "kitchen", "Cid")
	elsewhere.hears("Cid is here")
	bob := join(t, srv, "garden", "Bob")
	ann.hears("Bob is here")
	bob.hears("Bob is here")
	bob.say("Hello!")
	ann.hears("Bob: Hello!")
	bob.hears("Bob: Hello!")
	bob.Close()
	ann.hears("Bob has left")
	elsewhere.say("alone")
	elsewhere.hears("Cid: alone")
	ann.Close()
	elsewhere.Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
