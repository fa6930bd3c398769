package httptwo

import "reactor.example/httptwo/internal/frame"

// beginData deals with the beginning of a DATA frame: its header, and the octet
// that says how much of it is padding. The frame counts against both windows
// with all its octets, at once (RFC 9113, section 6.9.1). Hot path.
func (s *Session) beginData(h frame.Header, b []byte) (Event, int, *ConnError) {
	prefix, padding, err := dataPadding(h, b)
	if err != nil {
		return Event{}, 0, connFault(err)
	}
	if prefix < 0 {
		return s.needMore(b), 0, nil
	}
	n := frame.HeaderLen + prefix
	s.flags &^= waitsFor
	st := s.streams.find(h.StreamID)
	if fault := s.takeData(h, st); fault != nil {
		return Event{}, 0, fault
	}
	content := h.Length - uint32(prefix) - padding
	end := h.Flags.Has(frame.FlagEndStream)
	if fault := s.chargeData(content, end); fault != nil {
		return Event{}, n, fault
	}
	s.data = dataState{st: st, left: content, padding: padding, end: end}
	if cause := s.judgeData(st, h, content, end); cause != nil {
		s.data.st, s.data.end = nil, false
		s.giveConn(int(h.Length))
		ev, fault := s.streamError(h.StreamID, st, cause, 1)
		return ev, n, fault
	}
	if s.data.st == nil || st.state == StateClosed {
		s.data.st, s.data.end = nil, false
		s.giveConn(int(h.Length))
		return Event{Kind: Frame}, n, s.charge(LimitIdle, 1)
	}
	if overhead := int(h.Length - content); overhead > 0 {
		s.giveConn(overhead) // nobody will consume padding
		s.giveStream(st, overhead)
	}
	s.roomForOthers(st)
	if content > 0 && len(b) == n {
		return Event{Kind: Frame}, n, nil
	}
	if content == 0 && (padding > 0 || !end) {
		return Event{Kind: Frame}, n, nil
	}
	ev, more, fault := s.nextData(b[n:])
	return ev, n + more, fault
}

// chargeData books a DATA frame by how little is in it: what the content earns
// is more than the cost of every honest frame. Hot path.
func (s *Session) chargeData(content uint32, end bool) *ConnError {
	switch {
	case end:
		return nil
	case content < costPerData:
		return s.charge(LimitSmallData, costPerData-int32(content))
	}
	s.refund(LimitSmallData, int32(content-costPerData))
	return nil
}

// dataPadding returns how many octets stand before the content and behind it.
// before is negative when that cannot be said yet.
func dataPadding(h frame.Header, b []byte) (before int, behind uint32, err error) {
	if h.StreamID != 0 && !h.Flags.Has(frame.FlagPadded) {
		return 0, 0, nil
	}
	if h.StreamID != 0 && h.Length > 0 {
		if len(b) == frame.HeaderLen {
			return -1, 0, nil
		}
		if behind = uint32(b[frame.HeaderLen]); behind < h.Length {
			return 1, behind, nil
		}
	}
	// Only to have the error: no content is looked at.
	_, err = frame.ParseData(h, b[frame.HeaderLen:min(len(b), frame.HeaderLen+int(h.Length))])
	return 0, 0, err
}

// takeData books a DATA frame against the window of the connection, and judges
// frames for streams that are idle or closed.
func (s *Session) takeData(h frame.Header, st *Stream) *ConnError {
	switch {
	case h.StreamID > s.lastID:
		return errStreamIdle
	case h.StreamID&1 == 0:
		return errStreamIdle
	case !s.in.take(h.Length):
		return errConnWindow
	case (st == nil || st.state == StateClosed) && !s.resets.has(h.StreamID):
		return errStreamGone
	}
	return nil
}

// judgeData judges a DATA frame for a stream that is open.
func (s *Session) judgeData(st *Stream, h frame.Header, content uint32, end bool) *StreamError {
	switch {
	case st == nil || st.state == StateClosed:
		return nil
	case !st.state.receives():
		return errHalfClosed
	case !st.in.take(h.Length):
		return errStreamWindow
	}
	if st.due >= 0 {
		st.due -= int64(content)
		if st.due < 0 {
			return errBodyLong
		}
		if end && st.due > 0 {
			return errBodyShort
		}
	}
	return nil
}

// roomForOthers raises the window of the connection when what waits to be
// consumed on one stream would keep the other ones from sending.
func (s *Session) roomForOthers(st *Stream) {
	if s.in.avail < s.in.size/4 && len(s.streams.list) > 1 && s.grow(st, s.cfg.initialWindow()) {
		if increment := s.in.give(0); increment > 0 {
			s.out = frame.AppendWindowUpdate(s.room(updateLen), 0, increment)
		}
	}
}

// nextData goes on with the DATA frame at hand: content, padding, the end. Hot
// path.
func (s *Session) nextData(b []byte) (Event, int, *ConnError) {
	d := &s.data
	st := d.st
	if d.left > 0 {
		n := min(len(b), int(d.left))
		if n == 0 {
			return Event{Kind: NeedMore}, 0, nil
		}
		d.left -= uint32(n)
		switch {
		case st == nil:
		case st.flags&flagDiscard != 0:
			s.giveConn(n)
		default:
			st.unread += int32(n)
			return Event{Kind: Data, Stream: st, Data: b[:n:n]}, n, nil
		}
		return Event{Kind: Frame}, n, nil
	}
	if d.padding > 0 {
		n := min(len(b), int(d.padding))
		if n == 0 {
			return Event{Kind: NeedMore}, 0, nil
		}
		d.padding -= uint32(n)
		return Event{Kind: Frame}, n, nil
	}
	d.end, d.st = false, nil
	if st == nil {
		return Event{Kind: Frame}, 0, nil
	}
	return s.ended(st), 0, nil
}
