package httpone

import (
	"errors"
	"testing"
)

// RFC 9110, section 7.6.1: Connection is a list of tokens; naming a field that
// frames or routes the message would let an intermediary remove it.
func TestConnectionOptions(t *testing.T) {
	t.Parallel()
	check(t, nil, []row{
		{name: "7.6.1 tokens", in: get("Connection: a, b\tc\r\n"), status: 400},
		{name: "7.6.1 quoted", in: get("Connection: \"close\"\r\n"), status: 400},
		{name: "7.6.1 parameter", in: get("Connection: close;a\r\n"), status: 400},
		{name: "7.6.1 slash", in: get("Connection: a/b\r\n"), status: 400},
		{name: "7.6.1 empty", in: get("Connection:\r\n"), n: 1},
		{name: "7.6.1 other fields", in: get("Connection: X-Foo, TE\r\nX-Foo: a\r\nTE: trailers\r\n"), n: 1},
		{name: "7.6.1 names Content-Length", in: post("Connection: Content-Length\r\nContent-Length: 5\r\n", hello), status: 400},
		{name: "7.6.1 names Transfer-Encoding", in: post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", helloChunked), status: 400},
		{name: "7.6.1 names Host", in: get("Connection: close, host\r\n"), status: 400},
		{name: "9112 9.6 what follows close is not read", in: get("Connection: close\r\n") + "garbage\r\n\r\n", n: 1},
		{name: "9112 9.6 nor is a request", in: get("Connection: close\r\n") + smuggled, n: 1},
		{name: "9112 9.3 nor behind HTTP/1.0", in: "GET / HTTP/1.0\r\n\r\n" + smuggled, n: 1},
		{name: "9112 9.3 but behind HTTP/1.0 keep-alive", in: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get(""), n: 2},
		{name: "9112 9.3 closed is another option", in: get("Connection: closed\r\n") + get(""), n: 2},
	})
}

// RFC 9110, section 7.8: Upgrade counts with its connection option only, and
// never from HTTP/1.0. Which protocols there are is not for us to say.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, in string
		offers   bool // websocket
		upgrade  bool
	}{
		{"7.8 websocket", get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), true, true},
		{"7.8 any case", get("connection: keep-alive, UPGRADE\r\nUPGRADE: WebSocket\r\n"), true, true},
		{"7.8 in a list", get("Connection: upgrade\r\nUpgrade: h2c, websocket\r\n"), true, true},
		{"7.8 on a second line", get("Connection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n"), true, true},
		{"7.8 another", get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), false, true},
		{"7.8 with a version", get("Connection: upgrade\r\nUpgrade: websocket/13\r\n"), false, true},
		{"7.8 without the option", get("Upgrade: websocket\r\n"), false, false},
		{"7.8 without the field", get("Connection: upgrade\r\n"), false, false},
		{"7.8 HTTP/1.0", "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			readRequest(t, &c, &r, row.in)
			if r.Upgrade != row.upgrade || r.Offers("websocket") != row.offers {
				t.Errorf("Upgrade = %v, Offers = %v, want %v, %v", r.Upgrade, r.Offers("websocket"), row.upgrade, row.offers)
			}
			_, err := c.AppendHead(nil, &r, &ReplyHead{Status: 101})
			if (err == nil) != row.upgrade {
				t.Errorf("101: %v", err)
			}
		})
	}
}

// RFC 9110, section 7.8: the protocol changes behind the request, and not a
// single octet is read after the 101.
func TestSwitchingProtocols(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	in := post("Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 5\r\n", hello)
	_, n, err := c.Next([]byte(in), &r)
	if err != nil {
		t.Fatal(err)
	}
	h := ReplyHead{Status: 101, Fields: []Field{{"upgrade", "x"}, {"connection", "upgrade"}}}
	if _, err = c.AppendHead(nil, &r, &h); !errors.Is(err, ErrStatus) {
		t.Fatalf("101 before the body was read: %v, want %v", err, ErrStatus)
	}
	readRest(t, &c, &r, in[n:])
	out, err := c.AppendHead(nil, &r, &h)
	if want := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"; string(out) != want || err != nil {
		t.Fatalf("got %q, %v, want %q", out, err, want)
	}
	if _, err = c.AppendData(nil, []byte("x")); err == nil {
		t.Error("data after a 101")
	}
	if _, err = c.AppendEnd(nil, nil); err != nil {
		t.Fatal(err)
	}
	if !c.FinishReply() || c.State() != StateTunnel || c.WillClose() {
		t.Fatalf("state %v, want tunnel", c.State())
	}
	if ev, n, err := c.Next([]byte(smuggled), &r); ev != EventPaused || n != 0 || err != nil {
		t.Errorf("then %v, %d, %v, want paused", ev, n, err)
	}
	if err := c.EOF(); err != nil {
		t.Errorf("EOF in a tunnel: %v", err)
	}
}

// readRest gives in to c until the request is complete.
func readRest(t *testing.T, c *Conn, r *Request, in string) {
	t.Helper()
	for off := 0; ; {
		ev, n, err := c.Next([]byte(in[off:]), r)
		off += n
		if ev == EventEnd {
			return
		}
		if ev != EventData {
			t.Fatalf("body is not complete: %v, %v", ev, err)
		}
	}
}

// RFC 9110, section 10.1.1.
func TestExpect(t *testing.T) {
	t.Parallel()
	expect := func(value string) string { return post("Expect: "+value+"\r\nContent-Length: 5\r\n", hello) }
	check(t, nil, []row{
		{name: "10.1.1 100-continue", in: expect("100-continue"), n: 1, body: hello, head: " keep-alive expect\n"},
		{name: "10.1.1 any case", in: expect("100-Continue"), n: 1, head: " keep-alive expect\n"},
		{name: "10.1.1 twice", in: expect("100-continue, 100-continue"), n: 1, head: " keep-alive expect\n"},
		{name: "10.1.1 chunked", in: post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", helloChunked), n: 1, head: " keep-alive expect\n"},
		{name: "10.1.1 without a body", in: get("Expect: 100-continue\r\n"), n: 1, head: " length=0 keep-alive\n"},
		{name: "10.1.1 empty", in: expect(""), n: 1, head: " keep-alive\n"},
		{name: "10.1.1 HTTP/1.0", in: "POST / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", n: 1, head: " keep-alive\n"},
		{name: "10.1.1 another", in: expect("foo"), status: 417},
		{name: "10.1.1 and another", in: expect("100-continue, foo"), status: 417},
		{name: "10.1.1 with a parameter", in: expect("100-continue;a=b"), status: 417},
		{name: "10.1.1 with a value", in: expect("100-continue=1"), status: 417},
		{name: "10.1.1 on a second line", in: post("Expect: 100-continue\r\nExpect: foo\r\nContent-Length: 5\r\n", hello), status: 417},
		{name: "10.1.1 bad framing comes first", in: post("Expect: foo\r\nContent-Length: x\r\n", hello), status: 400},
	})
}

// RFC 9110, section 10.1.1: after a final reply in place of the 100 nobody can
// tell whether the body follows, so the connection ends.
func TestFinalReplyInPlaceOfContinue(t *testing.T) {
	t.Parallel()
	head := post("Expect: 100-continue\r\nContent-Length: 5\r\n", "")
	for _, row := range []struct {
		name      string
		continues bool
		data      string
		keep      bool
	}{
		{"10.1.1 final instead of 100", false, "", false},
		{"10.1.1 final after 100", true, "", true},
		{"10.1.1 final after the first octet", false, "h", true},
		{"10.1.1 final after the body", false, hello, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			if ev, _, err := c.Next([]byte(head), &r); ev != EventHead || !c.AwaitsContinue() {
				t.Fatal(ev, err)
			}
			if row.continues {
				out, err := c.AppendInterim(nil, &r, 100, nil)
				if string(out) != "HTTP/1.1 100 Continue\r\n\r\n" || err != nil || c.AwaitsContinue() {
					t.Fatalf("got %q, %v", out, err)
				}
			}
			if row.data != "" {
				if _, _, err := c.Next([]byte(row.data), &r); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 403}, nil); err != nil {
				t.Fatal(err)
			}
			if got := c.FinishReply(); got != row.keep {
				t.Errorf("FinishReply() = %v, want %v", got, row.keep)
			}
		})
	}
}

// RFC 9110, section 9.3.6: a 2xx answer to CONNECT opens a tunnel, whatever
// the client said about persistence; any other is an ordinary reply.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"HTTP/1.1": "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"HTTP/1.0": "CONNECT localhost:80 HTTP/1.0\r\n\r\n",
		"close":    "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, c := exchange(t, in, ReplyHead{Status: 200, ContentLength: -1}, nil)
			if out != "HTTP/1.1 200 OK\r\n\r\n" {
				t.Errorf("got %q", out)
			}
			if c.WillClose() || !c.FinishReply() || c.State() != StateTunnel || !c.FinishReply() {
				t.Errorf("state %v, want tunnel", c.State())
			}
		})
	}
}
