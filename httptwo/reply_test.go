package httptwo

import (
	"errors"
	"strings"
	"testing"

	"reactor.example/httptwo/internal/frame"
)

func TestInterim(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.post(1, "expect", "100-continue"))
	st := c.streams[1]
	for _, status := range []int{100, 103} {
		if err := c.s.SendInterim(st, status, []Field{{"Link", "</a>"}}); err != nil {
			t.Fatal(err)
		}
	}
	c.reply(1, "done")
	c.wantSent("HEADERS 1 :status=100 link=</a>", "HEADERS 1 :status=103 link=</a>", "HEADERS 1 :status=200 content-length=4",
		`DATA 1 "done" end`, "RST_STREAM 1 NO_ERROR")
}

// Replies that make no sense are refused and leave everything as it was.
func TestReplyMistakes(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.post(1), c.get(3))
	st := c.streams[1]
	head := func(status int, fields ...Field) error {
		return c.s.SendHead(st, &ReplyHead{Status: status, Fields: fields}, false)
	}
	for _, row := range []struct {
		got, want error
		what      string
	}{
		{c.s.SendInterim(st, 101, nil), ErrStatus, "101"},
		{c.s.SendInterim(st, 200, nil), ErrStatus, "a final status"},
		{c.s.SendInterim(st, 99, nil), ErrStatus, "two digits"},
		{head(199), ErrStatus, "an interim status"},
		{head(1000), ErrStatus, "four digits"},
		{head(200, Field{"a b", ""}), ErrFieldName, "a name that is no token"},
		{c.s.SendInterim(st, 103, []Field{{"", "x"}}), ErrFieldName, "no name"},
		{head(200), nil, "a head"},
		{head(200), ErrReplyOrder, "a second head"},
		{c.s.SendInterim(st, 103, nil), ErrReplyOrder, "an interim response behind it"},
	} {
		if !errors.Is(row.got, row.want) {
			t.Errorf("%s: %v, want %v", row.what, row.got, row.want)
		}
	}
	c.flush(1 << 20)
	c.wantSent("HEADERS 1 :status=200 content-length=0")
	c.s.Reset(st, Cancel)
	c.s.Reset(st, Cancel)
	if err := head(200); !errors.Is(err, ErrStreamClosed) {
		t.Errorf("after Reset: %v", err)
	}
	if err := c.s.SendInterim(st, 100, nil); !errors.Is(err, ErrStreamClosed) {
		t.Errorf("after Reset: %v", err)
	}
	c.s.SetSource(st, &text{left: "x"})
	c.s.Wake(st)
	c.s.Wake(c.streams[3]) // has no source
	c.s.SetSource(c.streams[3], &text{left: "x"})
	c.flush(1 << 20)
	c.wantSent("RST_STREAM 1 CANCEL") // and nothing of stream 3, which has no head
}

// A list of fields above the limit is a request to be answered, with 431.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{MaxHeaderListSize: 1000})
	c.send(c.post(1, "x-long", strings.Repeat("x", 1000)))
	c.wantEvents("head 1 too large")
	if err := c.s.SendHead(c.streams[1], &ReplyHead{Status: 431}, true); err != nil {
		t.Fatal(err)
	}
	c.s.Release(c.streams[1])
	c.send(data(1, true, "body"))
	c.wantSent("HEADERS 1 :status=431 content-length=0 end", "RST_STREAM 1 NO_ERROR")
	c.send(c.post(3), frame.AppendHeaders(nil, 3, true, true, c.fields("x-long", strings.Repeat("x", 1000))))
	c.wantEvents("head 3 POST /", "reset 3 cause 3 ENHANCE_YOUR_CALM")
	if c.err != nil || c.cfg.Counters.HeaderLists != 1 {
		t.Errorf("error %v, counted %d", c.err, c.cfg.Counters.HeaderLists)
	}
}

// RFC 9113, section 5.1.2: a stream counts until it is closed and released.
func TestRFC9113_5_1_2(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{MaxConcurrentStreams: 2})
	c.send(c.get(1), c.get(3), rst(3), c.get(5), c.post(7, "x-new", "1"), data(7, true, "late"))
	c.wantEvents("head 1 GET / end", "head 3 GET / end", "reset 3 CANCEL", "frame cause 5 REFUSED_STREAM", "frame cause 7 REFUSED_STREAM")
	c.wantSent("RST_STREAM 5 REFUSED_STREAM", "RST_STREAM 7 REFUSED_STREAM")
	c.s.Release(c.streams[3])
	c.send(c.get(9, "x-new", "1")) // the refused blocks have filled the table
	c.wantEvents("head 9 GET / end")
	if c.err != nil || c.cfg.Counters.Refused != 2 {
		t.Errorf("error %v, refused %d", c.err, c.cfg.Counters.Refused)
	}
}

// What is released before its response is complete goes on by itself when
// there is a source, and is reset when there is none.
func TestReleaseEarly(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 2))
	c.send(c.post(1), c.get(3), c.get(5))
	c.reply(1, "1234")
	c.s.Release(c.streams[3])
	c.reply(5, "5678")
	c.sent, c.events = nil, nil
	if c.s.Streams() != 2 {
		t.Errorf("%d streams", c.s.Streams())
	}
	c.send(data(1, true, "nobody reads"), rst(5), update(1, 2))
	c.wantEvents("ready")
	c.wantSent(`DATA 1 "34" end`)
	if c.s.Streams() != 0 || c.err != nil {
		t.Errorf("%d streams, error %v", c.s.Streams(), c.err)
	}
}

// Output comes in portions of about the room that is given.
func TestOutputRoom(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 1<<20), setting(frame.SettingMaxFrameSize, 100000))
	c.send(update(0, 1<<20), c.get(1))
	c.mute = true
	src := &text{left: strings.Repeat("x", 250000), end: true}
	c.s.SendHead(c.streams[1], &ReplyHead{Status: 200, ContentLength: 250000}, false)
	c.s.SetSource(c.streams[1], src)
	c.flush(0)
	c.wantSent("HEADERS 1 :status=200 content-length=250000")
	c.flush(1)
	c.wantSent("DATA 1 100000 octets")
	c.flush(150000)
	c.wantSent("DATA 1 100000 octets", "DATA 1 50000 octets end")
}

// A head longer than the client's frames is cut.
func TestLongHead(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.get(1))
	if err := c.s.SendHead(c.streams[1], &ReplyHead{Status: 200, Fields: []Field{{"x-long", strings.Repeat("~", 40000)}}, ContentLength: -1}, true); err != nil {
		t.Fatal(err)
	}
	c.flush(0)
	c.wantSent("HEADERS 1 open end", "CONTINUATION 1 open", "CONTINUATION 1 :status=200 x-long=40000 octets")
}

// Trailers that cannot be sent must not make a stream look whole.
func TestBadTrailers(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.get(1))
	c.start(1, &text{left: "x", end: true, trailers: []Field{{"a b", ""}}})
	c.wantSent("HEADERS 1 :status=200", `DATA 1 "x"`, "RST_STREAM 1 INTERNAL_ERROR")
}

// A source that has more and gives nothing does not hang the loop.
func TestIdleSource(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.get(1))
	c.start(1, liar{})
	c.wantSent("HEADERS 1 :status=200")
	if c.s.HasOutput() {
		t.Error("HasOutput")
	}
}

type liar struct{}

func (liar) AppendData(dst []byte, _ int) ([]byte, bool, bool, []Field) { return dst, true, false, nil }
