package httptwo

// A State says where a stream stands (RFC 9113, section 5.1). Only become
// changes it. There is no push, so streams are never reserved, and a stream
// that is idle does not exist yet.
//
//	               +--------+
//	       recv H  |  idle  |  recv H, END_STREAM
//	      ,--------|        |---------.
//	     v         +--------+          v
//	+--------+   recv END_STREAM   +-------------+
//	|  open  |-------------------->| half-closed |
//	|        |                     |  (remote)   |
//	+--------+                     +-------------+
//	 |      | send END_STREAM            | send END_STREAM
//	 |      v                            |
//	 |  +-------------+                  |
//	 |  | half-closed |                  |
//	 |  |  (local)    |                  |
//	 |  +-------------+                  |
//	 |      | recv END_STREAM            |
//	 | RST_STREAM, sent or received, from any state
//	 |      v                            |
//	 |  +--------+                       |
//	 '->| closed |<----------------------'
//	    +--------+
type State uint8

// The states of a stream.
const (
	_                     State = iota // zero: not a state, an illegal move
	StateIdle                          // no field block yet
	StateOpen                          // both sides send
	StateHalfClosedLocal               // the response is complete, the request not yet
	StateHalfClosedRemote              // the request is complete, the response not yet
	StateClosed                        // nothing is sent any more
	numStates
)

// streamEvent is what can happen to a stream.
type streamEvent uint8

const (
	evOpen    streamEvent = iota // a field block came
	evOpenEnd                    // a field block with END_STREAM came
	evRecvEnd                    // END_STREAM came
	evSendEnd                    // END_STREAM was sent
	evReset                      // RST_STREAM came or was sent
	numStreamEvents
)

// moves is the whole state machine: moves[s][e] follows s on e, and a zero
// cell is illegal. Only become reads it (RFC 9113, section 5.1).
var moves = [numStates][numStreamEvents]State{
	StateIdle:             {evOpen: StateOpen, evOpenEnd: StateHalfClosedRemote},
	StateOpen:             {evRecvEnd: StateHalfClosedRemote, evSendEnd: StateHalfClosedLocal, evReset: StateClosed},
	StateHalfClosedLocal:  {evRecvEnd: StateClosed, evReset: StateClosed},
	StateHalfClosedRemote: {evSendEnd: StateClosed, evReset: StateClosed},
	StateClosed:           {},
}

// become is the only writer of st.state.
func (st *Stream) become(e streamEvent) {
	next := moves[st.state][e]
	if next == 0 {
		panic("httptwo: illegal move from " + st.state.String())
	}
	st.state = next
}

var stateNames = [numStates]string{
	StateIdle: "idle", StateOpen: "open", StateHalfClosedLocal: "half-closed (local)",
	StateHalfClosedRemote: "half-closed (remote)", StateClosed: "closed",
}

// String returns the name that RFC 9113 gives the state.
func (s State) String() string {
	if s < numStates && s != 0 {
		return stateNames[s]
	}
	return "none"
}

// receives reports whether the client may still send a body or trailers.
func (s State) receives() bool { return s == StateOpen || s == StateHalfClosedLocal }

// sends reports whether we may still send.
func (s State) sends() bool { return s == StateOpen || s == StateHalfClosedRemote }
