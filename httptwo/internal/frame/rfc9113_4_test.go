package frame

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

// RFC 9113, section 4.1: the nine octets before every payload.
func TestHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   []byte
		want Header
	}{
		{"4.1 all zero", make([]byte, 9), Header{}},
		{"4.1 every part", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, Header{Length: 0x010203, Type: 4, Flags: 5, StreamID: 0x06070809}},
		{"4.1 the largest", []byte{255, 255, 255, 255, 255, 127, 255, 255, 255}, Header{Length: MaxMaxFrameSize, Type: 255, Flags: 255, StreamID: MaxStreamID}},
		{"4.1 more octets than a header", []byte{0, 0, 1, 0, 1, 0, 0, 0, 1, 'x'}, Header{Length: 1, Flags: FlagEndStream, StreamID: 1}},
	} {
		got, ok := ParseHeader(c.in)
		if !ok || got != c.want {
			t.Errorf("%s: ParseHeader(% x) = %+v, %v, want %+v", c.name, c.in, got, ok, c.want)
		}
		if b := AppendHeader(nil, got); !bytes.Equal(b, c.in[:HeaderLen]) {
			t.Errorf("%s: AppendHeader = % x, want % x", c.name, b, c.in)
		}
	}
}

// RFC 9113, section 4.1: the reserved bit is ignored when it is received and
// unset when it is sent.
func TestReservedBit(t *testing.T) {
	t.Parallel()
	in := []byte{0, 0, 0, 0, 0, 0x80, 0, 0, 5}
	if h, _ := ParseHeader(in); h.StreamID != 5 {
		t.Errorf("stream = %d, want 5", h.StreamID)
	}
	if b := AppendHeader(nil, Header{StreamID: math.MaxUint32}); b[5] != 0x7f {
		t.Errorf("first octet of the stream = %#x, want 0x7f", b[5])
	}
}

func TestHeaderNeedsNineOctets(t *testing.T) {
	t.Parallel()
	for n := range HeaderLen {
		if h, ok := ParseHeader(make([]byte, n)); ok {
			t.Errorf("%d octets gave %+v", n, h)
		}
	}
}

// RFC 9113, section 4.2: a frame above the announced maximum.
func TestCheckSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, most uint32
		want    error
	}{
		{0, MinMaxFrameSize, nil},
		{MinMaxFrameSize, MinMaxFrameSize, nil},
		{MinMaxFrameSize + 1, MinMaxFrameSize, errSize},
		{MaxMaxFrameSize, MaxMaxFrameSize, nil},
	} {
		if err := (Header{Length: c.n}).CheckSize(c.most); !errors.Is(err, c.want) {
			t.Errorf("length %d, at most %d: %v, want %v", c.n, c.most, err, c.want)
		}
	}
}

func TestSetLength(t *testing.T) {
	t.Parallel()
	b := AppendHeader(nil, Header{Type: TypeHeaders, StreamID: 3})
	SetLength(b, 0xabcdef)
	if h, _ := ParseHeader(b); h.Length != 0xabcdef || h.Type != TypeHeaders || h.StreamID != 3 {
		t.Errorf("header = %+v, want the length alone changed", h)
	}
}

// Whatever has a name on the wire is called by it, the rest by its number.
func TestNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		TypeData.String():                   "DATA",
		TypeContinuation.String():           "CONTINUATION",
		TypePriorityUpdate.String():         "PRIORITY_UPDATE",
		Type(0x0a).String():                 "0xa",
		Type(0xff).String():                 "0xff",
		NoError.String():                    "NO_ERROR",
		HTTP11Required.String():             "HTTP_1_1_REQUIRED",
		ErrCode(14).String():                "0xe",
		ErrCode(math.MaxUint32).String():    "0xffffffff",
		SettingHeaderTableSize.String():     "SETTINGS_HEADER_TABLE_SIZE",
		SettingNoRFC7540Priorities.String(): "SETTINGS_NO_RFC7540_PRIORITIES",
		SettingID(0).String():               "0x0",
		SettingID(7).String():               "0x7",
		SettingID(0xffff).String():          "0xffff",
		errWindowStreamZero.Error():         "frame: PROTOCOL_ERROR: WINDOW_UPDATE of 0 on a stream (RFC 9113 6.9)",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for code := range HTTP11Required + 1 {
		if code.String() == "" {
			t.Errorf("error code %d has no name", uint32(code))
		}
	}
}

func TestKnownTypes(t *testing.T) {
	t.Parallel()
	n := 0
	for v := range 256 {
		if Type(v).Known() {
			n++
		}
	}
	if n != 11 {
		t.Errorf("%d types are known, want the ten of RFC 9113 and PRIORITY_UPDATE", n)
	}
}
