package httpone

import (
	"fmt"
	"strings"
	"testing"
)

// head returns a plain GET with the given number of field lines.
func head(fields int) []byte {
	var s strings.Builder
	s.WriteString("GET /users/42?full=1 HTTP/1.1\r\n")
	lines := []string{
		"Host: localhost:8080\r\n",
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n",
		"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n",
		"Accept-Encoding: gzip, deflate, br\r\n",
		"Connection: keep-alive\r\n",
	}
	for i := range fields {
		if i < len(lines) {
			s.WriteString(lines[i])
			continue
		}
		fmt.Fprintf(&s, "X-Field-%d: some value of a usual length\r\n", i)
	}
	s.WriteString("\r\n")
	return []byte(s.String())
}

func BenchmarkParseHead(b *testing.B) {
	for _, fields := range []int{1, 5, 16, 64} {
		b.Run(fmt.Sprintf("fields=%d", fields), func(b *testing.B) {
			in := head(fields)
			c := NewConn(nil)
			var r Request
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if ev, _, err := c.Next(in, &r); ev != EventHead {
					b.Fatal(ev, err)
				}
				c.Init(nil)
			}
		})
	}
}

func BenchmarkAppendReply(b *testing.B) {
	c := NewConn(nil)
	var r Request
	in := head(5)
	h := ReplyHead{
		Status: 200,
		Date:   "Sun, 06 Nov 1994 08:49:37 GMT",
		Fields: []Field{{"content-type", "text/plain; charset=utf-8"}},
	}
	body := []byte("Hello, World!")
	var out []byte
	b.ReportAllocs()
	if _, _, err := c.Next(in, &r); err != nil {
		b.Fatal(err)
	}
	fresh := c
	for b.Loop() {
		c = fresh
		var err error
		if out, err = c.AppendReply(out[:0], &r, &h, body); err != nil {
			b.Fatal(err)
		}
		c.FinishReply()
	}
}

// A whole exchange: head, end, reply, finish.
func BenchmarkExchange(b *testing.B) {
	in := head(5)
	c := NewConn(nil)
	var r Request
	h := ReplyHead{Status: 200, Date: "Sun, 06 Nov 1994 08:49:37 GMT", Fields: []Field{{"content-type", "text/plain"}}}
	body := []byte("Hello, World!")
	var out []byte
	b.ReportAllocs()
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		_, n, err := c.Next(in, &r)
		ev, _, _ := c.Next(in[n:], &r)
		if ev != EventEnd {
			b.Fatal(ev, err)
		}
		out, _ = c.AppendReply(out[:0], &r, &h, body)
		if !c.FinishReply() {
			b.Fatal("the connection does not persist")
		}
	}
}

func BenchmarkNextChunked(b *testing.B) {
	for _, size := range []int{16, 1024, 16384} {
		b.Run(fmt.Sprintf("chunk=%d", size), func(b *testing.B) {
			in := []byte(chunked(strings.Repeat(fmt.Sprintf("%x\r\n%s\r\n", size, strings.Repeat("x", size)), 16) + "0\r\n\r\n"))
			var r Request
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				c := NewConn(nil)
				for off := 0; ; {
					ev, n, err := c.Next(in[off:], &r)
					if off += n; err != nil {
						b.Fatal(err)
					}
					if ev == EventEnd {
						break
					}
				}
			}
		})
	}
}

func BenchmarkAppendData(b *testing.B) {
	c := NewConn(nil)
	var r Request
	c.Next(head(1), &r)
	c.AppendHead(nil, &r, &ReplyHead{Status: 200, ContentLength: -1})
	p := make([]byte, 1024)
	var out []byte
	b.ReportAllocs()
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		out, _ = c.AppendData(out[:0], p)
	}
}
