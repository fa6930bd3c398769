package websocket

// A State says where a connection stands in its closing handshake (RFC 6455,
// section 7). Only move changes it.
//
//	      send Close           receive Close
//	Open ------------> Closing --------------> Closed
//	 |                                           ^
//	 | receive Close              send Close     |
//	 +------------> Answering -------------------+
//
// A fault of the peer leads to Failed, where nothing is received any more and
// one Close may be sent, if none was.
type State uint8

// The states of a connection.
const (
	_              State = iota // zero: not a state, an illegal move
	StateOpen                   // messages go both ways
	StateClosing                // our Close is sent, the peer's is awaited
	StateAnswering              // the peer's Close is here, ours is to be sent
	StateFailed                 // the peer broke a rule, our Close is to be sent
	StateClosed                 // neither sends any more
	numStates
)

// event is what can happen to a connection.
type event uint8

const (
	evSend    event = iota // a Close is sent
	evReceive              // a valid Close has come
	evFail                 // the peer broke a rule
	numEvents
)

// moves is the whole state machine: moves[s][e] follows s on e, and a zero
// cell is illegal. Only move reads it (RFC 6455, sections 7.1.2 to 7.1.7).
var moves = [numStates][numEvents]State{
	StateOpen:      {evSend: StateClosing, evReceive: StateAnswering, evFail: StateFailed},
	StateClosing:   {evReceive: StateClosed, evFail: StateClosed},
	StateAnswering: {evSend: StateClosed},
	StateFailed:    {evSend: StateClosed},
}

// move is the only writer of c.state.
func (c *Conn) move(e event) {
	next := moves[c.state][e]
	if next == 0 {
		panic("websocket: illegal move from " + c.state.String())
	}
	c.state = next
}

// receives reports whether frames are still looked at.
func (s State) receives() bool { return s == StateOpen || s == StateClosing }

// maySendClose reports whether no Close was sent yet.
func (s State) maySendClose() bool {
	return s == StateOpen || s == StateAnswering || s == StateFailed
}

// String returns the name of the state, for traces and statistics.
func (s State) String() string {
	switch s {
	case StateOpen:
		return "open"
	case StateClosing:
		return "closing"
	case StateAnswering:
		return "answering"
	case StateFailed:
		return "failed"
	case StateClosed:
		return "closed"
	}
	return "none"
}
