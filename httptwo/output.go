package httptwo

import "reactor.example/httptwo/internal/frame"

// Lengths of frames that answer, for room.
const (
	resetLen  = frame.HeaderLen + 4
	updateLen = frame.HeaderLen + 4
	pingLen   = frame.HeaderLen + 8
)

// minOut is the least buffer that frames wait in.
const minOut = 1024

// room returns the frames that wait to be sent with room for n more octets.
// Hot path.
func (s *Session) room(n int) []byte {
	if cap(s.out)-len(s.out) < n {
		s.growOut(n)
	}
	return s.out
}

func (s *Session) growOut(n int) {
	bigger := s.loop.buffers.Get(max(len(s.out)+n, 2*cap(s.out), minOut))
	bigger = append(bigger[:0], s.out...)
	s.dropOut()
	s.out = bigger
}

// dropOut gives the buffer back.
func (s *Session) dropOut() {
	if s.out != nil {
		s.loop.buffers.Put(s.out)
		s.out = nil
	}
}

// HasOutput reports whether AppendOutput may have something to append.
func (s *Session) HasOutput() bool {
	return len(s.out) > 0 || s.fail == nil && s.sched != nil && (s.window > 0 || s.sched.fresh > 0)
}

// Waiting returns how many octets of frames wait to be sent, DATA not among
// them. A caller whose connection does not take its output for now has to look at
// it: what the client asks for would pile up here. Hot path.
func (s *Session) Waiting() int { return len(s.out) }

// AppendOutput appends what is to be sent: first all frames that wait, in the
// order of the calls and events that made them; then DATA, and trailers behind
// it, by priority and as far as windows allow. It stops when it has appended
// room octets or more, which it may pass by one frame. Call it until HasOutput
// is false, as the connection takes the octets. Hot path.
func (s *Session) AppendOutput(dst []byte, room int) []byte {
	start := len(dst)
	dst = s.appendWaiting(dst)
	if s.sched == nil || s.fail != nil {
		return dst
	}
	for s.window > 0 && len(dst)-start < room && s.fail == nil {
		st := s.nextStream()
		if st == nil {
			break
		}
		dst = s.appendData(dst, st)
	}
	if s.sched != nil && s.sched.fresh > 0 && s.window <= 0 {
		dst = s.appendEnds(dst)
	}
	return s.appendWaiting(dst) // RST_STREAM behind an end, GOAWAY
}

// appendWaiting appends the frames that wait.
func (s *Session) appendWaiting(dst []byte) []byte {
	if len(s.out) > 0 {
		dst = append(dst, s.out...)
		s.ledger.spent[LimitAnswers] = 0
	}
	s.dropOut()
	return dst
}

// nextStream returns the stream whose turn it is.
func (s *Session) nextStream() *Stream {
	if s.sched == nil {
		return nil
	}
	return s.sched.first()
}

// appendData asks one stream for one frame. Hot path.
func (s *Session) appendData(dst []byte, st *Stream) []byte {
	limit := int(max(min(int64(st.out), s.window, int64(s.peerMaxFrame)), 0))
	begin := len(dst)
	dst = frame.AppendDataHeader(dst, st.ID, false, 0)
	body := len(dst)
	dst, more, end, trailers := st.source.AppendData(dst, limit)
	n := len(dst) - body
	st.out -= int32(n)
	s.window -= int64(n)
	if end {
		return s.appendEnd(dst, begin, st, trailers)
	}
	if n == 0 {
		dst = dst[:begin]
	} else {
		frame.SetLength(dst[begin:], n)
		if err := s.sentData(n, more && n == limit && limit < int(s.peerMaxFrame)); err != nil {
			s.failed(err)
			return dst
		}
	}
	// A source that has more and gives nothing would be asked for ever.
	s.afterTurn(st, n, more && (n > 0 || limit == 0))
	return dst
}

// afterTurn says where a stream goes that has not ended: it waits for its
// source, for its window, or for its next turn.
func (s *Session) afterTurn(st *Stream, n int, more bool) {
	if st.flags&flagStalled != 0 {
		st.stallSent += int32(n)
	}
	switch {
	case !more:
		s.dequeue(st)
		st.flags &^= flagStalled | flagTimed
	case st.out <= 0:
		s.dequeue(st)
		st.flags |= flagWaits
		s.stalls(st)
	default:
		if s.window <= 0 {
			s.probed(st)
			s.stalls(st)
		}
		s.sched.served(st)
	}
}

// appendEnd ends a stream with the DATA frame that begins at begin, or with
// trailers behind it.
func (s *Session) appendEnd(dst []byte, begin int, st *Stream, trailers []Field) []byte {
	n := len(dst) - begin - frame.HeaderLen
	switch {
	case n == 0 && len(trailers) > 0:
		dst = dst[:begin]
	case n > 0:
		frame.SetLength(dst[begin:], n)
		s.sentData(n, false)
	}
	if len(trailers) == 0 {
		dst[begin+4] |= byte(frame.FlagEndStream)
		s.endSend(st)
		return dst
	}
	out, err := s.writer.appendTrailers(dst, st.ID, trailers)
	if err != nil {
		// Better no trailers than a stream that looks whole and is not.
		s.Reset(st, InternalError)
		return dst
	}
	s.endSend(st)
	return out
}

// appendEnds asks the streams that were woken since the window of the
// connection closed whether they end: that takes no window.
func (s *Session) appendEnds(dst []byte) []byte {
	for u := range urgencies {
		for kind := range 2 {
			if s.sched == nil || s.sched.fresh == 0 {
				return dst
			}
			for st := s.sched.queues[u][kind].head; st != nil; {
				next := st.next
				if st.flags&flagProbed == 0 {
					dst = s.appendProbe(dst, st)
				}
				if s.sched == nil {
					return dst
				}
				st = next
			}
		}
	}
	return dst
}

// appendProbe asks one stream for its end.
func (s *Session) appendProbe(dst []byte, st *Stream) []byte {
	s.probed(st)
	begin := len(dst)
	dst = frame.AppendDataHeader(dst, st.ID, false, 0)
	dst, more, end, trailers := st.source.AppendData(dst, 0)
	if end {
		return s.appendEnd(dst, begin, st, trailers)
	}
	if more {
		s.stalls(st)
	} else {
		s.dequeue(st)
	}
	return dst[:begin]
}
