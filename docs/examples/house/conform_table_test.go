package house

import "strings"

// What follows the last response of an exchange.
const (
	open   = iota // the connection takes one more request
	closed        // the connection ends, after the response has arrived
	either        // the rule leaves it to the server
)

// An exchange is what a client sends on one connection, and what must come
// back.
type exchange struct {
	rule, name string // where the rule stands, and what the case is
	send       string // the bytes; "·" stands for CR LF
	want       string // status codes in order, "|" between alternatives
	then       int
	bodies     []string // of the responses, as far as given
	field      string   // a field line of the last response
	head       bool     // the requests are HEAD
	fin        bool     // the client closes its direction after the bytes
}

// responses returns the wanted status codes, one element a response.
func (e exchange) responses() []string { return strings.Fields(e.want) }

// exchanges returns the table, with line ends spelled out.
func exchanges() []exchange {
	var all []exchange
	for _, part := range [][]exchange{
		requestLines(), fieldLines(), framing(), chunked(), persistence(), expectations(), limits(), routing(),
	} {
		all = append(all, part...)
	}
	for i := range all {
		all[i].send = strings.ReplaceAll(all[i].send, "·", "\r\n")
	}
	return all
}

// get is a request that must be answered with 200.
const get = "GET /plaintext HTTP/1.1·Host: h··"

const hello = "Hello, World!"

func requestLines() []exchange {
	return []exchange{
		{rule: "9112 2.2", name: "empty lines before a request", send: "··" + get, want: "200"},
		{rule: "9112 2.2", name: "bare LF ends the line", send: "GET / HTTP/1.1\nHost: h··", want: "400", then: closed},
		{rule: "9112 2.2", name: "bare CR in the line", send: "GET / HTTP/1.1\rHost: h··", want: "400", then: closed},
		{rule: "9112 2.2", name: "binary garbage", send: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03··", want: "400", then: closed},
		{rule: "9112 2.3", name: "minor version above one is served as 1.1", send: "GET /plaintext HTTP/1.2·Host: h··", want: "200"},
		{rule: "9112 2.3", name: "lower case name", send: "GET / http/1.1·Host: h··", want: "400", then: closed},
		{rule: "9112 2.3", name: "no minor version", send: "GET / HTTP/1·Host: h··", want: "400", then: closed},
		{rule: "9112 2.3", name: "two digits", send: "GET / HTTP/1.10·Host: h··", want: "400", then: closed},
		{rule: "9110 15.6.6", name: "version 2.0", send: "GET / HTTP/2.0·Host: h··", want: "505", then: closed},
		{rule: "9110 15.6.6", name: "version 0.9", send: "GET / HTTP/0.9·Host: h··", want: "505", then: closed},
		{rule: "9112 3", name: "no version at all", send: "GET /··", want: "400|505", then: closed},
		{rule: "9112 3", name: "two spaces", send: "GET  / HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9112 3", name: "a tab for a space", send: "GET\t/ HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9112 3", name: "space at the end", send: "GET / HTTP/1.1 ·Host: h··", want: "400", then: closed},
		{rule: "9110 9.1", name: "method is no token", send: "G(T / HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9110 9.1", name: "NUL in the method", send: "G\x00T / HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9110 15.6.2", name: "unknown method", send: "FROBNICATE / HTTP/1.1·Host: h··", want: "501", then: either},
		{rule: "9112 3.2", name: "target without a slash", send: "GET plaintext HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9112 3.2", name: "control byte in the target", send: "GET /\x01 HTTP/1.1·Host: h··", want: "400", then: closed},
		{rule: "9112 3.2.2", name: "absolute form", send: "GET http://h/plaintext HTTP/1.1·Host: h··", want: "200", bodies: []string{hello}},
		{rule: "9112 3.2.2", name: "absolute form wins over Host", send: "GET HTTP://h/plaintext HTTP/1.1·Host: other··", want: "200|400", then: either},
		{rule: "9112 3.2.4", name: "asterisk form", send: "OPTIONS * HTTP/1.1·Host: h··", want: "200|204"},
	}
}

func fieldLines() []exchange {
	return []exchange{
		{rule: "9112 3.2", name: "no Host", send: "GET / HTTP/1.1··", want: "400", then: closed},
		{rule: "9112 3.2", name: "two Hosts", send: "GET / HTTP/1.1·Host: h·Host: h··", want: "400", then: closed},
		{rule: "9112 3.2", name: "Host with a path", send: "GET / HTTP/1.1·Host: h/x··", want: "400", then: closed},
		{rule: "9112 3.2", name: "1.0 needs no Host", send: "GET /plaintext HTTP/1.0··", want: "200", then: closed},
		{rule: "9112 5.1", name: "space before the colon", send: "GET / HTTP/1.1·Host: h·A : b··", want: "400", then: closed},
		{rule: "9112 5.1", name: "no colon", send: "GET / HTTP/1.1·Host: h·A··", want: "400", then: closed},
		{rule: "9112 5.1", name: "empty name", send: "GET / HTTP/1.1·Host: h·: b··", want: "400", then: closed},
		{rule: "9112 5.2", name: "folded line", send: "GET / HTTP/1.1·Host: h·A: b· c··", want: "400", then: closed},
		{rule: "9112 2.2", name: "space before the first field", send: "GET / HTTP/1.1· Host: h··", want: "400", then: closed},
		{rule: "9112 2.2", name: "bare LF ends a field", send: "GET / HTTP/1.1·Host: h\nA: b··", want: "400", then: closed},
		{rule: "9110 5.5", name: "bare CR in a value", send: "GET / HTTP/1.1·Host: h·A: b\rc··", want: "400", then: closed},
		{rule: "9110 5.5", name: "NUL in a value", send: "GET / HTTP/1.1·Host: h·A: b\x00c··", want: "400", then: closed},
		{rule: "9110 5.1", name: "name is no token", send: "GET / HTTP/1.1·Host: h·A(b: c··", want: "400", then: closed},
		{rule: "9110 5.5", name: "bytes above 127 in a value", send: "GET /plaintext HTTP/1.1·Host: h·A: \xe4··", want: "200"},
		{rule: "9110 5.6.3", name: "white space around a value", send: "GET /plaintext HTTP/1.1·Host: \t h \t··", want: "200"},
	}
}

func framing() []exchange {
	post := func(fields, body string) string { return "POST / HTTP/1.1·Host: h·" + fields + "··" + body }
	return []exchange{
		{rule: "9112 6.3", name: "a body of a given length", send: post("Content-Length: 5", "hello"), want: "200", bodies: []string{"hello"}},
		{rule: "9112 6.3", name: "length and coding", send: post("Content-Length: 5·Transfer-Encoding: chunked", "0··"), want: "400", then: closed},
		{rule: "9112 6.3", name: "two lengths that differ", send: post("Content-Length: 5·Content-Length: 6", "hello"), want: "400", then: closed},
		{rule: "9112 6.3", name: "a list of lengths that differ", send: post("Content-Length: 5, 6", "hello"), want: "400", then: closed},
		{rule: "9110 8.6", name: "negative length", send: post("Content-Length: -5", "hello"), want: "400", then: closed},
		{rule: "9110 8.6", name: "length with a sign", send: post("Content-Length: +5", "hello"), want: "400", then: closed},
		{rule: "9110 8.6", name: "empty length", send: post("Content-Length:", ""), want: "400", then: closed},
		{rule: "9110 8.6", name: "length above 64 bits", send: post("Content-Length: 18446744073709551621", "hello"), want: "400|413", then: closed},
		{rule: "9112 6.1", name: "chunked is not the last coding", send: post("Transfer-Encoding: chunked, identity", "0··"), want: "400", then: closed},
		{rule: "9112 6.1", name: "unknown coding", send: post("Transfer-Encoding: frob", "hello"), want: "400|501", then: closed},
		{rule: "9112 6.1", name: "chunked twice", send: post("Transfer-Encoding: chunked·Transfer-Encoding: chunked", "0··"), want: "400", then: closed},
		{rule: "9112 6.1", name: "a coding in 1.0", send: "POST / HTTP/1.0·Host: h·Transfer-Encoding: chunked··0··", want: "400", then: closed},
		{rule: "9112 6.3", name: "a body on GET is framed", send: "GET /plaintext HTTP/1.1·Host: h·Content-Length: 5··hello", want: "200", bodies: []string{hello}},
		{rule: "9112 8", name: "the end within a body", send: post("Content-Length: 9", "half"), want: "400", then: closed, fin: true},
	}
}

func chunked() []exchange {
	post := func(body string) string { return "POST / HTTP/1.1·Host: h·Transfer-Encoding: chunked··" + body }
	return []exchange{
		{rule: "9112 7.1", name: "chunks", send: post("5·hello·1·!·0··"), want: "200", bodies: []string{"hello!"}},
		{rule: "9112 7.1", name: "any case, leading zeros", send: post("00A·0123456789·000··"), want: "200", bodies: []string{"0123456789"}},
		{rule: "9112 7.1.1", name: "extensions are ignored", send: post("5;a=b;c=\"d;e\"·hello·0;f··"), want: "200", bodies: []string{"hello"}},
		{rule: "9112 7.1.2", name: "trailers", send: post("5·hello·0·A: b··"), want: "200", bodies: []string{"hello"}},
		{rule: "9112 7.1", name: "size is no number", send: post("x·hello·0··"), want: "400", then: closed},
		{rule: "9112 7.1", name: "size with a prefix", send: post("0x5·hello·0··"), want: "400", then: closed},
		{rule: "9112 7.1", name: "negative size", send: post("-5·hello·0··"), want: "400", then: closed},
		{rule: "9112 7.1", name: "size above 64 bits", send: post("10000000000000005·hello·0··"), want: "400|413", then: closed},
		{rule: "9112 7.1", name: "more data than the size", send: post("4·hello·0··"), want: "400", then: closed},
		{rule: "9112 7.1", name: "bare LF after the size", send: post("5\nhello·0··"), want: "400", then: closed},
		{rule: "9112 7.1", name: "bare LF after the data", send: post("5·hello\n0··"), want: "400", then: closed},
	}
}

func persistence() []exchange {
	slow := "GET /sleep/20 HTTP/1.1·Host: h··"
	echo := "POST / HTTP/1.1·Host: h·Content-Length: 1··x"
	return []exchange{
		{rule: "9112 9.3", name: "1.1 stays open", send: get, want: "200"},
		{rule: "9112 9.3", name: "1.0 closes", send: "GET /plaintext HTTP/1.0·Host: h··" + get, want: "200", then: closed},
		{rule: "9112 9.3", name: "1.0 with keep-alive stays open", send: "GET /plaintext HTTP/1.0·Host: h·Connection: keep-alive··", want: "200", field: "Connection: keep-alive"},
		{rule: "9112 9.6", name: "close ends it, whatever follows", send: "GET /plaintext HTTP/1.1·Host: h·Connection: a, Close··" + get, want: "200", then: closed, field: "Connection: close"},
		{rule: "9112 9.3.2", name: "pipelined answers keep their order", send: slow + get + echo + get, want: "200 200 200 200"},
		{rule: "9112 9.3.2", name: "pipelined bodies", send: echo + get, want: "200 200", bodies: []string{"x", hello}},
		{rule: "9112 9.3.2", name: "a good one, then a bad one", send: get + "GET / HTTP/1.1··", want: "200 400", then: closed, bodies: []string{hello}},
		{rule: "9112 9.6", name: "a half-closed client is answered", send: get, want: "200", then: closed, fin: true, bodies: []string{hello}},
		{rule: "9112 9.6", name: "so are all its requests", send: get + echo + get, want: "200 200 200", then: closed, fin: true},
		{rule: "9110 9.3.2", name: "HEAD has no content", send: "HEAD /plaintext HTTP/1.1·Host: h··", want: "200", head: true, field: "Content-Length: 13"},
		{rule: "9110 7.8", name: "an unknown upgrade is ignored", send: "GET /plaintext HTTP/1.1·Host: h·Connection: Upgrade, HTTP2-Settings·Upgrade: h2c·HTTP2-Settings: AAMAAABk··", want: "200", bodies: []string{hello}},
	}
}

func expectations() []exchange {
	return []exchange{
		{rule: "9110 10.1.1", name: "an unknown expectation", send: "POST / HTTP/1.1·Host: h·Expect: more·Content-Length: 5··hello", want: "417", then: closed},
		{rule: "9110 10.1.1", name: "no interim response to 1.0", send: "POST / HTTP/1.0·Host: h·Expect: 100-continue·Content-Length: 5··hello", want: "200", then: closed, bodies: []string{"hello"}},
	}
}

func limits() []exchange {
	long := strings.Repeat("a", 20_000)
	return []exchange{
		{rule: "9110 15.5.15", name: "a long target", send: "GET /" + long + " HTTP/1.1·Host: h··", want: "414", then: closed},
		{rule: "6585 5", name: "a long field", send: "GET / HTTP/1.1·Host: h·A: " + long + "··", want: "431", then: closed},
		{rule: "6585 5", name: "many fields", send: "GET / HTTP/1.1·Host: h·" + strings.Repeat("A: b·", 5000) + "·", want: "431", then: closed},
		{rule: "9110 15.5.14", name: "a large length", send: "POST / HTTP/1.1·Host: h·Content-Length: 2000000··", want: "413", then: closed},
		{rule: "9110 15.5.14", name: "large chunks", send: "POST / HTTP/1.1·Host: h·Transfer-Encoding: chunked··1E8480·" + strings.Repeat("x", 2_000_000) + "·0··", want: "413", then: closed},
	}
}

func routing() []exchange {
	return []exchange{
		{rule: "9110 15.5.5", name: "an unknown path keeps the connection", send: "GET /nowhere HTTP/1.1·Host: h··", want: "404"},
		{rule: "9110 15.5.6", name: "a method that is not allowed", send: "DELETE /health HTTP/1.1·Host: h··", want: "405", field: "Allow: GET, HEAD, OPTIONS"},
		{rule: "9110 9.3.7", name: "OPTIONS is answered", send: "OPTIONS /health HTTP/1.1·Host: h··", want: "200|204", field: "Allow: GET, HEAD, OPTIONS"},
		{rule: "3986 2.1", name: "an escaped path", send: "GET /plain%74ext HTTP/1.1·Host: h··", want: "200", bodies: []string{hello}},
		{rule: "3986 5.2.4", name: "dot segments", send: "GET /a/../plaintext HTTP/1.1·Host: h··", want: "200", bodies: []string{hello}},
		{rule: "3986 2.1", name: "a bad escape", send: "GET /%zz HTTP/1.1·Host: h··", want: "400", then: either},
		{rule: "house", name: "stats", send: "GET /stats HTTP/1.1·Host: h··", want: "200"},
		{rule: "9110 6.6.1", name: "a query does not matter to the route", send: "GET /plaintext?a=b HTTP/1.1·Host: h··", want: "200", bodies: []string{hello}},
	}
}
