package frame

// A Headers is a HEADERS frame (RFC 9113, section 6.2).
type Headers struct {
	StreamID   uint32 // not 0
	Fragment   []byte // first part of the field block, without padding: a part of the payload
	EndStream  bool   // the stream has no DATA
	EndHeaders bool   // the field block ends here
}

var (
	errHeadersStream  = &Error{Code: ProtocolError, Rule: "RFC 9113 6.2", Reason: "HEADERS on stream 0"}
	errHeadersPadding = &Error{Code: ProtocolError, Rule: "RFC 9113 6.2", Reason: "padding of HEADERS is longer than what is left for it"}
	errHeadersShort   = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "HEADERS too short for what its flags announce"}
)

// ParseHeaders reads the payload of a HEADERS frame:
//
//	[Pad Length (8)],
//	[Exclusive (1), Stream Dependency (31), Weight (8)],
//	Field Block Fragment (..), Padding (..2040)
//
// The priority is that of RFC 7540, which RFC 9113, section 5.3.2 deprecates:
// it is skipped. Only a stream that depends on itself is still an error, of
// the stream. Headers is complete then all the same, and its field block must
// be decoded like any other, or the state of compression is lost (RFC 9113,
// section 4.3). Hot path.
func ParseHeaders(h Header, payload []byte) (Headers, error) {
	if h.StreamID == 0 {
		return Headers{}, errHeadersStream
	}
	padding := 0
	if h.Flags.Has(FlagPadded) {
		if len(payload) == 0 {
			return Headers{}, errHeadersShort
		}
		padding, payload = int(payload[0]), payload[1:]
	}
	var err error
	if h.Flags.Has(FlagPriority) {
		if len(payload) < priorityLen {
			return Headers{}, errHeadersShort
		}
		if streamID(payload) == h.StreamID {
			err = errDependency
		}
		payload = payload[priorityLen:]
	}
	if padding > len(payload) {
		return Headers{}, errHeadersPadding
	}
	return Headers{
		StreamID:   h.StreamID,
		Fragment:   payload[:len(payload)-padding],
		EndStream:  h.Flags.Has(FlagEndStream),
		EndHeaders: h.Flags.Has(FlagEndHeaders),
	}, err
}

// AppendHeaders appends a HEADERS frame without padding and priority. Without
// endHeaders a CONTINUATION has to follow at once. Hot path.
func AppendHeaders(dst []byte, streamID uint32, endStream, endHeaders bool, fragment []byte) []byte {
	dst = AppendHeader(dst, Header{
		Length: uint32(len(fragment)), Type: TypeHeaders, StreamID: streamID,
		Flags: flag(FlagEndStream, endStream) | flag(FlagEndHeaders, endHeaders),
	})
	return append(dst, fragment...)
}
