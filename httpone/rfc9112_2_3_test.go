package httpone

import "testing"

// RFC 9112, section 2.3: HTTP-version = HTTP-name "/" DIGIT "." DIGIT. What is
// well formed but no HTTP/1 is 505, also the bare line of HTTP/0.9.
func TestVersion(t *testing.T) {
	t.Parallel()
	line := func(version string) string {
		return "GET / " + version + "\r\nHost: localhost\r\n\r\n"
	}
	check(t, nil, []row{
		{name: "2.3 HTTP/1.1", in: line("HTTP/1.1"), n: 1, head: "GET / 1.1 "},
		{name: "2.3 HTTP/1.0", in: line("HTTP/1.0"), n: 1, head: "GET / 1.0 "},
		{name: "2.3 HTTP/1.2 is served as 1.1", in: line("HTTP/1.2"), n: 1, head: "GET / 1.1 "},
		{name: "2.3 HTTP/1.9 is served as 1.1", in: line("HTTP/1.9"), n: 1, head: "GET / 1.1 "},
		{name: "2.3 HTTP/0.9", in: line("HTTP/0.9"), status: 505},
		{name: "2.3 HTTP/2.0", in: line("HTTP/2.0"), status: 505},
		{name: "2.3 HTTP/3.0", in: line("HTTP/3.0"), status: 505},
		{name: "2.3 HTTP/9.9", in: line("HTTP/9.9"), status: 505},
		{name: "2.3 no version", in: "GET /\r\n\r\n", status: 505},
		{name: "2.3 no version and a request behind it", in: "GET /\r\n\r\n" + smuggled, status: 505},
		{name: "2.3 no version but a space", in: "GET / \r\n\r\n", status: 400},
		{name: "2.3 no minor", in: line("HTTP/1"), status: 400},
		{name: "2.3 no minor but a dot", in: line("HTTP/1."), status: 400},
		{name: "2.3 no major", in: line("HTTP/.1"), status: 400},
		{name: "2.3 no number", in: line("HTTP/"), status: 400},
		{name: "2.3 minor of two digits", in: line("HTTP/1.01"), status: 400},
		{name: "2.3 major of two digits", in: line("HTTP/01.1"), status: 400},
		{name: "2.3 major eleven", in: line("HTTP/11.1"), status: 400},
		{name: "2.3 junk behind", in: line("HTTP/1.1 junk"), status: 400},
		{name: "2.3 space behind", in: line("HTTP/1.1 "), status: 400},
		{name: "2.3 tab behind", in: line("HTTP/1.1\t"), status: 400},
		{name: "2.3 space inside", in: line("HTTP/ 1.1"), status: 400},
		{name: "2.3 two spaces before", in: line(" HTTP/1.1"), status: 400},
		{name: "2.3 lower case", in: line("http/1.1"), status: 400},
		{name: "2.3 mixed case", in: line("Http/1.1"), status: 400},
		{name: "2.3 HTTPS", in: line("HTTPS/1.1"), status: 400},
		{name: "2.3 HTP", in: line("HTP/1.1"), status: 400},
		{name: "2.3 ICE", in: line("ICE/1.0"), status: 400},
		{name: "2.3 RTSP", in: line("RTSP/1.0"), status: 400},
		{name: "2.3 SIP", in: line("SIP/2.0"), status: 400},
		{name: "2.3 hexadecimal minor", in: line("HTTP/1.a"), status: 400},
		{name: "2.3 comma", in: line("HTTP/1,1"), status: 400},
		{name: "2.3 backslash", in: line(`HTTP\1.1`), status: 400},
		{name: "2.3 CR inside", in: line("HTTP/\r1.1"), status: 400},
		{name: "2.3 NUL behind", in: line("HTTP/1.1\x00"), status: 400},
		{name: "2.3 sign", in: line("HTTP/+1.1"), status: 400},
	})
}
