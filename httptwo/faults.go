package httptwo

import (
	"errors"

	"reactor.example/httptwo/internal/frame"
)

// Errors of the caller.
var (
	// ErrStreamClosed reports that a stream was reset or that its response is
	// complete: nothing can be sent on it.
	ErrStreamClosed = errors.New("httptwo: stream is closed for sending")

	// ErrReplyOrder reports a call that has no place at this point of a
	// response: a second final head, an interim response after the final one.
	ErrReplyOrder = errors.New("httptwo: reply call out of order")

	// ErrStatus reports a status code that cannot be sent with this call: 101,
	// which HTTP/2 does not have (RFC 9113, section 8.6), others below 200 in
	// a final head or above 199 in an interim one, and what has not three
	// digits.
	ErrStatus = errors.New("httptwo: status code not possible here")
)

// Errors that end the connection and need the state of the session to be seen.
var (
	errClosed = &ConnError{NoError, "RFC 9113 5.4", "session was closed by its owner"}

	errPreface      = &ConnError{ProtocolError, "RFC 9113 3.4", "connection does not begin with the preface"}
	errNoSettings   = &ConnError{ProtocolError, "RFC 9113 3.4", "first frame is not SETTINGS"}
	errFrameSize    = &ConnError{FrameSizeError, "RFC 9113 4.2", "frame longer than SETTINGS_MAX_FRAME_SIZE"}
	errBlockOpen    = &ConnError{ProtocolError, "RFC 9113 6.10", "another frame inside a field block"}
	errContinuation = &ConnError{ProtocolError, "RFC 9113 6.10", "CONTINUATION without a field block"}
	errPush         = &ConnError{ProtocolError, "RFC 9113 8.4", "PUSH_PROMISE of a client"}
	errStreamEven   = &ConnError{ProtocolError, "RFC 9113 5.1.1", "stream of a client with an even number"}
	errStreamIdle   = &ConnError{ProtocolError, "RFC 9113 5.1", "frame for a stream that is idle"}
	errStreamGone   = &ConnError{StreamClosed, "RFC 9113 5.1", "frame for a stream that is closed"}
	errConnWindow   = &ConnError{FlowControlError, "RFC 9113 6.9.1", "more DATA than the window of the connection allows"}
	errConnOverflow = &ConnError{FlowControlError, "RFC 9113 6.9.1", "window of the connection above 2^31-1"}
	errWindowChange = &ConnError{FlowControlError, "RFC 9113 6.9.2", "window of a stream above 2^31-1 by SETTINGS_INITIAL_WINDOW_SIZE"}
	errSettingsAck  = &ConnError{SettingsTimeout, "RFC 9113 6.5.3", "settings were not acknowledged in time"}
	errSlowFrame    = &ConnError{EnhanceYourCalm, "RFC 9113 10.5", "frame or field block was not completed in time"}
	errSlowPreface  = &ConnError{ProtocolError, "RFC 9113 3.4", "preface was not completed in time"}
	errPingTimeout  = &ConnError{NoError, "RFC 9113 6.7", "PING was not answered in time"}
)

// Errors that end a stream and need the state of the session to be seen. The
// stream is added to a copy.
var (
	errRefused        = &StreamError{Code: RefusedStream, Rule: "RFC 9113 5.1.2", Reason: "more streams than SETTINGS_MAX_CONCURRENT_STREAMS"}
	errHalfClosed     = &StreamError{Code: StreamClosed, Rule: "RFC 9113 5.1", Reason: "frame for a stream that the client has ended"}
	errStreamWindow   = &StreamError{Code: FlowControlError, Rule: "RFC 9113 6.9.1", Reason: "more DATA than the window of the stream allows"}
	errStreamOverflow = &StreamError{Code: FlowControlError, Rule: "RFC 9113 6.9.1", Reason: "window of the stream above 2^31-1"}
	errBodyLong       = &StreamError{Code: ProtocolError, Rule: "RFC 9113 8.1.1", Reason: "more DATA than content-length says"}
	errBodyShort      = &StreamError{Code: ProtocolError, Rule: "RFC 9113 8.1.1", Reason: "less DATA than content-length says"}
	errTrailersOpen   = &StreamError{Code: ProtocolError, Rule: "RFC 9113 8.1", Reason: "trailers without END_STREAM"}
	errTrailersLarge  = &StreamError{Code: EnhanceYourCalm, Rule: "RFC 9113 10.5.1", Reason: "trailers above SETTINGS_MAX_HEADER_LIST_SIZE"}
	errStalled        = &StreamError{Code: Cancel, Rule: "RFC 9113 10.5", Reason: "window stayed closed for too long"}
)

// connFault makes an error of the connection from one of a frame.
func connFault(err error) *ConnError {
	fe := err.(*frame.Error)
	return &ConnError{fe.Code, fe.Rule, fe.Reason}
}

// streamFault makes an error of a stream from one of a frame, nil if it is an
// error of the connection.
func streamFault(err error) *StreamError {
	if fe := err.(*frame.Error); fe.Stream {
		return &StreamError{Code: fe.Code, Rule: fe.Rule, Reason: fe.Reason}
	}
	return nil
}

// streamError resets a stream for an error of the client, and books it: that
// the client made us reset it costs as much as a reset of its own. The stream
// may be one that the caller does not know; then the event says so.
func (s *Session) streamError(id uint32, st *Stream, cause *StreamError, cost int32) (Event, *ConnError) {
	bound := *cause
	bound.StreamID = id
	if c := s.cfg.Counters; c != nil {
		c.StreamErrors++
	}
	ev := Event{Kind: Frame, Cause: &bound}
	if st != nil && st.state != StateClosed {
		if st.flags&flagReleased == 0 {
			ev.Kind, ev.Stream = Reset, st
		}
		s.Reset(st, cause.Code)
	} else {
		s.out = frame.AppendRSTStream(s.room(resetLen), id, cause.Code)
	}
	if err := s.charge(LimitResets, cost); err != nil {
		return Event{}, err
	}
	if err := s.charge(LimitAnswers, 1); err != nil {
		return Event{}, err
	}
	return ev, nil
}
