package httptwo

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"reactor.example/httptwo/internal/frame"
)

// ErrFieldName reports a field whose name is not a token (RFC 9110, section
// 5.1). Nothing was written.
var ErrFieldName = errors.New("httptwo: field name is not a token")

// A headerWriter turns the heads and trailers of responses into HEADERS and
// CONTINUATION frames. It has the compressor of a connection, so what it
// appends has to be sent, and in that order.
type headerWriter struct {
	compressor compressor
	// maxFrameBytes is the peer's SETTINGS_MAX_FRAME_SIZE.
	maxFrameBytes int
}

func (w *headerWriter) init() {
	w.compressor.init()
	w.maxFrameBytes = frame.MinMaxFrameSize
}

// A responseHead is what appendHead writes.
type responseHead struct {
	status        int     // 100 to 999
	fields        []Field // in any case; see appendHead
	contentLength int64   // -1: none is said
	date          string  // Date field, unless fields has one; empty for none
	endStream     bool    // no content and no trailers follow
}

// appendHead appends the head of a response, interim or final, in one HEADERS
// frame and as many CONTINUATION frames as it needs.
//
// Names go out in lower case. Of fields are left out content-length, for which
// there is contentLength, and what belongs to a connection of HTTP/1
// (connection, keep-alive, proxy-connection, te, transfer-encoding, upgrade:
// RFC 9113, section 8.2.2). Octets that no value can have are left out of
// values. The only error is ErrFieldName, with nothing appended. Hot path.
func (w *headerWriter) appendHead(dst []byte, streamID uint32, h *responseHead) ([]byte, error) {
	if !areNames(h.fields) {
		return dst, ErrFieldName
	}
	start := len(dst)
	dst = frame.AppendHeader(dst, frame.Header{Type: frame.TypeHeaders, StreamID: streamID})
	dst = w.compressor.begin(dst)
	dst = appendStatus(dst, h.status)
	dst, sawDate := w.appendFields(dst, h.fields, false)
	if h.contentLength >= 0 {
		dst = appendContentLength(dst, h.contentLength)
	}
	if h.date != "" && !sawDate {
		dst = w.compressor.appendField(dst, staticDate, "date", h.date, false)
	}
	return w.seal(dst, start, streamID, h.endStream), nil
}

// appendTrailers appends the trailers of a response, which end the stream.
// Fields are treated as in appendHead, and those are left out that must not
// come in trailers (RFC 9110, section 6.5.1).
func (w *headerWriter) appendTrailers(dst []byte, streamID uint32, fields []Field) ([]byte, error) {
	if !areNames(fields) {
		return dst, ErrFieldName
	}
	start := len(dst)
	dst = frame.AppendHeader(dst, frame.Header{Type: frame.TypeHeaders, StreamID: streamID})
	dst = w.compressor.begin(dst)
	dst, _ = w.appendFields(dst, fields, true)
	return w.seal(dst, start, streamID, true), nil
}

// areNames reports whether all names are tokens. It comes before anything is
// compressed: a block that is given up half way would leave the peer's table
// behind ours.
func areNames(fields []Field) bool {
	for i := range fields {
		if !isToken(fields[i].Name) {
			return false
		}
	}
	return true
}

// appendFields appends the caller's fields and reports whether date was among
// them.
func (w *headerWriter) appendFields(dst []byte, fields []Field, trailers bool) (_ []byte, sawDate bool) {
	for i := range fields {
		name, index := fields[i].Name, staticName(fields[i].Name)
		if index == 0 && hasUpper(name) {
			name = lowerName(name)
			index = staticName(name)
		}
		if index == staticContentLength || name == "te" || isConnectionField(name) {
			continue
		}
		if trailers && trailerUse(name) != trailerKept {
			continue
		}
		sawDate = sawDate || index == staticDate
		dst = w.compressor.appendField(dst, index, name, cleanValue(fields[i].Value), isSecret(name))
	}
	return dst, sawDate
}

// isSecret reports whether the values of a field are kept out of tables, from
// which somebody who can watch lengths could guess them (RFC 7541, section
// 7.1).
func isSecret(name string) bool {
	switch name {
	case "set-cookie", "cookie", "authorization", "proxy-authorization":
		return true
	}
	return false
}

func hasUpper(s string) bool {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return true
		}
	}
	return false
}

// lowerName returns a name in lower case. Common names cost no memory.
func lowerName(name string) string {
	switch len(name) {
	case 4:
		if equalFold(name, "date") {
			return "date"
		}
	case 12:
		if equalFold(name, "content-type") {
			return "content-type"
		}
	case 14:
		if equalFold(name, "content-length") {
			return "content-length"
		}
	}
	return strings.ToLower(name)
}

// cleanValue returns a value without the octets that have no place in one, and
// without whitespace at its ends (RFC 9113, section 8.2.1). Hot path.
func cleanValue(s string) string {
	if isFieldValue(s) {
		return s
	}
	kept := make([]byte, 0, len(s))
	for i := range len(s) {
		if octets[s[i]]&classField != 0 {
			kept = append(kept, s[i])
		}
	}
	return string(bytes.Trim(kept, " \t"))
}

// appendStatus appends :status. Seven codes are in the static table (RFC 7541,
// appendix A). Hot path.
func appendStatus(dst []byte, status int) []byte {
	index := byte(0)
	switch status {
	case 200:
		index = staticStatus
	case 204:
		index = staticStatus + 1
	case 206:
		index = staticStatus + 2
	case 304:
		index = staticStatus + 3
	case 400:
		index = staticStatus + 4
	case 404:
		index = staticStatus + 5
	case 500:
		index = staticStatus + 6
	default:
		return append(dst, staticStatus, 3, byte('0'+status/100%10), byte('0'+status/10%10), byte('0'+status%10))
	}
	return append(dst, 0x80|index)
}

// appendContentLength appends content-length, which is not worth a place in a
// table. Hot path.
func appendContentLength(dst []byte, n int64) []byte {
	dst = appendInteger(dst, 0, 0x0f, staticContentLength)
	at := len(dst)
	dst = strconv.AppendInt(append(dst, 0), n, 10)
	dst[at] = byte(len(dst) - at - 1)
	return dst
}

// seal completes the HEADERS frame that begins at start, and cuts what is too
// long for it into CONTINUATION frames, which follow at once (RFC 9113,
// section 6.10). Hot path.
func (w *headerWriter) seal(dst []byte, start int, streamID uint32, endStream bool) []byte {
	flags := frame.FlagEndHeaders
	if endStream {
		flags |= frame.FlagEndStream
	}
	n := len(dst) - start - frame.HeaderLen
	most := max(w.maxFrameBytes, frame.MinMaxFrameSize)
	var rest []byte
	if n > most {
		end := len(dst) - (n - most)
		rest = bytes.Clone(dst[end:])
		dst, n, flags = dst[:end], most, flags&^frame.FlagEndHeaders
	}
	frame.AppendHeader(dst[:start], frame.Header{Length: uint32(n), Type: frame.TypeHeaders, Flags: flags, StreamID: streamID})
	for len(rest) > 0 {
		n := min(len(rest), most)
		dst = frame.AppendContinuation(dst, streamID, n == len(rest), rest[:n])
		rest = rest[n:]
	}
	return dst
}
