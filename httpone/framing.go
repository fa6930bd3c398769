package httpone

import "math"

// setFraming decides how long the body is (RFC 9112, section 6.3):
//
//	Transfer-Encoding: chunked   until the last chunk
//	Content-Length               that many octets
//	neither                      no body
//
// Everything else on which two recipients could disagree is refused: both
// fields, any coding but chunked alone, a coding in HTTP/1.0, a length that is
// not one plain number. Hot path.
func (r *Request) setFraming(d *digest) *ProtocolError {
	switch d.seen & (sawCoding | sawContentLength) {
	case sawCoding | sawContentLength:
		return errBothLengths
	case sawCoding:
		if r.Minor == 0 {
			return errCodingVersion
		}
		if !equalFold(d.coding, "chunked") {
			return errCoding
		}
		r.Chunked, r.ContentLength = true, -1
	case sawContentLength:
		n, ok := parseLength(d.contentLength)
		if !ok {
			return errContentLength
		}
		r.ContentLength = n
	}
	if r.Form == FormAuthority && r.HasBody() {
		// Some would send these octets down the tunnel.
		return errConnectBody
	}
	return nil
}

// parseLength reads a length: Content-Length = 1*DIGIT. It reports false for
// anything else and for what does not fit into 63 bits.
func parseLength(s string) (n int64, ok bool) {
	for i := range len(s) {
		digit := int64(s[i]) - '0'
		if digit < 0 || digit > 9 || n > (math.MaxInt64-digit)/10 {
			return 0, false
		}
		n = 10*n + digit
	}
	return n, s != ""
}
