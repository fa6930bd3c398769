package server_test

import (
	"bufio"
	"bytes"
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

// Large messages pass through in both directions, a piece at a time: a service
// that answers each with the same in upper case.
func ExampleWebSocket_OnStream() {
	srv, _ := server.New(server.Config{BindPort: server.Ephemeral})
	srv.WebSocketWith("/upper", server.SocketSettings{MaxMessageBytes: server.Off}, func(c *server.WebSocket) {
		c.OnStream(func(op server.OpCode, r io.Reader) {
			w := c.NewWriter(op)
			defer w.Abort() // does nothing behind Close
			piece := make([]byte, 4096)
			for {
				n, err := r.Read(piece) // waits for the client
				if _, werr := w.Write(bytes.ToUpper(piece[:n])); werr != nil {
					return // as does Write, for one that does not read
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					return // it has gone away in the middle
				}
			}
			w.Close()
		})
	})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer stop()
		<-srv.Ready()
		nc, err := net.Dial("tcp", srv.Addr().String())
		if err != nil {
			fmt.Println(err)
			return
		}
		defer nc.Close()
		io.WriteString(nc, "GET /upper HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		r := bufio.NewReader(nc)
		if _, err := http.ReadResponse(r, nil); err != nil {
			fmt.Println(err)
			return
		}
		io.WriteString(nc, "\x01\x86\x00\x00\x00\x00piece ") // a text in two fragments
		io.WriteString(nc, "\x80\x88\x00\x00\x00\x00by piece")
		frame := make([]byte, 2+len("PIECE BY PIECE"))
		io.ReadFull(r, frame)
		fmt.Printf("%s\n", frame[2:])
	}()
	srv.ListenAndServe(ctx)
	// Output:
	// PIECE BY PIECE
}
