package frame

import "strconv"

// An ErrCode is a reason for the end of a stream or of a connection, as it
// stands in RST_STREAM and GOAWAY frames (RFC 9113, section 7). A code without
// a name is as good as InternalError.
type ErrCode uint32

// The error codes of RFC 9113, section 7.
const (
	NoError            ErrCode = 0x0 // not an error
	ProtocolError      ErrCode = 0x1 // a rule was broken that has no code of its own
	InternalError      ErrCode = 0x2 // the sender's own fault
	FlowControlError   ErrCode = 0x3 // more was sent than the window allowed
	SettingsTimeout    ErrCode = 0x4 // SETTINGS was not acknowledged in time
	StreamClosed       ErrCode = 0x5 // a frame came for a half-closed stream
	FrameSizeError     ErrCode = 0x6 // a frame has a size that it cannot have
	RefusedStream      ErrCode = 0x7 // nothing was done: the request may be sent again
	Cancel             ErrCode = 0x8 // the stream is no longer wanted
	CompressionError   ErrCode = 0x9 // the state of field compression is lost
	ConnectError       ErrCode = 0xa // the connection behind a CONNECT broke
	EnhanceYourCalm    ErrCode = 0xb // the peer makes too much work
	InadequateSecurity ErrCode = 0xc // the transport is below what section 9.2 wants
	HTTP11Required     ErrCode = 0xd // the request has to come over HTTP/1.1
)

var errCodeNames = [...]string{
	NoError:            "NO_ERROR",
	ProtocolError:      "PROTOCOL_ERROR",
	InternalError:      "INTERNAL_ERROR",
	FlowControlError:   "FLOW_CONTROL_ERROR",
	SettingsTimeout:    "SETTINGS_TIMEOUT",
	StreamClosed:       "STREAM_CLOSED",
	FrameSizeError:     "FRAME_SIZE_ERROR",
	RefusedStream:      "REFUSED_STREAM",
	Cancel:             "CANCEL",
	CompressionError:   "COMPRESSION_ERROR",
	ConnectError:       "CONNECT_ERROR",
	EnhanceYourCalm:    "ENHANCE_YOUR_CALM",
	InadequateSecurity: "INADEQUATE_SECURITY",
	HTTP11Required:     "HTTP_1_1_REQUIRED",
}

// String returns the name that RFC 9113 gives the code, or its number in
// hexadecimal when it has none.
func (c ErrCode) String() string {
	if uint64(c) < uint64(len(errCodeNames)) {
		return errCodeNames[c]
	}
	return "0x" + strconv.FormatUint(uint64(c), 16)
}
