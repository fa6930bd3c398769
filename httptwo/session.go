package httptwo

import (
	"time"

	"reactor.example/httptwo/internal/frame"
)

// preface is what a client begins with (RFC 9113, section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// A Session is the server side of one HTTP/2 connection: received octets go
// into Next, responses come out of AppendOutput. It must be used by one
// goroutine at a time. It is small as long as no stream is open and nothing
// waits to be sent. The zero value is not ready: call Init.
type Session struct {
	// Set by Init, never changed.
	cfg  *Config
	loop *loopState

	reader headerReader
	writer headerWriter
	fail   *ConnError // why the connection ends, sticky

	streams streamSet
	resets  resetRing
	early   []earlyPriority // for streams that are not open yet
	dead    *Stream         // streams whose end Next has to tell
	block   blockState      // the field block that is being received
	data    dataState       // the DATA frame that is being received

	out     []byte // frames that wait to be sent, in this order, before any DATA
	sched   *sched // streams with data to send, nil when there is none
	in      inflow
	window  int64 // what we may send on the connection
	ledger  ledger
	budget  int32 // octets of Config.Windows that we hold
	lastID  uint32
	goodID  uint32        // the last stream that we accept once draining
	now     time.Duration // of the last call that told it
	acked   time.Duration // when the last settings were sent ...
	partial time.Duration // since when something that has begun is not complete
	pinged  time.Duration // when the PING was sent that is not answered yet
	stallAt time.Duration // when to look for streams that are held up

	peerWindow   int32 // first window of new streams, for what we send
	peerMaxFrame int32
	flags        sessionFlags
}

// sessionFlags are facts about a session.
type sessionFlags uint16

const (
	sawPreface  sessionFlags = 1 << iota
	sawSettings              // the client's first settings
	sawAck                   // of our settings
	waitsFor                 // partial is valid: see there
	pingOut                  // a PING is not answered yet
	pingAsked                // the caller asked for it
	goingAway                // the first GOAWAY was sent
	draining                 // the last GOAWAY was sent: no stream above goodID
	peerLeaves               // the client sent GOAWAY
	stallWatch               // stallAt is valid
	opened                   // a window was opened
)

// blockState is the field block that is being received in parts.
type blockState struct {
	st     *Stream // for a request or trailers; nil when nobody wants it
	id     uint32  // 0: no block is open
	octets uint32
	why    refusal
	cause  *StreamError // the error of the stream that was found before
	end    bool         // END_STREAM
	trails bool         // it holds trailers
}

// dataState is the DATA frame that is being received.
type dataState struct {
	st      *Stream // nil: it is thrown away
	left    uint32  // octets of content to come
	padding uint32  // octets of padding behind them
	end     bool    // END_STREAM, and it was not told yet
}

// Init makes s a fresh session that begins at the given time with the client's
// preface. Our settings wait to be sent at once. cfg is kept. Times are of any
// clock that does not go back, the same in all calls.
func (s *Session) Init(cfg *Config, now time.Duration) {
	*s = Session{
		cfg: cfg, loop: cfg.shared(),
		window: firstConnWindow, peerWindow: firstConnWindow, peerMaxFrame: frame.MinMaxFrameSize,
		now: now, acked: now, partial: now, flags: waitsFor,
	}
	s.ledger.since = now
	s.reader.init(&s.loop.limits)
	s.writer.init()
	s.in.init(firstConnWindow)
	s.sendSettings()
}

// NewSession returns a fresh session. It is Init for those who want a pointer.
func NewSession(cfg *Config, now time.Duration) *Session {
	s := new(Session)
	s.Init(cfg, now)
	return s
}

// Close gives back what the session has borrowed, when the connection is gone.
// Streams that are open are not told of: ask Each for them before. Nothing may
// be called afterwards but Init.
func (s *Session) Close() {
	s.giveBudget(int(s.budget))
	if s.sched != nil {
		s.loop.freeSched(s.sched)
	}
	s.dropOut()
	if s.fail == nil {
		s.fail = errClosed
	}
	s.streams.list, s.sched, s.dead = nil, nil, nil
}

// Streams returns how many streams are open or not yet released. A session
// without any is idle.
func (s *Session) Streams() int { return len(s.streams.list) }

// Err returns why the connection ends, a [*ConnError], or nil. AppendOutput may find
// that out as well as Next and Tick: ask after it.
func (s *Session) Err() error {
	if s.fail == nil {
		return nil
	}
	return s.fail
}

// Each calls f for every stream that the caller has not released. f may reset
// and release the stream that it is given, and no other.
func (s *Session) Each(f func(*Stream)) {
	for i := len(s.streams.list) - 1; i >= 0; i-- {
		if st := s.streams.list[i]; st.flags&flagReleased == 0 {
			f(st)
		}
	}
}

// Next looks at the octets that were received and not yet consumed, and
// returns one event and how many octets to drop. b must begin where the
// previous call's n ended; until n is not 0 it may only grow. It begins with
// the client's preface. Next never needs more than MaxFrameSize and 9 octets at
// a time, and DATA is delivered as it comes. Call again until the event is
// NeedMore; then send what HasOutput tells of. Events and errors do not depend
// on the pieces in which the octets arrive, but for the size of Data.
//
// The error is a [*ConnError]: GOAWAY is among the output already. Send it,
// close in the direction of the client, throw away what still comes, and let
// go of all streams. The error comes again from every later call. Hot path.
func (s *Session) Next(b []byte, now time.Duration) (ev Event, n int, err error) {
	s.now = now
	if s.fail != nil {
		return Event{}, len(b), s.fail
	}
	if s.dead != nil {
		if ev, ok := s.nextDead(); ok {
			return ev, 0, nil
		}
	}
	ev, n, fault := s.next(b)
	if fault != nil {
		s.failed(fault)
		return Event{}, n, fault
	}
	return ev, n, nil
}

// next reads what stands at the beginning of b.
func (s *Session) next(b []byte) (Event, int, *ConnError) {
	if s.data.left > 0 || s.data.end || s.data.padding > 0 {
		return s.nextData(b)
	}
	if s.flags&sawPreface == 0 {
		return s.nextPreface(b)
	}
	h, ok := frame.ParseHeader(b)
	if !ok {
		return s.needMore(b), 0, nil
	}
	if err := h.CheckSize(s.cfg.maxFrameSize()); err != nil {
		return Event{}, 0, errFrameSize
	}
	if err := s.checkOrder(h); err != nil {
		return Event{}, 0, err
	}
	if h.Type == frame.TypeData {
		return s.beginData(h, b)
	}
	total := frame.HeaderLen + int(h.Length)
	if len(b) < total {
		return s.needMore(b), 0, nil
	}
	ev, err := s.frame(h, b[frame.HeaderLen:total])
	if s.block.id == 0 {
		s.flags &^= waitsFor
	} else if s.flags&waitsFor == 0 {
		s.waitFor()
	}
	return ev, total, err
}

// nextPreface compares what is here with the preface: the first octet that
// differs decides.
func (s *Session) nextPreface(b []byte) (Event, int, *ConnError) {
	n := min(len(b), len(preface))
	if string(b[:n]) != preface[:n] {
		return Event{}, 0, errPreface
	}
	if n < len(preface) {
		return s.needMore(b), 0, nil
	}
	s.flags |= sawPreface
	return Event{Kind: Frame}, n, nil
}

// needMore notes since when something that has begun waits for its end.
func (s *Session) needMore(b []byte) Event {
	if len(b) > 0 && s.flags&waitsFor == 0 {
		s.waitFor()
	}
	return Event{Kind: NeedMore}
}

func (s *Session) waitFor() {
	s.flags |= waitsFor
	s.partial = s.now
}

// checkOrder judges what may come at this point: SETTINGS first, and nothing
// but the rest of a field block once one has begun (RFC 9113, sections 3.4 and
// 6.10).
func (s *Session) checkOrder(h frame.Header) *ConnError {
	switch {
	case s.block.id != 0:
		if h.Type != frame.TypeContinuation || h.StreamID != s.block.id {
			return errBlockOpen
		}
	case h.Type == frame.TypeContinuation:
		return errContinuation
	case s.flags&sawSettings == 0 && (h.Type != frame.TypeSettings || h.Flags.Has(frame.FlagAck)):
		return errNoSettings
	}
	return nil
}

// frame deals with a whole frame of any type but DATA. Hot path.
func (s *Session) frame(h frame.Header, payload []byte) (Event, *ConnError) {
	switch h.Type {
	case frame.TypeHeaders:
		return s.onHeaders(h, payload)
	case frame.TypeContinuation:
		return s.onContinuation(h, payload)
	case frame.TypeWindowUpdate:
		return s.onWindowUpdate(h, payload)
	case frame.TypeRSTStream:
		return s.onRSTStream(h, payload)
	case frame.TypePing:
		return s.onPing(h, payload)
	case frame.TypeSettings:
		return s.onSettings(h, payload)
	case frame.TypePriority:
		return s.onPriority(h, payload)
	case frame.TypePriorityUpdate:
		return s.onPriorityUpdate(h, payload)
	case frame.TypeGoAway:
		return s.onGoAway(h, payload)
	case frame.TypePushPromise:
		return Event{}, errPush
	}
	return Event{Kind: Frame}, s.charge(LimitIdle, 1)
}

// failed makes err the reason why the connection ends, and says so.
func (s *Session) failed(err *ConnError) {
	if s.fail != nil {
		return
	}
	s.fail = err
	if c := s.cfg.Counters; c != nil {
		c.ConnErrors++
	}
	s.sendGoAway(s.lastID, err.Code, err.Reason)
}
