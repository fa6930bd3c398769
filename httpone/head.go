package httpone

// maxMethodBytes is the longest method we look at; the longest that is
// registered has 17 octets.
const maxMethodBytes = 32

// scanHead goes on with a request head:
//
//	request-line = method SP request-target SP HTTP-version
//
// then the field lines. It reports whether the head is complete; h.pos is
// then its length. Hot path.
func (h *section) scanHead(b []byte, cfg *Config) (done bool, err *ProtocolError) {
	if h.phase < atLine {
		if done, err = h.scanRequestLine(b, cfg); !done {
			return false, err
		}
	}
	return h.scanFields(b, limit(cfg.MaxFields, defaultMaxFields))
}

// scanRequestLine goes on with the request line, its CRLF included.
func (h *section) scanRequestLine(b []byte, cfg *Config) (done bool, err *ProtocolError) {
	switch h.phase {
	case inMethod:
		if err = h.scanMethod(b); err != nil || h.phase == inMethod {
			return false, err
		}
		fallthrough
	case inTarget:
		if err = h.scanTarget(b, limit(cfg.MaxTargetBytes, defaultMaxTargetBytes)); err != nil || h.phase == inTarget {
			return false, err
		}
	}
	if err = h.scanVersion(b); err != nil || h.phase == inVersion {
		return false, err
	}
	return true, nil
}

// scanMethod scans the method, a token, and the SP behind it.
func (h *section) scanMethod(b []byte) *ProtocolError {
	h.pos = span(b, h.pos, classToken)
	switch {
	case h.pos > maxMethodBytes:
		return errMethodLong
	case h.pos == len(b):
		return nil
	case b[h.pos] != ' ' || h.pos == 0:
		return errMethod
	}
	h.method = h.pos
	h.pos++
	h.target = h.pos
	h.phase = inTarget
	return nil
}

// scanTarget scans the request target and the SP behind it.
func (h *section) scanTarget(b []byte, maxBytes int) *ProtocolError {
	i := span(b, h.pos, classTarget)
	h.pos = i
	switch {
	case i-h.target > maxBytes:
		return errTargetLong
	case i == len(b):
		return nil
	case b[i] == '\r':
		if i+1 == len(b) {
			return nil
		}
		return h.simpleRequest(b[i+1])
	case b[i] == '\n':
		return errLineEnd
	case b[i] != ' ':
		return errTarget
	case i == h.target:
		return errTargetEmpty
	}
	h.targetEnd = i
	if !plausibleTarget(b[:h.method], b[h.target:i]) {
		return errTargetForm
	}
	h.pos++
	h.phase = inVersion
	return nil
}

// simpleRequest judges a request line that ends behind its target, with CR
// and next: the "GET /path" of HTTP/0.9, which RFC 9112 no longer knows.
func (h *section) simpleRequest(next byte) *ProtocolError {
	switch {
	case next != '\n':
		return errLineEnd
	case h.pos == h.target:
		return errTargetEmpty
	}
	return errVersionNone
}

// scanVersion scans the version and the CRLF behind it:
//
//	HTTP-version = %s"HTTP" "/" DIGIT "." DIGIT
//
// These few octets are looked at again when they come in pieces. Hot path.
func (h *section) scanVersion(b []byte) *ProtocolError {
	const form = "HTTP/0.0\r\n"
	v := b[h.pos:]
	if len(v) >= len(form) {
		v = v[:len(form)]
		if string(v) == "HTTP/1.1\r\n" {
			h.minor = 1
			h.pos += len(form)
			h.phase = atLine
			return nil
		}
	}
	for i, ch := range v {
		if want := form[i]; ch != want && (want != '0' || ch < '0' || ch > '9') {
			if i < len("HTTP/0.0") || ch == ' ' {
				return errVersion
			}
			return errLineEnd
		}
	}
	if len(v) < len(form) {
		return nil
	}
	if v[len("HTTP/")] != '1' {
		return errVersionMajor
	}
	h.minor = min(v[len("HTTP/0.")]-'0', 1)
	h.pos += len(form)
	h.phase = atLine
	return nil
}
