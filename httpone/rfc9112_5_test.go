package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, section 5: field-line = field-name ":" OWS field-value OWS, with
// the names and values of RFC 9110, sections 5.1 and 5.5.
func TestFieldLines(t *testing.T) {
	t.Parallel()
	check(t, nil, []row{
		{name: "5 order and repetition are kept", in: get("B: 1\r\nA: 2\r\nB: 3\r\n"), n: 1, head: "\n  b: 1\n  a: 2\n  b: 3\n"},
		{name: "5 whitespace around values", in: get("X: \t a b \t \r\n"), n: 1, head: "\n  x: a b\n"},
		{name: "5 no whitespace", in: get("X:y\r\n"), n: 1, head: "\n  x: y\n"},
		{name: "5 tab before the value", in: get("X:\ty\r\n"), n: 1, head: "\n  x: y\n"},
		{name: "5 tab inside the value", in: get("X: a\tb\r\n"), n: 1, head: "\n  x: a\tb\n"},
		{name: "5 a long value with tabs", in: get("X: " + strings.Repeat("0123456789\t", 20) + "\r\n"), n: 1},
		{name: "5 colons in the value", in: get("X: a:b:c\r\n"), n: 1, head: "\n  x: a:b:c\n"},
		{name: "5 empty values", in: get("X:\r\nY: \r\nZ:\t \r\n"), n: 1, head: "\n  x: \n  y: \n  z: \n"},
		{name: "5 sixty fields", in: get(strings.Repeat("X-H: v\r\n", 60)), n: 1},
		{name: "5 no colon", in: get("garbage\r\n"), status: 400},
		{name: "5 no colon in the first line", in: "GET / HTTP/1.1\r\ngarbage\r\nHost: localhost\r\n\r\n", status: 400},
		{name: "5 space instead of a colon", in: post("Content-Length 5\r\n", hello), status: 400},
		{name: "5 name split over two lines", in: post("Content-\r\nLength: 5\r\n", hello), status: 400},
		{name: "5.1 every tchar", in: get("!#$%&'*+-.^_`|~09azAZ: x\r\n"), n: 1, head: "\n  !#$%&'*+-.^_`|~09azaz: x\n"},
		{name: "5.1 digit", in: get("1: x\r\n"), n: 1, head: "\n  1: x\n"},
		{name: "5.1 a long name", in: get("X-Abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789: x\r\n"), n: 1, head: "\n  x-abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz_0123456789: x\n"},
		{name: "5.1 space before the colon", in: get("X : z\r\n"), status: 400},
		{name: "5.1 tab before the colon", in: get("X\t: z\r\n"), status: 400},
		{name: "5.1 tab inside", in: get("X\tY: z\r\n"), status: 400},
		{name: "5.1 space inside", in: get("X Y: z\r\n"), status: 400},
		{name: "5.1 empty", in: get(": z\r\n"), status: 400},
		{name: "5.1 colon alone", in: get(":\r\n"), status: 400},
		{name: "5.1 parentheses", in: get("X(Y): z\r\n"), status: 400},
		{name: "5.1 slash", in: get("X/Y: z\r\n"), status: 400},
		{name: "5.1 slash in a long name", in: get("Abcdefgh/jklmnop: z\r\n"), status: 400},
		{name: "5.1 braces", in: get("X{}: z\r\n"), status: 400},
		{name: "5.1 brackets", in: get("X[a]: z\r\n"), status: 400},
		{name: "5.1 equals sign", in: get("X=Y: z\r\n"), status: 400},
		{name: "5.1 quote", in: get("\"X\": z\r\n"), status: 400},
		{name: "5.1 comma", in: get("X,Y: z\r\n"), status: 400},
		{name: "5.1 at sign", in: get("X@Y: z\r\n"), status: 400},
		{name: "5.1 backslash", in: get("X\\Y: z\r\n"), status: 400},
		{name: "5.1 control octet", in: get("X\x01Y: z\r\n"), status: 400},
		{name: "5.1 NUL", in: get("X\x00Y: z\r\n"), status: 400},
		{name: "5.1 NUL alone", in: get("\x00\r\n"), status: 400},
		{name: "5.1 DEL", in: get("X\x7fY: z\r\n"), status: 400},
		{name: "5.1 obs-text", in: get("X\x85: z\r\n"), status: 400},
		{name: "5.1 vertical tab", in: get("X\x0b: z\r\n"), status: 400},
		{name: "5.2 folded with a space", in: get("X: a\r\n b\r\n"), status: 400},
		{name: "5.2 folded with a tab", in: get("X: a\r\n\tb\r\n"), status: 400},
		{name: "5.2 folded length", in: post("Content-Length: 5\r\n 0\r\n", hello), status: 400},
		{name: "5.2 length on the second line", in: post("Content-Length:\r\n 5\r\n", hello), status: 400},
		{name: "5.2 folded coding", in: post("Transfer-Encoding:\r\n chunked\r\n", helloChunked), status: 400},
		{name: "5.2 coding folded with a tab", in: post("Transfer-Encoding:\r\n\tchunked\r\n", helloChunked), status: 400},
		{name: "5.2 coding with an empty fold", in: post("Transfer-Encoding: chunked\r\n \r\n", helloChunked), status: 400},
		{name: "5.2 folded name", in: post("Content-\r\n Length: 5\r\n", hello), status: 400},
		{name: "5.5 obs-text in a value", in: get("X: \xe9\xff\r\n"), n: 1, head: "\n  x: \xe9\xff\n"},
		{name: "5.5 UTF-8 in a value", in: get("X: \xc3\xa9\xe2\x82\xac\r\n"), n: 1},
		{name: "5.5 escape in a value", in: get("X: a\x1b[31mb\r\n"), status: 400},
		{name: "5.5 vertical tab in a value", in: get("X: \x0bb\r\n"), status: 400},
		{name: "5.5 NUL in a value", in: get("X: a\x00b\r\n"), status: 400},
		{name: "5.5 DEL in a value", in: get("X: abcdefghi\x7f\r\n"), status: 400},
		{name: "5.5 unit separator in a long value", in: get("X: abcdefghijklmno\x1fpqrstu\r\n"), status: 400},
	})
}

// RFC 6585, section 5, and RFC 9110, section 5.4: a head is bounded.
func TestHeadLimits(t *testing.T) {
	t.Parallel()
	fit := func(n int) string { // a request whose head has n bytes
		s := get("X: \r\n")
		return strings.Replace(s, "X: ", "X: "+strings.Repeat("a", n-len(s)), 1)
	}
	check(t, nil, []row{
		{name: "6585.5 8192 bytes", in: fit(8192), n: 1},
		{name: "6585.5 8193 bytes", in: fit(8193), status: 431},
		{name: "6585.5 twice 8192 bytes", in: fit(8192) + fit(8192), n: 2},
		{name: "6585.5 a field of 4 MiB", in: fit(4 << 20), status: 431},
		{name: "6585.5 a cookie of 100 kB", in: get("Cookie: " + strings.Repeat("a=b; ", 20000) + "\r\n"), status: 431},
		{name: "6585.5 a name of 100 kB", in: get(strings.Repeat("a", 100000) + ": b\r\n"), status: 431},
		{name: "6585.5 256 fields", in: get(strings.Repeat("A: b\r\n", 255)), n: 1},
		{name: "6585.5 257 fields", in: get(strings.Repeat("A: b\r\n", 256)), status: 431},
		{name: "6585.5 300000 fields", in: get(strings.Repeat("X-H: v\r\n", 300000)), status: 431},
	})
	check(t, &Config{MaxHeadBytes: Off, MaxFields: Off, MaxTargetBytes: Off}, []row{
		{name: "6585.5 limits off", in: "GET /" + strings.Repeat("a", 20000) + " HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: b\r\n", 2000) + "\r\n", n: 1},
	})
}

// RFC 9110, section 5.3: two lines of a field that is no list are read as the
// first, the last or both.
func TestFieldsThatStandAlone(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, name := range []string{"Authorization", "Content-Type", "Content-Range", "Content-Disposition"} {
		rows = append(rows,
			row{name: "5.3 one " + name, in: get(name + ": a\r\n"), n: 1},
			row{name: "5.3 two " + name, in: get(name + ": a\r\nX: y\r\n" + strings.ToLower(name) + ": a\r\n"), status: 400})
	}
	for _, name := range []string{"Cookie", "Accept", "X-Forwarded-For", "Via", "Connection"} {
		rows = append(rows, row{name: "5.3 lists may repeat: " + name, in: get(name + ": a\r\n" + name + ": b\r\n"), n: 1})
	}
	check(t, nil, rows)
}
