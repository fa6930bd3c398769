package httptwo

import (
	"fmt"
	"strings"
	"testing"

	"reactor.example/httptwo/internal/frame"
)

// order returns the numbers of the streams whose DATA left, each once for a
// run of frames.
func order(c *client) string {
	var ids []string
	for _, s := range c.sent {
		if f := strings.Fields(s); f[0] == "DATA" && (len(ids) == 0 || ids[len(ids)-1] != f[1]) {
			ids = append(ids, f[1])
		}
	}
	c.sent = nil
	return strings.Join(ids, " ")
}

// RFC 9218, section 10.
func TestRFC9218_10(t *testing.T) {
	t.Parallel()
	two := strings.Repeat("x", 2*16384)
	for _, row := range []struct {
		name       string
		priorities []string // of streams 1, 3, 5 ...
		want       string
	}{
		{"one after the other in the order of numbers", []string{"", "", ""}, "1 3 5"},
		{"urgency strictly", []string{"u=7", "u=3", "u=0", "u=1"}, "5 7 3 1"},
		{"incremental by turns", []string{"i", "i", "i"}, "1 3 5 1 3 5"},
		{"both kinds by turns", []string{"", "i", "i"}, "1 3 1 5 3 5"},
		{"urgency before turns", []string{"u=2, i", "u=1", "u=2, i"}, "3 1 5 1 5"},
		{"malformed is the default", []string{"u=4", "u=,", "u=2"}, "5 3 1"},
	} {
		c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 1<<20))
		c.send(update(0, 1<<20))
		for i, p := range row.priorities {
			id := uint32(2*i + 1)
			if p == "" {
				c.send(c.get(id))
			} else {
				c.send(c.get(id, "priority", p))
			}
		}
		// Answered in the opposite order, which must not matter.
		for i := len(row.priorities) - 1; i >= 0; i-- {
			st := c.streams[uint32(2*i+1)]
			if err := c.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
				t.Fatal(err)
			}
			if !st.Priority().Incremental {
				c.s.SetSource(st, &text{left: two, end: true})
			}
		}
		for i := range row.priorities {
			if st := c.streams[uint32(2*i+1)]; st.Priority().Incremental {
				c.s.SetSource(st, &text{left: two, end: true})
			}
		}
		for c.s.HasOutput() {
			c.flush(1)
		}
		if got := order(c); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// RFC 9218, section 7.1: PRIORITY_UPDATE for a stream that waits, and for one
// that is not open yet.
func TestRFC9218_7_1(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{}, setting(frame.SettingInitialWindowSize, 0))
	c.send(frame.AppendPriorityUpdate(nil, 3, "u=1"), c.get(1), c.get(3, "priority", "u=6"), c.get(5))
	for _, id := range []uint32{1, 3, 5} {
		c.reply(id, "xx")
	}
	c.send(frame.AppendPriorityUpdate(nil, 5, "u=0"), frame.AppendPriorityUpdate(nil, 5, "u=bad;"))
	c.send(frame.AppendPriorityUpdate(nil, 1, "u=7, i"))
	c.sent = nil
	c.send(frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 1)))
	if got := order(c); got != "3 5 1" {
		t.Errorf("order %q", got)
	}
	for id := uint32(101); id < 201; id += 2 {
		c.send(frame.AppendPriorityUpdate(nil, id, "u=1"))
	}
	if n := len(c.s.early); n > maxEarly {
		t.Errorf("%d priorities are kept", n)
	}
	c.send(c.get(201))
	if c.s.early != nil {
		t.Error("priorities are kept for streams that cannot be opened any more")
	}
}

// A priority that changes while the stream is in a queue moves it, whatever
// stands around it.
func TestSetPriorityMoves(t *testing.T) {
	t.Parallel()
	for u := range uint8(9) {
		for _, id := range []uint32{1, 3, 5, 7} {
			c := connect(t, Config{})
			c.send(c.get(1), c.get(3), c.get(5), c.get(7))
			for _, id := range []uint32{7, 1, 5, 3} {
				if err := c.s.SendHead(c.streams[id], &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
					t.Fatal(err)
				}
				c.s.SetSource(c.streams[id], &text{left: "x", end: true})
			}
			c.s.SetPriority(c.streams[id], Priority{Urgency: u, Incremental: u&1 != 0})
			c.flush(1 << 20)
			var rest []string
			for _, other := range []string{"1", "3", "5", "7"} {
				if other != fmt.Sprint(id) {
					rest = append(rest, other)
				}
			}
			got := order(c)
			want := fmt.Sprint(id) + " " + strings.Join(rest, " ")
			switch {
			case u > 3:
				want = strings.Join(rest, " ") + " " + fmt.Sprint(id)
			case u == 3:
				want = rest[0] + " " + fmt.Sprint(id) + " " + strings.Join(rest[1:], " ")
			}
			if got != want {
				t.Errorf("stream %d to %d: %q, want %q", id, u, got, want)
			}
			if c.s.sched != nil {
				t.Error("a scheduler is kept")
			}
		}
	}
}
