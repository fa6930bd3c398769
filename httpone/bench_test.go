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
