package httptwo

import "reactor.example/httptwo/internal/frame"

// A refusal says what becomes of a field block that nobody wants. It is
// decompressed all the same, for the blocks behind it depend on it (RFC 9113,
// section 4.3).
type refusal uint8

const (
	wanted       refusal = iota
	refusedLimit         // above the number of streams: REFUSED_STREAM
	refusedEnded         // on a stream that the client has ended: STREAM_CLOSED
	refusedLate          // on a stream that we have reset or do not accept: ignored
)

// onHeaders deals with HEADERS: a request, trailers, or what nobody wants. Hot
// path.
func (s *Session) onHeaders(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParseHeaders(h, payload)
	var cause *StreamError
	if err != nil {
		if cause = streamFault(err); cause == nil {
			return Event{}, connFault(err)
		}
	}
	if err := s.openBlock(h.StreamID, f.EndStream); err != nil {
		return Event{}, err
	}
	s.block.cause = cause
	s.ledger.spent[LimitContinuations] = 0
	return s.feedBlock(f.Fragment, f.EndHeaders)
}

// openBlock decides what the block that begins is for.
func (s *Session) openBlock(id uint32, end bool) *ConnError {
	s.block = blockState{id: id, end: end}
	blk := &s.block
	switch st := s.streams.find(id); {
	case id&1 == 0:
		return errStreamEven
	case id > s.lastID:
		s.lastID = id
		switch {
		case s.flags&draining != 0 && id > s.goodID:
			blk.why = refusedLate
		case len(s.streams.list) >= s.cfg.maxStreams():
			blk.why = refusedLimit
		default:
			blk.st = s.loop.newStream()
			s.reader.open(&blk.st.Request, false)
			return nil
		}
	case st == nil || st.state == StateClosed:
		if !s.resets.has(id) {
			return errStreamGone
		}
		blk.why = refusedLate
	case !st.state.receives():
		blk.st, blk.why = st, refusedEnded
	default:
		blk.st, blk.trails = st, true
		s.reader.open(&st.Request, true)
		return nil
	}
	s.reader.open(nil, false)
	return nil
}

// onContinuation deals with the next part of a field block.
func (s *Session) onContinuation(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParseContinuation(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if err := s.charge(LimitContinuations, 1); err != nil {
		return Event{}, err
	}
	return s.feedBlock(f.Fragment, f.EndHeaders)
}

// feedBlock decompresses the block once it is whole. Hot path.
func (s *Session) feedBlock(fragment []byte, last bool) (Event, *ConnError) {
	s.block.octets += uint32(len(fragment))
	if err := s.reader.feed(fragment, last); err != nil {
		return Event{}, err.(*ConnError)
	}
	if !last {
		return Event{Kind: Frame}, nil
	}
	tooLarge, cause := s.reader.result()
	blk := s.block
	s.block = blockState{}
	if blk.cause == nil {
		blk.cause = cause
	}
	cost := 1 + int32(blk.octets>>10)
	switch {
	case blk.why == refusedLate:
		if !blk.end && blk.id > s.goodID && s.flags&draining != 0 {
			s.resets.add(blk.id)
		}
		return Event{Kind: Frame}, s.charge(LimitIdle, cost)
	case blk.why == refusedLimit:
		if c := s.cfg.Counters; c != nil {
			c.Refused++
		}
		return s.refuse(&blk, errRefused, cost)
	case blk.why == refusedEnded:
		return s.streamError(blk.id, blk.st, errHalfClosed, cost)
	case blk.trails:
		return s.trailers(&blk, tooLarge, cost)
	}
	return s.head(&blk, tooLarge, cost)
}

// head opens the stream of a request. Hot path.
func (s *Session) head(blk *blockState, tooLarge bool, cost int32) (Event, *ConnError) {
	st := blk.st
	if blk.cause == nil && !tooLarge && blk.end && st.Request.ContentLength > 0 {
		blk.cause = errBodyShort
	}
	if blk.cause != nil {
		st.state = StateClosed
		s.loop.freeStream(st)
		return s.refuse(blk, blk.cause, cost)
	}
	if tooLarge {
		st.TooLarge = true
		st.Request.ContentLength = -1
		if c := s.cfg.Counters; c != nil {
			c.HeaderLists++
		}
		if err := s.charge(LimitResets, cost); err != nil {
			return Event{}, err
		}
	}
	s.openStream(st, blk.id, blk.end)
	return Event{Kind: Head, Stream: st}, nil
}

// refuse resets a stream that was never opened.
func (s *Session) refuse(blk *blockState, cause *StreamError, cost int32) (Event, *ConnError) {
	if !blk.end {
		s.resets.add(blk.id)
	}
	return s.streamError(blk.id, nil, cause, cost)
}

// trailers ends a request with its trailers (RFC 9113, section 8.1).
func (s *Session) trailers(blk *blockState, tooLarge bool, cost int32) (Event, *ConnError) {
	st := blk.st
	cause := blk.cause
	switch {
	case cause != nil:
	case tooLarge:
		cause = errTrailersLarge
	case !blk.end:
		cause = errTrailersOpen
	case st.due > 0:
		cause = errBodyShort
	}
	if cause != nil {
		return s.streamError(blk.id, st, cause, cost)
	}
	return s.ended(st), nil
}

// ended notes that a request is complete.
func (s *Session) ended(st *Stream) Event {
	released := st.flags&flagReleased != 0
	s.endReceive(st)
	if released {
		return Event{Kind: Frame}
	}
	return Event{Kind: End, Stream: st}
}
