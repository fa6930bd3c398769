package httptwo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"reactor.example/httptwo/internal/frame"
)

// RFC 9113, section 6.8: GOAWAY twice, so that no request that was under way is
// lost.
func TestShutdown(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.get(1))
	c.s.Shutdown(c.now)
	c.flush(1 << 20)
	c.wantSent("GOAWAY 2147483647 NO_ERROR", `PING "reactor\x00" ack=false`)
	if c.s.Drained() {
		t.Error("drained before the round trip")
	}
	c.send(c.get(3)) // sent before the client could know
	c.wantEvents("head 1 GET / end", "head 3 GET / end")
	c.send(raw(frame.TypePing, frame.FlagAck, 0, string(ourPing[:])))
	c.wantSent("GOAWAY 3 NO_ERROR")
	if !c.s.Drained() || c.s.Streams() != 2 {
		t.Errorf("drained %v, %d streams", c.s.Drained(), c.s.Streams())
	}
	// What comes now is ignored, but for what the connection shares.
	c.send(c.post(5, "x-indexed", "once"), data(5, true, full), frame.AppendHeaders(nil, 5, true, true, c.fields("x-sum", "1")))
	c.wantEvents()
	c.reply(1, "one")
	c.reply(3, "three")
	if c.err != nil || c.s.Streams() != 0 {
		t.Errorf("error %v, %d streams", c.err, c.s.Streams())
	}
	c.s.Shutdown(c.now)
	c.sent = nil
	c.flush(1 << 20)
	c.wantSent()
	c.s.GoAway(InternalError, "")
	c.flush(1 << 20)
	c.wantSent("GOAWAY 3 INTERNAL_ERROR") // the number does not go up again
}

func TestShutdownTwiceDoesNotWait(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.s.Shutdown(c.now)
	c.s.Shutdown(c.now)
	c.flush(1 << 20)
	c.wantSent("GOAWAY 2147483647 NO_ERROR", `PING "reactor\x00" ack=false`, "GOAWAY 0 NO_ERROR")
}

// A client that says GOAWAY opens no more streams; its requests are answered.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.get(1), frame.AppendGoAway(nil, 0, NoError, "bye"))
	c.wantEvents("head 1 GET / end", "goaway NO_ERROR")
	c.reply(1, "x")
	if c.err != nil || !c.s.Drained() {
		t.Errorf("error %v, drained %v", c.err, c.s.Drained())
	}
}

func TestGoAwayEndsAtOnce(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.send(c.post(1), c.get(3))
	c.events = nil
	c.s.GoAway(InadequateSecurity, "cipher suite")
	c.s.GoAway(InternalError, "again")
	c.send(data(1, false, "x"))
	var fault *ConnError
	if !errors.As(c.err, &fault) || fault.Code != InadequateSecurity {
		t.Errorf("error %v", c.err)
	}
	c.wantSent("GOAWAY 3 INADEQUATE_SECURITY")
	n := 0
	c.s.Each(func(st *Stream) {
		n++
		c.s.Reset(st, Cancel)
		c.s.Release(st)
	})
	if n != 2 || c.s.Streams() != 0 {
		t.Errorf("%d streams, %d left", n, c.s.Streams())
	}
	if _, dropped, err := c.s.Next([]byte("whatever"), c.now); dropped != 8 || err == nil {
		t.Errorf("Next dropped %d, error %v", dropped, err)
	}
	if c.s.Deadline() != Never || c.s.Tick(c.now+time.Hour) == nil {
		t.Error("deadlines go on")
	}
	c.s.Close()
}

func TestPing(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	c.s.Ping(c.now)
	c.s.Ping(c.now)
	c.flush(1 << 20)
	c.wantSent(`PING "reactor\x00" ack=false`)
	c.send(raw(frame.TypePing, frame.FlagAck, 0, "somebody"))
	c.wantEvents()
	c.send(raw(frame.TypePing, frame.FlagAck, 0, string(ourPing[:])))
	c.wantEvents("pong")
	if c.s.Deadline() != Never {
		t.Error("a deadline is left")
	}
	c.s.Ping(c.now)
	c.late(t, defaultPingTimeout, "NO_ERROR")
}

// late lets the time pass and wants the connection to end then, not before.
func (c *client) late(t *testing.T, after time.Duration, code string) {
	t.Helper()
	if got := c.s.Deadline() - c.now; got != after {
		t.Errorf("deadline in %v, want %v", got, after)
	}
	if err := c.s.Tick(c.now + after - 1); err != nil {
		t.Errorf("too early: %v", err)
	}
	err := c.s.Tick(c.now + after)
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("after %v: %v, want %s", after, err, code)
	}
	c.sent = nil
	c.flush(1 << 20)
	if len(c.sent) == 0 || !strings.HasPrefix(c.sent[len(c.sent)-1], "GOAWAY") || !strings.HasSuffix(c.sent[len(c.sent)-1], code) {
		t.Errorf("sent %q", c.sent)
	}
}

// What has begun has to end in time, however many octets come meanwhile.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	const settingsTimeout, headerTimeout = 7 * time.Second, 5 * time.Second
	cfg := Config{SettingsTimeout: settingsTimeout, HeaderTimeout: headerTimeout}
	t.Run("preface", func(t *testing.T) {
		t.Parallel()
		c := newClient(t, cfg)
		c.send([]byte(preface[:10]))
		c.late(t, headerTimeout, "PROTOCOL_ERROR")
	})
	t.Run("no settings", func(t *testing.T) {
		t.Parallel()
		c := newClient(t, cfg)
		c.send([]byte(preface))
		c.late(t, headerTimeout, "PROTOCOL_ERROR")
	})
	t.Run("settings not acknowledged", func(t *testing.T) {
		t.Parallel()
		c := newClient(t, cfg)
		c.send([]byte(preface), frame.AppendSettings(nil), raw(frame.TypePing, 0, 0, "12345678"))
		c.late(t, settingsTimeout, "SETTINGS_TIMEOUT")
	})
	t.Run("a frame header", func(t *testing.T) {
		t.Parallel()
		c := connect(t, cfg)
		c.send([]byte{0, 0, 8})
		c.now += time.Second
		c.send([]byte{6, 0})
		c.late(t, headerTimeout-time.Second, "ENHANCE_YOUR_CALM")
	})
	t.Run("a field block", func(t *testing.T) {
		t.Parallel()
		c := connect(t, cfg)
		c.send(raw(frame.TypeHeaders, frame.FlagEndStream, 1, "\x82"))
		for range 4 {
			c.now += time.Second
			c.send(raw(frame.TypeContinuation, 0, 1, "\x84"))
		}
		c.late(t, headerTimeout-4*time.Second, "ENHANCE_YOUR_CALM")
	})
	t.Run("nothing begun", func(t *testing.T) {
		t.Parallel()
		c := connect(t, cfg)
		c.send(c.post(1), data(1, false, "half")[:11])
		if c.s.Deadline() != Never {
			t.Error("a body has a deadline of ours")
		}
		if err := c.s.Tick(c.now + time.Hour); err != nil {
			t.Error(err)
		}
	})
	t.Run("off", func(t *testing.T) {
		t.Parallel()
		c := newClient(t, Config{SettingsTimeout: Off, HeaderTimeout: Off, PingTimeout: Off, StallTimeout: Off})
		c.s.Ping(c.now)
		if c.s.Deadline() != Never || c.s.Tick(c.now+time.Hour) != nil {
			t.Error("a deadline that is off")
		}
	})
}

// A window that stays closed, or is opened by an octet now and then, ends the
// stream and only it.
func TestStalledWindows(t *testing.T) {
	t.Parallel()
	setup := func(first uint32, cfg Config) *client {
		c := connect(t, cfg, setting(frame.SettingInitialWindowSize, first))
		c.send(c.get(1))
		c.start(1, &text{left: strings.Repeat("x", 1<<20)})
		c.events, c.sent = nil, nil
		return c
	}
	for name, step := range map[string]func(c *client){
		"never opened":  func(*client) {},
		"single octets": func(c *client) { c.send(update(1, 1)) },
		"just too slow": func(c *client) { c.send(update(1, 2*239)) },
	} {
		c := setup(0, Config{})
		began := c.now
		for c.now-began < 2*defaultStallTimeout && c.streams[1].State() != StateClosed {
			c.now += 2 * time.Second
			step(c)
			if c.now >= c.s.Deadline() {
				if err := c.s.Tick(c.now); err != nil {
					t.Fatal(err)
				}
				c.send()
			}
		}
		if took := c.now - began; took < defaultStallTimeout || took > defaultStallTimeout+4*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if got := c.events[len(c.events)-1]; got != "reset 1 cause 1 CANCEL" || c.cfg.Counters.Stalled != 1 {
			t.Errorf("%s: event %q, counted %d", name, got, c.cfg.Counters.Stalled)
		}
		if got := c.sent[len(c.sent)-1]; got != "RST_STREAM 1 CANCEL" {
			t.Errorf("%s: sent %q", name, got)
		}
		c.s.Release(c.streams[1])
		c.send(c.get(3))
		c.reply(3, "")
		if c.err != nil || c.s.Streams() != 0 || c.s.Deadline() != Never {
			t.Errorf("%s: error %v, %d streams", name, c.err, c.s.Streams())
		}
	}
	// Fast enough is never cut.
	c := setup(1000, Config{})
	for range 100 {
		c.now += 2 * time.Second
		c.send(update(1, 2*241))
		if c.now >= c.s.Deadline() {
			if err := c.s.Tick(c.now); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c.streams[1].State() == StateClosed {
		t.Error("fast enough and cut")
	}
	// Nor is one that has nothing to send.
	c = setup(1<<21, Config{})
	c.send(update(0, 1<<21))
	if c.s.Deadline() != Never && c.s.Tick(c.s.Deadline()) != nil || c.streams[1].State() == StateClosed {
		t.Error("an idle stream is cut")
	}
	// The window of the connection counts too.
	c = setup(1<<30, Config{MinRate: Off, StallTimeout: time.Second})
	if err := c.s.Tick(c.now + time.Second); err != nil || c.streams[1].State() == StateClosed {
		t.Errorf("the first look: error %v, state %v", err, c.streams[1].State())
	}
	if err := c.s.Tick(c.now + 2*time.Second); err != nil || c.streams[1].State() != StateClosed {
		t.Errorf("error %v, state %v", err, c.streams[1].State())
	}
	c.s.Release(c.streams[1]) // before its event was taken
	c.send()
	if c.s.Streams() != 0 || c.s.dead != nil || strings.Contains(strings.Join(c.events, " "), "reset") {
		t.Errorf("%d streams, events %q", c.s.Streams(), c.events)
	}
}

// A response that begins long after the last octet of the client is timed from
// when it is held up, not from before.
func TestStallAfterSilence(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 10))
	c.send(c.get(1))
	c.now += time.Hour // nothing has told the session
	c.start(1, &text{left: strings.Repeat("x", 100)})
	for range 29 {
		if err := c.s.Tick(c.now); err != nil || c.streams[1].State() == StateClosed {
			t.Fatalf("cut at once: error %v", err)
		}
		c.now += time.Second
	}
	c.now += 2 * time.Second
	if err := c.s.Tick(c.now); err != nil || c.streams[1].State() != StateClosed {
		t.Errorf("error %v, state %v", err, c.streams[1].State())
	}
}
