package frame

import "encoding/binary"

// A WindowUpdate is a WINDOW_UPDATE frame (RFC 9113, section 6.9).
type WindowUpdate struct {
	StreamID  uint32 // 0 is the window of the connection
	Increment uint32 // 1 to 2^31-1 octets more may be sent
}

var (
	errWindowSize       = &Error{Code: FrameSizeError, Rule: "RFC 9113 6.9", Reason: "WINDOW_UPDATE is not 4 octets long"}
	errWindowZero       = &Error{Code: ProtocolError, Rule: "RFC 9113 6.9", Reason: "WINDOW_UPDATE of 0 on the connection"}
	errWindowStreamZero = &Error{Stream: true, Code: ProtocolError, Rule: "RFC 9113 6.9", Reason: "WINDOW_UPDATE of 0 on a stream"}
)

// ParseWindowUpdate reads the payload of a WINDOW_UPDATE frame:
//
//	Reserved (1), Window Size Increment (31)
//
// Hot path.
func ParseWindowUpdate(h Header, payload []byte) (WindowUpdate, error) {
	if len(payload) != 4 {
		return WindowUpdate{}, errWindowSize
	}
	increment := binary.BigEndian.Uint32(payload) & MaxWindowSize
	switch {
	case increment != 0:
		return WindowUpdate{StreamID: h.StreamID, Increment: increment}, nil
	case h.StreamID != 0:
		return WindowUpdate{}, errWindowStreamZero
	}
	return WindowUpdate{}, errWindowZero
}

// AppendWindowUpdate appends a WINDOW_UPDATE frame. Hot path.
func AppendWindowUpdate(dst []byte, streamID, increment uint32) []byte {
	dst = AppendHeader(dst, Header{Length: 4, Type: TypeWindowUpdate, StreamID: streamID})
	return binary.BigEndian.AppendUint32(dst, increment&MaxWindowSize)
}
