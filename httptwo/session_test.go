package httptwo

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2/hpack"
	"reactor.example/httptwo/internal/frame"
)

// A client is the other end of a session, in memory.
// What it sends waits in pending; what the session sends is written down in
// words.
type client struct {
	t       testing.TB
	s       Session
	cfg     Config
	now     time.Duration
	pending []byte
	block   bytes.Buffer
	enc     *hpack.Encoder
	dec     *hpack.Decoder
	heads   []byte // fields of a block that has not ended
	events  []string
	sent    []string // frames of the session
	streams map[uint32]*Stream
	bodies  map[uint32]string
	keep    bool // nothing is consumed by itself
	hold    bool // streams that are over are not released by floods
	mute    bool // output is not taken
	err     error
}

// newClient returns a client that has said nothing yet.
func newClient(t testing.TB, cfg Config) *client {
	c := &client{t: t, cfg: cfg, now: time.Hour, streams: map[uint32]*Stream{}, bodies: map[uint32]string{}}
	if c.cfg.Counters == nil {
		c.cfg.Counters = new(Counters)
	}
	c.enc = hpack.NewEncoder(&c.block)
	c.dec = hpack.NewDecoder(4096, nil)
	c.s.Init(&c.cfg, c.now)
	return c
}

// connect returns a client after the exchange of settings.
func connect(t testing.TB, cfg Config, settings ...frame.Setting) *client {
	t.Helper()
	c := newClient(t, cfg)
	c.send([]byte(preface), frame.AppendSettings(nil, settings...), frame.AppendSettingsAck(nil))
	c.sent, c.events = nil, nil
	if c.err != nil {
		t.Fatal("settings:", c.err)
	}
	return c
}

// send gives octets to the session, and takes its events and its output.
func (c *client) send(parts ...[]byte) {
	for _, b := range parts {
		c.pending = append(c.pending, b...)
	}
	c.read()
	if !c.mute {
		c.flush(1 << 30)
	}
}

// read takes events until there is none for now.
func (c *client) read() {
	for {
		ev, n, err := c.s.Next(c.pending, c.now)
		if err != nil {
			if c.err == nil {
				c.events = append(c.events, "error "+err.Error())
			}
			c.err = err
			c.pending = nil
			return
		}
		c.note(ev)
		c.pending = c.pending[n:]
		if ev.Kind == NeedMore {
			return
		}
	}
}

// note writes an event down.
func (c *client) note(ev Event) {
	text := ev.Kind.String()
	if st := ev.Stream; st != nil {
		text += fmt.Sprint(" ", st.ID)
		switch ev.Kind {
		case Head:
			c.streams[st.ID] = st
			text += " " + st.Request.Method + " " + st.Request.Path
			if st.TooLarge {
				text = fmt.Sprintf("head %d too large", st.ID)
			}
			if st.EndStream {
				text += " end"
			}
		case Data:
			text += fmt.Sprintf(" %q", ev.Data)
			if len(ev.Data) > 40 {
				text = fmt.Sprintf("data %d %d octets", st.ID, len(ev.Data))
			}
			c.bodies[st.ID] += string(ev.Data)
			if !c.keep {
				c.s.Consume(st, len(ev.Data))
			}
		case End:
			for _, f := range st.Request.Trailers {
				text += " " + f.Name + "=" + f.Value
			}
		}
	}
	if ev.Kind == Reset && ev.Cause == nil || ev.Kind == GoAway {
		text += " " + ev.Code.String()
	}
	if ev.Cause != nil {
		text += fmt.Sprintf(" cause %d %v", ev.Cause.StreamID, ev.Cause.Code)
	}
	if ev.Kind != NeedMore && (ev.Kind != Frame || ev.Cause != nil) {
		c.events = append(c.events, text)
	}
}

// flush takes output, at most about room octets, and writes its frames down.
func (c *client) flush(room int) {
	c.t.Helper()
	out := c.s.AppendOutput(nil, room)
	for len(out) > 0 {
		h, ok := frame.ParseHeader(out)
		if !ok || len(out) < frame.HeaderLen+int(h.Length) {
			c.t.Fatalf("output is no whole frames: %q", out)
		}
		c.sent = append(c.sent, c.describe(h, out[frame.HeaderLen:frame.HeaderLen+int(h.Length)]))
		out = out[frame.HeaderLen+int(h.Length):]
	}
}

// describe puts a frame of the session into words.
func (c *client) describe(h frame.Header, b []byte) string {
	end := ""
	if (h.Type == frame.TypeData || h.Type == frame.TypeHeaders) && h.Flags.Has(frame.FlagEndStream) {
		end = " end"
	}
	switch h.Type {
	case frame.TypeData:
		if len(b) > 40 {
			return fmt.Sprintf("DATA %d %d octets%s", h.StreamID, len(b), end)
		}
		return fmt.Sprintf("DATA %d %q%s", h.StreamID, b, end)
	case frame.TypeHeaders, frame.TypeContinuation:
		c.heads = append(c.heads, b...)
		if !h.Flags.Has(frame.FlagEndHeaders) {
			return fmt.Sprintf("%v %d open%s", h.Type, h.StreamID, end)
		}
		fields, err := c.dec.DecodeFull(c.heads)
		c.heads = nil
		if err != nil {
			c.t.Fatal("field block of the session:", err)
		}
		var text strings.Builder
		text.WriteString(fmt.Sprintf("%v %d", h.Type, h.StreamID))
		for _, f := range fields {
			if len(f.Value) > 40 {
				f.Value = fmt.Sprint(len(f.Value), " octets")
			}
			text.WriteString(" " + f.Name + "=" + f.Value)
		}
		return text.String() + end
	case frame.TypeRSTStream:
		f, err := frame.ParseRSTStream(h, b)
		return fmt.Sprint("RST_STREAM ", h.StreamID, " ", f.Code, errText(err))
	case frame.TypeWindowUpdate:
		f, err := frame.ParseWindowUpdate(h, b)
		return fmt.Sprint("WINDOW_UPDATE ", h.StreamID, " ", f.Increment, errText(err))
	case frame.TypeGoAway:
		f, err := frame.ParseGoAway(h, b)
		return fmt.Sprint("GOAWAY ", f.LastStreamID, " ", f.Code, errText(err))
	case frame.TypePing:
		f, err := frame.ParsePing(h, b)
		return fmt.Sprintf("PING %q ack=%v%s", f.Data, f.Ack, errText(err))
	case frame.TypeSettings:
		f, err := frame.ParseSettings(h, b)
		var text strings.Builder
		text.WriteString(fmt.Sprintf("SETTINGS ack=%v%s", f.Ack, errText(err)))
		for i := range f.Len() {
			text.WriteString(fmt.Sprintf(" %v=%d", f.At(i).ID, f.At(i).Value))
		}
		return text.String()
	}
	return h.Type.String()
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return " " + err.Error()
}

// fields compresses a list of names and values.
func (c *client) fields(list ...string) []byte {
	c.block.Reset()
	for i := 0; i < len(list); i += 2 {
		if err := c.enc.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1]}); err != nil {
			c.t.Fatal(err)
		}
	}
	return bytes.Clone(c.block.Bytes())
}

func (c *client) request(method string, more ...string) []byte {
	return c.fields(append([]string{":method", method, ":scheme", "https", ":path", "/", ":authority", "a"}, more...)...)
}

// get returns a complete request.
func (c *client) get(id uint32, more ...string) []byte {
	return frame.AppendHeaders(nil, id, true, true, c.request("GET", more...))
}

// post returns the head of a request with a body.
func (c *client) post(id uint32, more ...string) []byte {
	return frame.AppendHeaders(nil, id, false, true, c.request("POST", more...))
}

func data(id uint32, end bool, content string) []byte {
	return frame.AppendData(nil, id, end, []byte(content))
}

func raw(typ frame.Type, flags frame.Flags, id uint32, payload string) []byte {
	return append(frame.AppendHeader(nil, frame.Header{Length: uint32(len(payload)), Type: typ, Flags: flags, StreamID: id}), payload...)
}

func rst(id uint32) []byte { return frame.AppendRSTStream(nil, id, Cancel) }

func update(id, n uint32) []byte                         { return frame.AppendWindowUpdate(nil, id, n) }
func setting(id frame.SettingID, v uint32) frame.Setting { return frame.Setting{ID: id, Value: v} }

// reply answers a stream with content, and releases it.
func (c *client) reply(id uint32, content string) {
	c.t.Helper()
	st := c.streams[id]
	if err := c.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: int64(len(content))}, content == ""); err != nil {
		c.t.Fatalf("SendHead(%d): %v", id, err)
	}
	if content != "" {
		c.s.SetSource(st, &text{left: content, end: true})
	}
	c.s.Release(st)
	c.flush(1 << 30)
}

// text is a source of what is left; end says that nothing will follow it.
type text struct {
	left     string
	end      bool
	trailers []Field
	asked    int
}

func (x *text) AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []Field) {
	x.asked++
	n := min(limit, len(x.left))
	dst = append(dst, x.left[:n]...)
	x.left = x.left[n:]
	if x.left == "" && x.end {
		return dst, false, true, x.trailers
	}
	return dst, x.left != "", false, nil
}

// wantEvents compares what happened since the last time, and begins anew.
func (c *client) wantEvents(want ...string) {
	c.t.Helper()
	compare(c.t, "events", c.events, want)
	c.events = nil
}

// wantSent does the same with the frames of the session.
func (c *client) wantSent(want ...string) {
	c.t.Helper()
	compare(c.t, "sent", c.sent, want)
	c.sent = nil
}

func compare(t testing.TB, what string, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n  "), strings.Join(want, "\n  "); g != w {
		t.Errorf("%s:\n  %s\nwant:\n  %s", what, g, w)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	c := newClient(t, Config{})
	c.flush(1 << 30)
	c.wantSent("SETTINGS ack=false SETTINGS_MAX_CONCURRENT_STREAMS=100 SETTINGS_INITIAL_WINDOW_SIZE=65535 SETTINGS_MAX_FRAME_SIZE=16384 SETTINGS_MAX_HEADER_LIST_SIZE=65536 SETTINGS_NO_RFC7540_PRIORITIES=1")
	c.send([]byte(preface), frame.AppendSettings(nil))
	c.wantSent("SETTINGS ack=true")
	c.send(c.get(1), c.post(3), data(3, false, "hel"), data(3, true, "lo"))
	c.wantEvents("head 1 GET / end", "head 3 POST /", `data 3 "hel"`, `data 3 "lo"`, "end 3")
	c.reply(1, "")
	c.reply(3, "world")
	c.wantSent("HEADERS 1 :status=200 content-length=0 end", "HEADERS 3 :status=200 content-length=5", `DATA 3 "world" end`)
	if n := c.s.Streams(); n != 0 {
		t.Errorf("%d streams are left", n)
	}
}
