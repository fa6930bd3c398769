package httpone

import (
	"errors"
	"strings"
	"testing"
)

// exchange gives a request to a fresh connection, replies with the given head
// and pieces of data, and returns the octets.
func exchange(t *testing.T, in string, h ReplyHead, trailers []Field, data ...string) (string, *Conn) {
	t.Helper()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, in)
	out, err := c.AppendHead(nil, &r, &h)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range data {
		if out, err = c.AppendData(out, []byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err = c.AppendEnd(out, trailers); err != nil {
		t.Fatal(err)
	}
	return string(out), &c
}

// Whole replies, octet for octet.
func TestReplies(t *testing.T) {
	t.Parallel()
	const date = "Sun, 06 Nov 1994 08:49:37 GMT"
	text := []Field{{"content-type", "text/plain"}}
	headOf := func(version string) string { return "HEAD / " + version + "\r\nHost: localhost\r\n\r\n" }
	old := "GET / HTTP/1.0\r\n\r\n"
	connect := "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, row := range []struct {
		name, in string
		head     ReplyHead
		trailers []Field
		data     []string
		want     string
	}{
		{
			name: "9112 6.2 length", in: get(""), head: ReplyHead{Status: 200, Date: date, Fields: text, ContentLength: 5}, data: []string{"he", "", "llo"},
			want: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: " + date + "\r\nContent-Length: 5\r\n\r\nhello",
		},
		{
			name: "9112 6.2 no content", in: get(""), head: ReplyHead{Status: 404},
			want: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9112 7.1 chunked", in: get(""), head: ReplyHead{Status: 200, ContentLength: -1}, data: []string{"he", "", "llo, world and all"},
			want: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n12\r\nllo, world and all\r\n0\r\n\r\n",
		},
		{
			name: "9112 7.1.2 trailers", in: get(""), head: ReplyHead{Status: 200, ContentLength: -1, Fields: []Field{{"trailer", "x-sum"}}}, data: []string{"a"},
			trailers: []Field{{"x-sum", "1"}, {"Content-Length", "5"}, {"y", "a\r\nb"}},
			want:     "HTTP/1.1 200 OK\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nY: ab\r\n\r\n",
		},
		{
			name: "9112 7.1.2 no trailers without chunks", in: get(""), head: ReplyHead{Status: 200, Fields: []Field{{"trailer", "x-sum"}}}, trailers: []Field{{"x-sum", "1"}},
			want: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9112 6.1 no coding to HTTP/1.0", in: old, head: ReplyHead{Status: 200, ContentLength: -1}, data: []string{"a", "b"}, trailers: []Field{{"x", "y"}},
			want: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab",
		},
		{
			name: "9110 9.3.2 HEAD with a length", in: headOf("HTTP/1.1"), head: ReplyHead{Status: 200, ContentLength: 5}, data: []string{"hello"},
			want: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
		},
		{
			name: "9110 9.3.2 HEAD without a length", in: headOf("HTTP/1.1"), head: ReplyHead{Status: 200, ContentLength: -1}, data: []string{"hello"}, trailers: []Field{{"x", "y"}},
			want: "HTTP/1.1 200 OK\r\n\r\n",
		},
		{
			name: "9110 9.3.2 HEAD without data", in: headOf("HTTP/1.1"), head: ReplyHead{Status: 200, ContentLength: 5},
			want: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
		},
		{
			name: "9110 15.3.5 204", in: get(""), head: ReplyHead{Status: 204, ContentLength: -1},
			want: "HTTP/1.1 204 No Content\r\n\r\n",
		},
		{
			name: "9110 15.3.6 205", in: get(""), head: ReplyHead{Status: 205, ContentLength: -1},
			want: "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9110 15.4.5 304", in: get(""), head: ReplyHead{Status: 304, ContentLength: 5, Fields: []Field{{"etag", `"a"`}}},
			want: "HTTP/1.1 304 Not Modified\r\nEtag: \"a\"\r\n\r\n",
		},
		{
			name: "9110 9.3.6 CONNECT", in: connect, head: ReplyHead{Status: 200, ContentLength: -1},
			want: "HTTP/1.1 200 OK\r\n\r\n",
		},
		{
			name: "9110 9.3.6 CONNECT refused", in: connect, head: ReplyHead{Status: 501, ContentLength: 2}, data: []string{"no"},
			want: "HTTP/1.1 501 Not Implemented\r\nContent-Length: 2\r\n\r\nno",
		},
		{
			name: "9112 4 own reason", in: get(""), head: ReplyHead{Status: 299, Reason: "Fine\r\nX: y"},
			want: "HTTP/1.1 299 FineX: y\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9112 4 unknown status", in: get(""), head: ReplyHead{Status: 999},
			want: "HTTP/1.1 999 Unknown\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9112 6.3 framing is ours alone", in: get(""), head: ReplyHead{Status: 200, Fields: []Field{
				{"Content-Length", "5"}, {"transfer-encoding", "chunked"}, {"Keep-Alive", "timeout=5"}, {"Proxy-Connection", "close"},
			}},
			want: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9110 5.3 order and repetition are kept", in: get(""), head: ReplyHead{Status: 200, Fields: []Field{
				{"set-cookie", "a=1"}, {"x-a", ""}, {"set-cookie", "b=2"},
			}},
			want: "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-A: \r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9110 5.5 no octet ends a line", in: get(""), head: ReplyHead{Status: 200, Fields: []Field{
				{"x-\r\na", "a\r\nb: c\r\n\r\nd\x00e\x7ff\tg"},
			}},
			want: "HTTP/1.1 200 OK\r\nX-A: ab: cdef\tg\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9110 6.6.1 the caller's date wins", in: get(""), head: ReplyHead{Status: 200, Date: date, Fields: []Field{{"Date", "x"}}},
			want: "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 0\r\n\r\n",
		},
		{
			name: "9110 7.8 Upgrade brings its option", in: get(""), head: ReplyHead{Status: 426, Fields: []Field{{"upgrade", "h2c"}, {"connection", "Upgrade, x"}}},
			want: "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 0\r\nConnection: upgrade, x\r\n\r\n",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, _ := exchange(t, row.in, row.head, row.trailers, row.data...)
			if got != row.want {
				t.Errorf("got %q\nwant %q", got, row.want)
			}
			method, _, _ := strings.Cut(row.in, " ")
			if _, rest, err := parseResponse(got, method); err != nil || rest != "" {
				t.Errorf("%q is not one response: %v, then %q", got, err, rest)
			}
		})
	}
}

// Calls that have no place, and data that does not fit what was declared.
func TestReplyMistakes(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, in string, h ReplyHead) (*Conn, *Request) {
		c := NewConn(nil)
		var r Request
		readRequest(t, &c, &r, in)
		if h.Status != 0 {
			if _, err := c.AppendHead(nil, &r, &h); err != nil {
				t.Fatal(err)
			}
		}
		return &c, &r
	}
	five := ReplyHead{Status: 200, ContentLength: 5}
	for _, row := range []struct {
		name string
		head ReplyHead
		call func(c *Conn, r *Request) error
		want error
	}{
		{"a second head", five, func(c *Conn, r *Request) error { _, err := c.AppendHead(nil, r, &five); return err }, ErrReplyOrder},
		{"a second whole reply", five, func(c *Conn, r *Request) error { _, err := c.AppendReply(nil, r, &five, nil); return err }, ErrReplyOrder},
		{"data before the head", ReplyHead{}, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, []byte("a")); return err }, ErrReplyOrder},
		{"end before the head", ReplyHead{}, func(c *Conn, _ *Request) error { _, err := c.AppendEnd(nil, nil); return err }, ErrReplyOrder},
		{"interim after the head", five, func(c *Conn, r *Request) error { _, err := c.AppendInterim(nil, r, 103, nil); return err }, ErrReplyOrder},
		{"too much data", five, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, []byte("hello!")); return err }, ErrLongBody},
		{"too much data by reference", five, func(c *Conn, _ *Request) error { _, err := c.AppendChunkHead(nil, 6); return err }, ErrLongBody},
		{"too little data", five, func(c *Conn, _ *Request) error { _, err := c.AppendEnd(nil, nil); return err }, ErrShortBody},
		{"data in a 204", ReplyHead{Status: 204}, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, []byte("a")); return err }, ErrBodyNotAllowed},
		{"data in a 205", ReplyHead{Status: 205}, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, []byte("a")); return err }, ErrBodyNotAllowed},
		{"data in a 304", ReplyHead{Status: 304}, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, []byte("a")); return err }, ErrBodyNotAllowed},
		{"no data in a 204", ReplyHead{Status: 204}, func(c *Conn, _ *Request) error { _, err := c.AppendData(nil, nil); return err }, nil},
		{"status 100 as final", ReplyHead{}, headCall(ReplyHead{Status: 100}), ErrStatus},
		{"status 99", ReplyHead{}, headCall(ReplyHead{Status: 99}), ErrStatus},
		{"status 1000", ReplyHead{}, headCall(ReplyHead{Status: 1000}), ErrStatus},
		{"status -200", ReplyHead{}, headCall(ReplyHead{Status: -200}), ErrStatus},
		{"101 that was not asked for", ReplyHead{}, headCall(ReplyHead{Status: 101}), ErrStatus},
		{"interim 200", ReplyHead{}, func(c *Conn, r *Request) error { _, err := c.AppendInterim(nil, r, 200, nil); return err }, ErrStatus},
		{"interim 101", ReplyHead{}, func(c *Conn, r *Request) error { _, err := c.AppendInterim(nil, r, 101, nil); return err }, ErrStatus},
		{"name with a space", ReplyHead{}, headCall(ReplyHead{Status: 200, Fields: []Field{{"a b", "c"}}}), ErrFieldName},
		{"name with a colon", ReplyHead{}, headCall(ReplyHead{Status: 200, Fields: []Field{{"a:", "c"}}}), ErrFieldName},
		{"empty name", ReplyHead{}, headCall(ReplyHead{Status: 200, Fields: []Field{{"", "c"}}}), ErrFieldName},
		{"name of line ends", ReplyHead{}, headCall(ReplyHead{Status: 200, Fields: []Field{{"\r\n", "c"}}}), ErrFieldName},
		{"interim with a bad name", ReplyHead{}, func(c *Conn, r *Request) error {
			_, err := c.AppendInterim(nil, r, 103, []Field{{"a b", "c"}})
			return err
		}, ErrFieldName},
		{"trailer with a bad name", ReplyHead{Status: 200, ContentLength: -1}, func(c *Conn, _ *Request) error {
			_, err := c.AppendEnd(nil, []Field{{"a b", "c"}})
			return err
		}, ErrFieldName},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c, r := start(t, get(""), row.head)
			if err := row.call(c, r); !errors.Is(err, row.want) {
				t.Errorf("got %v, want %v", err, row.want)
			}
		})
	}
}

func headCall(h ReplyHead) func(c *Conn, r *Request) error {
	return func(c *Conn, r *Request) error {
		out, err := c.AppendHead([]byte("before"), r, &h)
		if string(out) != "before" {
			return errors.New("dst was changed")
		}
		return err
	}
}

// A head that was refused may be mended.
func TestReplyAfterAMistake(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, get(""))
	if _, err := c.AppendHead(nil, &r, &ReplyHead{Status: 200, Fields: []Field{{" ", ""}}}); err == nil {
		t.Fatal("no error")
	}
	if out, err := c.AppendReply(nil, &r, &ReplyHead{Status: 500}, nil); err != nil || !strings.HasPrefix(string(out), "HTTP/1.1 500 ") {
		t.Fatal(string(out), err)
	}
}

// A reply that promised more than it has ends the connection.
func TestShortReplyCloses(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, get(""))
	if _, err := c.AppendHead(nil, &r, &ReplyHead{Status: 200, ContentLength: 5}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.AppendEnd(nil, nil); !errors.Is(err, ErrShortBody) || !c.WillClose() {
		t.Fatal(err)
	}
	if c.FinishReply() {
		t.Error("the connection persists")
	}
}

// A reply that was never ended ends the connection too.
func TestUnfinishedReplyCloses(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, get(""))
	if _, err := c.AppendHead(nil, &r, &ReplyHead{Status: 200, ContentLength: -1}); err != nil {
		t.Fatal(err)
	}
	if c.FinishReply() || c.State() != StateClosed {
		t.Errorf("state %v, want closed", c.State())
	}
	if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 500}, nil); !errors.Is(err, ErrReplyOrder) {
		t.Errorf("another reply: %v", err)
	}
}

// Errors and time-outs are answered, whatever the state of the request.
func TestReplyWithoutRequest(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"nothing came":        "",
		"half a head":         "HEAD / HTTP/1.1\r\nHos",
		"a bad head":          "HEAD / HTTP/1.1\r\nHost : a\r\n\r\n",
		"half a body":         post("Content-Length: 5\r\n", "he"),
		"a bad body":          chunked("x"),
		"a bad second head":   get("") + "\x00",
		"no body but a limit": post("Content-Length: 9999999\r\n", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := NewConn(nil)
			var r Request
			runOn(&c, &r, in)
			out, err := c.AppendReply(nil, &r, &ReplyHead{Status: 400, Close: true}, []byte("no"))
			if want := "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"; string(out) != want || err != nil {
				t.Errorf("got %q, %v, want %q", out, err, want)
			}
			if c.FinishReply() || !c.WillClose() {
				t.Error("the connection persists")
			}
			if ev, _, _ := c.Next([]byte(get("")), &r); ev != EventClosed {
				t.Errorf("then %v, want closed", ev)
			}
		})
	}
}

// A failed request that was understood is still answered in its own framing.
func TestReplyToAFailedRequest(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	if o := runOn(&c, &r, "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx"); o.status() != 400 {
		t.Fatal(o)
	}
	out, err := c.AppendReply(nil, &r, &ReplyHead{Status: 400}, []byte("no"))
	if want := "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"; string(out) != want || err != nil {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}

// RFC 9110, section 15.2: interim responses.
func TestInterim(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	if _, err := c.AppendInterim(nil, &r, 100, nil); !errors.Is(err, ErrReplyOrder) {
		t.Errorf("before a request: %v", err)
	}
	readRequest(t, &c, &r, get(""))
	out, err := c.AppendInterim(nil, &r, 103, []Field{{"link", "</a>; rel=preload"}, {"content-length", "5"}, {"connection", "close"}})
	if want := "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"; string(out) != want || err != nil {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
	if out, err = c.AppendInterim(nil, &r, 103, nil); len(out) == 0 || err != nil {
		t.Errorf("a second one: %q, %v", out, err)
	}
	old := NewConn(nil)
	readRequest(t, &old, &r, "GET / HTTP/1.0\r\n\r\n")
	if out, err = old.AppendInterim(nil, &r, 103, nil); len(out) != 0 || err != nil {
		t.Errorf("to HTTP/1.0: %q, %v", out, err)
	}
}

// Content that is sent from where it lies is framed as copied content is.
func TestContentByReference(t *testing.T) {
	t.Parallel()
	for name, length := range map[string]int64{"chunked": -1, "length": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := ReplyHead{Status: 200, ContentLength: length}
			want, _ := exchange(t, get(""), h, nil, hello)
			c := NewConn(nil)
			var r Request
			readRequest(t, &c, &r, get(""))
			out, _ := c.AppendHead(nil, &r, &h)
			out, err := c.AppendChunkHead(out, len(hello))
			if err != nil || c.SwallowsData() {
				t.Fatal(err, c.SwallowsData())
			}
			out = c.AppendChunkTail(append(out, hello...))
			if out, err = c.AppendEnd(out, nil); string(out) != want || err != nil {
				t.Errorf("got %q, %v, want %q", out, err, want)
			}
		})
	}
}
