package httpone

// nextTrailers goes on with the trailer section, which is kept whole until
// its empty line is here:
//
//	trailer-section = *( field-line CRLF )
//
// (RFC 9112, section 7.1.2).
func (c *Conn) nextTrailers(b []byte, r *Request) (Event, int, *ProtocolError) {
	h := &r.section
	most := sectionLimit(c.cfg.MaxTrailerBytes, defaultMaxTrailerBytes)
	done, err := h.scanFields(b[:min(len(b), most)], limit(c.cfg.MaxFields, defaultMaxFields))
	switch {
	case err != nil:
		return 0, 0, err
	case !done && len(b) > most:
		return 0, 0, errTrailersLong
	case !done:
		return EventNeedMore, 0, nil
	}
	if len(h.spans) > 0 {
		_, r.Trailers = h.cut(b[:h.pos], r.Trailers)
		if r.Trailers, err = keepTrailers(r.Trailers); err != nil {
			return 0, 0, err
		}
	}
	return c.endBody(), int(h.pos), nil
}

// keepTrailers drops the fields that have no place in trailers, in place. It
// refuses those that frame or route a message: a recipient that merges
// trailers into the head would see another message.
func keepTrailers(fields []Field) ([]Field, *ProtocolError) {
	kept := fields[:0]
	for _, f := range fields {
		switch trailerUse(f.Name) {
		case trailerRefused:
			return nil, errTrailerField
		case trailerKept:
			kept = append(kept, f)
		}
	}
	clear(fields[len(kept):])
	return kept, nil
}

type trailerVerdict uint8

const (
	trailerKept trailerVerdict = iota
	trailerDropped
	trailerRefused
)

// trailerUse says what becomes of a trailer field. RFC 9110, section 6.5.1
// bars fields for framing, routing, authentication, request modifiers,
// response control and content format.
func trailerUse(name string) trailerVerdict {
	switch name {
	case "transfer-encoding", "content-length", "host":
		return trailerRefused
	case "connection", "keep-alive", "upgrade", "te", "trailer", "via", "forwarded",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate",
		"authentication-info", "proxy-authentication-info", "cookie", "set-cookie",
		"expect", "max-forwards", "range", "if-match", "if-none-match", "if-modified-since",
		"if-unmodified-since", "if-range", "cache-control", "pragma", "expires", "age",
		"date", "location", "retry-after", "vary", "warning",
		"content-type", "content-encoding", "content-range", "content-language",
		"content-location", "content-disposition":
		return trailerDropped
	}
	return trailerKept
}
