package httptwo

import (
	"strings"
	"testing"
	"time"

	"reactor.example/httptwo/internal/frame"
)

// A flood is a client that repeats something that costs it little.
type flood struct {
	name   string
	limit  Limit
	least  int // units that must be let through, in no time
	most   int // units after which the connection must have ended
	before func(c *client)
	unit   func(c *client, i int) []byte
}

var floods = []flood{
	{"rapid reset (CVE-2023-44487)", LimitResets, 1000, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), rst(id(i))...)
	}},
	{"rapid reset of uploads", LimitResets, 1000, 1001, nil, func(c *client, i int) []byte {
		return append(c.post(id(i)), rst(id(i))...)
	}},
	{"resets that we are made to send (CVE-2025-8671)", LimitResets, 999, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), update(id(i), 0)...)
	}},
	{"window overflow on each stream", LimitResets, 999, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), update(id(i), 1<<31-1)...)
	}},
	{"DATA on streams that were ended", LimitResets, 999, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), data(id(i), false, "x")...)
	}},
	{"HEADERS on streams that were ended", LimitResets, 999, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), c.get(id(i))...)
	}},
	{"PRIORITY of a wrong length", LimitResets, 999, 1001, nil, func(c *client, i int) []byte {
		return append(c.get(id(i)), raw(frame.TypePriority, 0, id(i), "\x00\x00\x00\x00")...)
	}},
	{"malformed requests (CVE-2019-9514)", LimitResets, 1000, 1001, nil, func(c *client, i int) []byte {
		return frame.AppendHeaders(nil, id(i), true, true, c.request("GET", "X-Upper", "x"))
	}},
	{"streams above the limit", LimitResets, 1000, 1101, func(c *client) { c.hold = true }, func(c *client, i int) []byte {
		return c.get(id(i))
	}},
	{"field lists above the limit", LimitResets, 75, 90, nil, func(c *client, i int) []byte {
		return frame.AppendHeaders(nil, id(i), true, true, append(c.request("GET", "x-b", strings.Repeat("b", 3900)), []byte(strings.Repeat("\xbe", 16000-4000))...))
	}},
	{"PING (CVE-2019-9512)", LimitPings, 200, 201, nil, func(*client, int) []byte {
		return raw(frame.TypePing, 0, 0, "12345678")
	}},
	{"SETTINGS (CVE-2019-9515)", LimitSettings, 99, 100, nil, func(*client, int) []byte {
		return frame.AppendSettings(nil)
	}},
	{"SETTINGS of 64 entries", LimitSettings, 11, 12, nil, func(*client, int) []byte {
		return raw(frame.TypeSettings, 0, 0, strings.Repeat("\x00\x01\x00\x00\x10\x00", 64))
	}},
	{"WINDOW_UPDATE", LimitWindowUpdates, 10000, 10001, nil, func(*client, int) []byte { return update(0, 1) }},
	{"window opened by single octets (CVE-2019-9511)", LimitSmallWindows, 1000, 1002, func(c *client) {
		c.send(frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 0)), c.get(1))
		c.start(1, &text{left: strings.Repeat("x", 1<<20)})
	}, func(*client, int) []byte { return update(1, 1) }},
	{"empty DATA (CVE-2019-9518)", LimitSmallData, 10000, 10001, func(c *client) { c.send(c.post(1)) }, func(*client, int) []byte {
		return data(1, false, "")
	}},
	{"DATA of one octet", LimitSmallData, 13000, 13400, func(c *client) { c.send(c.post(1)) }, func(*client, int) []byte {
		return data(1, false, "x")
	}},
	{"DATA of padding alone", LimitSmallData, 10000, 10001, func(c *client) { c.send(c.post(1)) }, func(*client, int) []byte {
		return raw(frame.TypeData, frame.FlagPadded, 1, "\x00")
	}},
	{"empty CONTINUATION (CVE-2024-27316)", LimitContinuations, 32, 33, func(c *client) {
		c.send(raw(frame.TypeHeaders, frame.FlagEndStream, 1, "\x82"))
	}, func(*client, int) []byte { return raw(frame.TypeContinuation, 0, 1, "") }},
	{"PRIORITY (CVE-2019-9513)", LimitPriorities, 1000, 1001, nil, func(_ *client, i int) []byte {
		return frame.AppendPriority(nil, frame.Priority{StreamID: id(i)})
	}},
	{"PRIORITY_UPDATE", LimitPriorities, 1000, 1001, nil, func(_ *client, i int) []byte {
		return frame.AppendPriorityUpdate(nil, id(i), "u=1, i")
	}},
	{"frames of unknown types", LimitIdle, 5000, 5001, nil, func(*client, int) []byte { return raw(0xfe, 0, 0, full) }},
	{"GOAWAY", LimitIdle, 5000, 5002, nil, func(*client, int) []byte { return frame.AppendGoAway(nil, 0, NoError, "") }},
	{"answers to nothing", LimitIdle, 5000, 5001, nil, func(*client, int) []byte { return frame.AppendSettingsAck(nil) }},
	{"answers that are not read", LimitAnswers, 1000, 1001, func(c *client) { c.mute = true }, func(_ *client, i int) []byte {
		return raw(frame.TypePing, 0, 0, "12345678")
	}},
}

func id(i int) uint32 { return uint32(2*i + 1) }

// start answers a stream from a source.
func (c *client) start(id uint32, src Source) {
	c.t.Helper()
	if err := c.s.SendHead(c.streams[id], &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
		c.t.Fatal(err)
	}
	c.s.SetSource(c.streams[id], src)
	c.flush(1 << 20)
}

// run sends units until the connection has ended, and returns how many it took.
func (f *flood) run(t *testing.T, cfg Config, units int, pace time.Duration) (*client, int) {
	t.Helper()
	if f.limit == LimitAnswers {
		cfg.Ledger.Pings = Off
	}
	c := connect(t, cfg)
	if f.before != nil {
		f.before(c)
	}
	for i := range units {
		c.now += pace
		c.send(f.unit(c, i))
		c.sent, c.events = nil, nil
		if c.err != nil {
			return c, i + 1
		}
		for n, st := range c.streams {
			if st.State() == StateClosed && !c.hold {
				c.s.Release(st)
				delete(c.streams, n)
			}
		}
	}
	return c, units
}

// Each kind of flood is let through up to its limit and ended behind it, with
// ENHANCE_YOUR_CALM, and counted.
func TestFloods(t *testing.T) {
	t.Parallel()
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c, n := f.run(t, Config{}, f.most+10, 0)
			if n <= f.least || n > f.most {
				t.Errorf("ended after %d, want %d to %d", n, f.least+1, f.most)
			}
			if c.err != error(errFlood[f.limit]) || c.s.Err() != c.err {
				t.Errorf("error %v, Err %v", c.err, c.s.Err())
			}
			if got := c.cfg.Counters.Limits[f.limit]; got != 1 || c.cfg.Counters.ConnErrors != 1 {
				t.Errorf("counted %d times, %d connection errors", got, c.cfg.Counters.ConnErrors)
			}
		})
	}
}

// An observing ledger counts and ends nothing.
func TestFloodsObserved(t *testing.T) {
	t.Parallel()
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c, n := f.run(t, Config{Ledger: Ledger{Observe: true}}, f.most+10, 0)
			if n != f.most+10 || c.err != nil && c.cfg.Counters.Limits[f.limit] == 0 {
				t.Errorf("ended after %d: %v", n, c.err)
			}
			if c.cfg.Counters.Limits[f.limit] == 0 {
				t.Error("not counted")
			}
		})
	}
}

// A limit that is off ends nothing, and what is slow enough costs nothing: a
// tenth of each limit comes back every second.
func TestFloodsPaced(t *testing.T) {
	t.Parallel()
	for _, f := range floods {
		if f.limit == LimitContinuations || f.limit == LimitAnswers {
			continue // of these there is no rate
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			perUnit := 10 * time.Second / time.Duration(f.least)
			if c, n := f.run(t, Config{StallTimeout: Off, HeaderTimeout: Off}, 2*f.most, perUnit*11/10); c.err != nil {
				t.Errorf("ended after %d: %v", n, c.err)
			}
		})
	}
}

// Behind a flood of the floor (behaviour of old) nobody is cut: a hundred
// SETTINGS and resets, fifty PINGs within ten seconds.
func TestLedgerFloor(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{})
	for i := range 100 {
		if i < 99 { // the first ones were part of the connection
			c.send(frame.AppendSettings(nil))
		}
		if i < 50 {
			c.send(raw(frame.TypePing, 0, 0, "12345678"))
		}
		c.send(c.get(id(i)), rst(id(i)))
		c.s.Release(c.streams[id(i)])
	}
	if c.err != nil {
		t.Error(c.err)
	}
}

// Honest traffic costs nothing in the end.
func TestHonestTraffic(t *testing.T) {
	t.Parallel()
	const requests = 20000
	spent := func(t *testing.T, c *client) {
		t.Helper()
		if c.err != nil {
			t.Fatal(c.err)
		}
		for l, n := range c.s.ledger.spent {
			if n > c.s.loop.ledger[l]/2 {
				t.Errorf("%v: %d spent of %d", Limit(l), n, c.s.loop.ledger[l])
			}
		}
		if *c.cfg.Counters != (Counters{}) {
			t.Errorf("counted %+v", *c.cfg.Counters)
		}
	}
	t.Run("many small requests, half of them cancelled", func(t *testing.T) {
		t.Parallel()
		c := connect(t, Config{})
		for i := range requests {
			c.send(c.post(id(i)), data(id(i), false, "\x00\x00\x00\x00\x00"))
			if i%2 == 0 {
				c.send(rst(id(i)))
				c.s.Release(c.streams[id(i)])
			} else {
				c.send(data(id(i), true, ""))
				c.reply(id(i), "answer")
			}
			c.send(update(0, 13))
			c.sent, c.events = nil, nil
			delete(c.streams, id(i))
			delete(c.bodies, id(i))
		}
		spent(t, c)
	})
	t.Run("a thousand streams at once, all cancelled", func(t *testing.T) {
		t.Parallel()
		c := connect(t, Config{MaxConcurrentStreams: 1000})
		for i := range 1000 {
			c.send(c.get(id(i)))
		}
		for i := range 1000 {
			c.send(rst(id(i)))
		}
		if c.err != nil {
			t.Error(c.err)
		}
	})
	t.Run("a stream of small messages both ways, with PING and window updates as grpc-go sends them", func(t *testing.T) {
		t.Parallel()
		c := connect(t, Config{})
		c.send(c.post(1))
		src := &text{}
		c.start(1, src)
		for range requests {
			c.send(data(1, false, "\x00\x00\x00\x00\x00"))
			src.left = "\x00\x00\x00\x00\x01x"
			c.s.Wake(c.streams[1])
			c.flush(1 << 20)
			c.send(raw(frame.TypePing, 0, 0, "12345678"), update(0, 6), update(1, 6))
			c.sent, c.events, c.bodies[1] = nil, nil, ""
		}
		spent(t, c)
	})
	t.Run("a download, each frame acknowledged in four pieces", func(t *testing.T) {
		t.Parallel()
		c := connect(t, Config{})
		c.send(c.get(1))
		src := &text{left: strings.Repeat("x", 1<<20)}
		c.start(1, src)
		for range requests / 10 {
			for range 4 {
				c.send(update(0, 4096), update(1, 4096))
			}
			if len(src.left) < 1<<19 {
				src.left = strings.Repeat("x", 1<<20)
			}
			c.sent, c.events = nil, nil
		}
		spent(t, c)
	})
}

func TestCountersAll(t *testing.T) {
	t.Parallel()
	c := Counters{Refused: 11, HeaderLists: 12, StreamErrors: 13, ConnErrors: 14, Stalled: 15}
	for l := range c.Limits {
		c.Limits[l] = uint64(l + 1)
	}
	seen := map[uint64]string{}
	for name, n := range c.All() {
		if seen[n] != "" || n == 0 {
			t.Errorf("%s = %d is also %s", name, n, seen[n])
		}
		seen[n] = name
	}
	if len(seen) != 15 {
		t.Errorf("%d counters", len(seen))
	}
	for range c.All() {
		break
	}
}
