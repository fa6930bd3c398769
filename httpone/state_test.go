package httpone

import "testing"

// Every move that is not in the tables panics and leaves the state alone, and
// every move that is there leads to a state.
func TestIllegalMoves(t *testing.T) {
	t.Parallel()
	for s := range numStates {
		for e := range numEvents {
			c := Conn{state: s}
			want := moves[s][e]
			if moved := try(func() { c.move(e) }); moved != (want != 0) {
				t.Errorf("%v on event %d: moved = %v", s, e, moved)
			}
			if want != 0 && c.state != want || want == 0 && c.state != s {
				t.Errorf("%v on event %d: state %v, want %v", s, e, c.state, want)
			}
		}
	}
	for s := range numReplyStates {
		for e := range numReplyEvents {
			c := Conn{reply: s}
			want := replyMoves[s][e]
			if moved := try(func() { c.moveReply(e) }); moved != (want != 0) {
				t.Errorf("reply state %d on event %d: moved = %v", s, e, moved)
			}
		}
	}
}

func try(f func()) (returned bool) {
	defer func() {
		if recover() != nil {
			returned = false
		}
	}()
	f()
	return true
}

// From every state a connection can fail, and a closed one stays closed.
func TestEveryStateCanFail(t *testing.T) {
	t.Parallel()
	for s := StateIdle; s < numStates; s++ {
		if moves[s][evFail] != StateClosed {
			t.Errorf("%v on failure: %v, want closed", s, moves[s][evFail])
		}
		if s.String() == "none" {
			t.Errorf("state %d has no name", s)
		}
	}
	for e := range numEvents {
		if next := moves[StateClosed][e]; next != 0 && next != StateClosed {
			t.Errorf("closed on event %d: %v", e, next)
		}
	}
	if State(0).String() != "none" || EventClosed.String() != "closed" || Event(99).String() != "no event" {
		t.Error("names")
	}
}

// The zero Conn is not ready, but harmless.
func TestZeroConn(t *testing.T) {
	t.Parallel()
	var c Conn
	if ev, n, err := c.Next([]byte(get("")), new(Request)); ev != EventClosed || n == 0 || err != nil {
		t.Errorf("Next = %v, %d, %v", ev, n, err)
	}
	if _, err := c.AppendReply(nil, nil, &ReplyHead{Status: 200}, nil); err == nil {
		t.Error("a reply is possible")
	}
}

// Calls of FinishReply out of order never make a connection persist.
func TestFinishReplyOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"idle": "", "head": "GET", "body": post("Content-Length: 5\r\n", ""), "reply": "", "closed": "\x00",
	} {
		c := NewConn(nil)
		var r Request
		if name == "reply" {
			readRequest(t, &c, &r, get(""))
		} else {
			runOn(&c, &r, in)
		}
		if c.State().String() != name {
			t.Errorf("state %v, want %s", c.State(), name)
		}
		for range 2 {
			if c.FinishReply() || c.State() != StateClosed {
				t.Errorf("%s: state %v, want closed", name, c.State())
			}
		}
	}
}
