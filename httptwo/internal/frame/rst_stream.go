package frame

import "encoding/binary"

// A RSTStream is a RST_STREAM frame (RFC 9113, section 6.4): the end of a
// stream at once.
type RSTStream struct {
	StreamID uint32 // not 0
	Code     ErrCode
}

var (
	errRSTStreamStream = &Error{Code: ProtocolError, Rule: "RFC 9113 6.4", Reason: "RST_STREAM on stream 0"}
	errRSTStreamSize   = &Error{Code: FrameSizeError, Rule: "RFC 9113 6.4", Reason: "RST_STREAM is not 4 octets long"}
)

// ParseRSTStream reads the payload of a RST_STREAM frame:
//
//	Error Code (32)
//
// Hot path.
func ParseRSTStream(h Header, payload []byte) (RSTStream, error) {
	switch {
	case h.StreamID == 0:
		return RSTStream{}, errRSTStreamStream
	case len(payload) != 4:
		return RSTStream{}, errRSTStreamSize
	}
	return RSTStream{StreamID: h.StreamID, Code: ErrCode(binary.BigEndian.Uint32(payload))}, nil
}

// AppendRSTStream appends a RST_STREAM frame. Hot path.
func AppendRSTStream(dst []byte, streamID uint32, code ErrCode) []byte {
	dst = AppendHeader(dst, Header{Length: 4, Type: TypeRSTStream, StreamID: streamID})
	return binary.BigEndian.AppendUint32(dst, uint32(code))
}
