package frame

import "encoding/binary"

// A GoAway is a GOAWAY frame (RFC 9113, section 6.8): the sender accepts no
// streams above LastStreamID.
type GoAway struct {
	LastStreamID uint32  // the highest stream that the sender may have acted on
	Code         ErrCode // NoError in an orderly shutdown
	Debug        []byte  // any octets, for people: a part of the payload
}

var (
	errGoAwayStream = &Error{Code: ProtocolError, Rule: "RFC 9113 6.8", Reason: "GOAWAY on a stream"}
	errGoAwayShort  = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "GOAWAY shorter than 8 octets"}
)

// ParseGoAway reads the payload of a GOAWAY frame:
//
//	Reserved (1), Last-Stream-ID (31), Error Code (32), Additional Debug Data (..)
func ParseGoAway(h Header, payload []byte) (GoAway, error) {
	switch {
	case h.StreamID != 0:
		return GoAway{}, errGoAwayStream
	case len(payload) < 8:
		return GoAway{}, errGoAwayShort
	}
	return GoAway{
		LastStreamID: streamID(payload),
		Code:         ErrCode(binary.BigEndian.Uint32(payload[4:])),
		Debug:        payload[8:],
	}, nil
}

// AppendGoAway appends a GOAWAY frame.
func AppendGoAway(dst []byte, lastStreamID uint32, code ErrCode, debug string) []byte {
	dst = AppendHeader(dst, Header{Length: uint32(8 + len(debug)), Type: TypeGoAway})
	dst = binary.BigEndian.AppendUint32(dst, lastStreamID&MaxStreamID)
	dst = binary.BigEndian.AppendUint32(dst, uint32(code))
	return append(dst, debug...)
}
