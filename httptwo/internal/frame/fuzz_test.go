package frame

import (
	"bytes"
	"errors"
	"testing"
)

// fuzzFrame proves of one type of frame that no payload makes its parser
// panic, that errors are of the one type there is, and that what was accepted
// says the same when it is written and parsed again.
func fuzzFrame(f *testing.F, kind Type) {
	f.Add(uint8(0), uint32(1), []byte("\x00\x00\x00\x03abcdef"))
	f.Add(uint8(FlagPadded|FlagPriority), uint32(1), []byte("\x02\x00\x00\x00\x01\xffabc\x00\x00"))
	f.Add(uint8(0xff), uint32(0), []byte("\x00\x04\x7f\xff\xff\xff\x00\x05\x00\x00\x40\x00"))
	f.Add(uint8(0), uint32(0), []byte("\x80\x00\x00\x03u=1, i"))
	f.Fuzz(func(t *testing.T, flags uint8, stream uint32, payload []byte) {
		if len(payload) > MaxMaxFrameSize {
			return
		}
		h := Header{Length: uint32(len(payload)), Type: kind, Flags: Flags(flags), StreamID: stream & MaxStreamID}
		want, err := describe(h, payload)
		if err != nil {
			var typed *Error
			if !errors.As(err, &typed) || typed.Stream && h.StreamID == 0 {
				t.Fatalf("%+v: error %v does not fit", h, err)
			}
			return
		}
		b, err := rewrite([]byte("before"), h, payload)
		if err != nil || !bytes.HasPrefix(b, []byte("before")) {
			t.Fatalf("%s: written as % x, %v", want, b, err)
		}
		b = b[len("before"):]
		again, ok := ParseHeader(b)
		if !ok || again.Type != kind || int(again.Length) != len(b)-HeaderLen {
			t.Fatalf("%s: the header written is %+v for %d octets", want, again, len(b))
		}
		if got, err := describe(again, b[HeaderLen:]); err != nil || got != want {
			t.Fatalf("got  %s, %v\nwant %s", got, err, want)
		}
	})
}

func FuzzData(f *testing.F)           { fuzzFrame(f, TypeData) }
func FuzzHeaders(f *testing.F)        { fuzzFrame(f, TypeHeaders) }
func FuzzPriority(f *testing.F)       { fuzzFrame(f, TypePriority) }
func FuzzRSTStream(f *testing.F)      { fuzzFrame(f, TypeRSTStream) }
func FuzzSettings(f *testing.F)       { fuzzFrame(f, TypeSettings) }
func FuzzPushPromise(f *testing.F)    { fuzzFrame(f, TypePushPromise) }
func FuzzPing(f *testing.F)           { fuzzFrame(f, TypePing) }
func FuzzGoAway(f *testing.F)         { fuzzFrame(f, TypeGoAway) }
func FuzzWindowUpdate(f *testing.F)   { fuzzFrame(f, TypeWindowUpdate) }
func FuzzContinuation(f *testing.F)   { fuzzFrame(f, TypeContinuation) }
func FuzzPriorityUpdate(f *testing.F) { fuzzFrame(f, TypePriorityUpdate) }

// FuzzHeader proves that a frame header is written as it was read, but for the
// reserved bit.
func FuzzHeader(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 1, 0x80, 0, 0, 1, 'x'})
	f.Fuzz(func(t *testing.T, in []byte) {
		h, ok := ParseHeader(in)
		if ok != (len(in) >= HeaderLen) {
			t.Fatalf("ok = %v for %d octets", ok, len(in))
		}
		if !ok {
			return
		}
		want := bytes.Clone(in[:HeaderLen])
		want[5] &= 0x7f
		if got := AppendHeader(nil, h); !bytes.Equal(got, want) {
			t.Fatalf("got % x, want % x", got, want)
		}
	})
}
