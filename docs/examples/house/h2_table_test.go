package house

import "strings"

var (
	h2GetLines  = []string{":method: GET", ":scheme: http", ":authority: localhost", ":path: /plaintext"}
	h2PostLines = []string{":method: POST", ":scheme: http", ":authority: localhost", ":path: /"}
)

const (
	h2Malformed = "RST_STREAM PROTOCOL_ERROR on 1"
	h2Broken    = "GOAWAY PROTOCOL_ERROR"
	h2BadSize   = "GOAWAY FRAME_SIZE_ERROR"
	h2BadBlock  = "GOAWAY COMPRESSION_ERROR"
)

// h2Exchanges is the table: what h2spec does not ask, and what must work.
func h2Exchanges() []h2Exchange {
	var all []h2Exchange
	for _, part := range [][]h2Exchange{
		h2Frames(), h2SettingValues(), h2Blocks(), h2Fields(), h2Pseudo(), h2Connects(), h2Contents(), h2Honest(),
	} {
		all = append(all, part...)
	}
	return all
}

// h2Request is a HEADERS frame on stream 1 that ends the stream.
func h2Request(lines ...string) string {
	return h2Frame(h2Headers, h2EndHeaders|h2EndStream, 1, h2Block(lines...))
}

// h2With is a request that is right but for what more says.
func h2With(more ...string) string {
	return h2Request(append(append([]string{}, h2GetLines...), more...)...)
}

// h2Post is a request on stream 1 whose content follows.
func h2Post(more ...string) string {
	return h2Frame(h2Headers, h2EndHeaders, 1, h2Block(append(append([]string{}, h2PostLines...), more...)...))
}

func h2Frames() []h2Exchange {
	return []h2Exchange{
		{rule: "9113 4.2", name: "PING above the maximum", send: h2Frame(h2Ping, 0, 0, strings.Repeat("x", 16385)), want: h2BadSize},
		{rule: "9113 4.2", name: "unknown frame above the maximum", send: h2Frame(0xee, 0, 0, strings.Repeat("x", 16385)), want: h2BadSize},
		{rule: "9113 5.1.1", name: "even stream", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream, 2, h2Block(h2GetLines...)), want: h2Broken},
		{rule: "9113 6.1", name: "DATA without its pad length", send: h2Post() + h2Frame(h2Data, h2Padded, 1, ""), want: h2BadSize},
		{rule: "9113 6.1", name: "padding as long as DATA", send: h2Post() + h2Frame(h2Data, h2Padded, 1, "\x01"), want: h2Broken},
		{rule: "9113 6.2", name: "padding longer than HEADERS", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream|h2Padded, 1, "\xff"+h2Block(h2GetLines...)), want: h2Broken},
		{rule: "9113 6.2", name: "half a priority", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream|h2WithPriority, 1, "\x00\x00\x00\x00"), want: h2BadSize},
		{rule: "9113 6.4", name: "RST_STREAM of 5 octets", send: h2Post() + h2Frame(h2Reset, 0, 1, "\x00\x00\x00\x08\x00"), want: h2BadSize},
		{rule: "9113 6.5", name: "SETTINGS on a stream", send: h2Frame(h2Settings, 0, 1, ""), want: h2Broken},
		{rule: "9113 6.6", name: "PUSH_PROMISE from a client", send: h2Post() + h2Frame(h2Push, h2EndHeaders, 1, h2Uint32(2)), want: h2Broken},
		{rule: "9113 6.7", name: "answer to a PING of 7 octets", send: h2Frame(h2Ping, h2Ack, 0, "1234567"), want: h2BadSize},
		{rule: "9113 6.8", name: "GOAWAY of 7 octets", send: h2Frame(h2GoAway, 0, 0, "1234567"), want: h2BadSize},
		{rule: "9113 6.9", name: "WINDOW_UPDATE of 5 octets", send: h2Frame(h2Window, 0, 0, "\x00\x00\x00\x01\x00"), want: h2BadSize},
		{rule: "9113 6.9", name: "nothing more for the connection", send: h2Frame(h2Window, 0, 0, h2Uint32(1<<31)), want: h2Broken},
		{rule: "9113 6.9", name: "nothing more for a stream", send: h2Post() + h2Frame(h2Window, 0, 1, h2Uint32(0)), want: h2Malformed},
		{rule: "9113 6.10", name: "DATA before the block has ended", send: h2Frame(h2Headers, 0, 1, h2Block(h2PostLines...)) + h2Frame(h2Data, 0, 1, "x"), want: h2Broken},
		{rule: "9113 6.10", name: "unknown frame before the block has ended", send: h2Frame(h2Headers, 0, 1, h2Block(h2GetLines...)) + h2Frame(0xee, 0, 1, "x"), want: h2Broken},
		{rule: "9218 7.1", name: "PRIORITY_UPDATE on a stream", send: h2Frame(h2PriorityUpdate, 0, 1, h2Uint32(1)+"u=1"), want: h2Broken},
		{rule: "9218 7.1", name: "PRIORITY_UPDATE for stream 0", send: h2Frame(h2PriorityUpdate, 0, 0, h2Uint32(0)+"u=1"), want: h2Broken},
		{rule: "9218 7.1", name: "PRIORITY_UPDATE of 3 octets", send: h2Frame(h2PriorityUpdate, 0, 0, "\x00\x00\x01"), want: h2BadSize},
	}
}

func h2SettingValues() []h2Exchange {
	set := func(id uint16, value uint32) string { return h2Frame(h2Settings, 0, 0, h2Setting(id, value)) }
	return []h2Exchange{
		{rule: "9113 6.5.2", name: "push is neither off nor on", send: set(2, 2), want: h2Broken},
		{rule: "9113 6.5.2", name: "window above 2^31-1", send: set(4, 1<<31), want: "GOAWAY FLOW_CONTROL_ERROR"},
		{rule: "9113 6.5.2", name: "maximum below 2^14", send: set(5, 1<<14-1), want: h2Broken},
		{rule: "9113 6.5.2", name: "maximum above 2^24-1", send: set(5, 1<<24), want: h2Broken},
		{rule: "8441 3", name: "connect is neither off nor on", send: set(8, 2), want: h2Broken},
		{rule: "9218 2.1", name: "priorities are neither off nor on", send: set(9, 2), want: h2Broken},
		{rule: "9113 6.5.2", name: "unknown setting", send: set(0xfafa, 7) + h2With(), want: "200 on 1"},
		{rule: "7541 4.2", name: "no table for the server", settings: h2Setting(1, 0), send: h2With(), want: "200 on 1"},
	}
}

// h2LaterCases is what releases of h2spec behind the pinned one ask besides:
// index 70 stands behind the 61 entries of the static table and the few that
// the block itself added.
func h2LaterCases() []h2Exchange {
	return []h2Exchange{
		{rule: "7541 2.3.3", name: "incremental literal with index 70 and no value", send: h2With("\x7f\x07\x00"), want: h2BadBlock},
	}
}

func h2Blocks() []h2Exchange {
	return []h2Exchange{
		{rule: "7541 2.3.3", name: "literal with a name behind both tables", send: h2With("\x7f\x40\x01x"), want: h2BadBlock},
		{rule: "7541 2.3.3", name: "unindexed literal with a name behind both tables", send: h2With("\x0f\x7f\x01x"), want: h2BadBlock},
		{rule: "7541 4.2", name: "third update of the table's size", send: h2Request(append([]string{"\x20\x20\x20"}, h2GetLines...)...), want: h2BadBlock},
		{rule: "7541 4.2", name: "update behind a field", send: h2With("\x20"), want: h2BadBlock},
		{rule: "7541 5.1", name: "integer without an end", send: h2With("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), want: h2BadBlock},
		{rule: "7541 5.2", name: "string cut off", send: h2With("\x00\x05ab"), want: h2BadBlock},
		{rule: "7541 4.2", name: "two updates of the table's size", send: h2Request(append([]string{"\x20\x3f\xe1\x1f"}, h2GetLines...)...), want: "200 on 1"},
		{rule: "9113 10.5.1", name: "list over the limit", send: h2Frame(h2Headers, h2EndStream, 1, h2Block(h2GetLines...)) +
			strings.Repeat(h2Frame(h2Continuation, 0, 1, h2Block("a: "+strings.Repeat("x", 12000))), 6) +
			h2Frame(h2Continuation, h2EndHeaders, 1, h2Block("a: b")), want: "431 on 1|RST_STREAM ENHANCE_YOUR_CALM on 1"},
		{rule: "9113 4.3", name: "refused stream keeps the table in step", send: h2With("\x40\x01a\x01b", "A: b") + h2Frame(h2Headers, h2EndHeaders|h2EndStream, 3, h2Block(append(append([]string{}, h2GetLines...), "\xbe")...)), want: h2Malformed},
	}
}

func h2Fields() []h2Exchange {
	all := []h2Exchange{
		{rule: "9113 8.2.1", name: "upper case", send: h2With("X-a: b"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "space in a name", send: h2With("x a: b"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "empty name", send: h2With("\x00\x00\x01x"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "colon in a name", send: h2With("x:y: b"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "octet above 0x7f in a name", send: h2With("x\xff: b"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "LF in a value", send: h2With("x: a\nb"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "CR in a value", send: h2With("x: a\rb"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "NUL in a value", send: h2With("x: a\x00b"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "space before a value", send: h2With("x:  a"), want: h2Malformed},
		{rule: "9113 8.2.1", name: "tab behind a value", send: h2With("x: a\t"), want: h2Malformed},
		{rule: "9113 8.2.2", name: "te: gzip", send: h2With("te: gzip"), want: h2Malformed},
		{rule: "9113 8.2.2", name: "te: trailers", send: h2With("te: trailers"), want: "200 on 1"},
		{rule: "9113 8.1.1", name: "content-length is no number", send: h2With("content-length: x"), want: h2Malformed},
		{rule: "9113 8.1.1", name: "content-length is a list", send: h2With("content-length: 0, 0"), want: h2Malformed},
		{rule: "9110 8.6", name: "content-length twice, not the same", send: h2With("content-length: 0", "content-length: 1"), want: h2Malformed},
		{rule: "9110 8.6", name: "content-length twice, the same", send: h2With("content-length: 0", "content-length: 0"), want: "200 on 1"},
		{rule: "9113 8.2.3", name: "crumbs of cookies", send: h2With("cookie: a=b", "cookie: c=d"), want: "200 on 1"},
		{rule: "9218 5", name: "malformed priority", send: h2With("priority: u=,,"), want: "200 on 1"},
		{rule: "9110 10.1.1", name: "unknown expectation", send: h2With("expect: a"), want: "417 on 1"},
	}
	for _, name := range []string{"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"} {
		all = append(all, h2Exchange{rule: "9113 8.2.2", name: name, send: h2With(name + ": x"), want: h2Malformed})
	}
	for _, name := range []string{"authorization", "content-type", "content-range", "content-disposition", "host"} {
		all = append(all, h2Exchange{rule: "9110 5.3", name: name + " twice", send: h2With(name+": localhost", name+": localhost"), want: h2Malformed})
	}
	return all
}

func h2Pseudo() []h2Exchange {
	path := func(s string) string {
		return h2Request(":method: GET", ":scheme: http", ":authority: localhost", ":path: "+s)
	}
	authority := func(s string, more ...string) string {
		return h2Request(append([]string{":method: GET", ":scheme: http", ":authority: " + s, ":path: /plaintext"}, more...)...)
	}
	return []h2Exchange{
		{rule: "9113 8.3.1", name: "path without a slash", send: path("plaintext"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "absolute path", send: path("http://localhost/plaintext"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "fragment", send: path("/plaintext#a"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "backslash", send: path(`/\plaintext`), want: h2Malformed},
		{rule: "9113 8.3.1", name: "space in a path", send: path("/plain text"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "line in a path", send: path("/plaintext HTTP/1.1\r\na: b"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "asterisk with GET", send: path("*"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "method with a space", send: h2Request(":method: GET /", ":scheme: http", ":authority: localhost", ":path: /"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "empty scheme", send: h2Request(":method: GET", ":scheme: ", ":authority: localhost", ":path: /"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "empty authority", send: authority(""), want: h2Malformed},
		{rule: "9113 8.3.1", name: "userinfo", send: authority("a@localhost"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "port above 65535", send: authority("localhost:65536"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "path in the authority", send: authority("localhost/"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "two hosts in the authority", send: authority("localhost,evil"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "another Host", send: authority("localhost", "host: evil"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "another port in Host", send: authority("localhost:80", "host: localhost:81"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "the same Host in another case", send: authority("localhost", "host: LOCALHOST"), want: "200 on 1"},
		{rule: "9113 8.3.1", name: "Host alone", send: h2Request(":method: GET", ":scheme: http", ":path: /plaintext", "host: localhost"), want: "200 on 1"},
		{rule: "9113 8.3.1", name: "neither", send: h2Request(":method: GET", ":scheme: http", ":path: /plaintext"), want: h2Malformed},
		{rule: "9113 8.3.1", name: "nothing at all", send: h2Request(), want: h2Malformed},
		{rule: "9113 8.3", name: "authority twice", send: h2With(":authority: localhost"), want: h2Malformed},
	}
}

func h2Connects() []h2Exchange {
	return []h2Exchange{
		{rule: "9113 8.5", name: "CONNECT with a path", send: h2Request(":method: CONNECT", ":authority: localhost:80", ":path: /"), want: h2Malformed},
		{rule: "9113 8.5", name: "CONNECT with a scheme", send: h2Request(":method: CONNECT", ":authority: localhost:80", ":scheme: http"), want: h2Malformed},
		{rule: "9113 8.5", name: "CONNECT without an authority", send: h2Request(":method: CONNECT"), want: h2Malformed},
		{rule: "9110 9.3.6", name: "CONNECT without a port", send: h2Request(":method: CONNECT", ":authority: localhost"), want: h2Malformed},
		{rule: "8441 4", name: "protocol with GET", send: h2With(":protocol: websocket"), want: h2Malformed},
		{rule: "8441 4", name: "protocol without a path", send: h2Request(":method: CONNECT", ":protocol: websocket", ":scheme: http", ":authority: localhost"), want: h2Malformed},
	}
}

func h2Contents() []h2Exchange {
	data := func(flags byte, s string) string { return h2Frame(h2Data, flags, 1, s) }
	trailers := func(flags byte, lines ...string) string {
		return h2Frame(h2Headers, h2EndHeaders|flags, 1, h2Block(lines...))
	}
	return []h2Exchange{
		{rule: "9113 8.1.1", name: "content that was announced and does not come", send: h2With("content-length: 5"), want: h2Malformed},
		{rule: "9113 8.1.1", name: "less than was announced", send: h2Post("content-length: 5") + data(h2EndStream, "four"), want: h2Malformed},
		{rule: "9113 8.1.1", name: "more than was announced", send: h2Post("content-length: 5") + data(0, "sixsix"), want: h2Malformed},
		{rule: "9113 8.1.1", name: "less, and trailers", send: h2Post("content-length: 5") + data(0, "four") + trailers(h2EndStream, "x: y"), want: h2Malformed},
		{rule: "9113 8.1.1", name: "padding is not content", send: h2Post("content-length: 4") + data(h2EndStream|h2Padded, "\x02fourxx"), want: "200 on 1"},
		{rule: "9113 8.1", name: "trailers that do not end the stream", send: h2Post() + data(0, "x") + trailers(0, "x: y"), want: h2Malformed},
		{rule: "9113 8.1", name: "pseudo-field in trailers", send: h2Post() + data(0, "x") + trailers(h2EndStream, ":path: /"), want: h2Malformed},
		{rule: "9110 6.5.1", name: "content-length in trailers", send: h2Post() + data(0, "x") + trailers(h2EndStream, "content-length: 1"), want: h2Malformed},
		{rule: "9110 6.5.1", name: "authorization in trailers", send: h2Post() + data(0, "x") + trailers(h2EndStream, "authorization: a"), want: h2Malformed},
		{rule: "9110 6.5.1", name: "content-type in trailers", send: h2Post() + data(0, "x") + trailers(h2EndStream, "content-type: a"), want: h2Malformed},
		{rule: "9113 8.1", name: "trailers", send: h2Post() + data(0, "x") + trailers(h2EndStream, "x: y"), want: "200 on 1"},
		{rule: "9113 8.1", name: "trailers at once", send: h2Post() + trailers(h2EndStream, "x: y"), want: "200 on 1"},
		{rule: "9113 8.1", name: "empty DATA ends the stream", send: h2Post() + data(0, "x") + data(h2EndStream, ""), want: "200 on 1"},
	}
}

func h2Honest() []h2Exchange {
	block := h2Block(h2GetLines...)
	return []h2Exchange{
		{rule: "9113 4.1", name: "flags without a meaning", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream|0xd2, 1, block), want: "200 on 1"},
		{rule: "9113 4.1", name: "reserved bit", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream, 1<<31|1, block), want: "200 on 1"},
		{rule: "9113 5.5", name: "unknown frame", send: h2Frame(0xee, 0xff, 9, "x") + h2With(), want: "200 on 1"},
		{rule: "9113 6.2", name: "padding and priority", send: h2Frame(h2Headers, h2EndHeaders|h2EndStream|h2Padded|h2WithPriority, 1, "\x03\x00\x00\x00\x00\x10"+block+"\x00\x00\x00"), want: "200 on 1"},
		{rule: "9113 6.3", name: "PRIORITY of a stream that is idle", send: h2Frame(h2Priority, 0, 7, "\x00\x00\x00\x00\x10") + h2With(), want: "200 on 1"},
		{rule: "9113 6.7", name: "PING", send: h2Frame(h2Ping, 0, 0, "12345678"), want: "PING 12345678"},
		{rule: "9113 6.10", name: "a block in parts", send: h2Frame(h2Headers, h2EndStream, 1, block[:10]) + h2Frame(h2Continuation, 0, 1, block[10:11]) + h2Frame(h2Continuation, h2EndHeaders, 1, block[11:]), want: "200 on 1"},
		{rule: "9113 6.10", name: "an empty part", send: h2Frame(h2Headers, h2EndStream, 1, block) + h2Frame(h2Continuation, h2EndHeaders, 1, ""), want: "200 on 1"},
		{rule: "9218 7.1", name: "PRIORITY_UPDATE before its stream", send: h2Frame(h2PriorityUpdate, 0, 0, h2Uint32(1)+"u=1, i") + h2With(), want: "200 on 1"},
		{rule: "9218 7.1", name: "malformed PRIORITY_UPDATE", send: h2Frame(h2PriorityUpdate, 0, 0, h2Uint32(1)+"\xff") + h2With(), want: "200 on 1"},
		{rule: "9110 15.5.5", name: "no route", send: h2Request(":method: GET", ":scheme: http", ":authority: localhost", ":path: /none/such"), want: "404 on 1"},
		{rule: "9110 15.6.2", name: "unknown method", send: h2Request(":method: BREW", ":scheme: http", ":authority: localhost", ":path: /plaintext"), want: "501 on 1"},
		{rule: "9110 9.3.2", name: "HEAD", send: h2Request(":method: HEAD", ":scheme: http", ":authority: localhost", ":path: /plaintext"), want: "200 on 1"},
		{rule: "9113 8.3.1", name: "OPTIONS *", send: h2Request(":method: OPTIONS", ":scheme: http", ":authority: localhost", ":path: *"), want: "200 on 1|204 on 1"},
	}
}
