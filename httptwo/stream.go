package httptwo

import (
	"time"

	"reactor.example/httptwo/internal/frame"
)

// A Stream is one exchange of a session: a request and its response. The
// session makes it and hands it out with the Head event; it may be used until
// [Session.Release], from the goroutine of the session.
type Stream struct {
	// Value is the caller's. Nothing here looks at it.
	Value any

	// Request is what the client asked for, and its trailers once the End
	// event came. Its slices are valid until Release, its strings for ever.
	Request Request

	// ID is the number of the stream (RFC 9113, section 5.1.1).
	ID uint32

	// EndStream reports that the request has no body and no trailers.
	EndStream bool
	// TooLarge reports that the fields were above a limit and are not all in
	// Request, not even the method perhaps. Answer with 431 (RFC 6585, section
	// 5): a real answer, after which the stream ends like any other.
	TooLarge bool

	state    State
	flags    streamFlags
	priority Priority

	// Receiving.
	in     inflow
	unread int32 // octets delivered and not consumed
	grown  int32 // by how much the windows were raised for this stream
	due    int64 // octets that content-length still promises, -1 when it said nothing
	read   int64 // octets that were consumed

	// Sending.
	out        int32 // what the window of the stream allows
	source     Source
	stallSince time.Duration // since when it is being timed ...
	stallSent  int32         // ... and what left since then, in octets
	next, prev *Stream       // in a queue of the scheduler, or in a list of free or dead ones
}

// streamFlags are facts about a stream.
type streamFlags uint16

const (
	flagReleased streamFlags = 1 << iota // the caller has let go of it
	flagHead                             // the final head was sent
	flagDiscard                          // nobody reads the body
	flagQueued                           // in a queue of the scheduler
	flagProbed                           // asked for its end while no window is open
	flagWaits                            // has data, waits for its own window
	flagStalled                          // a window holds it up
	flagTimed                            // stallSince and stallSent are valid: it is being timed
	flagDead                             // in the list of streams whose end Next has to tell
	flagTunnel                           // both directions are of their own: see Tunnel
)

// State returns where the stream stands.
func (st *Stream) State() State { return st.state }

// Priority returns when the response is wanted: what the request said, or the
// last PRIORITY_UPDATE (RFC 9218).
func (st *Stream) Priority() Priority { return st.priority }

// newStream takes a stream from the free ones. Hot path.
func (l *loopState) newStream() *Stream {
	st := l.streams
	if st == nil {
		return &Stream{state: StateIdle}
	}
	l.streams, st.next = st.next, nil
	l.free--
	st.state = StateIdle
	return st
}

// freeStream takes a stream back. Hot path.
func (l *loopState) freeStream(st *Stream) {
	st.Request.Reset()
	*st = Stream{Request: st.Request}
	if l.free < maxFreeStreams {
		st.next, l.streams = l.streams, st
		l.free++
	}
}

// openStream adds the stream that a complete field block has opened.
func (s *Session) openStream(st *Stream, id uint32, end bool) {
	st.ID, st.EndStream = id, end
	st.due, st.priority = st.Request.ContentLength, st.Request.Priority
	st.in.init(s.firstWindow())
	st.out = s.peerWindow
	if len(s.early) > 0 {
		s.takeEarly(st)
	}
	if end {
		st.become(evOpenEnd)
	} else {
		st.become(evOpen)
	}
	s.streams.add(st, s.loop)
}

// endReceive notes END_STREAM of the client.
func (s *Session) endReceive(st *Stream) {
	st.become(evRecvEnd)
	if st.state == StateClosed {
		s.closed(st, true)
	}
}

// endSend notes that END_STREAM was sent. When the client has not ended its
// part nobody will read it: RST_STREAM with NO_ERROR says so (RFC 9113, section
// 8.1). In a tunnel somebody may.
func (s *Session) endSend(st *Stream) {
	st.become(evSendEnd)
	switch {
	case st.state == StateClosed:
		s.closed(st, true)
	case st.flags&flagTunnel != 0:
		s.sentAll(st)
	default:
		s.Reset(st, NoError)
		s.refundRequest()
	}
}

// sentAll lets go of what is there for sending.
func (s *Session) sentAll(st *Stream) {
	s.dequeue(st)
	st.source = nil
	st.flags &^= flagWaits | flagStalled | flagTimed
}

// Tunnel makes the stream a tunnel: what CONNECT opens with a response of 2xx
// (RFC 9113, section 8.5; RFC 8441, section 5). Its two directions end each on
// its own: after the end of a [Source] the client may go on sending, until it
// ends its direction, too, or the stream is reset or released.
func (s *Session) Tunnel(st *Stream) { st.flags |= flagTunnel }

// closed lets go of all that a stream holds once it is closed. whole says that
// both sides have ended it.
func (s *Session) closed(st *Stream, whole bool) {
	s.sentAll(st)
	s.forget(st)
	s.giveConn(int(st.unread))
	st.unread = 0
	s.shrink(st)
	if whole {
		s.refundRequest()
	}
	if st.flags&flagReleased != 0 {
		s.remove(st)
	}
}

// forget lets the frame and the field block that are being received go on
// without their stream.
func (s *Session) forget(st *Stream) {
	if s.data.st == st {
		s.giveConn(int(s.data.left))
		s.data.st, s.data.end = nil, false
	}
	if s.block.st == st {
		s.block.st, s.block.why, s.block.trails = nil, refusedLate, false
		s.reader.req = nil
	}
}

// remove takes a closed and released stream out of the set.
func (s *Session) remove(st *Stream) {
	s.streams.remove(st, s.loop)
	if st.flags&flagDead == 0 {
		s.loop.freeStream(st)
	}
}

// Release tells the session that the caller has no further use for the stream,
// which then no longer counts as open once it is closed. If nothing will end
// the response, for no [Source] is set, it is reset with INTERNAL_ERROR; a
// tunnel whose response has ended is reset with NO_ERROR.
// Neither the stream nor its slices may be used afterwards.
func (s *Session) Release(st *Stream) {
	if st.flags&flagReleased != 0 {
		return
	}
	st.Value = nil
	st.flags |= flagReleased | flagDiscard
	switch {
	case st.state == StateClosed:
		s.remove(st)
	case st.state == StateHalfClosedLocal:
		s.Reset(st, NoError)
	case st.source == nil:
		s.Reset(st, InternalError)
	default:
		s.discard(st)
	}
}

// Reset ends a stream with RST_STREAM (RFC 9113, section 6.4). What of the
// response has not left is dropped, and no event follows. On a stream that is
// closed it does nothing, and behind the GOAWAY that ends the connection no frame
// follows.
func (s *Session) Reset(st *Stream, code ErrCode) {
	if st.state == StateClosed {
		return
	}
	if st.state.receives() {
		s.resets.add(st.ID)
	}
	if s.fail == nil {
		s.out = frame.AppendRSTStream(s.room(resetLen), st.ID, code)
	}
	st.become(evReset)
	s.closed(st, false)
}
