package websocket

import (
	"fmt"
	"strings"
	"testing"
)

// Close frames: group 7 of the Autobahn test suite.
func TestClose(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("*", 123)
	m := Message{Code: 1000, Data: []byte(longest)}
	cases := []conversation{
		{name: "5.5.1: empty", in: rawFrame{op: 8}.String(), events: []string{`close 1005 ""`}},
		{name: "5.5.1: one octet", in: rawFrame{op: 8, payload: "\x03"}.String(), err: errCloseLength},
		{name: "5.5.1: a code", in: closing(1000, ""), events: []string{`close 1000 ""`}},
		{name: "5.5.1: a code and a reason", in: closing(1000, "Hello World!"), events: []string{`close 1000 "Hello World!"`}},
		{name: "5.5.1: the longest reason", in: closing(1000, longest), events: []string{describe(EventClose, &m)}},
		{name: "5.5.1: a longer one", in: closing(1000, longest+"*"), err: errControlLong},
		{name: "8.1: a reason that is no text", in: closing(1000, "\xce\xba\xed\xa0\x80"), err: errReasonText},
		{name: "8.1: the same with a newer code", in: closing(1012, "\xff"), err: errReasonText},
		{name: "5.5.1: what follows is not looked at", in: text("a") + closing(1000, "") + text("b") + ping("") + "garbage", events: []string{`message text "a"`, `close 1000 ""`}},
		{name: "5.5.1: two of them", in: closing(1000, "") + closing(1001, ""), events: []string{`close 1000 ""`}},
	}
	for _, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		cases = append(cases, conversation{name: fmt.Sprintf("7.4: %d", code), in: closing(code, ""), events: []string{fmt.Sprintf(`close %d ""`, code)}})
	}
	for _, code := range []int{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		for _, reason := range []string{"", "reason"} {
			cases = append(cases, conversation{name: fmt.Sprintf("7.4: %d %s", code, reason), in: closing(code, reason), err: errCloseCode})
		}
	}
	check(t, cases)
}

// What a Close is answered with, and what goes out afterwards: nothing.
func TestCloseReply(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{closing(1000, "bye"), "\x88\x02\x03\xe8"},
		{closing(1001, ""), "\x88\x02\x03\xe9"},
		{closing(1010, ""), "\x88\x02\x03\xe8"}, // only a client sends it
		{closing(4999, ""), "\x88\x02\x13\x87"},
		{rawFrame{op: 8}.String(), "\x88\x00"},
		{text("a"), ""},
	} {
		var c Conn
		c.Init(nil, Extensions{})
		runOn(&c, tt.in)
		if got := string(c.AppendCloseReply(nil)); got != tt.want {
			t.Errorf("%q is answered %q, want %q", tt.in, got, tt.want)
		}
		if got := c.AppendCloseReply(nil); got != nil || tt.want != "" && c.State() != StateClosed {
			t.Errorf("%q is answered again: %q, %v", tt.in, got, c.State())
		}
	}
}

func TestAppendClose(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code   CloseCode
		reason string
		want   string
	}{
		{1000, "", "\x03\xe8"},
		{1001, "going", "\x03\xe9going"},
		{CloseNoStatus, "dropped", ""},
		{1006, "", "\x03\xe8"},
		{1010, "", "\x03\xe8"},
		{0, "x", "\x03\xe8x"},
		{5000, "", "\x03\xe8"},
		{4000, strings.Repeat("x", 130), "\x0f\xa0" + strings.Repeat("x", 123)},
		{4000, strings.Repeat("x", 122) + "é", "\x0f\xa0" + strings.Repeat("x", 122)},
		{4000, strings.Repeat("x", 121) + "é", "\x0f\xa0" + strings.Repeat("x", 121) + "é"},
		{4000, "a\xffb", "\x0f\xa0a\ufffdb"},
		{4000, strings.Repeat("\xff", 123), "\x0f\xa0" + strings.Repeat("\ufffd", 41)},
	} {
		var c Conn
		c.Init(nil, Extensions{})
		want := "\x88" + string(rune(len(tt.want))) + tt.want
		if got := string(c.AppendClose(nil, tt.code, tt.reason)); got != want {
			t.Errorf("AppendClose(%d, %q) = %q, want %q", tt.code, tt.reason, got, want)
		}
	}
}

// After our Close messages and pings of the peer still come, pings are still
// answered, and nothing else is sent; then its Close ends it (section 7.1).
func TestCloseFirst(t *testing.T) {
	t.Parallel()
	var c Conn
	c.Init(nil, Extensions{})
	if out := c.AppendClose(nil, 1001, ""); len(out) != 4 || c.State() != StateClosing || c.MaySend() {
		t.Fatalf("%q, %v", out, c.State())
	}
	if out := c.AppendClose(nil, 1000, ""); out != nil {
		t.Errorf("a second Close: %q", out)
	}
	if out := append(c.AppendMessage(nil, OpText, nil), c.AppendPing(nil, nil)...); out != nil {
		t.Errorf("sent after Close: %q", out)
	}
	r := runOn(&c, text("late")+ping("p"))
	if got := r.String(); got != "message text \"late\"\nping \"p\"\nclosing <nil>" {
		t.Errorf("got %s", got)
	}
	if out := string(c.AppendPong(nil, []byte("p"))); out != "\x8a\x01p" {
		t.Errorf("pong %q", out)
	}
	if r = runOn(&c, closing(1001, "")); r.String() != "close 1001 \"\"\nclosed <nil>" {
		t.Errorf("got %s", r)
	}
	if out := append(c.AppendPong(nil, nil), c.AppendCloseReply(nil)...); out != nil {
		t.Errorf("sent after both: %q", out)
	}
}

// After a fault exactly one Close goes out, with its code (section 7.1.7).
func TestCloseAfterFault(t *testing.T) {
	t.Parallel()
	var c Conn
	c.Init(nil, Extensions{})
	if r := runOn(&c, text("\xff")); r.err != errText || r.state != StateFailed {
		t.Fatal(r)
	}
	if out := append(c.AppendMessage(nil, OpText, nil), c.AppendPong(nil, nil)...); out != nil {
		t.Errorf("sent after a fault: %q", out)
	}
	if out := string(c.AppendClose(nil, 1000, "ignored")); out != "\x88\x13\x03\xeftext is not UTF-8" || c.State() != StateClosed {
		t.Errorf("%q, %v", out, c.State())
	}
	if r := runOn(&c, text("a")); r.err != errText || len(r.events) > 0 {
		t.Errorf("the fault comes again: %v", r)
	}
	c.Init(nil, Extensions{})
	c.AppendClose(nil, 1000, "")
	if r := runOn(&c, text("\xff")); r.err != errText || r.state != StateClosed || c.AppendClose(nil, 1000, "") != nil {
		t.Errorf("a fault after our Close: %v", r)
	}
}

// Every fault has a reason that fits into the Close.
func TestReasonsFit(t *testing.T) {
	t.Parallel()
	for from, f := range faults {
		if len(f.Reason) > maxReason || !f.Code.Sendable() {
			t.Errorf("%v: %v", from, f)
		}
	}
	if fault(fmt.Errorf("another")) != errHeader {
		t.Error("an error of package ws that is new is not a malformed header")
	}
}

// The illegal moves are those that are not in the diagram.
func TestStates(t *testing.T) {
	t.Parallel()
	legal := 0
	for s := StateOpen; s < numStates; s++ {
		for e := range numEvents {
			if moves[s][e] == 0 {
				c := Conn{state: s}
				func() {
					defer func() {
						if recover() == nil {
							t.Errorf("%v has a move for %d", s, e)
						}
					}()
					c.move(e)
				}()
				continue
			}
			legal++
		}
	}
	if legal != 7 {
		t.Errorf("%d legal moves, want 7", legal)
	}
	for s := State(0); s <= numStates; s++ {
		if (s.String() == "none") != (s == 0 || s == numStates) {
			t.Errorf("state %d is called %q", s, s)
		}
	}
}
