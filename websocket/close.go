package websocket

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// A CloseCode is the status code of a Close frame (RFC 6455, section 7.4).
type CloseCode uint16

// The status codes that are registered at IANA.
const (
	CloseNormal           CloseCode = 1000 // the purpose is fulfilled
	CloseGoingAway        CloseCode = 1001 // a server goes down, a browser leaves the page
	CloseProtocolError    CloseCode = 1002
	CloseUnsupportedData  CloseCode = 1003 // a type of message that is not understood
	CloseNoStatus         CloseCode = 1005 // never sent: the Close had no code
	CloseAbnormal         CloseCode = 1006 // never sent: the connection ended without a Close
	CloseInvalidPayload   CloseCode = 1007 // for example text that is not UTF-8
	ClosePolicyViolation  CloseCode = 1008
	CloseMessageTooBig    CloseCode = 1009
	CloseMissingExtension CloseCode = 1010 // sent by clients only
	CloseInternalError    CloseCode = 1011
	CloseServiceRestart   CloseCode = 1012
	CloseTryAgainLater    CloseCode = 1013
	CloseBadGateway       CloseCode = 1014
	CloseTLSHandshake     CloseCode = 1015 // never sent
)

// Sendable reports whether a Close may carry the code: 1000 to 1003, 1007 to
// 1014 and 3000 to 4999.
func (code CloseCode) Sendable() bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// String returns the code in digits.
func (code CloseCode) String() string { return strconv.Itoa(int(code)) }

// maxReason is how many bytes of a reason fit into a Close frame.
const maxReason = ws.MaxControlFramePayloadSize - 2

// parseClose takes the payload of a Close apart (RFC 6455, section 5.5.1). The
// reason is a part of p.
func parseClose(p []byte) (CloseCode, []byte, *CloseError) {
	switch len(p) {
	case 0:
		return CloseNoStatus, nil, nil
	case 1:
		return 0, nil, errCloseLength
	}
	status, reason := ws.ParseCloseFrameDataUnsafe(p)
	code := CloseCode(status)
	switch {
	case code >= CloseServiceRestart && code <= CloseBadGateway:
		// Registered after the RFC, and not known to package ws.
		if !utf8.Valid(p[2:]) {
			return 0, nil, errReasonText
		}
	case !code.Sendable():
		return 0, nil, errCloseCode
	default:
		if err := ws.CheckCloseFrameData(status, reason); err != nil {
			return 0, nil, fault(err)
		}
	}
	return code, p[2:], nil
}

// AppendClose appends a Close frame with the code and reason, unless one was
// sent already: then it appends nothing. It is the first half of the closing
// handshake, or the second when the peer's Close has come; and it is to be
// called when Next has returned an error, with the code of that, whatever
// code is given here.
//
// A code that no endpoint may send becomes 1000, and so does 1010 from a
// server; CloseNoStatus makes an empty Close. Octets of the reason that are
// not UTF-8 are replaced, and what does not fit into 123 bytes is cut at a
// character.
func (c *Conn) AppendClose(dst []byte, code CloseCode, reason string) []byte {
	if !c.state.maySendClose() {
		return dst
	}
	if c.fail != nil {
		code, reason = c.fail.Code, c.fail.Reason
	}
	c.move(evSend)
	if code == CloseNoStatus {
		return c.appendFrame(dst, OpClose, true, 0, nil)
	}
	if !code.Sendable() || code == CloseMissingExtension && !c.cfg.Client {
		code = CloseNormal
	}
	var p [ws.MaxControlFramePayloadSize]byte
	binary.BigEndian.PutUint16(p[:], uint16(code))
	n := copy(p[2:], fitReason(reason))
	return c.appendFrame(dst, OpClose, true, 0, p[:2+n])
}

// AppendCloseReply appends the answer to the peer's Close: the same code, and
// 1000 to 1010 (RFC 6455, section 5.5.1). It appends nothing if no answer is
// due.
func (c *Conn) AppendCloseReply(dst []byte) []byte {
	if c.state != StateAnswering {
		return dst
	}
	return c.AppendClose(dst, c.received, "")
}

// fitReason makes reason valid and short enough for a Close frame.
func fitReason(reason string) string {
	n := 0
	for i, r := range reason {
		size := utf8.RuneLen(r) // of U+FFFD for an octet that is wrong
		if n+size > maxReason {
			return replaceInvalid(reason[:i])
		}
		n += size
	}
	return replaceInvalid(reason)
}

func replaceInvalid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
