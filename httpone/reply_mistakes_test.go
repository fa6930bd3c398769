package httpone

import (
	"errors"
	"strings"
	"testing"
)

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
		{"name with a line end", ReplyHead{}, headCall(ReplyHead{Status: 200, Fields: []Field{{"transfer-\nencoding", "chunked"}}}), ErrFieldName},
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
