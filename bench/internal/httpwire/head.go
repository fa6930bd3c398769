package httpwire

import "bytes"

var (
	endOfHead = []byte("\r\n\r\n")
	endOfLine = []byte("\r\n")
)

// A head is what a response head says about its framing.
type head struct {
	status  int
	length  int64 // of the body; -1 means that it ends with the connection
	chunked bool
	close   bool
}

// parseHead reads b, a head up to and including its empty line.
func parseHead(b []byte) (head, error) {
	line, rest, _ := bytes.Cut(b, endOfLine)
	h := head{length: -1}
	// status-line = "HTTP/1." DIGIT SP 3DIGIT SP [ reason-phrase ]
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[8] != ' ' || len(line) > 12 && line[12] != ' ' {
		return head{}, ErrStatusLine
	}
	status, ok := decimal(line[9:12])
	if !ok || status < 100 {
		return head{}, ErrStatusLine
	}
	h.status = int(status)
	h.close = line[7] == '0'
	for {
		line, rest, _ = bytes.Cut(rest, endOfLine)
		if len(line) == 0 {
			break
		}
		if err := h.field(line); err != nil {
			return head{}, err
		}
	}
	switch {
	case h.status < 200 || h.status == 204 || h.status == 304:
		h.length, h.chunked = 0, false // RFC 9112, section 6.3, rule 1
	case h.chunked && h.length >= 0:
		return head{}, ErrLength // rule 3: a request smuggling attempt
	}
	return h, nil
}

// field reads one field line. Only the three names that decide about framing
// matter, so the length of a name tells most of them apart.
func (h *head) field(line []byte) error {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		return ErrField
	}
	switch len(name) {
	case len("connection"):
		if equalFold(name, "connection") {
			value = bytes.TrimSpace(value)
			if equalFold(value, "close") {
				h.close = true
			} else if equalFold(value, "keep-alive") {
				h.close = false
			}
		}
	case len("content-length"):
		if equalFold(name, "content-length") {
			n, ok := decimal(bytes.TrimSpace(value))
			if !ok || h.length >= 0 && h.length != n {
				return ErrLength
			}
			h.length = n
		}
	case len("transfer-encoding"):
		if equalFold(name, "transfer-encoding") {
			if !equalFold(bytes.TrimSpace(value), "chunked") {
				return ErrLength
			}
			h.chunked = true
		}
	}
	return nil
}

// equalFold reports whether b is s, which is in lower case, in any case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// decimal reads a non-negative number of at most 18 digits.
func decimal(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
