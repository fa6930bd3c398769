package websocket

import (
	"fmt"
	"strings"
	"testing"
)

// withDeflate are the extensions of a server with the window of 15 bits both
// ways, with context takeover or without.
func withDeflate(takeover bool) Extensions {
	return Extensions{agreement{
		minBytes: 1, level: 1, sendBits: maxWindowBits, receiveBits: maxWindowBits, sends: takeover, recalls: takeover,
	}}
}

// packed is a frame with RSV1.
func packed(op byte, payload string, more bool) string {
	return rawFrame{op: op, payload: payload, more: more, rsv: rsvDeflate}.String()
}

// runWith is run for a connection with extensions.
func runWith(ext Extensions, cfg *Config, in string, cuts ...int) result {
	var c Conn
	c.Init(cfg, ext)
	r := runOn(&c, in, cuts...)
	c.Release()
	return r
}

func hello(n int) []string {
	var events []string
	for range n {
		events = append(events, `message text "Hello"`)
	}
	return events
}

func TestDeflateExamples(t *testing.T) {
	t.Parallel()
	const (
		fixed   = "\xf2\x48\xcd\xc9\xc9\x07\x00"
		stored  = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"
		final   = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
		two     = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"
		context = "\xf2\x00\x11\x00\x00"
	)
	for _, tt := range []struct {
		name   string
		in     string
		events []string
		err    *CloseError
	}{
		{name: "7.2.3.1: one block", in: packed(1, fixed, false), events: hello(1)},
		{
			name: "7.2.3.1: in fragments, RSV1 on the first",
			in:   packed(1, fixed[:3], true) + end(fixed[3:]), events: hello(1),
		},
		{name: "7.2.3.2: sharing the window", in: packed(1, fixed, false) + packed(1, context, false), events: hello(2)},
		{name: "7.2.3.2: the same again", in: packed(1, fixed, false) + packed(1, fixed, false), events: hello(2)},
		{name: "7.2.3.3: a block without compression", in: packed(1, stored, false), events: hello(1)},
		{name: "7.2.3.4: a block with BFINAL", in: packed(1, final, false), events: hello(1)},
		{name: "7.2.3.4: and another message behind it", in: packed(1, final, false) + packed(1, fixed, false), events: hello(2)},
		{name: "7.2.3.5: two blocks", in: packed(1, two, false), events: hello(1)},
		{name: "7.2.3.6: an empty fragment", in: packed(1, fixed, true) + end(""), events: hello(1)},
		{name: "7.2.3.6: an empty message", in: packed(1, "\x00", false), events: []string{`message text ""`}},
		{name: "7.2.3.6: an empty message with a block", in: packed(1, "\x02\x00", false), events: []string{`message text ""`}},
		{name: "7.2.3.6: of zlib, flushed twice", in: packed(1, "", false), events: []string{`message text ""`}},
		{name: "7.2.3.6: the same in fragments", in: packed(1, "", true) + end(""), events: []string{`message text ""`}},
		{name: "6: control frames in between", in: packed(1, fixed[:3], true) + ping("p") + end(fixed[3:]), events: append([]string{`ping "p"`}, hello(1)...)},
		{name: "6: messages that are not compressed", in: text("Hello") + packed(1, fixed, false) + text("Hello"), events: hello(3)},
		{name: "6: they are not in the window", in: text("Hello") + packed(1, context, false), events: hello(1), err: errDeflate},
		{name: "6.1: RSV1 on a continuation", in: begin("a") + rawFrame{payload: "b", rsv: 4}.String(), err: errReservedBits},
		{name: "6.1: RSV1 on both", in: packed(1, fixed[:3], true) + rawFrame{payload: fixed[3:], rsv: 4}.String(), err: errReservedBits},
		{name: "6.1: RSV1 on a ping", in: packed(9, "", false), err: errReservedBits},
		{name: "6.1: RSV1 on a Close", in: packed(8, "", false), err: errReservedBits},
		{name: "6.1: RSV2", in: rawFrame{op: 1, rsv: 2, payload: fixed}.String(), err: errReservedBits},
		{name: "6.1: RSV1 and RSV3", in: rawFrame{op: 1, rsv: 5, payload: fixed}.String(), err: errReservedBits},
		{name: "7.2.2: a reserved type of block", in: packed(2, "\xff\xff\xff", false), err: errDeflate},
		{name: "7.2.2: a length that is not its complement", in: packed(2, "\x00\x05\x00\xfa\xfe", false), err: errDeflate},
		{name: "7.2.2: it ends too early", in: packed(2, fixed[:4], false), err: errDeflate},
		{name: "7.2.2: the tail is there", in: packed(2, fixed+"\x00\x00\xff\xff", false), err: errDeflate},
		{name: "7.2.2: something behind the end", in: packed(2, fixed+"x", false), err: errDeflate},
		{name: "7.2.2: BFINAL and nothing behind it", in: packed(2, final[:7], false), err: errDeflate},
		{name: "7.2.2: back to before the beginning", in: packed(2, context, false), err: errDeflate},
		{name: "RFC 6455 8.1: no UTF-8", in: packed(1, "\x00\x02\x00\xfd\xff\xff\xfe\x00", false), err: errText},
		{name: "RFC 6455 8.1: a character that is not finished", in: packed(1, "\x00\x01\x00\xfe\xff\xc3\x00", false), err: errText},
		{name: "RFC 6455 8.1: fails early", in: packed(1, "\x00\x02\x00\xfd\xff\xff", true), err: errText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := result{events: tt.events, state: StateOpen}
			if tt.err != nil {
				want.err, want.state = tt.err, StateFailed
			}
			if got := runWith(withDeflate(true), nil, tt.in); got.String() != want.String() {
				t.Fatalf("got\n%s\nwant\n%s", got, want)
			}
			for cut := range len(tt.in) {
				if got := runWith(withDeflate(true), nil, tt.in, cut); got.String() != want.String() {
					t.Fatalf("cut at %d: got\n%s\nwant\n%s", cut, got, want)
				}
			}
			if got := runWith(withDeflate(true), nil, tt.in, everyOctet(len(tt.in))...); got.String() != want.String() {
				t.Fatalf("octet by octet: got\n%s\nwant\n%s", got, want)
			}
		})
	}
	t.Run("7.1.1.2: who has to forget does", func(t *testing.T) {
		t.Parallel()
		got := runWith(withDeflate(false), nil, packed(1, fixed, false)+packed(1, context, false))
		if got.err != errDeflate || len(got.events) != 1 {
			t.Errorf("%v", got)
		}
	})
	t.Run("6: without the extension", func(t *testing.T) {
		t.Parallel()
		if got := run(nil, packed(1, fixed, false)); got.err != errReservedBits {
			t.Errorf("%v", got)
		}
	})
}

// What is sent is that of section 7.2.3, or as good.
func TestDeflateSends(t *testing.T) {
	t.Parallel()
	for _, takeover := range []bool{false, true} {
		var c, peer Conn
		c.Init(nil, withDeflate(takeover))
		peer.Init(&Config{Client: true}, withDeflate(takeover))
		long := strings.Repeat("Hello, hello. ", 30)
		var sizes []int
		for _, s := range []string{long, long, "", "x", "no", long} {
			out := c.AppendMessage([]byte("before"), OpText, []byte(s))[6:]
			if len(s) <= 2 && out[0] != 0x81 {
				t.Errorf("%q is sent as %x", s, out)
			}
			if s == long && out[0] != 0xc1 {
				t.Errorf("a long message is sent with %x", out[0])
			}
			sizes = append(sizes, len(out))
			want := fmt.Sprintf("message text [%d %x]", len(s), hash([]byte(s)))
			if len(s) <= 64 {
				want = fmt.Sprintf("message text %q", s)
			}
			if got := runOn(&peer, string(out)); got.err != nil || len(got.events) != 1 || got.events[0] != want {
				t.Errorf("%q arrives as %v", s, got)
			}
		}
		if takeover != (sizes[1] < sizes[0]) || sizes[1] != sizes[5] {
			t.Errorf("takeover %v: sizes %v", takeover, sizes)
		}
	}
}
