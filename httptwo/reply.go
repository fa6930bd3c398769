package httptwo

// A ReplyHead is the head of a response.
type ReplyHead struct {
	// Status is the status code, three digits.
	Status int
	// Date is the value of the date field; empty for none. A date among Fields
	// wins.
	Date string
	// Fields are the fields in the order they are sent. Names may have any
	// case and are sent in lower case. content-length is not taken from here,
	// nor what belongs to a connection of HTTP/1 (RFC 9113, section 8.2.2).
	// Values lose octets that no value can have.
	Fields []Field
	// ContentLength is the length of the content in bytes, -1 when none is to
	// be said.
	ContentLength int64
}

// A Source is where the body of a response comes from. The session asks it
// from within AppendOutput, when it is the turn of its stream; it must not call
// the session.
type Source interface {
	// AppendData appends at most limit octets of the body to dst. limit may be
	// 0: no window is open, and only the end can be told. more says that
	// there is more right now; without it and without end the stream waits
	// for [Session.Wake]. end says that nothing comes behind what was
	// appended; trailers, if any, then end the stream. After end the session
	// has no reference to the source.
	AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []Field)
}

// SendInterim sends an interim response, 100 to 199 but not 101 (RFC 9110,
// section 15.2). ContentLength and Date of h do not count.
func (s *Session) SendInterim(st *Stream, status int, fields []Field) error {
	switch {
	case !st.state.sends():
		return ErrStreamClosed
	case st.flags&flagHead != 0:
		return ErrReplyOrder
	case status < 100 || status > 199 || status == 101:
		return ErrStatus
	}
	return s.appendHead(st, &responseHead{status: status, fields: fields, contentLength: -1})
}

// SendHead sends the final head of a response, 200 to 999. It is compressed at
// once, so heads leave in the order of the calls. end says that there is no
// body and no trailers: the stream is complete with it. Otherwise call
// SetSource. Nothing is kept of h. The error is ErrFieldName, ErrStatus,
// ErrReplyOrder or ErrStreamClosed, and nothing was sent then. Hot path.
func (s *Session) SendHead(st *Stream, h *ReplyHead, end bool) error {
	switch {
	case !st.state.sends():
		return ErrStreamClosed
	case st.flags&flagHead != 0:
		return ErrReplyOrder
	case h.Status < 200 || h.Status > 999:
		return ErrStatus
	}
	err := s.appendHead(st, &responseHead{
		status: h.Status, fields: h.Fields, contentLength: h.ContentLength, date: h.Date, endStream: end,
	})
	if err != nil {
		return err
	}
	st.flags |= flagHead
	s.refund(LimitPings, 1)
	if end {
		s.endSend(st)
	}
	return nil
}

func (s *Session) appendHead(st *Stream, h *responseHead) error {
	out, err := s.writer.appendHead(s.room(headLen(h.fields, h.date)), st.ID, h)
	if err != nil {
		return err
	}
	s.out = out
	return nil
}

// headLen is more than what a head takes on the wire: each string is sent
// literally at worst, with its length, and each field with an index.
func headLen(fields []Field, date string) int {
	n := 128 + len(date)
	for i := range fields {
		n += len(fields[i].Name) + len(fields[i].Value) + 16
	}
	return n + n>>10
}

// SetSource says where the body of a response comes from, after SendHead. The
// source is asked at the next AppendOutput.
func (s *Session) SetSource(st *Stream, src Source) {
	if !st.state.sends() {
		return
	}
	st.source = src
	s.Wake(st)
}

// Wake tells that the source of a stream has something now: data, its end, or
// both. Hot path.
func (s *Session) Wake(st *Stream) {
	if st.source == nil || st.flags&flagHead == 0 {
		return
	}
	s.unprobe(st)
	st.flags &^= flagWaits
	s.enqueue(st)
}

// unprobe lets a stream be asked for its end again.
func (s *Session) unprobe(st *Stream) {
	if st.flags&flagProbed != 0 {
		st.flags &^= flagProbed
		if st.flags&flagQueued != 0 {
			s.sched.fresh++
		}
	}
}
