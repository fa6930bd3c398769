package server

import (
	"bytes"

	"reactor.example/httpone"
)

// http2Preface is what a client begins with that knows beforehand that the server
// speaks HTTP/2 (RFC 9113, section 3.4).
const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// isPreface looks at the first octets of a connection whose client may speak
// HTTP/2. The first octet that differs from the preface decides for HTTP/1. As
// long as none does, it waits for more, within RequestTimeout. It reports true if
// there is nothing for HTTP/1 to do.
func (h *http1) isPreface(b []byte) bool {
	n := min(len(b), len(http2Preface))
	switch {
	case string(b[:n]) != http2Preface[:n]:
		h.flags &^= fresh
		return false
	case n == len(http2Preface):
		h.becomeHTTP2()
	case h.t.EOF():
		h.finishConn()
	case h.phase == phaseIdle:
		h.phase = phaseHead
		h.inAt = h.shard.after(h.limits().RequestTimeout)
		h.arm()
	}
	return true
}

// becomeHTTP2 gives the connection to HTTP/2, with all that was received.
func (h *http1) becomeHTTP2() {
	s, t, counted := h.shard, h.t, h.flags&byAddress != 0
	s.counts.conns--
	h.phase = phaseEnd
	two := newHTTP2(s, t, counted)
	switchTo(t, two)
	two.advance()
}

// isForeign reports whether a connection begins with a line of no version of HTTP
// at all: words in capitals, the first of which is no method, and no version. To
// answer it by HTTP/1.1 would only confuse a client that thinks it speaks HTTP/2
// (RFC 9113, section 3.4: the connection ends, without a word).
func isForeign(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\r\n"))
	method, _, several := bytes.Cut(line, []byte(" "))
	if !several || len(method) == 0 || httpone.KnownMethod(string(method)) {
		return false
	}
	for _, c := range line {
		if c != ' ' && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
