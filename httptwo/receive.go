package httptwo

import "reactor.example/httptwo/internal/frame"

// onWindowUpdate opens a window for what we send (RFC 9113, section 6.9). Hot
// path.
func (s *Session) onWindowUpdate(h frame.Header, payload []byte) (Event, *ConnError) {
	if h.StreamID > s.lastID || h.StreamID != 0 && h.StreamID&1 == 0 {
		return Event{}, errStreamIdle
	}
	f, err := frame.ParseWindowUpdate(h, payload)
	if err != nil {
		return s.frameFault(h, err)
	}
	if err := s.charge(LimitWindowUpdates, 1); err != nil {
		return Event{}, err
	}
	if f.StreamID == 0 {
		if s.window += int64(f.Increment); s.window > frame.MaxWindowSize {
			return Event{}, errConnOverflow
		}
		s.flags |= opened
		return s.windowEvent(), nil
	}
	st := s.streams.find(f.StreamID)
	if st == nil || st.state == StateClosed {
		return Event{Kind: Frame}, nil // it may come late (RFC 9113, section 5.1)
	}
	window := int64(st.out) + int64(f.Increment)
	if window > frame.MaxWindowSize {
		return s.streamError(st.ID, st, errStreamOverflow, 1)
	}
	if st.out = int32(window); window > 0 {
		s.unblock(st)
	}
	return s.windowEvent(), nil
}

// windowEvent tells that data can leave which could not before.
func (s *Session) windowEvent() Event {
	ready := s.flags&opened != 0 && s.sched != nil && s.window > 0
	s.flags &^= opened
	if ready {
		return Event{Kind: Ready}
	}
	return Event{Kind: Frame}
}

// frameFault answers what was wrong with a frame that has a stream.
func (s *Session) frameFault(h frame.Header, err error) (Event, *ConnError) {
	cause := streamFault(err)
	if cause == nil {
		return Event{}, connFault(err)
	}
	st := s.streams.find(h.StreamID)
	switch {
	case h.StreamID > s.lastID:
		// RST_STREAM must not be sent for an idle stream (RFC 9113, section 6.4).
		return Event{}, connFault(err)
	case st == nil || st.state == StateClosed:
		// There is nothing to reset any more.
		return Event{Kind: Frame}, s.charge(LimitResets, 1)
	}
	return s.streamError(h.StreamID, st, cause, 1)
}

// onRSTStream ends a stream that the client does not want any more (RFC 9113,
// section 6.4).
func (s *Session) onRSTStream(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParseRSTStream(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if f.StreamID > s.lastID || f.StreamID&1 == 0 {
		return Event{}, errStreamIdle
	}
	st := s.streams.find(f.StreamID)
	if st == nil || st.state == StateClosed {
		return Event{Kind: Frame}, s.charge(LimitIdle, 1)
	}
	released := st.flags&flagReleased != 0
	st.become(evReset)
	s.closed(st, false)
	if err := s.charge(LimitResets, 1); err != nil {
		return Event{}, err
	}
	if released {
		return Event{Kind: Frame}, nil
	}
	return Event{Kind: Reset, Stream: st, Code: f.Code}, nil
}

// onPing answers a PING, or takes the answer to ours (RFC 9113, section 6.7).
func (s *Session) onPing(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParsePing(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if f.Ack {
		return s.onPong(f.Data)
	}
	if err := s.charge(LimitPings, 1); err != nil {
		return Event{}, err
	}
	if err := s.charge(LimitAnswers, 1); err != nil {
		return Event{}, err
	}
	f.Ack = true
	s.out = frame.AppendPing(s.room(pingLen), f)
	return Event{Kind: Frame}, nil
}

// onGoAway notes that the client opens no more streams (RFC 9113, section
// 6.8). What is open goes on.
func (s *Session) onGoAway(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParseGoAway(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if s.flags&peerLeaves != 0 {
		return Event{Kind: Frame}, s.charge(LimitIdle, 1)
	}
	s.flags |= peerLeaves
	return Event{Kind: GoAway, Code: f.Code}, nil
}

// onPriority ignores a priority of RFC 7540, but for what is malformed in it
// (RFC 9113, section 5.3.2). Where no stream is left that could end for it the
// connection does, which RFC 9113, section 5.4.1 leaves to us: whether a
// response is complete already is a race that must not decide if the fault is
// seen, and nobody honest sends one.
func (s *Session) onPriority(h frame.Header, payload []byte) (Event, *ConnError) {
	if _, err := frame.ParsePriority(h, payload); err != nil {
		if st := s.streams.find(h.StreamID); st == nil || st.state == StateClosed {
			return Event{}, connFault(err)
		}
		return s.frameFault(h, err)
	}
	return Event{Kind: Frame}, s.charge(LimitPriorities, 1)
}

// An earlyPriority is a PRIORITY_UPDATE that came before its stream.
type earlyPriority struct {
	id       uint32
	priority Priority
}

// maxEarly bounds how many of them are kept (RFC 9218, section 7.1).
const maxEarly = 16

// onPriorityUpdate changes when a response is wanted (RFC 9218, section 7.1).
func (s *Session) onPriorityUpdate(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParsePriorityUpdate(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if f.Prioritized&1 == 0 {
		return Event{}, errStreamIdle // there is no push
	}
	if err := s.charge(LimitPriorities, 1); err != nil {
		return Event{}, err
	}
	p, _ := parsePriority(f.Value)
	if f.Prioritized > s.lastID {
		s.keepEarly(f.Prioritized, p)
	} else if st := s.streams.find(f.Prioritized); st != nil {
		s.SetPriority(st, p)
	}
	return Event{Kind: Frame}, nil
}

// keepEarly keeps a priority for a stream that is not open yet; the oldest
// gives way.
func (s *Session) keepEarly(id uint32, p Priority) {
	for i := range s.early {
		if s.early[i].id == id {
			s.early[i].priority = p
			return
		}
	}
	if len(s.early) == maxEarly {
		s.early = s.early[:copy(s.early, s.early[1:])]
	}
	s.early = append(s.early, earlyPriority{id, p})
}

// takeEarly gives a new stream the priority that came before it. What was kept
// for lower streams will never be asked for again.
func (s *Session) takeEarly(st *Stream) {
	kept := s.early[:0]
	for _, e := range s.early {
		switch {
		case e.id == st.ID:
			st.priority = e.priority
		case e.id > st.ID:
			kept = append(kept, e)
		}
	}
	if s.early = kept; len(kept) == 0 {
		s.early = nil
	}
}
