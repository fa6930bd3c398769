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
	err     error
}

// newClient returns a client that has said nothing yet.
func newClient(t testing.TB, cfg Config) *client {
	p := &client{t: t, cfg: cfg, now: time.Hour, streams: map[uint32]*Stream{}, bodies: map[uint32]string{}}
	if p.cfg.Counters == nil {
		p.cfg.Counters = new(Counters)
	}
	p.enc = hpack.NewEncoder(&p.block)
	p.dec = hpack.NewDecoder(4096, nil)
	p.s.Init(&p.cfg, p.now)
	return p
}

// connect returns a client after the exchange of settings.
func connect(t testing.TB, cfg Config, settings ...frame.Setting) *client {
	t.Helper()
	p := newClient(t, cfg)
	p.send([]byte(preface), frame.AppendSettings(nil, settings...), frame.AppendSettingsAck(nil))
	p.sent, p.events = nil, nil
	if p.err != nil {
		t.Fatal("settings:", p.err)
	}
	return p
}

// send gives octets to the session, and takes its events and its output.
func (p *client) send(parts ...[]byte) {
	for _, b := range parts {
		p.pending = append(p.pending, b...)
	}
	p.read()
	p.flush(1 << 30)
}

// read takes events until there is none for now.
func (p *client) read() {
	for {
		ev, n, err := p.s.Next(p.pending, p.now)
		if err != nil {
			if p.err == nil {
				p.events = append(p.events, "error "+err.Error())
			}
			p.err = err
			p.pending = nil
			return
		}
		p.note(ev)
		p.pending = p.pending[n:]
		if ev.Kind == NeedMore {
			return
		}
	}
}

// note writes an event down.
func (p *client) note(ev Event) {
	text := ev.Kind.String()
	if st := ev.Stream; st != nil {
		text += fmt.Sprint(" ", st.ID)
		switch ev.Kind {
		case Head:
			p.streams[st.ID] = st
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
			p.bodies[st.ID] += string(ev.Data)
			if !p.keep {
				p.s.Consume(st, len(ev.Data))
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
		p.events = append(p.events, text)
	}
}

// flush takes output, at most about room octets, and writes its frames down.
func (p *client) flush(room int) {
	p.t.Helper()
	out := p.s.AppendOutput(nil, room)
	for len(out) > 0 {
		h, ok := frame.ParseHeader(out)
		if !ok || len(out) < frame.HeaderLen+int(h.Length) {
			p.t.Fatalf("output is no whole frames: %q", out)
		}
		p.sent = append(p.sent, p.describe(h, out[frame.HeaderLen:frame.HeaderLen+int(h.Length)]))
		out = out[frame.HeaderLen+int(h.Length):]
	}
}

// describe puts a frame of the session into words.
func (p *client) describe(h frame.Header, b []byte) string {
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
		p.heads = append(p.heads, b...)
		if !h.Flags.Has(frame.FlagEndHeaders) {
			return fmt.Sprintf("%v %d open%s", h.Type, h.StreamID, end)
		}
		fields, err := p.dec.DecodeFull(p.heads)
		p.heads = nil
		if err != nil {
			p.t.Fatal("field block of the session:", err)
		}
		text := fmt.Sprintf("%v %d", h.Type, h.StreamID)
		for _, f := range fields {
			if len(f.Value) > 40 {
				f.Value = fmt.Sprint(len(f.Value), " octets")
			}
			text += " " + f.Name + "=" + f.Value
		}
		return text + end
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
		text := fmt.Sprintf("SETTINGS ack=%v%s", f.Ack, errText(err))
		for i := range f.Len() {
			text += fmt.Sprintf(" %v=%d", f.At(i).ID, f.At(i).Value)
		}
		return text
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
func (p *client) fields(list ...string) []byte {
	p.block.Reset()
	for i := 0; i < len(list); i += 2 {
		if err := p.enc.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1]}); err != nil {
			p.t.Fatal(err)
		}
	}
	return bytes.Clone(p.block.Bytes())
}

func (p *client) request(method string, more ...string) []byte {
	return p.fields(append([]string{":method", method, ":scheme", "https", ":path", "/", ":authority", "a"}, more...)...)
}

// get returns a complete request.
func (p *client) get(id uint32, more ...string) []byte {
	return frame.AppendHeaders(nil, id, true, true, p.request("GET", more...))
}

// post returns the head of a request with a body.
func (p *client) post(id uint32, more ...string) []byte {
	return frame.AppendHeaders(nil, id, false, true, p.request("POST", more...))
}

func data(id uint32, end bool, content string) []byte {
	return frame.AppendData(nil, id, end, []byte(content))
}

func raw(typ frame.Type, flags frame.Flags, id uint32, payload string) []byte {
	return append(frame.AppendHeader(nil, frame.Header{Length: uint32(len(payload)), Type: typ, Flags: flags, StreamID: id}), payload...)
}

func rst(id uint32) []byte                               { return frame.AppendRSTStream(nil, id, Cancel) }
func update(id, n uint32) []byte                         { return frame.AppendWindowUpdate(nil, id, n) }
func setting(id frame.SettingID, v uint32) frame.Setting { return frame.Setting{ID: id, Value: v} }

// reply answers a stream with content, and releases it.
func (p *client) reply(id uint32, content string) {
	p.t.Helper()
	st := p.streams[id]
	if err := p.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: int64(len(content))}, content == ""); err != nil {
		p.t.Fatalf("SendHead(%d): %v", id, err)
	}
	if content != "" {
		p.s.SetSource(st, &text{left: content, end: true})
	}
	p.s.Release(st)
	p.flush(1 << 30)
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
func (p *client) wantEvents(want ...string) {
	p.t.Helper()
	compare(p.t, "events", p.events, want)
	p.events = nil
}

// wantSent does the same with the frames of the session.
func (p *client) wantSent(want ...string) {
	p.t.Helper()
	compare(p.t, "sent", p.sent, want)
	p.sent = nil
}

func compare(t testing.TB, what string, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n  "), strings.Join(want, "\n  "); g != w {
		t.Errorf("%s:\n  %s\nwant:\n  %s", what, g, w)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	p := newClient(t, Config{})
	p.flush(1 << 30)
	p.wantSent("SETTINGS ack=false SETTINGS_MAX_CONCURRENT_STREAMS=100 SETTINGS_INITIAL_WINDOW_SIZE=65535 SETTINGS_MAX_FRAME_SIZE=16384 SETTINGS_MAX_HEADER_LIST_SIZE=65536 SETTINGS_NO_RFC7540_PRIORITIES=1")
	p.send([]byte(preface), frame.AppendSettings(nil))
	p.wantSent("SETTINGS ack=true")
	p.send(p.get(1), p.post(3), data(3, false, "hel"), data(3, true, "lo"))
	p.wantEvents("head 1 GET / end", "head 3 POST /", `data 3 "hel"`, `data 3 "lo"`, "end 3")
	p.reply(1, "")
	p.reply(3, "world")
	p.wantSent("HEADERS 1 :status=200 content-length=0 end", "HEADERS 3 :status=200 content-length=5", `DATA 3 "world" end`)
	if n := p.s.Streams(); n != 0 {
		t.Errorf("%d streams are left", n)
	}
}
