package httpone

// A State says where a connection stands between two calls. Only move
// changes it.
//
//	       octet        head        body end        reply end
//	Idle --------> Head -----> Body ---------> Reply ----------> Idle
//	                            |                |
//	                  reply end |                | switch
//	                            v   body end     v
//	                          Drain -------> Idle  Tunnel
//
// The last reply of a connection and every failure lead to Closed.
type State uint8

// The states of a connection.
const (
	_           State = iota // zero: not a state, an illegal move
	StateIdle                // between requests: no octet of the next one is here
	StateHead                // waiting for the rest of a head
	StateBody                // head delivered, EventEnd not yet
	StateReply               // request complete, reply not finished
	StateDrain               // reply finished, the rest of the body is still to be read
	StateTunnel              // switched to another protocol: nothing is parsed
	StateClosed              // no further request is accepted
	numStates
)

// event is what can happen to a connection.
type event uint8

const (
	evOctet    event = iota // the first octet of a head
	evHead                  // a complete head
	evBodyEnd               // the request is complete
	evReplyEnd              // the reply is complete, the connection persists
	evLast                  // the reply is complete, the connection does not persist
	evSwitch                // the reply is complete and opens a tunnel
	evFail                  // the peer broke a rule, or the input ended early
	numEvents
)

// moves is the whole state machine: moves[s][e] follows s on e, and a zero
// cell is illegal. Only move reads it (RFC 9112, section 9.3).
var moves = [numStates][numEvents]State{
	StateIdle:   {evOctet: StateHead, evLast: StateClosed, evFail: StateClosed},
	StateHead:   {evHead: StateBody, evLast: StateClosed, evFail: StateClosed},
	StateBody:   {evBodyEnd: StateReply, evReplyEnd: StateDrain, evLast: StateClosed, evFail: StateClosed},
	StateReply:  {evReplyEnd: StateIdle, evLast: StateClosed, evSwitch: StateTunnel, evFail: StateClosed},
	StateDrain:  {evBodyEnd: StateIdle, evFail: StateClosed},
	StateTunnel: {evFail: StateClosed},
	StateClosed: {evLast: StateClosed, evFail: StateClosed},
}

// move is the only writer of c.state.
func (c *Conn) move(e event) {
	next := moves[c.state][e]
	if next == 0 {
		panic("httpone: illegal move from " + c.state.String())
	}
	c.state = next
}

// String returns the name of the state, for traces and statistics.
func (s State) String() string {
	switch s {
	case StateIdle:
		return "idle"
	case StateHead:
		return "head"
	case StateBody:
		return "body"
	case StateReply:
		return "reply"
	case StateDrain:
		return "drain"
	case StateTunnel:
		return "tunnel"
	case StateClosed:
		return "closed"
	}
	return "none"
}

// replyState says how far the reply to the current request is. Only moveReply
// changes it.
//
//	waiting --head--> body --end--> done --next--> waiting
type replyState uint8

const (
	_            replyState = iota // zero: not a state, an illegal move
	replyWaiting                   // no final head yet
	replyBody                      // final head written, end not yet
	replyDone                      // end written
	numReplyStates
)

type replyEvent uint8

const (
	rvHead replyEvent = iota // the final head was written
	rvEnd                    // the end of the content was written
	rvNext                   // the next request is awaited
	numReplyEvents
)

// replyMoves is the other half of the machine, read by moveReply alone.
var replyMoves = [numReplyStates][numReplyEvents]replyState{
	replyWaiting: {rvHead: replyBody},
	replyBody:    {rvEnd: replyDone},
	replyDone:    {rvNext: replyWaiting},
}

// moveReply is the only writer of c.reply.
func (c *Conn) moveReply(e replyEvent) {
	next := replyMoves[c.reply][e]
	if next == 0 {
		panic("httpone: illegal move of the reply")
	}
	c.reply = next
}
