package httpone_test

import (
	"fmt"
	"strings"
	"time"

	"reactor.example/httpone"
)

// One request and its reply, both as plain slices of bytes.
func Example() {
	conn := httpone.NewConn(nil)
	var req httpone.Request
	in := []byte("POST /greet?lang=en HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nworld")
	var name strings.Builder
	for {
		event, n, err := conn.Next(in, &req)
		in = in[n:]
		if err != nil || event == httpone.EventNeedMore {
			fmt.Println("not complete:", err)
			return
		}
		switch event {
		case httpone.EventHead:
			fmt.Println(req.Method, req.Path, req.RawQuery, req.ContentLength)
		case httpone.EventData:
			name.WriteString(string(req.Data))
		}
		if event == httpone.EventEnd {
			break
		}
	}
	head := httpone.ReplyHead{Status: 200, Fields: []httpone.Field{{Name: "content-type", Value: "text/plain"}}}
	out, err := conn.AppendReply(nil, &req, &head, []byte("Hello, "+name.String()+"!"))
	fmt.Printf("%q %v\n", out, err)
	fmt.Println("keep:", conn.FinishReply())
	// Output:
	// POST /greet lang=en 5
	// "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!" <nil>
	// keep: true
}

// A protocol error says which status to answer with and which rule was
// broken; the reply ends the connection.
func ExampleProtocolError() {
	conn := httpone.NewConn(nil)
	var req httpone.Request
	_, _, err := conn.Next([]byte("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n"), &req)
	if fault, ok := err.(*httpone.ProtocolError); ok {
		fmt.Println(fault.Status, fault.Rule, "-", fault.Reason)
		out, _ := conn.AppendReply(nil, &req, &httpone.ReplyHead{Status: fault.Status}, nil)
		fmt.Printf("%q\n", out)
	}
	fmt.Println("keep:", conn.FinishReply())
	// Output:
	// 400 RFC 9112 5.1 - whitespace before the colon of a field
	// "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	// keep: false
}

// A body of unknown length is sent in chunks, with trailers behind it.
func ExampleConn_AppendData() {
	conn := httpone.NewConn(nil)
	var req httpone.Request
	conn.Next([]byte("GET /report HTTP/1.1\r\nHost: localhost\r\n\r\n"), &req)

	out, _ := conn.AppendHead(nil, &req, &httpone.ReplyHead{Status: 200, ContentLength: -1})
	out, _ = conn.AppendData(out, []byte("first "))
	out, _ = conn.AppendData(out, []byte("second"))
	out, _ = conn.AppendEnd(out, []httpone.Field{{Name: "x-rows", Value: "2"}})
	fmt.Printf("%q\n", out)
	// Output:
	// "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\nX-Rows: 2\r\n\r\n"
}

// A client that waits gets its 100 when the handler asks for the body.
func ExampleConn_AppendInterim() {
	conn := httpone.NewConn(nil)
	var req httpone.Request
	conn.Next([]byte("PUT /big HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"), &req)
	if conn.AwaitsContinue() {
		out, _ := conn.AppendInterim(nil, &req, 100, nil)
		fmt.Printf("%q\n", out)
	}
	// Output:
	// "HTTP/1.1 100 Continue\r\n\r\n"
}

// A route with a bound of its own lowers the limit behind the head.
func ExampleConn_LimitBody() {
	conn := httpone.NewConn(nil)
	var req httpone.Request
	in := []byte("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
	_, n, _ := conn.Next(in, &req)
	conn.LimitBody(4)
	_, _, err := conn.Next(in[n:], &req)
	fmt.Println(err)
	// Output:
	// httpone: content too large (RFC 9110 15.5.14)
}

func ExampleAppendDate() {
	fmt.Printf("%s\n", httpone.AppendDate(nil, time.Unix(784111777, 0)))
	// Output:
	// Sun, 06 Nov 1994 08:49:37 GMT
}
