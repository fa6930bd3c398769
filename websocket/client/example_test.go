package client_test

import (
	"fmt"
	"net"

	"reactor.example/websocket"
	"reactor.example/websocket/client"
)

// A conversation with a server at the other end of a pipe.
func Example() {
	conn, server := net.Pipe()
	policy := &websocket.Policy{Deflate: websocket.Deflate{Enabled: true}}
	go serve(server, policy) // a server of the tests: answers each message with itself

	c, _, err := client.New(conn, "ws://server.example.com/room", &client.Options{
		Deflate: websocket.Deflate{Enabled: true},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, data, err := c.ReadMessage()
	fmt.Printf("%s %v %v\n", data, err, c.Compressed())

	err = c.WriteText("hello")
	fmt.Println(err)
	_, data, err = c.ReadMessage()
	fmt.Printf("%s %v\n", data, err)

	fmt.Println(c.Close(websocket.CloseNormal, ""))
	// Output:
	// /room <nil> true
	// <nil>
	// hello <nil>
	// <nil>
}
