package frame

import (
	"encoding/binary"
	"strconv"
)

// HeaderLen is the length of a frame header, in octets.
const HeaderLen = 9

// Bounds of SETTINGS_MAX_FRAME_SIZE, in octets (RFC 9113, section 4.2). The
// lower one holds until a peer has announced more.
const (
	MinMaxFrameSize = 1 << 14
	MaxMaxFrameSize = 1<<24 - 1
)

// MaxStreamID is the largest stream identifier, and the mask that takes the
// reserved bit off.
const MaxStreamID = 1<<31 - 1

// A Type is the type of a frame (RFC 9113, section 6).
type Type uint8

// The types of frames that this package reads and writes.
const (
	TypeData           Type = 0x00 // RFC 9113, section 6.1
	TypeHeaders        Type = 0x01 // RFC 9113, section 6.2
	TypePriority       Type = 0x02 // RFC 9113, section 6.3
	TypeRSTStream      Type = 0x03 // RFC 9113, section 6.4
	TypeSettings       Type = 0x04 // RFC 9113, section 6.5
	TypePushPromise    Type = 0x05 // RFC 9113, section 6.6
	TypePing           Type = 0x06 // RFC 9113, section 6.7
	TypeGoAway         Type = 0x07 // RFC 9113, section 6.8
	TypeWindowUpdate   Type = 0x08 // RFC 9113, section 6.9
	TypeContinuation   Type = 0x09 // RFC 9113, section 6.10
	TypePriorityUpdate Type = 0x10 // RFC 9218, section 7.1
)

var typeNames = [...]string{
	TypeData:           "DATA",
	TypeHeaders:        "HEADERS",
	TypePriority:       "PRIORITY",
	TypeRSTStream:      "RST_STREAM",
	TypeSettings:       "SETTINGS",
	TypePushPromise:    "PUSH_PROMISE",
	TypePing:           "PING",
	TypeGoAway:         "GOAWAY",
	TypeWindowUpdate:   "WINDOW_UPDATE",
	TypeContinuation:   "CONTINUATION",
	TypePriorityUpdate: "PRIORITY_UPDATE",
}

// Known reports whether this package reads frames of the type. Others are
// ignored, unless a field block is open (RFC 9113, sections 5.5 and 6.10).
func (t Type) Known() bool { return int(t) < len(typeNames) && typeNames[t] != "" }

// String returns the name that the RFC gives the type, or its number in
// hexadecimal when it is not known.
func (t Type) String() string {
	if t.Known() {
		return typeNames[t]
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// Flags are the flags of a frame. What a bit means depends on the type; bits
// without a meaning are ignored (RFC 9113, section 4.1).
type Flags uint8

// The flags that have a meaning.
const (
	FlagEndStream  Flags = 0x01 // DATA, HEADERS: the sender's last frame that opens or fills the stream
	FlagAck        Flags = 0x01 // SETTINGS, PING: an answer
	FlagEndHeaders Flags = 0x04 // HEADERS, PUSH_PROMISE, CONTINUATION: the field block ends here
	FlagPadded     Flags = 0x08 // DATA, HEADERS, PUSH_PROMISE: padding and its length are there
	FlagPriority   Flags = 0x20 // HEADERS: the priority of RFC 7540 is there
)

// Has reports whether all bits of g are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// flag returns g when it is wanted.
func flag(g Flags, wanted bool) Flags {
	if wanted {
		return g
	}
	return 0
}

// A Header is what every frame begins with (RFC 9113, section 4.1).
type Header struct {
	Length   uint32 // octets of payload, below 2^24
	StreamID uint32 // below 2^31; 0 is the connection
	Type     Type
	Flags    Flags
}

var errSize = &Error{Code: FrameSizeError, Rule: "RFC 9113 4.2", Reason: "frame longer than SETTINGS_MAX_FRAME_SIZE"}

// ParseHeader reads a frame header from the beginning of b:
//
//	Length (24), Type (8), Flags (8), Reserved (1), Stream Identifier (31)
//
// The reserved bit is ignored (RFC 9113, section 4.1). It reports false when b
// is shorter than [HeaderLen]. Hot path.
func ParseHeader(b []byte) (h Header, ok bool) {
	if len(b) < HeaderLen {
		return Header{}, false
	}
	first := binary.BigEndian.Uint32(b)
	return Header{
		Length:   first >> 8,
		Type:     Type(first),
		Flags:    Flags(b[4]),
		StreamID: binary.BigEndian.Uint32(b[5:]) & MaxStreamID,
	}, true
}

// CheckSize returns an error of the connection when the frame is longer than
// the maximum that its receiver has announced. Any frame is judged so, even
// where RFC 9113, section 4.2 lets only a stream end: the octets would have to
// be read, and DATA counts for the connection too. Hot path.
func (h Header) CheckSize(maxFrameSize uint32) error {
	if h.Length > maxFrameSize {
		return errSize
	}
	return nil
}

// AppendHeader appends a frame header. Hot path.
func AppendHeader(dst []byte, h Header) []byte {
	return append(dst,
		byte(h.Length>>16), byte(h.Length>>8), byte(h.Length), byte(h.Type), byte(h.Flags),
		byte(h.StreamID>>24)&0x7f, byte(h.StreamID>>16), byte(h.StreamID>>8), byte(h.StreamID))
}

// SetLength writes the length of a payload into the frame header that b begins
// with: for a payload whose length is known only when it stands behind its
// header. Hot path.
func SetLength(b []byte, n int) {
	b[0], b[1], b[2] = byte(n>>16), byte(n>>8), byte(n)
}

// streamID reads a stream identifier without the bit in front of it.
func streamID(b []byte) uint32 { return binary.BigEndian.Uint32(b) & MaxStreamID }
