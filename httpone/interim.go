package httpone

// AppendInterim appends an interim response: 100, 102, 103 and the like, but
// not 101, which is final for HTTP (RFC 9110, section 15.2). Nothing is
// appended for an HTTP/1.0 request, whose client would not understand it.
// Interim responses leave before the final head: later the error is
// [ErrReplyOrder], as it is before a request. Other errors: [ErrStatus],
// [ErrFieldName]; dst is then unchanged.
func (c *Conn) AppendInterim(dst []byte, r *Request, status int, fields []Field) ([]byte, error) {
	switch {
	case c.reply != replyWaiting || c.state != StateBody && c.state != StateReply:
		return dst, ErrReplyOrder
	case status < 100 || status > 199 || status == 101:
		return dst, ErrStatus
	case r.Minor == 0:
		return dst, nil
	}
	w := headWriter{start: len(dst)}
	dst = appendStatusLine(dst, status, "")
	dst, ok := w.appendFields(dst, fields)
	if !ok {
		return dst[:w.start], ErrFieldName
	}
	if status == 100 {
		c.flags &^= flagWaits
	}
	return append(dst, "\r\n"...), nil
}

// AwaitsContinue reports whether the client waits for a 100 that was not sent
// yet and of whose body nothing was seen. A final reply then ends the
// connection: whether the body still follows it nobody can tell (RFC 9110,
// section 10.1.1).
func (c *Conn) AwaitsContinue() bool { return c.flags&flagWaits != 0 }
