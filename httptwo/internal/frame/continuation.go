package frame

// A Continuation is a CONTINUATION frame (RFC 9113, section 6.10): one more
// part of the field block of the frame before it.
type Continuation struct {
	StreamID   uint32 // not 0
	Fragment   []byte // may be empty: a part of the payload
	EndHeaders bool   // the field block ends here
}

var errContinuationStream = &Error{Code: ProtocolError, Rule: "RFC 9113 6.10", Reason: "CONTINUATION on stream 0"}

// ParseContinuation reads the payload of a CONTINUATION frame, all of which is
// a part of the field block.
func ParseContinuation(h Header, payload []byte) (Continuation, error) {
	if h.StreamID == 0 {
		return Continuation{}, errContinuationStream
	}
	return Continuation{StreamID: h.StreamID, Fragment: payload, EndHeaders: h.Flags.Has(FlagEndHeaders)}, nil
}

// AppendContinuation appends a CONTINUATION frame.
func AppendContinuation(dst []byte, streamID uint32, endHeaders bool, fragment []byte) []byte {
	dst = AppendHeader(dst, Header{
		Length: uint32(len(fragment)), Type: TypeContinuation, StreamID: streamID,
		Flags: flag(FlagEndHeaders, endHeaders),
	})
	return append(dst, fragment...)
}
