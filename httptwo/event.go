package httptwo

// An EventKind says what [Session.Next] found.
type EventKind uint8

// The kinds of events.
const (
	// NeedMore: nothing more can be understood before more octets come.
	NeedMore EventKind = iota
	// Frame: something was read that the caller need not know of.
	Frame
	// Head: a request has begun. Event.Stream is new; its Request is filled in
	// unless TooLarge is set. When EndStream is set the request is complete,
	// and no Data and no End follows.
	Head
	// Data: a part of the body is in Event.Data, which is valid until the next
	// call of Next. What was consumed of it is to be said with
	// [Session.Consume].
	Data
	// End: the request is complete; Stream.Request.Trailers is valid.
	End
	// Reset: the stream is over, by RST_STREAM of the client with Event.Code,
	// or by an error of the client that is in Event.Cause. Nothing more can be
	// sent on it. It is still to be given to [Session.Release].
	Reset
	// Ready: a window was opened, and data that waited for it can be sent: see
	// [Session.AppendOutput].
	Ready
	// Pong: the client has answered the PING that [Session.Ping] sent.
	Pong
	// GoAway: the client will open no more streams (RFC 9113, section 6.8).
	GoAway
)

var eventNames = [...]string{"need-more", "frame", "head", "data", "end", "reset", "ready", "pong", "goaway"}

// String returns the name of the kind, for traces.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "no event"
}

// An Event is one thing that happened.
type Event struct {
	// Stream is the stream that Head, Data, End and Reset speak of, else nil.
	Stream *Stream
	// Data is a part of a body, in the octets that Next was given.
	Data []byte
	// Cause is the error for which we have reset a stream. It may also stand
	// beside Frame, when the stream ended before the caller knew of it.
	Cause *StreamError
	// Code is what Reset or GoAway of the client said.
	Code ErrCode
	Kind EventKind
}
