package frame

// A Ping is a PING frame (RFC 9113, section 6.7).
type Ping struct {
	Data [8]byte // comes back in the answer
	Ack  bool    // this is the answer
}

var (
	errPingStream = &Error{Code: ProtocolError, Rule: "RFC 9113 6.7", Reason: "PING on a stream"}
	errPingSize   = &Error{Code: FrameSizeError, Rule: "RFC 9113 6.7", Reason: "PING is not 8 octets long"}
)

// ParsePing reads the payload of a PING frame: 8 octets of any kind.
func ParsePing(h Header, payload []byte) (Ping, error) {
	switch {
	case h.StreamID != 0:
		return Ping{}, errPingStream
	case len(payload) != len(Ping{}.Data):
		return Ping{}, errPingSize
	}
	return Ping{Data: [8]byte(payload), Ack: h.Flags.Has(FlagAck)}, nil
}

// AppendPing appends a PING frame.
func AppendPing(dst []byte, p Ping) []byte {
	dst = AppendHeader(dst, Header{Length: uint32(len(p.Data)), Type: TypePing, Flags: flag(FlagAck, p.Ack)})
	return append(dst, p.Data[:]...)
}
