package wswire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// frame makes a frame of a server.
func frame(first byte, n int) []byte {
	b := AppendFrame(nil, 0, make([]byte, n), false)
	head := len(b) - n - len(mask)
	b = append(b[:head:head], bytes.Repeat([]byte("x"), n)...)
	b[0], b[1] = first, b[1]&^maskBit
	return b
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestMessagesAtEverySplit(t *testing.T) {
	t.Parallel()
	in := join(
		frame(0x82, 16), frame(0x89, 3), frame(0x81, 0), frame(0xc2, 126),
		frame(0x02, 5), frame(0x8a, 0), frame(0x00, 200), frame(0x80, 7), frame(0x82, 1<<16),
	)
	want := []Message{
		{OpBinary, 16, false},
		{OpText, 0, false},
		{OpBinary, 126, true},
		{OpBinary, 212, false},
		{OpBinary, 1 << 16, false},
	}
	for _, step := range []int{1, 2, 3, 7, 1000, len(in)} {
		p := Parser{Keep: true}
		var got []Message
		for rest := in; len(rest) > 0; {
			k := min(step, len(rest))
			for b := rest[:k]; len(b) > 0; {
				n, done, err := p.Feed(b)
				if err != nil {
					t.Fatalf("%d bytes at a time: %v", step, err)
				}
				if b = b[n:]; !done && len(b) > 0 {
					t.Fatalf("%d bytes at a time: %d bytes left without a message", step, len(b))
				}
				if done {
					got = append(got, p.Message())
					if int64(len(p.Payload())) != p.Message().Len {
						t.Errorf("payload of %d bytes, want %d", len(p.Payload()), p.Message().Len)
					}
				}
			}
			rest = rest[k:]
		}
		if len(got) != len(want) {
			t.Fatalf("%d bytes at a time: %d messages %v, want %d", step, len(got), got, len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%d bytes at a time: message %d is %+v, want %+v", step, i, got[i], want[i])
			}
		}
	}
}

func TestWrongFrames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		in   []byte
		want error
	}{
		{"masked", AppendFrame(nil, OpText, []byte("x"), false), ErrMasked},
		{"continuation of nothing", frame(0x80, 1), ErrSequence},
		{"message within a message", join(frame(0x01, 1), frame(0x81, 1)), ErrSequence},
		{"reserved bit", frame(0xa2, 1), ErrReserved},
		{"reserved opcode", frame(0x83, 1), ErrReserved},
		{"reserved control opcode", frame(0x8b, 1), ErrReserved},
		{"close", frame(0x88, 2), ErrClosed},
	} {
		var p Parser
		if _, done, err := p.Feed(tt.in); done || !errors.Is(err, tt.want) {
			t.Errorf("%s: done %t, error %v, want %v", tt.name, done, err, tt.want)
		}
	}
}

func TestFramesAreMasked(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		payload := bytes.Repeat([]byte("abc"), n)[:n]
		b := AppendFrame(nil, OpBinary, payload, false)
		if b[0] != 0x82 || b[1]&maskBit == 0 {
			t.Errorf("%d bytes: frame begins with % x, want a masked final binary one", n, b[:2])
		}
		b = b[len(b)-n:]
		for i := range b {
			b[i] ^= mask[i%4]
		}
		if !bytes.Equal(b, payload) {
			t.Errorf("%d bytes: unmasked payload differs", n)
		}
	}
}

func TestDeflateRoundTrip(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "Hello", strings.Repeat("Hello, World! ", 100)} {
		if got, err := Inflate(Deflate([]byte(s))); err != nil || string(got) != s {
			t.Errorf("round trip of %q = %q, %v", s, got, err)
		}
	}
	// RFC 7692, section 7.2.3.1.
	if got, err := Inflate([]byte{0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}); err != nil || string(got) != "Hello" {
		t.Errorf("the RFC's example = %q, %v, want Hello", got, err)
	}
	if _, err := Inflate([]byte{0xff, 0xff}); err == nil {
		t.Error("garbage was inflated")
	}
}

func TestCheckUpgrade(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nsec-websocket-accept: " + Accept + "\r\n"
	const agreed = ok + "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	for _, tt := range []struct {
		name, head string
		deflate    bool
		want       error
	}{
		{"plain", ok, false, nil},
		{"compressed", agreed, true, nil},
		{"compression refused", ok, true, ErrDeflate},
		{"compression not asked for", agreed, false, ErrDeflate},
		{"refused", "HTTP/1.1 403 Forbidden\r\n", false, ErrUpgrade},
		{"no accept", "HTTP/1.1 101 Switching Protocols\r\n", false, ErrAccept},
	} {
		head := tt.head + "\r\n"
		if n := Head([]byte(head + "rest")); n != len(head) {
			t.Errorf("%s: head of %d bytes, want %d", tt.name, n, len(head))
		}
		if n := Head([]byte(tt.head)); n != 0 {
			t.Errorf("%s: incomplete head of %d bytes, want none", tt.name, n)
		}
		if err := CheckUpgrade([]byte(head), tt.deflate); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	got := string(Upgrade{Path: "/ws", Host: "h", Deflate: true}.Append(nil))
	if !strings.HasPrefix(got, "GET /ws HTTP/1.1\r\nHost: h\r\n") || !strings.HasSuffix(got, Offer+"\r\n\r\n") {
		t.Errorf("request %q", got)
	}
}

func FuzzParser(f *testing.F) {
	f.Add(join(frame(0x02, 5), frame(0x89, 1), frame(0x80, 130)), 3)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		feed := func(step int) (got []Message, err error) {
			var p Parser
			for rest := in; len(rest) > 0 && err == nil; {
				k := min(max(step, 1), len(rest))
				for b := rest[:k]; len(b) > 0 && err == nil; {
					var n int
					var done bool
					n, done, err = p.Feed(b)
					b = b[n:]
					if done {
						got = append(got, p.Message())
					}
				}
				rest = rest[k:]
			}
			return got, err
		}
		a, errA := feed(len(in))
		b, errB := feed(step)
		if len(a) != len(b) || !errors.Is(errA, errB) {
			t.Errorf("all at once: %v, %v; %d at a time: %v, %v", a, errA, step, b, errB)
		}
	})
}
