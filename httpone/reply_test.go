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

const (
	sampleDate = "Sun, 06 Nov 1994 08:49:37 GMT"
	headOne    = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	getOld     = "GET / HTTP/1.0\r\n\r\n"
	connectOne = "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"
)

// wholeReplies are replies octet for octet.
var wholeReplies = []struct {
	name, in string
	head     ReplyHead
	trailers []Field
	data     []string
	want     string
}{
	{
		name: "9112 6.2 length", in: get(""), head: ReplyHead{Status: 200, Date: sampleDate, Fields: []Field{{"content-type", "text/plain"}}, ContentLength: 5}, data: []string{"he", "", "llo"},
		want: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: " + sampleDate + "\r\nContent-Length: 5\r\n\r\nhello",
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
		name: "9112 6.1 no coding to HTTP/1.0", in: getOld, head: ReplyHead{Status: 200, ContentLength: -1}, data: []string{"a", "b"}, trailers: []Field{{"x", "y"}},
		want: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab",
	},
	{
		name: "9110 9.3.2 HEAD with a length", in: headOne, head: ReplyHead{Status: 200, ContentLength: 5}, data: []string{"hello"},
		want: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
	},
	{
		name: "9110 9.3.2 HEAD without a length", in: headOne, head: ReplyHead{Status: 200, ContentLength: -1}, data: []string{"hello"}, trailers: []Field{{"x", "y"}},
		want: "HTTP/1.1 200 OK\r\n\r\n",
	},
	{
		name: "9110 9.3.2 HEAD without data", in: headOne, head: ReplyHead{Status: 200, ContentLength: 5},
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
		name: "9110 9.3.6 CONNECT", in: connectOne, head: ReplyHead{Status: 200, ContentLength: -1},
		want: "HTTP/1.1 200 OK\r\n\r\n",
	},
	{
		name: "9110 9.3.6 CONNECT refused", in: connectOne, head: ReplyHead{Status: 501, ContentLength: 2}, data: []string{"no"},
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
			{"x-a", "a\r\nb: c\r\n\r\nd\x00e\x7ff\tg"},
		}},
		want: "HTTP/1.1 200 OK\r\nX-A: ab: cdef\tg\r\nContent-Length: 0\r\n\r\n",
	},
	{
		name: "9110 6.6.1 the caller's date wins", in: get(""), head: ReplyHead{Status: 200, Date: sampleDate, Fields: []Field{{"Date", "x"}}},
		want: "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 0\r\n\r\n",
	},
	{
		name: "9110 7.8 Upgrade brings its option", in: get(""), head: ReplyHead{Status: 426, Fields: []Field{{"upgrade", "h2c"}, {"connection", "Upgrade, x"}}},
		want: "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 0\r\nConnection: upgrade, x\r\n\r\n",
	},
}

func TestReplies(t *testing.T) {
	t.Parallel()
	for _, row := range wholeReplies {
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

// A request that comes while the connection is being refused is too late.
func TestRequestBehindAnEarlyReply(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	if _, err := c.AppendHead(nil, nil, &ReplyHead{Status: 503, ContentLength: 2}); err != nil {
		t.Fatal(err)
	}
	if ev, n, err := c.Next([]byte(get("")), &r); ev != EventClosed || n != len(get("")) || err != nil {
		t.Fatalf("Next = %v, %d, %v, want closed", ev, n, err)
	}
	out, err := c.AppendData(nil, []byte("no"))
	if string(out) != "no" || err != nil {
		t.Errorf("AppendData = %q, %v", out, err)
	}
	if _, err = c.AppendEnd(nil, nil); err != nil || c.FinishReply() {
		t.Error("the connection persists", err)
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
