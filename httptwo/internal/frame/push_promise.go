package frame

import "encoding/binary"

// A PushPromise is a PUSH_PROMISE frame (RFC 9113, section 6.6). A client
// never sends one: a server that receives it ends the connection (RFC 9113,
// section 8.4).
type PushPromise struct {
	StreamID   uint32 // not 0: the stream that the promise belongs to
	Promised   uint32 // not 0: the stream that is reserved
	Fragment   []byte // first part of the field block, without padding: a part of the payload
	EndHeaders bool   // the field block ends here
}

var (
	errPushStream   = &Error{Code: ProtocolError, Rule: "RFC 9113 6.6", Reason: "PUSH_PROMISE on stream 0"}
	errPushPromised = &Error{Code: ProtocolError, Rule: "RFC 9113 6.6", Reason: "PUSH_PROMISE promises stream 0"}
	errPushPadding  = &Error{Code: ProtocolError, Rule: "RFC 9113 6.6", Reason: "padding of PUSH_PROMISE is longer than what is left for it"}
	errPushShort    = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "PUSH_PROMISE too short for its promised stream"}
)

// ParsePushPromise reads the payload of a PUSH_PROMISE frame:
//
//	[Pad Length (8)],
//	Reserved (1), Promised Stream ID (31),
//	Field Block Fragment (..), Padding (..2040)
func ParsePushPromise(h Header, payload []byte) (PushPromise, error) {
	if h.StreamID == 0 {
		return PushPromise{}, errPushStream
	}
	padding := 0
	if h.Flags.Has(FlagPadded) {
		if len(payload) == 0 {
			return PushPromise{}, errPushShort
		}
		padding, payload = int(payload[0]), payload[1:]
	}
	if len(payload) < 4 {
		return PushPromise{}, errPushShort
	}
	promised, payload := streamID(payload), payload[4:]
	switch {
	case promised == 0:
		return PushPromise{}, errPushPromised
	case padding > len(payload):
		return PushPromise{}, errPushPadding
	}
	return PushPromise{
		StreamID:   h.StreamID,
		Promised:   promised,
		Fragment:   payload[:len(payload)-padding],
		EndHeaders: h.Flags.Has(FlagEndHeaders),
	}, nil
}

// AppendPushPromise appends a PUSH_PROMISE frame without padding. Without
// p.EndHeaders a CONTINUATION has to follow at once.
func AppendPushPromise(dst []byte, p PushPromise) []byte {
	dst = AppendHeader(dst, Header{
		Length: uint32(4 + len(p.Fragment)), Type: TypePushPromise, StreamID: p.StreamID,
		Flags: flag(FlagEndHeaders, p.EndHeaders),
	})
	dst = binary.BigEndian.AppendUint32(dst, p.Promised&MaxStreamID)
	return append(dst, p.Fragment...)
}
