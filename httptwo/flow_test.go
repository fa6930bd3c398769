package httptwo

import (
	"strings"
	"testing"

	"reactor.example/httptwo/internal/frame"
)

var full = strings.Repeat("x", 16384)

// RFC 9113, section 6.9.1: who sends more than a window allows is stopped, and
// only where it was passed.
func TestReceiveWindows(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{InitialWindowSize: 20000})
	c.keep = true
	c.send(c.post(1), data(1, false, full), data(1, false, full))
	c.wantSent("RST_STREAM 1 FLOW_CONTROL_ERROR", "WINDOW_UPDATE 0 32768")

	c = connect(t, Config{InitialWindowSize: 1 << 20, ConnWindow: 1})
	c.keep = true
	c.send(c.post(1), data(1, false, full), data(1, false, full), data(1, false, full), data(1, false, full[:16383]))
	c.wantSent()
	c.send(data(1, false, "x"))
	c.wantSent("GOAWAY 1 FLOW_CONTROL_ERROR")
}

// RFC 9113, section 6.9.2: a first window below the default binds the client
// only once it has acknowledged our settings.
func TestSmallFirstWindowBindsAfterAck(t *testing.T) {
	t.Parallel()
	c := newClient(t, Config{InitialWindowSize: 10})
	c.keep = true
	c.send([]byte(preface), frame.AppendSettings(nil), c.post(1), data(1, false, full))
	c.wantEvents("head 1 POST /", "data 1 16384 octets")
	c.send(frame.AppendSettingsAck(nil), c.post(3), data(3, false, "0123456789"))
	c.wantEvents("head 3 POST /", `data 3 "0123456789"`)
	c.send(data(3, false, "x"))
	c.wantEvents("reset 3 cause 3 FLOW_CONTROL_ERROR")
	c.send(data(1, false, "x"))
	c.wantEvents("reset 1 cause 1 FLOW_CONTROL_ERROR")
}

// The application opens the windows by reading, half a window at a time.
func TestConsumeOpensHalfWindows(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{StreamWindow: 1, ConnWindow: 1})
	c.keep = true
	c.send(c.post(1), data(1, false, full), data(1, false, full), data(1, false, full))
	st := c.streams[1]
	c.s.Consume(st, 32766)
	c.flush(1 << 20)
	c.wantSent()
	c.s.Consume(st, 1)
	c.flush(1 << 20)
	c.wantSent("WINDOW_UPDATE 0 32767", "WINDOW_UPDATE 1 32767")
	c.s.Consume(st, 1<<30) // no more than was delivered
	c.flush(1 << 20)
	c.wantSent()
	c.send(data(1, false, full), data(1, false, full))
	if c.err != nil || len(c.sent) > 0 {
		t.Errorf("error %v, sent %q", c.err, c.sent)
	}
}

// A window is not opened for a client that has no use for it.
func TestNoUpdateForWhatIsLeft(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.post(1, "content-length", "40000"), data(1, false, full), data(1, false, full), data(1, true, full[:40000-32768]))
	c.wantSent("WINDOW_UPDATE 0 32768")
	// The same without a length: one update, and none behind the end.
	c.send(c.post(3), data(3, false, full), data(3, false, full), data(3, false, full), data(3, true, full))
	c.wantSent("WINDOW_UPDATE 0 40000", "WINDOW_UPDATE 3 32768", "WINDOW_UPDATE 0 32768")
}

// Windows are raised while a body is being read, not while it is not, and what
// was raised goes back.
func TestWindowsAreRaisedForReaders(t *testing.T) {
	t.Parallel()
	budget := &purse{left: 300000}
	c := connect(t, Config{StreamWindow: 1 << 20, ConnWindow: 1 << 20, Windows: budget})
	c.send(c.post(1))
	for range 200 {
		c.send(data(1, false, full))
	}
	st := c.streams[1]
	// Each time by as much again: 65535 and 131070 fit into the budget.
	if st.in.size != 4*65535 || c.s.in.size != 4*65535 || budget.left != 300000-3*65535 {
		t.Errorf("stream %d, connection %d, budget %d", st.in.size, c.s.in.size, budget.left)
	}
	c.send(data(1, true, ""))
	c.reply(1, "")
	if c.s.in.size != 65535 {
		t.Errorf("connection %d after the stream", c.s.in.size)
	}
	// What was announced is charged until it has been used.
	if open := int(c.s.in.avail) - 65535; open <= 0 || budget.left+open > 300000+32768 || budget.left < 0 {
		t.Errorf("budget %d while %d more than at first are open", budget.left, open)
	}
	c.send(c.post(3))
	for range 20 {
		c.send(data(3, false, full))
	}
	c.s.Close()
	if budget.left != 300000 {
		t.Errorf("budget %d in the end", budget.left)
	}
}

type purse struct{ left int }

func (p *purse) Take(n int) bool {
	if n > p.left {
		return false
	}
	p.left -= n
	return true
}
func (p *purse) Give(n int) { p.left += n }

// A body that nobody reads must not keep the others from sending.
func TestOneStreamDoesNotStarveOthers(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.keep = true
	c.send(c.post(1), c.post(3))
	c.send(data(1, false, full), data(1, false, full), data(1, false, full), data(1, false, full[:16383]))
	c.wantSent("WINDOW_UPDATE 0 65535")
	c.send(data(3, false, full), data(3, true, full))
	if c.err != nil || len(c.bodies[3]) != 32768 {
		t.Errorf("error %v, %d octets", c.err, len(c.bodies[3]))
	}
	// The windows are those of before once all is over.
	for id := range c.streams {
		c.s.Reset(c.streams[id], Cancel)
		c.s.Release(c.streams[id])
	}
	if in := c.s.in; in.size != 65535 || in.avail+in.credit != in.size {
		t.Errorf("window %+v", in)
	}
}

// Padding is nobody's to read: it opens the windows at once (RFC 9113, section
// 6.9.1).
func TestPaddingIsGivenBack(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.keep = true
	c.send(c.post(1))
	padded := raw(frame.TypeData, frame.FlagPadded, 1, "\xffx"+strings.Repeat("\x00", 255))
	for range 128 {
		c.send(padded)
	}
	c.wantSent("WINDOW_UPDATE 0 32768", "WINDOW_UPDATE 1 32768")
	if st := c.streams[1]; st.unread != 128 || st.in.avail+st.in.credit+128 != st.in.size {
		t.Errorf("window %+v, unread %d", st.in, st.unread)
	}
}

// Whatever becomes of a stream, the window of the connection comes back.
func TestConnectionWindowComesBack(t *testing.T) {
	t.Parallel()
	rest := []byte("lf\x00\x00\x00")
	for name, end := range map[string]func(c *client, st *Stream){
		"reset by the client":    func(c *client, _ *Stream) { c.send(rest, rst(1)) },
		"reset by us":            func(c *client, st *Stream) { c.s.Reset(st, Cancel) },
		"answered early":         func(c *client, _ *Stream) { c.reply(1, "no") },
		"discarded":              func(c *client, st *Stream) { c.s.Discard(st) },
		"released":               func(c *client, st *Stream) { c.s.Release(st) },
		"malformed":              func(c *client, _ *Stream) { c.send(rest, update(1, 0)) },
		"discarded, then ended":  func(c *client, st *Stream) { c.s.Discard(st); c.send(rest, data(1, true, "")) },
		"consumed after the end": func(c *client, st *Stream) { c.send(rest, data(1, true, "")); c.reply(1, "x"); c.s.Consume(st, 100) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, Config{})
			c.keep = true
			c.send(c.post(1), data(1, false, full), raw(frame.TypeData, frame.FlagPadded, 1, "\x03half\x00\x00\x00")[:12])
			end(c, c.streams[1])
			if c.s.data.left > 0 {
				c.send(rest)
			}
			if st := c.streams[1]; name != "reset by the client" && st.state.receives() || c.s.resets.has(1) {
				c.send(data(1, false, "late"))
			}
			if c.err != nil {
				t.Fatal(c.err)
			}
			if in := c.s.in; in.avail+in.credit != 65535 || in.size != 65535 {
				t.Errorf("window %+v", in)
			}
		})
	}
}

// RFC 9113, section 6.9: what we send keeps within both windows, and goes on
// when they open.
func TestSendWindows(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 3))
	c.send(c.get(1))
	c.reply(1, "0123456789")
	c.wantSent("HEADERS 1 :status=200 content-length=10", `DATA 1 "012"`)
	if c.s.HasOutput() {
		t.Error("HasOutput while the window is closed")
	}
	c.send(update(1, 2))
	c.wantSent(`DATA 1 "34"`)
	c.send(frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 0)))
	c.send(update(1, 3)) // -3 and 3 are nothing
	c.wantSent("SETTINGS ack=true")
	c.send(frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 1)))
	c.wantSent("SETTINGS ack=true", `DATA 1 "5"`)
	c.events = nil
	c.send(update(1, 100))
	c.wantEvents("ready")
	c.wantSent(`DATA 1 "6789" end`)
}

func TestSendConnectionWindow(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 1<<20), setting(frame.SettingMaxFrameSize, 1<<20))
	c.send(c.get(1), c.get(3), c.get(5))
	c.reply(1, strings.Repeat("x", 65530))
	c.reply(3, "0123456789")
	c.sent = nil
	c.reply(5, "zzz")
	c.wantSent("HEADERS 5 :status=200 content-length=3")
	c.send(update(3, 100))
	c.wantSent()
	c.send(update(0, 6))
	c.wantSent(`DATA 3 "56789" end`, `DATA 5 "z"`)
	c.send(update(0, 100))
	c.wantSent(`DATA 5 "zz" end`)
}

// The end of a response needs no window, and neither do trailers.
func TestEndNeedsNoWindow(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]frame.Setting{
		"of the stream":     {setting(frame.SettingInitialWindowSize, 5)},
		"of the connection": {setting(frame.SettingInitialWindowSize, 1<<20)},
	} {
		c := connect(t, Config{}, settings...)
		c.send(c.get(1), c.get(3))
		rest := &text{left: "12345"}
		start := func(id uint32, src Source) {
			if err := c.s.SendHead(c.streams[id], &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
				t.Fatal(err)
			}
			c.s.SetSource(c.streams[id], src)
			c.flush(1 << 20)
		}
		start(1, rest)
		start(3, &text{left: strings.Repeat("x", 1<<20)})
		c.sent = nil
		asked := rest.asked
		for range 3 {
			c.flush(1 << 20)
		}
		rest.end, rest.trailers = true, []Field{{"x-sum", "5"}}
		c.s.Wake(c.streams[1])
		if !c.s.HasOutput() {
			t.Errorf("%s: HasOutput = false", name)
		}
		c.flush(1 << 20)
		c.wantSent("HEADERS 1 x-sum=5 end")
		if rest.asked != asked+1 {
			t.Errorf("%s: asked %d times", name, rest.asked-asked)
		}
		if c.s.HasOutput() {
			t.Errorf("%s: HasOutput", name)
		}
	}
}
