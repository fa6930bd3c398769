package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, section 2.2: message parsing. Lines end with CR LF and nothing
// else; a bare CR or LF is where parsers disagree.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	check(t, nil, []row{
		{name: "2.2 one empty line before a request", in: "\r\n" + get(""), n: 1},
		{name: "2.2 an empty line behind a body", in: post("Content-Length: 5\r\n", hello) + "\r\n" + get(""), n: 2},
		{name: "2.2 empty lines up to the limit", in: strings.Repeat("\r\n", 8) + get(""), n: 1},
		{name: "2.2 empty lines above the limit", in: strings.Repeat("\r\n", 9) + get(""), status: 400},
		{name: "2.2 empty lines without end", in: strings.Repeat("\r\n", 20000), status: 400},
		{name: "2.2 nothing but an empty line", in: "\r\n"},
		{name: "2.2 nothing but CR", in: "\r"},
		{name: "2.2 CR before a request", in: "\r" + get(""), status: 400},
		{name: "2.2 LF before a request", in: "\n" + get(""), status: 400},
		{name: "2.2 space before a request", in: " " + get(""), status: 400},
		{name: "2.2 LF ends every line", in: "GET / HTTP/1.1\nHost: localhost\n\n", status: 400},
		{name: "2.2 LF ends a field line", in: "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", status: 400},
		{name: "2.2 LF ends the head", in: "GET / HTTP/1.1\r\nHost: localhost\r\n\n", status: 400},
		{name: "2.2 LF LF behind a field", in: "GET / HTTP/1.1\r\nHost: localhost\r\nX:\n\n" + smuggled, status: 400},
		{name: "2.2 LF injects a coding", in: post("X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"+smuggled), status: 400},
		{name: "2.2 LF before a coding", in: post("Transfer-Encoding: \nchunked\r\n", helloChunked), status: 400},
		{name: "2.2 CR ends the request line", in: "GET / HTTP/1.1\rHost: localhost\r\n\r\n", status: 400},
		{name: "2.2 CR in a value", in: get("X: a\rb\r\n"), status: 400},
		{name: "2.2 CR in a name", in: get("X\rY: b\r\n"), status: 400},
		{name: "2.2 CR before a name", in: "GET / HTTP/1.1\r\nHost: localhost\r\n\rSome: Test\r\n\r\n", status: 400},
		{name: "2.2 CR CR LF ends a line", in: "GET / HTTP/1.1\r\r\nHost: localhost\r\n\r\n", status: 400},
		{name: "2.2 CR CR LF ends the head", in: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\r\n\r\n", status: 400},
		{name: "2.2 CR CR LF behind a field", in: get("X: y\r\r\n"), status: 400},
		{name: "2.2 whitespace before the first field", in: "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", status: 400},
		{name: "2.2 NUL behind a request", in: get("") + "\x00", n: 1, status: 400},
		{name: "2.2 garbage behind a request", in: post("Content-Length: 5\r\n", hello) + "\x01\x02\x03\x04\r\n\r\n", n: 1, status: 400},
	})
}

// What is not HTTP at all is refused by its first octets, not by a deadline.
func TestRefusedAtTheFirstProof(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, in string
		at       int // octets needed
		status   int
	}{
		{"3 NULs", strings.Repeat("\x00", 4096) + "\r\n\r\n", 1, 400},
		{"3 a TLS ClientHello", "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + strings.Repeat("\x00", 180), 1, 400},
		{"3 a response", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 5, 400},
		{"3 a PROXY line", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + get(""), 11, 400},
		{"3 an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", 20, 400},
		{"3 the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 6, 400},
		{"3 a method without end", strings.Repeat("M", 10000), maxMethodBytes + 1, 501},
		{"3 a target without end", "GET /" + strings.Repeat("a", 65536), len("GET ") + defaultMaxTargetBytes + 1, 414},
		{"5 a value without end", "GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 65536), defaultMaxHeadBytes + 1, 431},
		{"5 a space before the colon", "GET / HTTP/1.1\r\nHost : localhost", 21, 400},
		{"5 a NUL in a value", "GET / HTTP/1.1\r\nX: a\x00bcdef", 21, 400},
		{"7.1 a chunk size that is none", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 57, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := run(nil, row.in, everyOctet(len(row.in))...)
			if o.status() != row.status || o.fed != row.at {
				t.Errorf("status %d at octet %d, want %d at %d", o.status(), o.fed, row.status, row.at)
			}
		})
	}
}
