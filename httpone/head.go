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
	i := span(b, int(h.pos), classToken)
	h.pos = uint32(i)
	switch {
	case i > maxMethodBytes:
		return errMethodLong
	case i == len(b):
		return nil
	case b[i] != ' ' || i == 0:
		return errMethod
	}
	h.method, h.target = uint32(i), uint32(i)+1
	h.phase, h.pos = inTarget, h.target
	return nil
}

// scanTarget scans the request target and the SP behind it.
func (h *section) scanTarget(b []byte, maxBytes int) *ProtocolError {
	i := span(b, int(h.pos), classTarget)
	h.pos = uint32(i)
	target := b[h.target:i]
	switch {
	case len(target) > maxBytes:
		return errTargetLong
	case i == len(b):
		return nil
	case b[i] == '\r':
		return simpleRequest(target, b[i+1:])
	case b[i] == '\n':
		return errLineEnd
	case b[i] != ' ':
		return errTarget
	case len(target) == 0:
		return errTargetEmpty
	case !plausibleTarget(b[:h.method], target):
		return errTargetForm
	}
	h.targetEnd = uint32(i)
	h.phase, h.pos = inVersion, uint32(i)+1
	return nil
}

// simpleRequest judges a request line that ends behind its target, with CR
// and then rest: the "GET /path" of HTTP/0.9, which RFC 9112 no longer knows.
// Nil means that rest is too short to tell.
func simpleRequest(target, rest []byte) *ProtocolError {
	switch {
	case len(rest) == 0:
		return nil
	case rest[0] != '\n':
		return errLineEnd
	case len(target) == 0:
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
			h.pos += uint32(len(form))
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
	h.pos += uint32(len(form))
	h.phase = atLine
	return nil
}
