package websocket_test

import (
	"fmt"
	"strings"

	"reactor.example/websocket"
)

// A server that answers every message with itself: octets in, octets out.
func Example() {
	// What a client sends: "Hello", masked, in two pieces, and a Close.
	received := [][]byte{
		{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f},
		{0x4d, 0x51, 0x58, 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8},
	}
	var conn websocket.Conn
	conn.Init(nil, websocket.Extensions{}) // nil: the default limits

	var msg websocket.Message
	var in, out []byte
	for _, piece := range received {
		in = append(in, piece...)
		for more := true; more; {
			event, n, err := conn.Next(in, &msg)
			switch event {
			case websocket.EventMessage:
				fmt.Printf("%v %q\n", msg.Op, msg.Data)
				out = conn.AppendMessage(out, msg.Op, msg.Data)
			case websocket.EventPing:
				out = conn.AppendPong(out, msg.Data)
			case websocket.EventClose:
				out = conn.AppendCloseReply(out) // then close the connection
			case websocket.EventClosed:
				if err != nil {
					out = conn.AppendClose(out, websocket.CloseNormal, "") // with the code of err
				}
				more = false
			case websocket.EventNeedMore:
				more = false
			}
			in = in[n:]
		}
	}
	fmt.Printf("%q, %v\n", out, conn.State())
	// Output:
	// text "Hello"
	// "\x81\x05Hello\x88\x02\x03\xe8", closed
}

// Messages that are compressed, if the client can: the handshake says so, and
// the connection is told.
func ExampleDeflate() {
	policy := websocket.Policy{Deflate: websocket.Deflate{Enabled: true, ServerMaxWindowBits: 12}}
	handshake, err := policy.Check(&websocket.Request{
		Method: "GET", Minor: 1, Host: "server.example.com",
		Fields: []websocket.Field{
			{Name: "upgrade", Value: "websocket"},
			{Name: "connection", Value: "Upgrade"},
			{Name: "sec-websocket-key", Value: "dGhlIHNhbXBsZSBub25jZQ=="},
			{Name: "sec-websocket-version", Value: "13"},
			{Name: "sec-websocket-extensions", Value: "permessage-deflate; client_max_window_bits"},
		},
	})
	fmt.Println(handshake.AppendFields(nil)[2].Value, err)

	var conn websocket.Conn
	conn.Init(nil, handshake.Extensions)
	message := []byte(strings.Repeat("again and ", 100))
	frame := conn.AppendMessage(nil, websocket.OpText, message)
	fmt.Println(handshake.Extensions.Deflate(), len(frame) < len(message)/10)
	// Output:
	// permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12 <nil>
	// true true
}

// The opening handshake, judged.
func ExamplePolicy_Check() {
	policy := websocket.Policy{Subprotocols: []string{"chat"}}
	request := &websocket.Request{
		Method: "GET", Minor: 1, Host: "server.example.com",
		Fields: []websocket.Field{
			{Name: "upgrade", Value: "websocket"},
			{Name: "connection", Value: "Upgrade"},
			{Name: "sec-websocket-key", Value: "dGhlIHNhbXBsZSBub25jZQ=="},
			{Name: "sec-websocket-protocol", Value: "chat, superchat"},
			{Name: "sec-websocket-version", Value: "13"},
		},
	}
	handshake, err := policy.Check(request)
	fmt.Println(handshake.Status(), handshake.AppendFields(nil), err)

	request.Fields = request.Fields[:4]
	_, err = policy.Check(request)
	refused := err.(*websocket.HandshakeError)
	fmt.Println(refused.Status, refused.Fields, err)
	// Output:
	// 101 [{upgrade websocket} {sec-websocket-accept s3pPLMBiTxaQ9kYGzzhZRbK+xOo=} {sec-websocket-protocol chat}] <nil>
	// 426 [{upgrade websocket} {sec-websocket-version 13}] websocket: version is not 13 (RFC 6455 4.4)
}
