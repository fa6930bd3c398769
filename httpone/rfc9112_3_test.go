package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, section 3: request-line = method SP request-target SP
// HTTP-version. One space is one space.
func TestRequestLine(t *testing.T) {
	t.Parallel()
	line := func(s string) string { return s + "\r\nHost: localhost\r\n\r\n" }
	check(t, nil, []row{
		{name: "3 any token is a method", in: line("PROP!#$%&'*+-.^_`|~9 / HTTP/1.1"), n: 1},
		{name: "3 methods have case", in: line("get / HTTP/1.1"), n: 1, head: "get / 1.1 "},
		{name: "3 a method up to the limit", in: line(strings.Repeat("M", maxMethodBytes) + " / HTTP/1.1"), n: 1},
		{name: "3 a method above the limit", in: line(strings.Repeat("M", maxMethodBytes+1) + " / HTTP/1.1"), status: 501},
		{name: "3 a long method", in: line(strings.Repeat("M", 10000) + " / HTTP/1.1"), status: 501},
		{name: "3 no method", in: line(" / HTTP/1.1"), status: 400},
		{name: "3 parenthesis in a method", in: line("G(T / HTTP/1.1"), status: 400},
		{name: "3 slash in a method", in: line("G/T / HTTP/1.1"), status: 400},
		{name: "3 obs-text in a method", in: line("G\xc9T / HTTP/1.1"), status: 400},
		{name: "3 NUL in a method", in: line("G\x00T / HTTP/1.1"), status: 400},
		{name: "3 colon in a method", in: line("GET: / HTTP/1.1"), status: 400},
		{name: "3 tabs between", in: line("GET\t/\tHTTP/1.1"), status: 400},
		{name: "3 vertical tabs between", in: line("GET\x0b/\x0bHTTP/1.1"), status: 400},
		{name: "3 two spaces behind the method", in: line("GET  / HTTP/1.1"), status: 400},
		{name: "3 two spaces behind the target", in: line("GET /  HTTP/1.1"), status: 400},
		{name: "3 a method alone", in: line("GET"), status: 400},
		{name: "3 a method and a space", in: line("GET "), status: 400},
		{name: "3 no target", in: line("GET  HTTP/1.1"), status: 400},
		{name: "3 space in a target", in: line("GET /a b HTTP/1.1"), status: 400},
		{name: "3 LF in a target", in: line("GET /\nHTTP/1.1"), status: 400},
		{name: "3 CR in a target", in: line("GET /a\rb HTTP/1.1"), status: 400},
		{name: "3 NUL in a target", in: line("GET /\x00 HTTP/1.1"), status: 400},
		{name: "3 DEL in a target", in: line("GET /\x7f HTTP/1.1"), status: 400},
		{name: "3 tab in a target", in: line("GET /\t HTTP/1.1"), status: 400},
		{name: "3 obs-text in a target", in: line("GET /\xc3\xa9 HTTP/1.1"), status: 400},
		{name: "3 a target of 8000 octets", in: line("GET /" + strings.Repeat("a", 7999) + " HTTP/1.1"), n: 1},
		{name: "3 a target of 8001 octets", in: line("GET /" + strings.Repeat("a", 8000) + " HTTP/1.1"), status: 414},
		{name: "3 a target of 64 KiB", in: line("GET /?" + strings.Repeat("a", 65536) + " HTTP/1.1"), status: 414},
		{name: "3 a target of 4 MiB", in: line("GET /?" + strings.Repeat("a", 4<<20) + " HTTP/1.1"), status: 414},
	})
}

func TestTargetUnderASmallHeadLimit(t *testing.T) {
	t.Parallel()
	check(t, &Config{MaxHeadBytes: 64}, []row{
		{name: "3 the head ends inside the target", in: "GET /" + strings.Repeat("a", 100) + " HTTP/1.1\r\n\r\n", status: 414},
		{name: "3 the head ends behind the target", in: "GET /" + strings.Repeat("a", 55) + " HTTP/1.1\r\n\r\n", status: 431},
	})
}
