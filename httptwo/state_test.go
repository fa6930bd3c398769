package httptwo

import "testing"

// Every move that is not in the table panics and leaves the state alone, and
// every move that is there leads to a state.
func TestIllegalMoves(t *testing.T) {
	t.Parallel()
	for from := range numStates {
		for e := range numStreamEvents {
			st := &Stream{state: from}
			want := moves[from][e]
			if moved := try(func() { st.become(e) }); moved != (want != 0) {
				t.Errorf("%v on event %d: moved = %v", from, e, moved)
			}
			if want != 0 && st.state != want || want == 0 && st.state != from {
				t.Errorf("%v on event %d: state %v, want %v", from, e, st.state, want)
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

// A stream that sends or receives can be reset, and a closed one does nothing.
func TestEveryStateCanEnd(t *testing.T) {
	t.Parallel()
	for s := StateIdle; s < numStates; s++ {
		if (s.sends() || s.receives()) != (moves[s][evReset] == StateClosed) {
			t.Errorf("%v: sends %v, receives %v, reset leads to %v", s, s.sends(), s.receives(), moves[s][evReset])
		}
		if s.receives() != (moves[s][evRecvEnd] != 0) || s.sends() != (moves[s][evSendEnd] != 0) {
			t.Errorf("%v: the ends do not fit", s)
		}
		if s.String() == "none" || s.String() == "" {
			t.Errorf("state %d has no name", s)
		}
	}
	if State(0).String() != "none" || State(99).String() != "none" || EventKind(99).String() != "no event" || Limit(99).String() != "no limit" {
		t.Error("names")
	}
}
