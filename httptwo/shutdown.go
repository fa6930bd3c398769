package httptwo

import (
	"time"

	"reactor.example/httptwo/internal/frame"
)

// ourPing is what our PING frames carry.
var ourPing = [8]byte{'r', 'e', 'a', 'c', 't', 'o', 'r', 0}

// Ping sends a PING; the event Pong comes with the answer (RFC 9113, section
// 6.7). While one is not answered another call does nothing. A client that
// does not answer within Config.PingTimeout loses the connection.
func (s *Session) Ping(now time.Duration) {
	s.now = now
	s.flags |= pingAsked
	s.ping()
}

func (s *Session) ping() {
	if s.flags&pingOut != 0 {
		return
	}
	s.flags |= pingOut
	s.pinged = s.now
	s.out = frame.AppendPing(s.room(pingLen), frame.Ping{Data: ourPing})
}

// onPong takes the answer to our PING. During a shutdown a round trip is over
// with it.
func (s *Session) onPong(data [8]byte) (Event, *ConnError) {
	if s.flags&pingOut == 0 || data != ourPing {
		return Event{Kind: Frame}, s.charge(LimitIdle, 1)
	}
	asked := s.flags&pingAsked != 0
	s.flags &^= pingOut | pingAsked
	if s.flags&(goingAway|draining) == goingAway {
		s.drain()
	}
	if asked {
		return Event{Kind: Pong}, nil
	}
	return Event{Kind: Frame}, nil
}

// Shutdown begins the orderly end of the connection (RFC 9113, section 6.8):
// GOAWAY with the highest number tells the client to open no more streams, and
// a PING measures a round trip. When its answer comes, or when Shutdown is
// called again, the last GOAWAY tells which streams will be served: those that
// were under way are among them. The connection is to be closed when Drained
// reports true and Streams is 0.
func (s *Session) Shutdown(now time.Duration) {
	s.now = now
	switch {
	case s.fail != nil || s.flags&draining != 0:
	case s.flags&goingAway != 0:
		s.drain()
	default:
		s.flags |= goingAway
		s.sendGoAway(frame.MaxStreamID, NoError, "")
		s.ping()
	}
}

// drain sends the last GOAWAY.
func (s *Session) drain() {
	s.flags |= goingAway | draining
	s.goodID = s.lastID
	s.sendGoAway(s.goodID, NoError, "")
}

// Drained reports whether no stream will be opened any more: the last GOAWAY
// was sent, by us, or by the client.
func (s *Session) Drained() bool { return s.flags&(draining|peerLeaves) != 0 || s.fail != nil }

// GoAway ends the connection at once: GOAWAY with the given code, and a text
// for people, are sent, and nothing is accepted any more. Next returns the
// error from now on. Streams that are open are the caller's to let go of.
func (s *Session) GoAway(code ErrCode, reason string) {
	if s.fail == nil {
		s.fail = &ConnError{Code: code, Rule: "RFC 9113 6.8", Reason: reason}
		s.sendGoAway(s.lastID, code, reason)
	}
}

// sendGoAway appends GOAWAY. The last number never goes up (RFC 9113, section
// 6.8).
func (s *Session) sendGoAway(last uint32, code ErrCode, debug string) {
	if s.flags&draining != 0 {
		last = min(last, s.goodID)
	}
	s.out = frame.AppendGoAway(s.room(pingLen+len(debug)), last, code, debug)
}
