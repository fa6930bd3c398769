package httptwo

import "reactor.example/httptwo/internal/frame"

// sendSettings announces what the configuration says (RFC 9113, section 6.5).
func (s *Session) sendSettings() {
	settings := [...]frame.Setting{
		{ID: frame.SettingMaxConcurrentStreams, Value: uint32(s.cfg.maxStreams())},
		{ID: frame.SettingInitialWindowSize, Value: uint32(s.cfg.initialWindow())},
		{ID: frame.SettingMaxFrameSize, Value: s.cfg.maxFrameSize()},
		{ID: frame.SettingMaxHeaderListSize, Value: s.cfg.maxHeaderListSize()},
		{ID: frame.SettingNoRFC7540Priorities, Value: 1},
		{ID: frame.SettingEnableConnect, Value: 1},
	}
	n := len(settings)
	if !s.cfg.EnableConnectProtocol {
		n--
	}
	s.out = frame.AppendSettings(s.room(frame.HeaderLen+6*n), settings[:n]...)
}

// onSettings applies the client's settings, all at once, and acknowledges them
// (RFC 9113, section 6.5.3).
func (s *Session) onSettings(h frame.Header, payload []byte) (Event, *ConnError) {
	f, err := frame.ParseSettings(h, payload)
	if err != nil {
		return Event{}, connFault(err)
	}
	if f.Ack {
		return s.onSettingsAck()
	}
	s.flags |= sawSettings
	if err := s.charge(LimitSettings, 1+int32(f.Len()/8)); err != nil {
		return Event{}, err
	}
	for i := range f.Len() {
		if err := s.apply(f.At(i)); err != nil {
			return Event{}, err
		}
	}
	s.out = frame.AppendSettingsAck(s.room(frame.HeaderLen))
	if err := s.charge(LimitAnswers, 1); err != nil {
		return Event{}, err
	}
	return s.windowEvent(), nil
}

// onSettingsAck notes that the client has applied our settings. A first window
// below the default binds it from now on (RFC 9113, section 6.9.2).
func (s *Session) onSettingsAck() (Event, *ConnError) {
	if s.flags&sawAck != 0 {
		return Event{Kind: Frame}, s.charge(LimitIdle, 1)
	}
	if by := s.cfg.initialWindow() - s.firstWindow(); by != 0 {
		for _, st := range s.streams.list {
			st.in.avail += by
			st.in.size += by
		}
	}
	s.flags |= sawAck
	return Event{Kind: Frame}, nil
}

// apply applies one setting of the client. Values are in range already.
func (s *Session) apply(set frame.Setting) *ConnError {
	switch set.ID {
	case frame.SettingHeaderTableSize:
		s.writer.compressor.setTableSize(set.Value)
	case frame.SettingMaxFrameSize:
		s.writer.maxFrameBytes = int(set.Value)
		s.peerMaxFrame = int32(set.Value)
	case frame.SettingInitialWindowSize:
		return s.changeWindows(int32(set.Value))
	}
	return nil
}

// changeWindows adjusts what may be sent on all streams to a new first window.
// A window may become negative (RFC 9113, section 6.9.2).
func (s *Session) changeWindows(size int32) *ConnError {
	by := int64(size) - int64(s.peerWindow)
	s.peerWindow = size
	if by == 0 {
		return nil
	}
	for _, st := range s.streams.list {
		window := int64(st.out) + by
		if window > frame.MaxWindowSize {
			return errWindowChange
		}
		st.out = int32(max(window, -frame.MaxWindowSize))
		if st.out > 0 {
			s.unblock(st)
		}
	}
	return nil
}
