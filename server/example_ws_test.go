package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"reactor.example/server"
)

// A route for WebSockets, and the octets of a client that uses it.
func ExampleGroup_WebSocket() {
	srv, _ := server.New(server.Config{BindPort: server.Ephemeral})
	srv.WebSocket("/greet/:name", func(c *server.WebSocket) {
		name := c.Param("name")
		c.OnMessage(func(m server.Message) { c.SendText(m.Text() + ", " + name + "!") })
		c.OnClose(func(code server.CloseCode, _ string) { fmt.Println("closed with", code) })
	})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer stop()
		<-srv.Ready()
		conn, err := net.Dial("tcp", srv.Addr().String())
		if err != nil {
			fmt.Println(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "GET /greet/Ann HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		r := bufio.NewReader(conn)
		res, err := http.ReadResponse(r, nil)
		fmt.Println(res.Status, err)
		io.WriteString(conn, "\x81\x85\x00\x00\x00\x00Hello") // text, masked with zeros
		frame := make([]byte, 2+len("Hello, Ann!"))
		io.ReadFull(r, frame)
		fmt.Printf("%s\n", frame[2:])
		io.WriteString(conn, "\x88\x82\x00\x00\x00\x00\x03\xe8") // Close with 1000
		io.ReadAll(r)
	}()
	srv.ListenAndServe(ctx)
	// Output:
	// 101 Switching Protocols <nil>
	// Hello, Ann!
	// closed with 1000
}
