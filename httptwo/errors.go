package httptwo

import "reactor.example/httptwo/internal/frame"

// An ErrCode is a reason for the end of a stream or of a connection, as it
// stands in RST_STREAM and GOAWAY frames (RFC 9113, section 7).
type ErrCode = frame.ErrCode

// The error codes of RFC 9113, section 7.
const (
	NoError            = frame.NoError
	ProtocolError      = frame.ProtocolError
	InternalError      = frame.InternalError
	FlowControlError   = frame.FlowControlError
	SettingsTimeout    = frame.SettingsTimeout
	StreamClosed       = frame.StreamClosed
	FrameSizeError     = frame.FrameSizeError
	RefusedStream      = frame.RefusedStream
	Cancel             = frame.Cancel
	CompressionError   = frame.CompressionError
	ConnectError       = frame.ConnectError
	EnhanceYourCalm    = frame.EnhanceYourCalm
	InadequateSecurity = frame.InadequateSecurity
	HTTP11Required     = frame.HTTP11Required
)

// A ConnError reports that the peer broke a rule of the protocol in a way that
// ends the connection (RFC 9113, section 5.4.1): a GOAWAY with Code goes out
// and nothing more is accepted.
type ConnError struct {
	Code   ErrCode // error code of the GOAWAY
	Rule   string  // where the rule stands, for example "RFC 9113 6.5"
	Reason string  // what was wrong, without any peer data
}

// Error returns the code, the reason and the rule.
func (e *ConnError) Error() string {
	return "httptwo: " + e.Code.String() + ": " + e.Reason + " (" + e.Rule + ")"
}

// A StreamError reports that the peer broke a rule of the protocol in a way
// that ends one stream (RFC 9113, section 5.4.2): a RST_STREAM with Code goes
// out and the other streams go on.
type StreamError struct {
	StreamID uint32  // the stream that ends; 0 in an error that is not yet bound to one
	Code     ErrCode // error code of the RST_STREAM
	Rule     string  // where the rule stands, for example "RFC 9113 8.3"
	Reason   string  // what was wrong, without any peer data
}

// Error returns the code, the reason and the rule.
func (e *StreamError) Error() string {
	return "httptwo: " + e.Code.String() + ": " + e.Reason + " (" + e.Rule + ")"
}
