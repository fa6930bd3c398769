package httpone

import (
	"strings"
	"testing"
)

// RFC 9112, sections 9.3 and 9.6: which connections persist, and what the
// reply says about it.
func TestPersistence(t *testing.T) {
	t.Parallel()
	old := func(lines string) string { return "GET / HTTP/1.0\r\nHost: localhost\r\n" + lines + "\r\n" }
	for _, row := range []struct {
		name, in string
		head     ReplyHead
		keep     bool
		says     string // the Connection field of the reply
	}{
		{name: "9.3 HTTP/1.1", in: get(""), keep: true},
		{name: "9.3 HTTP/1.1 keep-alive", in: get("Connection: keep-alive\r\n"), keep: true},
		{name: "9.3 HTTP/1.1 close", in: get("Connection: close\r\n"), says: "close"},
		{name: "9.3 any case", in: get("Connection: CLOSE\r\n"), says: "close"},
		{name: "9.3 close in a list", in: get("Connection: foo, close\r\n"), says: "close"},
		{name: "9.3 close on a second line", in: get("Connection: foo\r\nConnection: close\r\n"), says: "close"},
		{name: "9.3 close and keep-alive", in: get("Connection: keep-alive, close\r\n"), says: "close"},
		{name: "9.3 closed is another option", in: get("Connection: closed\r\n"), keep: true},
		{name: "9.3 empty members", in: get("Connection: ,, ,\r\n"), keep: true},
		{name: "9.3 HTTP/1.0", in: old(""), says: "close"},
		{name: "9.3 HTTP/1.0 keep-alive", in: old("Connection: Keep-Alive\r\n"), keep: true, says: "keep-alive"},
		{name: "9.3 HTTP/1.0 close and keep-alive", in: old("Connection: keep-alive, close\r\n"), says: "close"},
		{name: "9.3 HTTP/1.0 length unknown", in: old("Connection: keep-alive\r\n"), head: ReplyHead{ContentLength: -1}, says: "close"},
		{name: "9.3 HTTP/1.1 length unknown", in: get(""), head: ReplyHead{ContentLength: -1}, keep: true},
		{name: "9.6 the server closes", in: get(""), head: ReplyHead{Close: true}, says: "close"},
		{name: "9.6 a field closes", in: get(""), head: ReplyHead{Fields: []Field{{"connection", "x-y, Close"}}}, says: "close, x-y"},
		{name: "9.6 a field cannot keep", in: get("Connection: close\r\n"), head: ReplyHead{Fields: []Field{{"connection", "keep-alive"}}}, says: "close"},
		{name: "9.6 a field adds options", in: get(""), head: ReplyHead{Fields: []Field{{"Connection", "x-a, ,b/c"}, {"CONNECTION", "x-d"}}}, keep: true, says: "x-a, x-d"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			readRequest(t, &c, &r, row.in)
			row.head.Status = 200
			out, err := c.AppendHead(nil, &r, &row.head)
			if err != nil {
				t.Fatal(err)
			}
			if got := fieldOf(string(out), "Connection"); got != row.says {
				t.Errorf("Connection: %q, want %q", got, row.says)
			}
			if c.WillClose() == row.keep {
				t.Errorf("WillClose() = %v", c.WillClose())
			}
			if _, err = c.AppendEnd(nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := c.FinishReply(); got != row.keep {
				t.Errorf("FinishReply() = %v, want %v", got, row.keep)
			}
			ev, n, err := c.Next([]byte(smuggled), &r)
			if row.keep && ev != EventHead {
				t.Errorf("then %v, %v, want a head", ev, err)
			}
			if !row.keep && (ev != EventClosed || n != len(smuggled) || err != nil) {
				t.Errorf("then %v, %d, %v, want all thrown away", ev, n, err)
			}
		})
	}
}

// readRequest gives in to c until the request is complete.
func readRequest(t *testing.T, c *Conn, r *Request, in string) {
	t.Helper()
	for off := 0; ; {
		ev, n, err := c.Next([]byte(in[off:]), r)
		off += n
		if err != nil || ev == EventNeedMore {
			t.Fatalf("request is not complete: %v, %v", ev, err)
		}
		if ev == EventEnd {
			return
		}
	}
}

// fieldOf returns the value of a field of a response, empty if there is none.
func fieldOf(response, name string) string {
	_, rest, _ := strings.Cut(response, "\r\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// RFC 9112, section 9.3.2: pipelined requests wait until the reply before is
// finished.
func TestPipelinedRequestWaits(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, get(""))
	for range 3 {
		if ev, n, err := c.Next([]byte("\x00 no HTTP"), &r); ev != EventPaused || n != 0 || err != nil {
			t.Fatalf("Next = %v, %d, %v, want it paused", ev, n, err)
		}
	}
}

// A reply that is finished before the request: the rest of the body is
// drained, and only then another request is read.
func TestReplyBeforeTheBody(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][2]string{
		"length":  {"Content-Length: 5\r\n", "hello"},
		"chunked": {"Transfer-Encoding: chunked\r\n", helloChunked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			if ev, _, err := c.Next([]byte(post(body[0], "")), &r); ev != EventHead {
				t.Fatal(ev, err)
			}
			if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 401}, nil); err != nil {
				t.Fatal(err)
			}
			if !c.FinishReply() || c.State() != StateDrain || !c.FinishReply() {
				t.Fatalf("state %v, want drain", c.State())
			}
			if _, err := c.AppendHead(nil, &r, &ReplyHead{Status: 200}); err == nil {
				t.Fatal("a second reply is possible")
			}
			o := runOn(&c, &r, body[1]+get(""))
			if o.err != nil || o.body() != hello || o.count(EventEnd) != 2 {
				t.Fatalf("then %v", o)
			}
		})
	}
}

// A reply to a request without a body may be finished before EventEnd is
// taken.
func TestReplyBeforeEnd(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	for range 2 {
		if ev, _, err := c.Next([]byte(get("")), &r); ev != EventHead {
			t.Fatal(ev, err)
		}
		if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 200}, nil); err != nil {
			t.Fatal(err)
		}
		if !c.FinishReply() || c.State() != StateIdle {
			t.Fatalf("state %v, want idle", c.State())
		}
	}
}
