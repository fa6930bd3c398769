package httpone

import (
	"testing"
	"time"
	"unsafe"
)

func TestConnIsSmall(t *testing.T) {
	t.Parallel()
	if n := unsafe.Sizeof(Conn{}); n > 64 {
		t.Errorf("a Conn has %d bytes, want at most 64: every idle connection keeps one", n)
	}
}

// A request costs one allocation, the immutable copy of its head, and its
// reply none.
func TestExchangeAllocs(t *testing.T) {
	c := NewConn(nil)
	var r Request
	h := ReplyHead{Status: 200, Date: "Sun, 06 Nov 1994 08:49:37 GMT", Fields: []Field{{"content-type", "text/plain"}, {"connection", "x"}}}
	trailers := []Field{{"x-sum", "1"}}
	body, out := []byte(hello), make([]byte, 0, 4096)
	exchange := func(in []byte) func() {
		return func() {
			for rest := in; ; {
				ev, n, err := c.Next(rest, &r)
				rest = rest[n:]
				if err != nil {
					t.Fatal(err)
				}
				if ev == EventEnd {
					break
				}
			}
			out, _ = c.AppendInterim(out[:0], &r, 103, h.Fields)
			h.ContentLength = -1
			out, _ = c.AppendHead(out, &r, &h)
			out, _ = c.AppendData(out, body)
			out, _ = c.AppendEnd(out, trailers)
			if !c.FinishReply() {
				t.Fatal("the connection does not persist")
			}
		}
	}
	for name, in := range map[string]string{
		"GET":        string(head(5)),
		"length":     post("Content-Length: 5\r\n", hello),
		"chunked":    chunked("2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
		"absolute":   "GET http://localhost/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"connection": get("Connection: keep-alive, x\r\nExpect: 100-continue\r\n"),
	} {
		if n := testing.AllocsPerRun(200, exchange([]byte(in))); n != 1 {
			t.Errorf("%s: allocs = %v, want 1", name, n)
		}
	}
	if n := testing.AllocsPerRun(200, exchange([]byte(chunked("0\r\nX: y\r\n\r\n")))); n != 2 {
		t.Errorf("trailers: allocs = %v, want 2", n)
	}
}

// Octets that are no complete head cost nothing, however they end.
func TestIncompleteHeadAllocs(t *testing.T) {
	c := NewConn(nil)
	var r Request
	in := head(5)
	parse := func() {
		for i := range in[1:] {
			c.Next(in[:i], &r)
		}
		c.Init(nil)
	}
	parse()
	if n := testing.AllocsPerRun(50, parse); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func TestAppendDateAllocs(t *testing.T) {
	now := time.Now()
	out := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() { out = AppendDate(out[:0], now) }); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}
