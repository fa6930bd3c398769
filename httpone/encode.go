package httpone

// appendStatusLine appends "HTTP/1.1 200 OK" CRLF. The version is ours,
// whatever the client's (RFC 9110, section 2.5). Hot path.
func appendStatusLine(dst []byte, status int, reason string) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = append(dst, byte('0'+status/100), byte('0'+status/10%10), byte('0'+status%10), ' ')
	if reason == "" {
		dst = append(dst, StatusText(status)...)
	} else {
		dst = appendFieldValue(dst, reason)
	}
	return append(dst, "\r\n"...)
}

// appendLine appends one line whose text is known to be clean.
func appendLine(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = appendFieldValue(dst, value)
	return append(dst, "\r\n"...)
}

// appendFieldName appends a field name in canonical case: the first letter
// and those behind a hyphen as capitals; false means that it is no token. It is
// not mended: without its LF "con\nnection" would be another field than the
// one that was looked at. Hot path.
func appendFieldName(dst []byte, name string) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, name...)
	own := dst[start:]
	capital := true
	for i, ch := range own {
		if octets[ch]&classToken == 0 {
			return dst[:start], false
		}
		if capital {
			own[i] = upper(ch)
		}
		capital = ch == '-'
	}
	return dst, len(own) > 0
}

func upper(ch byte) byte {
	if 'a' <= ch && ch <= 'z' {
		ch -= 'a' - 'A'
	}
	return ch
}

// appendFieldValue appends a field value without the octets that have no
// place in one: control octets but HTAB, above all CR, LF and NUL, which
// could end the line (RFC 9110, section 5.5). Hot path.
func appendFieldValue(dst []byte, value string) []byte {
	for {
		n := spanFieldString(value)
		dst = append(dst, value[:n]...)
		if n == len(value) {
			return dst
		}
		value = value[n+1:]
	}
}

// appendDecimal appends n, which is not negative. Hot path.
func appendDecimal(dst []byte, n int64) []byte {
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(dst, digits[i:]...)
		}
	}
}

// appendHex appends n, which is not negative. Hot path.
func appendHex(dst []byte, n int64) []byte {
	var digits [16]byte
	i := len(digits)
	for {
		i--
		digits[i] = "0123456789abcdef"[n&15]
		if n >>= 4; n == 0 {
			return append(dst, digits[i:]...)
		}
	}
}
