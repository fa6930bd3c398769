package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, section 6.3: how long a body is.
func TestBodyLength(t *testing.T) {
	t.Parallel()
	check(t, nil, []row{
		{name: "6.3 rule 7: no length is no body", in: post("", ""), n: 1, head: "length=0 "},
		{name: "6.3 rule 6: Content-Length", in: post("Content-Length: 5\r\n", hello), n: 1, body: hello, head: "length=5 "},
		{name: "6.3 rule 6: zero", in: post("Content-Length: 0\r\n", ""), n: 1, head: "length=0 "},
		{name: "6.3 rule 6: body of GET", in: get("Content-Length: 5\r\n") + hello, n: 1, body: hello},
		{name: "6.3 rule 6: HTTP/1.0", in: "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", n: 1, body: hello},
		{name: "6.3 rule 6: the body looks like a request", in: post("Content-Length: 43\r\n", smuggled), n: 1, body: smuggled},
		{name: "6.3 rule 6: the body is not here yet", in: post("Content-Length: 50\r\n", hello), body: hello},
		{name: "6.3 rule 3: chunked", in: chunked(helloChunked), n: 1, body: hello, head: "length=-1 chunked "},
		{name: "6.3 rule 3: chunked GET", in: get("Transfer-Encoding: chunked\r\n") + helloChunked, n: 1, body: hello},
		{name: "6.3 rule 3: GET and another", in: get("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n" + get(""), n: 2},
		{name: "6.3 pipelined: length", in: post("Content-Length: 5\r\n", hello) + get(""), n: 2, body: hello},
		{name: "6.3 pipelined: chunked", in: chunked(helloChunked) + get(""), n: 2, body: hello},
		{name: "6.3 pipelined: zero", in: post("Content-Length: 0\r\n", "") + get(""), n: 2},
		{name: "6.3 both, length first", in: post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", helloChunked), status: 400},
		{name: "6.3 both, coding first", in: post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", helloChunked), status: 400},
		{name: "6.3 both, coding unknown", in: post("Transfer-Encoding: x\r\nContent-Length: 5\r\n", hello), status: 400},
		{name: "6.3 both, coding empty", in: post("Transfer-Encoding:\r\nContent-Length: 5\r\n", hello), status: 400},
		{name: "6.3 both, length empty", in: post("Transfer-Encoding: chunked\r\nContent-Length:\r\n", helloChunked), status: 400},
		{name: "6.3 underscore is another name: length", in: post("Content_Length: 43\r\n", smuggled), n: 2},
		{name: "6.3 underscore is another name: coding", in: post("Content-Length: 5\r\nTransfer_Encoding: chunked\r\n", hello), n: 1, body: hello},
		{name: "9110 9.3.6 CONNECT with a length", in: "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 43\r\n\r\n" + smuggled, status: 400},
		{name: "9110 9.3.6 CONNECT with a coding", in: "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + helloChunked, status: 400},
		{name: "9110 9.3.6 CONNECT with length zero", in: "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", n: 1},
	})
}

// RFC 9112, section 6.3, rule 5: an invalid Content-Length is an
// unrecoverable error.
func TestContentLength(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, value := range []string{"5", "   5  ", "\t5\t", "05", "00000000000000000000000000000005"} {
		rows = append(rows, row{name: "6.3 rule 5: valid " + value, in: post("Content-Length:"+value+"\r\n", hello), n: 1, body: hello})
	}
	for _, value := range []string{
		"", "  \t ", "5, 5", "5,5", "5,", ",5", "-0", "-5", "+5", "-99999999999999999999999999", "5 0", "5\t0",
		"0x5", "0o5", "0b1", "5a", "a5", "5;x", "5.0", "5e0", `"5"`, "'5'", "five", "5\x00", "\x005", "\xa05", "5\x85",
		"\xef\xbc\x95", "\xd9\xa5", "5_0", "1_000", "5\x0b", "\x0c5", "9223372036854775808", "18446744073709551616",
		"18446744073709551621", "36893488147419103237", strings.Repeat("9", 1000), "NaN", "∞", "5h", "5 5", "$5", "(5)",
	} {
		rows = append(rows, row{name: "6.3 rule 5: invalid " + value, in: post("Content-Length: "+value+"\r\n", hello), status: 400})
	}
	for name, lines := range map[string]string{
		"twice the same":     "Content-Length: 5\r\nContent-Length: 5\r\n",
		"the first longer":   "Content-Length: 6\r\nContent-Length: 5\r\n",
		"the second longer":  "Content-Length: 5\r\nContent-Length: 6\r\n",
		"zero, then not":     "Content-Length: 0\r\nContent-Length: 43\r\n",
		"then an empty one":  "Content-Length: 5\r\nContent-Length: \r\n",
		"in different case":  "Content-Length: 5\r\ncONTENT-lENGTH: 5\r\n",
		"space before colon": "Content-Length : 5\r\n",
		"tab before colon":   "Content-Length\t: 5\r\n",
		"NEL in the name":    "Content-Length\x85: 5\r\n",
	} {
		rows = append(rows, row{name: "6.3 rule 5: " + name, in: post(lines, hello), status: 400})
	}
	check(t, nil, rows)
}

// RFC 9112, sections 6.1 and 6.3, rule 4: chunked alone is understood, and
// everything else is an error.
func TestTransferEncoding(t *testing.T) {
	t.Parallel()
	var rows []row
	for _, line := range []string{
		"Transfer-Encoding: chunked", "Transfer-Encoding: CHUNKED", "tRANSFER-eNCODING: cHUNKED", "Transfer-Encoding:chunked",
		"Transfer-Encoding:\tchunked", "Transfer-Encoding: chunked\t", "Transfer-Encoding:  \t chunked \t ",
	} {
		rows = append(rows, row{name: "6.1 " + line, in: post(line+"\r\n", helloChunked), n: 1, body: hello})
	}
	for _, value := range []string{
		"", " ", ",", "chunked,", ",chunked", "chunked, chunked", "chunked, identity", "identity, chunked", "identity",
		"gzip", "gzip, chunked", "chunked, gzip", "xchunked", "chunkedx", "chun ked", "chunked;a=b", "chunked;",
		"'chunked'", `"chunked"`, "chunked\x85", "chunked\x00", "\x0bchunked", "chunked\x0c", "chunk", "x", "chunked chunked",
	} {
		rows = append(rows, row{name: "6.3 rule 4: " + value, in: post("Transfer-Encoding: "+value+"\r\n", helloChunked), status: 400})
	}
	for name, lines := range map[string]string{
		"twice":                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"identity behind":         "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"identity before":         "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
		"empty before":            "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n",
		"space before the colon":  "Transfer-Encoding : chunked\r\n",
		"NUL in the name":         "Transfer-Encoding\x00: chunked\r\n",
		"vertical tab behind it":  "Transfer-Encoding\x0b: chunked\r\n",
		"a space before the name": " Transfer-Encoding: chunked\r\n",
	} {
		rows = append(rows, row{name: "6.1 " + name, in: post(lines, helloChunked), status: 400})
	}
	rows = append(rows, row{
		name: "6.1 HTTP/1.0", status: 400,
		in: "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + helloChunked,
	})
	check(t, nil, rows)
}

// RFC 9110, section 15.5.14: a body above the limit is refused as soon as it
// is declared, before its data.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	check(t, &Config{MaxBodyBytes: 5}, []row{
		{name: "15.5.14 length at the limit", in: post("Content-Length: 5\r\n", hello), n: 1, body: hello},
		{name: "15.5.14 length above", in: post("Content-Length: 6\r\n", "hello!"), status: 413},
		{name: "15.5.14 chunk at the limit", in: chunked(helloChunked), n: 1, body: hello},
		{name: "15.5.14 chunks at the limit", in: chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), n: 1, body: hello},
		{name: "15.5.14 chunk above", in: chunked("6\r\nhello!\r\n0\r\n\r\n"), status: 413},
		{name: "15.5.14 chunks above", in: chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), status: 413, body: hello},
		{name: "15.5.14 the limit is for each request", in: post("Content-Length: 5\r\n", hello) + chunked(helloChunked), n: 2},
	})
	check(t, nil, []row{
		{name: "15.5.14 1 MiB by default", in: post("Content-Length: 1048576\r\n", ""), n: 0},
		{name: "15.5.14 1 GiB declared", in: post("Content-Length: 1073741824\r\n", ""), status: 413},
	})
	check(t, &Config{MaxBodyBytes: Off}, []row{
		{name: "15.5.14 no limit", in: post("Content-Length: 9223372036854775807\r\n", "")},
		{name: "15.5.14 no limit, chunked", in: chunked("7FFFFFFFFFFFFFFF\r\n")},
	})
}

func TestLimitBodyOfOneRequest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		in     string
		limit  int64
		status int
	}{
		{"lower", post("Content-Length: 5\r\n", hello), 4, 413},
		{"equal", post("Content-Length: 5\r\n", hello), 5, 0},
		{"none", post("Content-Length: 9999999\r\n", hello), -1, 0},
		{"higher, chunked", chunked("FFFFFFF\r\nhello"), 1 << 30, 0},
		{"lower, chunked", chunked(helloChunked), 4, 413},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			_, n, err := c.Next([]byte(row.in), &r)
			if err != nil {
				t.Fatal(err)
			}
			c.LimitBody(row.limit)
			o := runOn(&c, &r, row.in[n:])
			if o.status() != row.status {
				t.Errorf("status %d, want %d", o.status(), row.status)
			}
			if row.status != 0 && o.count(EventData) != 0 {
				t.Error("data was delivered")
			}
		})
	}
}
