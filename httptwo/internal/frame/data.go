package frame

// A Data is a DATA frame (RFC 9113, section 6.1).
type Data struct {
	StreamID  uint32 // not 0
	Data      []byte // content without padding: a part of the payload
	EndStream bool   // nothing follows on the stream
}

var (
	errDataStream  = &Error{Code: ProtocolError, Rule: "RFC 9113 6.1", Reason: "DATA on stream 0"}
	errDataPadding = &Error{Code: ProtocolError, Rule: "RFC 9113 6.1", Reason: "padding of DATA is as long as its payload"}
	errDataShort   = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "DATA too short for its pad length"}
)

// ParseData reads the payload of a DATA frame:
//
//	[Pad Length (8)], Data (..), Padding (..2040)
//
// The whole payload, h.Length octets, counts against both windows, with an
// error too (RFC 9113, section 6.9). What the padding holds is not looked at.
// Hot path.
func ParseData(h Header, payload []byte) (Data, error) {
	if h.StreamID == 0 {
		return Data{}, errDataStream
	}
	if h.Flags.Has(FlagPadded) {
		if len(payload) == 0 {
			return Data{}, errDataShort
		}
		padding := int(payload[0])
		if padding >= len(payload) {
			return Data{}, errDataPadding
		}
		payload = payload[1 : len(payload)-padding]
	}
	return Data{StreamID: h.StreamID, Data: payload, EndStream: h.Flags.Has(FlagEndStream)}, nil
}

// AppendData appends a DATA frame without padding. Hot path.
func AppendData(dst []byte, streamID uint32, endStream bool, data []byte) []byte {
	return append(AppendDataHeader(dst, streamID, endStream, len(data)), data...)
}

// AppendDataHeader appends the header of a DATA frame without padding whose n
// octets of data the caller sends behind it, from where they lie. Hot path.
func AppendDataHeader(dst []byte, streamID uint32, endStream bool, n int) []byte {
	return AppendHeader(dst, Header{
		Length: uint32(n), Type: TypeData, Flags: flag(FlagEndStream, endStream), StreamID: streamID,
	})
}
