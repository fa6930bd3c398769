package httpone

// AppendData appends p as content of the reply, in a chunk if the reply is
// chunked. Content in answer to HEAD is swallowed: only the head is sent. An
// empty p appends nothing. p is copied. Errors: [ErrReplyOrder],
// [ErrBodyNotAllowed], [ErrLongBody]; dst is then unchanged. Hot path.
func (c *Conn) AppendData(dst, p []byte) ([]byte, error) {
	dst, err := c.AppendChunkHead(dst, len(p))
	if err != nil || len(p) == 0 || c.framing == frameHead {
		return dst, err
	}
	dst = append(dst, p...)
	return c.AppendChunkTail(dst), nil
}

// AppendChunkHead appends what goes before n bytes of content that the caller
// sends from where they lie: a chunk-size line if the reply is chunked,
// nothing otherwise. AppendChunkTail appends what goes behind them. Both are
// needed whatever the framing, so that the content is counted. Do not call
// them for n = 0, nor send the bytes when [Conn.SwallowsData] says so. Errors
// are those of AppendData. Hot path.
func (c *Conn) AppendChunkHead(dst []byte, n int) ([]byte, error) {
	if c.reply != replyBody {
		return dst, ErrReplyOrder
	}
	if n == 0 {
		return dst, nil
	}
	switch c.framing {
	case frameLength:
		if int64(n) > c.owed {
			return dst, ErrLongBody
		}
		c.owed -= int64(n)
	case frameChunked:
		dst = appendHex(dst, int64(n))
		dst = append(dst, "\r\n"...)
	case frameNone, frameEmpty:
		return dst, ErrBodyNotAllowed
	}
	return dst, nil
}

// AppendChunkTail appends the end of the chunk that AppendChunkHead began: see
// there. Hot path.
func (c *Conn) AppendChunkTail(dst []byte) []byte {
	if c.framing == frameChunked && c.reply == replyBody {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// SwallowsData reports whether content of the current reply is counted but
// not sent, because it answers HEAD.
func (c *Conn) SwallowsData() bool { return c.framing == frameHead }

// AppendEnd appends the end of the reply: the last chunk with the trailers if
// the reply is chunked, otherwise nothing, and trailers are dropped. Fields
// that must not be trailers are dropped too (RFC 9110, section 6.5.1), and so
// are octets in values that could end a line. Errors: [ErrReplyOrder];
// [ErrFieldName], dst and state are then unchanged; [ErrShortBody], the reply
// has then ended and the connection is to be closed. Hot path.
func (c *Conn) AppendEnd(dst []byte, trailers []Field) ([]byte, error) {
	if c.reply != replyBody {
		return dst, ErrReplyOrder
	}
	if c.framing == frameChunked {
		start := len(dst)
		var ok bool
		if dst, ok = appendLastChunk(dst, trailers); !ok {
			return dst[:start], ErrFieldName
		}
	}
	c.moveReply(rvEnd)
	if c.framing == frameLength && c.owed > 0 {
		c.flags |= flagLast
		return dst, ErrShortBody
	}
	return dst, nil
}

// appendLastChunk appends the last chunk and the trailer section.
func appendLastChunk(dst []byte, trailers []Field) ([]byte, bool) {
	dst = append(dst, "0\r\n"...)
	for _, f := range trailers {
		start := len(dst)
		var ok bool
		if dst, ok = appendFieldName(dst, f.Name); !ok {
			return dst, false
		}
		if !mayTrail(dst[start:]) {
			dst = dst[:start]
			continue
		}
		dst = append(dst, ": "...)
		dst = appendFieldValue(dst, f.Value)
		dst = append(dst, "\r\n"...)
	}
	return append(dst, "\r\n"...), true
}

// mayTrail reports whether a field may be sent in trailers.
func mayTrail(name []byte) bool {
	var folded [32]byte
	if len(name) > len(folded) {
		return true // longer than all that are barred
	}
	lowerToken(folded[:len(name)], name)
	return trailerUse(string(folded[:len(name)])) == trailerKept
}

// AppendReply appends a whole response with content that is at hand: head,
// data and end. The length is taken from body, not from h; for a status that
// has no content body is dropped. Errors are those of AppendHead; dst is then
// unchanged. FinishReply is still to be called. Hot path.
func (c *Conn) AppendReply(dst []byte, r *Request, h *ReplyHead, body []byte) ([]byte, error) {
	start := len(dst)
	sized := *h
	sized.ContentLength = int64(len(body))
	dst, err := c.AppendHead(dst, r, &sized)
	if err != nil {
		return dst, err
	}
	if c.framing == frameNone || c.framing == frameEmpty {
		body = nil
	}
	if dst, err = c.AppendData(dst, body); err == nil {
		dst, err = c.AppendEnd(dst, nil)
	}
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}
