package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, section 7.1: the chunked coding.
func TestChunkedBody(t *testing.T) {
	t.Parallel()
	check(t, nil, []row{
		{name: "7.1 leading zeros", in: chunked("0005\r\nhello\r\n0\r\n\r\n"), n: 1, body: hello},
		{name: "7.1 twenty leading zeros", in: chunked(strings.Repeat("0", 20) + "5\r\nhello\r\n0\r\n\r\n"), n: 1, body: hello},
		{name: "7.1 last chunk of zeros", in: chunked("5\r\nhello\r\n000\r\n\r\n"), n: 1, body: hello},
		{name: "7.1 hexadecimal, both cases", in: chunked("a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"), n: 1, body: "01234567890123456789a"},
		{name: "7.1 two digits", in: chunked("1f\r\n" + strings.Repeat("x", 31) + "\r\n0\r\n\r\n"), n: 1},
		{name: "7.1 empty body", in: chunked("0\r\n\r\n"), n: 1},
		{name: "7.1 data that looks like a request", in: chunked("2b\r\n" + smuggled[:43] + "\r\n0\r\n\r\n"), n: 1, body: smuggled[:43]},
		{name: "7.1 data that looks like the end", in: chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), n: 1, body: "0\r\n\r\n"},
		{name: "7.1 10000 chunks of one octet", in: chunked(strings.Repeat("1\r\nA\r\n", 10000) + "0\r\n\r\n"), n: 1, body: strings.Repeat("A", 10000)},
		{name: "7.1 waits for the last chunk", in: chunked("5\r\nhello\r\n"), body: hello},
		{name: "7.1 waits for the last CRLF", in: chunked("5\r\nhello\r\n0\r\n"), body: hello},
		{name: "7.1 prefix 0x", in: chunked("0x5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 plus", in: chunked("+5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 minus", in: chunked("-5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 minus in the last chunk", in: chunked("5\r\nhello\r\n-1\r\n"), status: 400, body: hello},
		{name: "7.1 space before", in: chunked(" 5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 space behind", in: chunked("5 \r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 tab behind", in: chunked("5\t\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 junk behind a space", in: chunked("5 xyz\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 no size", in: chunked("\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 CRLF before the size", in: chunked("\r\n5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 comma", in: chunked("5,5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 dot", in: chunked("5.0\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 letter g", in: chunked("g\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 NUL", in: chunked("5\x00\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 quotes", in: chunked("\"5\"\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 vertical tab", in: chunked("5\x0b\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 underscore", in: chunked("1_0\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 obs-text", in: chunked("5\xa0\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 2^64 must not become 0", in: chunked("10000000000000000\r\n\r\n" + smuggled), status: 400},
		{name: "7.1 2^64+5 must not become 5", in: chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 2^32+5 must not become 5", in: chunked("100000005\r\nhello\r\n0\r\n\r\n"), status: 413},
		{name: "7.1 2^64-1 must not become -1", in: chunked("FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 2^63", in: chunked("8000000000000000\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 2^63-1 is valid but too large", in: chunked("7FFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"), status: 413},
		{name: "7.1 a flood of zeros", in: chunked(strings.Repeat("0", 1<<20) + "5\r\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 LF behind the size", in: chunked("5\nhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 LF CR behind the size", in: chunked("5\n\rhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 CR behind the size", in: chunked("5\rhello\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 data without CRLF", in: chunked("5\r\nhello0\r\n\r\n"), status: 400, body: hello},
		{name: "7.1 data longer by one", in: chunked("5\r\nhelloX\r\n0\r\n\r\n"), status: 400, body: hello},
		{name: "7.1 data longer by two", in: chunked("5\r\nhelloXX0\r\n\r\n" + smuggled), status: 400, body: hello},
		{name: "7.1 data shorter", in: chunked("5\r\nhell\r\n0\r\n\r\n"), status: 400},
		{name: "7.1 LF behind the data", in: chunked("5\r\nhello\n0\r\n\r\n"), status: 400, body: hello},
		{name: "7.1 CR behind the data", in: chunked("5\r\nhello\r0\r\n\r\n"), status: 400, body: hello},
		{name: "7.1 two CRLF behind the data", in: chunked("5\r\nhello\r\n\r\n0\r\n\r\n"), status: 400, body: hello},
		{name: "7.1 a bad second chunk", in: chunked("5\r\nhello\r\nINVALID\r\n" + smuggled), status: 400, body: hello},
		{name: "7.1 no last chunk", in: chunked("5\r\nhello\r\n" + smuggled), status: 400, body: hello},
		{name: "7.1 LF behind the last chunk", in: chunked("0\n\r\n"), status: 400},
		{name: "7.1 LF LF behind the last chunk", in: chunked("0\n\n" + smuggled), status: 400},
		{name: "7.1 letters behind the last chunk", in: chunked("0\r\nXX" + smuggled), status: 400},
		{name: "7.1 CR and a letter behind the last chunk", in: chunked("0\r\n\rX" + smuggled), status: 400},
		{name: "7.1 LF ends the trailers", in: chunked("0\r\n\n"), status: 400},
	})
}

// RFC 9112, section 7.1.1: extensions are understood, bounded and ignored.
func TestChunkExtensions(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, ext := range []string{
		";a", ";a=b", ";a=\"b\"", ";a=\"\"", ";a=\"x;y \\\" z\"", ";a=\"\\\\\"", " ; a = b", "\t;\ta\t=\t\"b\"", ";a;b;c=d",
		";a=b;c=\"d\" ;e", ";a=\"\xc3\xa9\t\"", ";a=\"0\\\t\"", "  ;a", ";a \t;b", ";!#$%&'*+-.^_`|~=x",
	} {
		rows = append(rows, row{name: "7.1.1 " + ext, in: chunked("5" + ext + "\r\nhello\r\n0" + ext + "\r\n\r\n"), n: 1, body: hello})
	}
	for _, ext := range []string{
		";", ";;a", "; ", ";a=", ";a= ", ";=b", " a=b", ";a b", ";a=b c", ";a ", ";a=b ", ";a=\"b", ";a=\"b\"c", ";a=\"b\" ",
		";a=\"b\r\n\"", ";a=\"\x00\"", ";a=\"b\\", ";a\nb", ";a\rb", ";a\x00b", ";a=\x7f", ";a==b", ";a=b=c", ";a=(b)", ";a,b",
		";a=\"\x1f\"", ";a=\"\\\x1f\"", ";\xe9", "=a",
	} {
		rows = append(rows, row{name: "7.1.1 bad " + ext, in: chunked("5" + ext + "\r\nhello\r\n0\r\n\r\n"), status: 400})
	}
	rows = append(rows,
		row{name: "7.1.1 a line at its limit", in: chunked("5;" + strings.Repeat("x", 1022) + "\r\nhello\r\n0\r\n\r\n"), n: 1},
		row{name: "7.1.1 a line above its limit", in: chunked("5;" + strings.Repeat("x", 1023) + "\r\nhello\r\n0\r\n\r\n"), status: 400},
		row{name: "7.1.1 one MiB", in: chunked("5;a=" + strings.Repeat("x", 1<<20) + "\r\nhello\r\n0\r\n\r\n"), status: 400},
		row{name: "7.1.1 16384 octets together", in: chunked(strings.Repeat("1;"+strings.Repeat("x", 1023-1)+"\r\nA\r\n", 16) + "0\r\n\r\n"), n: 1},
		row{name: "7.1.1 more together", in: chunked(strings.Repeat("1;"+strings.Repeat("x", 1023-1)+"\r\nA\r\n", 17) + "0\r\n\r\n"), status: 400},
		row{name: "7.1.1 signed chunks earn their signatures", in: chunked(strings.Repeat("4000;chunk-signature="+strings.Repeat("f", 64)+"\r\n"+strings.Repeat("A", 16384)+"\r\n", 50) + "0\r\n\r\n"), n: 1},
	)
	check(t, nil, rows)
}

// RFC 9112, section 7.1.2, and RFC 9110, section 6.5.1: trailers.
func TestTrailers(t *testing.T) {
	t.Parallel()
	trailing := func(lines string) string { return chunked("5\r\nhello\r\n0\r\n" + lines + "\r\n") }
	rows := []row{
		{name: "7.1.2 fields", in: trailing("X-Sum: 1\r\nY: 2\r\n"), n: 1, body: hello, head: "end \n  x-sum: 1\n  y: 2\n"},
		{name: "7.1.2 a request behind them", in: trailing("X: y\r\n") + get(""), n: 2},
		{name: "7.1.2 no colon", in: trailing("garbage\r\n"), status: 400, body: hello},
		{name: "7.1.2 CR in a value", in: trailing("X: a\rb\r\n"), status: 400},
		{name: "7.1.2 empty name", in: trailing(": a\r\n"), status: 400},
		{name: "7.1.2 space before the colon", in: trailing("X : a\r\n"), status: 400},
		{name: "7.1.2 folded", in: trailing("X: a\r\n b\r\n"), status: 400},
		{name: "7.1.2 LF", in: trailing("X: a\n"), status: 400},
		{name: "7.1.2 NUL", in: trailing("X: \x00\r\n"), status: 400},
		{name: "7.1.2 a flood", in: trailing(strings.Repeat("X: abcdefgh\r\n", 200000)), status: 431},
		{name: "7.1.2 256 fields", in: trailing(strings.Repeat("X: a\r\n", 256)), n: 1},
		{name: "7.1.2 257 fields", in: trailing(strings.Repeat("X: a\r\n", 257)), status: 431},
		{name: "7.1.2 4096 bytes", in: trailing("X: " + strings.Repeat("a", 4096-7) + "\r\n"), n: 1},
		{name: "7.1.2 4097 bytes", in: trailing("X: " + strings.Repeat("a", 4097-7) + "\r\n"), status: 431},
		{name: "6.5.1 some are dropped", in: trailing("A: 1\r\nAuthorization: x\r\nB: 2\r\nCookie: y\r\nC: 3\r\n"), n: 1, head: "end \n  a: 1\n  b: 2\n  c: 3\n"},
	}
	for _, name := range []string{"Transfer-Encoding", "content-length", "Host"} {
		rows = append(rows, row{name: "6.5.1 refused: " + name, in: trailing(name+": 0\r\n") + get(""), status: 400})
	}
	for _, name := range []string{"Connection", "Authorization", "Content-Type", "Expect", "Cache-Control", "Trailer", "TE", "Upgrade", "Range"} {
		rows = append(rows, row{name: "6.5.1 dropped: " + name, in: trailing(name + ": a\r\n"), n: 1, head: "end \nconsumed"})
	}
	check(t, nil, rows)
}
