package frame

import "encoding/binary"

// A PriorityUpdate is a PRIORITY_UPDATE frame (RFC 9218, section 7.1).
type PriorityUpdate struct {
	Prioritized uint32 // not 0: the stream whose priority it says
	Value       []byte // what a Priority field would hold, not looked at: a part of the payload
}

var (
	errUpdateStream      = &Error{Code: ProtocolError, Rule: "RFC 9218 7.1", Reason: "PRIORITY_UPDATE on a stream"}
	errUpdatePrioritized = &Error{Code: ProtocolError, Rule: "RFC 9218 7.1", Reason: "PRIORITY_UPDATE for stream 0"}
	errUpdateShort       = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "PRIORITY_UPDATE shorter than 4 octets"}
)

// ParsePriorityUpdate reads the payload of a PRIORITY_UPDATE frame:
//
//	Reserved (1), Prioritized Stream ID (31), Priority Field Value (..)
func ParsePriorityUpdate(h Header, payload []byte) (PriorityUpdate, error) {
	switch {
	case h.StreamID != 0:
		return PriorityUpdate{}, errUpdateStream
	case len(payload) < 4:
		return PriorityUpdate{}, errUpdateShort
	case streamID(payload) == 0:
		return PriorityUpdate{}, errUpdatePrioritized
	}
	return PriorityUpdate{Prioritized: streamID(payload), Value: payload[4:]}, nil
}

// AppendPriorityUpdate appends a PRIORITY_UPDATE frame.
func AppendPriorityUpdate(dst []byte, prioritized uint32, value string) []byte {
	dst = AppendHeader(dst, Header{Length: uint32(4 + len(value)), Type: TypePriorityUpdate})
	dst = binary.BigEndian.AppendUint32(dst, prioritized&MaxStreamID)
	return append(dst, value...)
}
