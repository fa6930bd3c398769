package httptwo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"reactor.example/httptwo/internal/frame"
)

// run gives a session all octets of in, in pieces of the given size, answers
// some of the streams, and returns what happened.
func runSession(t *testing.T, in []byte, piece int) (events, sent []string) {
	c := newClient(t, Config{MaxConcurrentStreams: 4})
	c.keep = true
	c.t = t
	bodies := map[uint32]string{}
	for c.err == nil {
		n := min(piece, len(in))
		c.pending, in = append(c.pending, in[:n]...), in[n:]
		for {
			ev, n, err := c.s.Next(c.pending, c.now)
			if err != nil {
				c.err = err
				events = append(events, err.Error())
				break
			}
			c.pending = c.pending[n:]
			if ev.Kind == Data {
				bodies[ev.Stream.ID] += string(ev.Data)
			} else {
				c.note(ev)
			}
			if ev.Kind == NeedMore {
				break
			}
			if ev.Kind == Head {
				c.react(ev.Stream)
			}
			c.invariants()
		}
		if len(in) == 0 {
			break
		}
	}
	c.mute = false
	// DATA and control frames mix differently, but the streams do not.
	out := c.s.AppendOutput(nil, 1<<30)
	for len(out) > 0 {
		h, _ := frame.ParseHeader(out)
		b := out[frame.HeaderLen : frame.HeaderLen+int(h.Length)]
		out = out[frame.HeaderLen+int(h.Length):]
		if text := c.describe(h, b); h.Type != frame.TypeWindowUpdate {
			sent = append(sent, text)
		}
	}
	events = append(c.events, events...)
	for id := range uint32(1000) {
		if bodies[id] != "" {
			events = append(events, bodies[id])
		}
	}
	return events, sent
}

// react does what a server does, one thing or another by the number of the
// stream.
func (c *client) react(st *Stream) {
	switch st.ID / 2 % 5 {
	case 0:
		c.s.SendHead(st, &ReplyHead{Status: 200}, true)
		c.s.Release(st)
	case 1:
		c.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: -1}, false)
		c.s.SetSource(st, &text{left: "content", end: true, trailers: []Field{{"x-sum", "7"}}})
		c.s.Release(st)
	case 2:
		c.s.Reset(st, RefusedStream)
		c.s.Release(st)
	case 3:
		c.s.Discard(st)
	}
}

// invariants checks what is true at any time.
func (c *client) invariants() {
	c.t.Helper()
	s := &c.s
	held := int64(s.in.avail) + int64(s.in.credit)
	if s.data.st != nil {
		held += int64(s.data.left)
	}
	last := uint32(0)
	queued, fresh := 0, 0
	for _, st := range s.streams.list {
		if st.ID <= last || st.state == 0 || st.state == StateIdle {
			c.t.Fatalf("stream %d behind %d, state %v", st.ID, last, st.state)
		}
		last = st.ID
		held += int64(st.unread)
		if st.state == StateClosed && (st.flags&flagQueued != 0 || st.source != nil || st.unread != 0) {
			c.t.Fatalf("closed stream %d holds something: flags %b", st.ID, st.flags)
		}
		if st.flags&flagQueued != 0 {
			queued++
			if st.flags&flagProbed == 0 {
				fresh++
			}
		}
	}
	if s.fail == nil && held != int64(s.in.size) {
		c.t.Fatalf("window of %d, but %d are accounted for: %+v", s.in.size, held, s.in)
	}
	if (s.sched != nil) != (queued > 0) || s.sched != nil && s.sched.fresh != fresh {
		c.t.Fatalf("%d streams queued, %d fresh, scheduler %+v", queued, fresh, s.sched)
	}
	if s.budget < 0 {
		c.t.Fatalf("budget %d", s.budget)
	}
}

// FuzzNext feeds octets whole and in pieces: events, errors and answers are the
// same.
func FuzzNext(f *testing.F) {
	hello := preface + string(frame.AppendSettings(nil))
	c := newClient(f, Config{})
	for _, parts := range [][][]byte{
		{c.get(1), c.post(3), data(3, false, "hel"), data(3, true, "lo")},
		{c.post(1), raw(frame.TypeData, frame.FlagPadded, 1, "\x02hi\x00\x00"), raw(frame.TypePing, 0, 0, "12345678")},
		{c.post(7), data(7, false, "x"), frame.AppendHeaders(nil, 7, true, true, c.fields("x-sum", "1"))},
		{c.post(5), data(5, false, full[:100]), rst(5), update(5, 1), data(5, true, "late")},
		{raw(frame.TypeHeaders, 0, 1, "\x82\x86"), raw(frame.TypeContinuation, 4, 1, "\x84\x41\x01a")},
		{frame.AppendPriorityUpdate(nil, 1, "u=0"), c.get(1), frame.AppendPriority(nil, frame.Priority{StreamID: 1}), raw(0xfe, 0, 3, "what")},
		{frame.AppendGoAway(nil, 0, NoError, "x"), frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 0)), frame.AppendSettingsAck(nil)},
		{c.get(1), c.get(3), c.get(5), c.get(7), c.get(9), c.get(11), c.post(13, "content-length", "3"), data(13, true, "four")},
	} {
		var in strings.Builder
		in.WriteString(hello)
		for _, b := range parts {
			in.WriteString(string(b))
		}
		f.Add([]byte(in.String()), byte(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece byte) {
		events, sent := runSession(t, in, len(in)+1)
		for _, size := range []int{1, int(piece) + 2} {
			e, s := runSession(t, in, size)
			if !slices.Equal(e, events) || !slices.Equal(s, sent) {
				t.Fatalf("in pieces of %d:\n%s\n%s\nwhole:\n%s\n%s", size,
					strings.Join(e, "\n"), strings.Join(s, "\n"), strings.Join(events, "\n"), strings.Join(sent, "\n"))
			}
		}
	})
}

// FuzzCalls lets a client and a server do what each octet says, in any order.
// Nothing panics, accounts are right at every step, and when all is over
// nothing is held.
func FuzzCalls(f *testing.F) {
	f.Add([]byte("\x00\x01\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"))
	f.Add([]byte("\x00\x10\x20\x0a\x1a\x2a\x03\x13\x0b\x1b\x0c\x1c\x0d\x1d\x04\x14\x05\x15\x0f"))
	f.Add([]byte("\x01\x11\x21\x02\x12\x0a\x1b\x0b\x0e\x1e\x05\x06\x07\x08\x09\x0e\x0e\x0f\x0f"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		budget := &purse{left: 1 << 20}
		c := connect(t, Config{MaxConcurrentStreams: 8, Windows: budget}, setting(frame.SettingInitialWindowSize, 20))
		c.keep = true
		for i, op := range ops {
			if c.err != nil {
				break
			}
			c.now += time.Second
			c.do(op, uint32(i))
			c.invariants()
		}
		c.s.Each(func(st *Stream) {
			c.s.Reset(st, Cancel)
			c.s.Release(st)
		})
		for c.s.fail == nil && c.s.dead != nil {
			c.s.Next(nil, c.now)
		}
		for c.s.HasOutput() {
			c.flush(1 << 20)
		}
		c.invariants()
		for _, st := range c.s.streams.list {
			if st.flags&flagReleased == 0 || st.source == nil {
				t.Errorf("stream %d is left in state %v", st.ID, st.state)
			}
		}
		c.s.Close()
		if budget.left != 1<<20 {
			t.Errorf("budget %d", budget.left)
		}
	})
}

// do does one thing; the high half of op chooses the stream.
func (c *client) do(op byte, i uint32) {
	which := uint32(op>>4)*2 + 1
	next := c.s.lastID + 2 - (c.s.lastID+1)%2
	st := c.streams[which]
	if st != nil && c.s.streams.find(which) != st {
		st = nil
	}
	if st != nil && st.flags&flagReleased != 0 {
		st = nil
	}
	switch op & 15 {
	case 0:
		c.send(c.get(next, "priority", "i"))
	case 1:
		c.send(c.post(next))
	case 2:
		c.half(data(which, false, strings.Repeat("x", int(i%300))))
	case 3:
		c.half(data(which, true, "end"))
	case 4:
		c.half(rst(which))
	case 5:
		c.half(update(which, 1+i%100))
	case 6:
		c.half(update(0, 1+i%100))
	case 7:
		c.half(frame.AppendPriorityUpdate(nil, which, "u=1"))
	case 8:
		c.half(frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, i%50)))
	case 9:
		c.half(frame.AppendHeaders(nil, which, true, true, c.fields("x-sum", "1")))
	case 10:
		if st != nil && c.s.SendHead(st, &ReplyHead{Status: 200}, i%3 == 0) == nil {
			c.s.SetSource(st, &text{left: full[:i%200], end: i%2 == 0})
		}
	case 11:
		if st != nil {
			c.s.Release(st)
			delete(c.streams, which)
		}
	case 12:
		if st != nil {
			c.s.Consume(st, int(i))
		}
	case 13:
		if st != nil {
			c.s.Discard(st)
		}
	case 14:
		if st != nil {
			c.s.Reset(st, Cancel)
		}
	case 15:
		c.flush(int(i % 30))
		if c.now >= c.s.Deadline() && c.s.Tick(c.now) == nil {
			c.read()
		}
	}
	if i%3 == 0 {
		c.flush(int(i))
	}
}

// half sends a frame, of which the second half comes with the next one.
func (c *client) half(b []byte) {
	c.mute = true
	n := len(b) / 2
	c.send(b[:n])
	c.send(b[n:])
	c.mute = false
}
