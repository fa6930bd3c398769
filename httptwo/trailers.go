package httptwo

// addTrailer takes a trailer field over. One that frames or routes the message,
// authenticates its sender or describes its content is an error: a recipient
// that merges trailers into the head would see another message. Others that
// RFC 9110, section 6.5.1 bars are dropped.
func (r *Request) addTrailer(name, value string) *StreamError {
	switch trailerUse(name) {
	case trailerConnection:
		return errConnection
	case trailerRefused:
		return errTrailerField
	case trailerKept:
		r.Trailers = append(r.Trailers, Field{name, value})
	}
	return nil
}

type trailerVerdict uint8

const (
	trailerKept trailerVerdict = iota
	trailerDropped
	trailerRefused
	trailerConnection
)

// trailerUse says what becomes of a trailer field. RFC 9110, section 6.5.1
// bars fields for framing, routing, authentication, request modifiers,
// response control and content format.
func trailerUse(name string) trailerVerdict {
	switch name {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return trailerConnection
	case "content-length", "host", "te",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate",
		"authentication-info", "proxy-authentication-info", "cookie", "set-cookie",
		"content-type", "content-encoding", "content-range", "content-language",
		"content-location", "content-disposition":
		return trailerRefused
	case "trailer", "via", "forwarded", "expect", "max-forwards", "range", "if-match", "if-none-match",
		"if-modified-since", "if-unmodified-since", "if-range", "cache-control", "pragma", "expires", "age",
		"date", "location", "retry-after", "vary", "warning", "priority":
		return trailerDropped
	}
	return trailerKept
}
