package frame

import "encoding/binary"

// priorityLen is the length of a priority in the sense of RFC 7540.
const priorityLen = 5

// A Priority is a PRIORITY frame (RFC 9113, section 6.3). The scheme that it
// belongs to is deprecated (RFC 9113, section 5.3.2): what the frame says is
// worth nothing, but a malformed one is still an error.
type Priority struct {
	StreamID   uint32 // not 0
	Dependency uint32 // the stream it depends on, 0 for none
	Weight     uint8  // one less than the weight
	Exclusive  bool   // the dependency is exclusive
}

var (
	errPriorityStream = &Error{Code: ProtocolError, Rule: "RFC 9113 6.3", Reason: "PRIORITY on stream 0"}
	errPrioritySize   = &Error{Stream: true, Code: FrameSizeError, Rule: "RFC 9113 6.3", Reason: "PRIORITY is not 5 octets long"}
	errDependency     = &Error{Stream: true, Code: ProtocolError, Rule: "RFC 7540 5.3.1", Reason: "stream depends on itself"}
)

// ParsePriority reads the payload of a PRIORITY frame:
//
//	Exclusive (1), Stream Dependency (31), Weight (8)
func ParsePriority(h Header, payload []byte) (Priority, error) {
	switch {
	case h.StreamID == 0:
		return Priority{}, errPriorityStream
	case len(payload) != priorityLen:
		return Priority{}, errPrioritySize
	case streamID(payload) == h.StreamID:
		return Priority{}, errDependency
	}
	return Priority{
		StreamID:   h.StreamID,
		Dependency: streamID(payload),
		Weight:     payload[4],
		Exclusive:  payload[0]&0x80 != 0,
	}, nil
}

// AppendPriority appends a PRIORITY frame.
func AppendPriority(dst []byte, p Priority) []byte {
	dst = AppendHeader(dst, Header{Length: priorityLen, Type: TypePriority, StreamID: p.StreamID})
	dependency := p.Dependency & MaxStreamID
	if p.Exclusive {
		dependency |= 1 << 31
	}
	return append(binary.BigEndian.AppendUint32(dst, dependency), p.Weight)
}
