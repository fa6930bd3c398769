package websocket

import (
	"strings"
	"testing"
)

// Fragmentation: group 5 of the Autobahn test suite.
func TestFragmentation(t *testing.T) {
	t.Parallel()
	check(t, []conversation{
		{name: "5.4: two fragments", in: begin("a") + end("b"), events: []string{`message text "ab"`}},
		{name: "5.4: many", in: begin("a") + middle("b") + middle("") + middle("c") + end("d"), events: []string{`message text "abcd"`}},
		{name: "5.4: empty ones", in: begin("") + middle("") + end(""), events: []string{`message text ""`}},
		{name: "5.4: only the last has content", in: begin("") + end("x"), events: []string{`message text "x"`}},
		{name: "5.4: binary", in: rawFrame{op: 2, payload: "\xff", more: true}.String() + end("\xfe"), events: []string{`message binary "\xff\xfe"`}},
		{name: "5.4: a ping in between", in: begin("a") + ping("p") + end("b"), events: []string{`ping "p"`, `message text "ab"`}},
		{
			name: "5.4: pings and pongs everywhere", in: ping("1") + begin("a") + pong("2") + ping("3") + middle("b") + ping("4") + end("c") + ping("5"),
			events: []string{`ping "1"`, `pong "2"`, `ping "3"`, `ping "4"`, `message text "abc"`, `ping "5"`},
		},
		{name: "5.4: a Close in between", in: begin("a") + closing(1000, ""), events: []string{`close 1000 ""`}},
		{name: "5.4: a continuation of nothing", in: end("x"), err: errNothingToGo},
		{name: "5.4: an unfinished continuation of nothing", in: middle("x"), err: errNothingToGo},
		{name: "5.4: a continuation of a finished message", in: text("a") + end("x"), events: []string{`message text "a"`}, err: errNothingToGo},
		{name: "5.4: a continuation after fragments", in: begin("a") + end("b") + middle("x"), events: []string{`message text "ab"`}, err: errNothingToGo},
		{name: "5.4: text inside a message", in: begin("a") + text("b"), err: errInterleaved},
		{name: "5.4: binary inside a message", in: begin("a") + binaryF("b"), err: errInterleaved},
		{name: "5.4: a fragmented message inside a message", in: begin("a") + begin("b"), err: errInterleaved},
		{name: "5.4: two messages in fragments", in: begin("a") + end("b") + begin("c") + end("d"), events: []string{`message text "ab"`, `message text "cd"`}},
	})
}

// Control frames: group 2 of the Autobahn test suite.
func TestControlFrames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\xfe", 125)
	m := Message{Data: []byte(long)}
	var ten, pings string
	for i := range 10 {
		pings += ping(string(rune('0' + i)))
		ten += "ping \"" + string(rune('0'+i)) + "\"\n"
	}
	check(t, []conversation{
		{name: "5.5.2: an empty ping", in: ping(""), events: []string{`ping ""`}},
		{name: "5.5.2: a ping with content", in: ping("Hello"), events: []string{`ping "Hello"`}},
		{name: "5.5.2: a ping that is not text", in: ping("\x00\xff\xfe"), events: []string{`ping "\x00\xff\xfe"`}},
		{name: "5.5: the longest ping", in: ping(long), events: []string{describe(EventPing, &m)}},
		{name: "5.5: a longer ping", in: ping(long + "x"), err: errControlLong},
		{name: "5.5.3: a pong that nobody asked for", in: pong("x") + ping("y"), events: []string{`pong "x"`, `ping "y"`}},
		{name: "5.5.2: ten pings", in: pings, events: strings.Split(strings.TrimSuffix(ten, "\n"), "\n")},
		{name: "5.5: a longer pong", in: pong(long + "x"), err: errControlLong},
		{name: "5.5: a longer Close", in: closing(1000, strings.Repeat("x", 124)), err: errControlLong},
		{name: "5.5: an unfinished ping", in: rawFrame{op: 9, payload: "x", more: true}.String(), err: errControlPart},
		{name: "5.5: an unfinished pong", in: rawFrame{op: 10, more: true}.String(), err: errControlPart},
		{name: "5.5: an unfinished Close", in: rawFrame{op: 8, payload: "\x03\xe8", more: true}.String(), err: errControlPart},
	})
}

// What a peer may send without saying anything is bounded.
func TestFlood(t *testing.T) {
	t.Parallel()
	three := &Config{MaxControlFrames: 3}
	p := []string{`ping ""`, `ping ""`, `ping ""`}
	check(t, []conversation{
		{name: "10.4: as many pings as allowed", cfg: three, in: strings.Repeat(ping(""), 3), events: p},
		{name: "10.4: one more", cfg: three, in: strings.Repeat(ping(""), 4), events: p, err: errFlood},
		{name: "10.4: pongs count", cfg: three, in: strings.Repeat(pong(""), 4), events: []string{`pong ""`, `pong ""`, `pong ""`}, err: errFlood},
		{name: "10.4: empty fragments", cfg: three, in: begin("") + strings.Repeat(middle(""), 3), err: errFlood},
		{name: "10.4: a message earns room", cfg: three, in: strings.Repeat(ping(""), 3) + text("x") + ping(""), events: append(p[:3:3], `message text "x"`, `ping ""`)},
		{name: "10.4: an empty one does not", cfg: three, in: strings.Repeat(ping(""), 3) + text("") + ping(""), events: append(p[:3:3], `message text ""`), err: errFlood},
	})
	var c Conn
	c.Init(three, Extensions{})
	for range 100 {
		if r := runOn(&c, ping("")+ping("")); r.err != nil {
			t.Fatalf("a peer that pings now and then: %v", r.err)
		}
		c.Refund(2)
	}
	c.Refund(1 << 30)
	if c.room != 3 {
		t.Errorf("room for %d, want 3", c.room)
	}
	if r := run(&Config{MaxControlFrames: Off}, strings.Repeat(ping(""), 5000)); r.err != nil || len(r.events) != 5000 {
		t.Errorf("no bound: %d, %v", len(r.events), r.err)
	}
}
