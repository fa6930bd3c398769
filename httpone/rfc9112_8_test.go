package httpone

import (
	"errors"
	"testing"
)

// RFC 9112, section 8: a message that ends early is incomplete, and a
// truncated body is never a success.
func TestEndOfInput(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, in string
		status   int
		n        int
	}{
		{"8 nothing", "", 0, 0},
		{"8 an empty line", "\r\n", 0, 0},
		{"8 between requests", get(""), 0, 1},
		{"8 in the request line", "GET / HT", 400, 0},
		{"8 in a field", "GET / HTTP/1.1\r\nHost: loc", 400, 0},
		{"8 before the empty line", "GET / HTTP/1.1\r\nHost: localhost\r\n", 400, 0},
		{"8 in a second head", get("") + "GE", 400, 1},
		{"8 before a body", post("Content-Length: 50\r\n", ""), 400, 0},
		{"8 in a body", post("Content-Length: 50\r\n", hello), 400, 0},
		{"8 behind a body", post("Content-Length: 5\r\n", hello), 0, 1},
		{"8 in a chunk", chunked("5\r\nhel"), 400, 0},
		{"8 before the last chunk", chunked("5\r\nhello\r\n"), 400, 0},
		{"8 in the trailers", chunked("0\r\nX: y\r\n"), 400, 0},
		{"8 behind the trailers", chunked("0\r\nX: y\r\n\r\n"), 0, 1},
		{"8 after an error", "G(T", 400, 0},
		{"8 after the last request", get("Connection: close\r\n"), 0, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			o := runOn(&c, new(Request), row.in)
			o.err = c.EOF()
			if o.status() != row.status || o.count(EventEnd) != row.n {
				t.Errorf("status %d after %d requests, want %d after %d", o.status(), o.count(EventEnd), row.status, row.n)
			}
			if _, _, err := c.Next([]byte("x"), new(Request)); row.status != 0 && !errors.Is(err, o.err) {
				t.Errorf("then Next returns %v, want %v again", err, o.err)
			}
		})
	}
}

// A half-closed client is still answered: EOF behind a complete request is no
// fault, and the request's body may be empty.
func TestEndOfInputBehindARequest(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	if ev, _, _ := c.Next([]byte(get("")), &r); ev != EventHead {
		t.Fatalf("event %v, want head", ev)
	}
	if err := c.EOF(); err != nil {
		t.Fatalf("EOF() = %v, want nil", err)
	}
	if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 200}, []byte(hello)); err != nil {
		t.Fatal(err)
	}
}
