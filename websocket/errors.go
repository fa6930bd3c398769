package websocket

import "github.com/gobwas/ws"

// A CloseError reports that the peer broke a rule of the protocol, or passed
// a limit. Nothing that it sends is looked at any more: send a Close with
// Code, which [Conn.AppendClose] does by itself, and end the connection (RFC
// 6455, section 7.1.7). Close errors are package variables, compared by
// pointer, and hold nothing that the peer sent.
type CloseError struct {
	Code   CloseCode // status code of the Close to send, for example 1002
	Rule   string    // where the rule stands, for example "RFC 6455 5.2"
	Reason string    // what was wrong; fits into a Close frame
}

// Error returns the reason and the rule.
func (e *CloseError) Error() string {
	return "websocket: " + e.Reason + " (" + e.Rule + ")"
}

// Errors in a frame header.
var (
	errOpCode       = &CloseError{CloseProtocolError, "RFC 6455 5.2", "reserved opcode"}
	errReservedBits = &CloseError{CloseProtocolError, "RFC 6455 5.2", "reserved bit set"}
	errLengthTop    = &CloseError{CloseProtocolError, "RFC 6455 5.2", "top bit of the length set"}
	errLengthForm   = &CloseError{CloseProtocolError, "RFC 6455 5.2", "length not in the fewest octets"}
	errNotMasked    = &CloseError{CloseProtocolError, "RFC 6455 5.1", "frame is not masked"}
	errMasked       = &CloseError{CloseProtocolError, "RFC 6455 5.1", "frame of a server is masked"}
	errControlLong  = &CloseError{CloseProtocolError, "RFC 6455 5.5", "control frame longer than 125 octets"}
	errControlPart  = &CloseError{CloseProtocolError, "RFC 6455 5.5", "control frame is fragmented"}
	errNothingToGo  = &CloseError{CloseProtocolError, "RFC 6455 5.4", "continuation of nothing"}
	errInterleaved  = &CloseError{CloseProtocolError, "RFC 6455 5.4", "new message inside a fragmented one"}
	errHeader       = &CloseError{CloseProtocolError, "RFC 6455 5.2", "malformed frame header"}
)

// Errors in what frames carry.
var (
	errText        = &CloseError{CloseInvalidPayload, "RFC 6455 8.1", "text is not UTF-8"}
	errReasonText  = &CloseError{CloseInvalidPayload, "RFC 6455 5.5.1", "reason of a Close is not UTF-8"}
	errCloseLength = &CloseError{CloseProtocolError, "RFC 6455 5.5.1", "Close of one octet"}
	errCloseCode   = &CloseError{CloseProtocolError, "RFC 6455 7.4", "code that no Close may carry"}
	errFrameLong   = &CloseError{CloseMessageTooBig, "RFC 6455 10.4", "frame too long"}
	errMessageLong = &CloseError{CloseMessageTooBig, "RFC 6455 10.4", "message too long"}
	errDeflate     = &CloseError{CloseInvalidPayload, "RFC 7692 7.2.2", "message does not inflate"}
	errInflateWork = &CloseError{ClosePolicyViolation, "RFC 7692 8", "message takes too much work to inflate"}
	errFlood       = &CloseError{ClosePolicyViolation, "RFC 6455 10.4", "too many control frames or empty fragments"}
)

// faults says what the errors of package ws are to us.
var faults = map[error]*CloseError{
	ws.ErrProtocolOpCodeReserved:             errOpCode,
	ws.ErrProtocolControlPayloadOverflow:     errControlLong,
	ws.ErrProtocolControlNotFinal:            errControlPart,
	ws.ErrProtocolNonZeroRsv:                 errReservedBits,
	ws.ErrProtocolMaskRequired:               errNotMasked,
	ws.ErrProtocolMaskUnexpected:             errMasked,
	ws.ErrProtocolContinuationExpected:       errInterleaved,
	ws.ErrProtocolContinuationUnexpected:     errNothingToGo,
	ws.ErrProtocolStatusCodeNotInUse:         errCloseCode,
	ws.ErrProtocolStatusCodeApplicationLevel: errCloseCode,
	ws.ErrProtocolStatusCodeNoMeaning:        errCloseCode,
	ws.ErrProtocolStatusCodeUnknown:          errCloseCode,
	ws.ErrProtocolInvalidUTF8:                errReasonText,
	ws.ErrHeaderLengthMSB:                    errLengthTop,
}

// fault translates an error of package ws.
func fault(err error) *CloseError {
	if f := faults[err]; f != nil {
		return f
	}
	return errHeader
}
