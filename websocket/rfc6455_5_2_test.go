package websocket

import (
	"fmt"
	"strings"
	"testing"
)

// Base framing. Groups 1 (payload lengths), 3 (reserved bits) and 4 (opcodes)
// of the Autobahn test suite are in here; that octets may come in any pieces
// (their cases "in chops") is what check does with every case.
func TestFraming(t *testing.T) {
	t.Parallel()
	var cases []conversation
	for _, size := range []int{0, 1, 15, 16, 17, 124, 125, 126, 127, 128, 1000, 65535, 65536} {
		payload := strings.Repeat("*", size)
		for op, name := range map[OpCode]string{OpText: "text", OpBinary: "binary"} {
			m := Message{Op: op, Data: []byte(payload)}
			cases = append(cases, conversation{
				name: fmt.Sprintf("5.2: %s of %d octets", name, size),
				in:   rawFrame{op: byte(op), payload: payload}.String(), events: []string{describe(EventMessage, &m)},
			})
		}
	}
	for rsv := byte(1); rsv < 8; rsv++ {
		for _, op := range []byte{0, 1, 2, 8, 9, 10} {
			cases = append(cases, conversation{
				name: fmt.Sprintf("5.2: reserved bits %03b on %v", rsv, OpCode(op)),
				in:   text("before") + rawFrame{op: op, rsv: rsv, payload: "x"}.String(), events: []string{`message text "before"`}, err: errReservedBits,
			})
		}
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		cases = append(
			cases,
			conversation{name: fmt.Sprintf("5.2: opcode %d", op), in: rawFrame{op: op}.String(), err: errOpCode},
			conversation{
				name: fmt.Sprintf("5.2: opcode %d with payload between messages", op), in: text("a") + rawFrame{op: op, payload: "xyz"}.String() + text("b"),
				events: []string{`message text "a"`}, err: errOpCode,
			},
		)
	}
	check(t, cases)
}

func TestLengths(t *testing.T) {
	t.Parallel()
	check(t, []conversation{
		{name: "5.2: 16 bits for 125", in: rawFrame{op: 2, payload: strings.Repeat("x", 125), form: 2}.String(), err: errLengthForm},
		{name: "5.2: 16 bits for none", in: rawFrame{op: 2, form: 2}.String(), err: errLengthForm},
		{name: "5.2: 64 bits for 5", in: rawFrame{op: 2, payload: "hello", form: 8}.String(), err: errLengthForm},
		{name: "5.2: 64 bits for 65535", in: rawFrame{op: 2, claims: true, claim: 65535, form: 8}.String(), err: errLengthForm},
		{name: "5.2: the top bit", in: rawFrame{op: 2, claims: true, claim: 1 << 63}.String(), err: errLengthTop},
		{name: "5.2: all bits", in: rawFrame{op: 2, claims: true, claim: 1<<64 - 1}.String(), err: errLengthTop},
		{name: "10.4: the longest that has a form", in: rawFrame{op: 2, claims: true, claim: 1<<63 - 1}.String(), err: errMessageLong},
		{name: "10.4: 2^32", in: rawFrame{op: 2, claims: true, claim: 1 << 32}.String(), err: errMessageLong},
		{name: "10.4: one more than 16 MiB", in: rawFrame{op: 2, claims: true, claim: 16<<20 + 1}.String(), err: errMessageLong},
		{name: "10.4: 16 MiB", in: rawFrame{op: 2, claims: true, claim: 16 << 20, payload: "x"}.String()},
		{name: "5.1: not masked", in: rawFrame{op: 1, payload: "hello", unmasked: true}.String(), err: errNotMasked},
		{name: "5.1: empty and not masked", in: rawFrame{op: 1, unmasked: true}.String(), err: errNotMasked},
		{name: "5.1: a ping that is not masked", in: rawFrame{op: 9, unmasked: true}.String(), err: errNotMasked},
		{name: "5.2: an HTTP request", in: "GET / HTTP/1.1\r\n", err: errOpCode},
		{name: "5.1: masked by a server", cfg: &Config{Client: true}, in: text("hello"), err: errMasked},
		{
			name: "5.1: not masked by a server", cfg: &Config{Client: true}, in: rawFrame{op: 1, payload: "hello", unmasked: true}.String(),
			events: []string{`message text "hello"`},
		},
	})
}

// A fault that the first two octets show does not wait for the others.
func TestEarlyFaults(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]rawFrame{
		"5.5: a ping that claims 2^40": {op: 9, claims: true, claim: 1 << 40},
		"5.2: reserved opcode":         {op: 3, claims: true, claim: 1 << 20},
		"5.1: not masked":              {op: 2, claims: true, claim: 1 << 20, unmasked: true},
	} {
		if r := run(nil, f.String()[:2]); r.err == nil {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// Limits. The limits of groups 9 and 10 of the Autobahn test suite, and its
// messages of many fragments, are in TestLargeMessages.
func TestLimits(t *testing.T) {
	t.Parallel()
	ten := &Config{MaxMessageBytes: 10}
	frames := &Config{MaxFrameBytes: 5}
	x := func(n int) string { return strings.Repeat("x", n) }
	check(t, []conversation{
		{name: "10.4: exactly the limit", cfg: ten, in: text(x(10)), events: []string{`message text "xxxxxxxxxx"`}},
		{name: "10.4: one more", cfg: ten, in: text(x(11)), err: errMessageLong},
		{name: "10.4: exactly the limit in fragments", cfg: ten, in: begin(x(5)) + end(x(5)), events: []string{`message text "xxxxxxxxxx"`}},
		{name: "10.4: one more in fragments", cfg: ten, in: begin(x(5)) + middle(x(5)) + end("x"), err: errMessageLong},
		{name: "10.4: the limit is for one message", cfg: ten, in: text(x(10)) + text("y"), events: []string{`message text "xxxxxxxxxx"`, `message text "y"`}},
		{name: "10.4: exactly the longest frame", cfg: frames, in: begin(x(5)) + end(x(5)), events: []string{`message text "xxxxxxxxxx"`}},
		{name: "10.4: one more in a frame", cfg: frames, in: begin("x") + end(x(6)), err: errFrameLong},
		{name: "10.4: control frames have their own limit", cfg: frames, in: ping(x(6)), events: []string{`ping "xxxxxx"`}},
		{name: "10.4: no limit", cfg: &Config{MaxMessageBytes: Off}, in: rawFrame{op: 2, claims: true, claim: 1 << 40, payload: "x"}.String()},
		{name: "10.4: no limit but that of memory", cfg: &Config{MaxMessageBytes: Off}, in: rawFrame{op: 2, claims: true, claim: 1<<63 - 1}.String(), err: errMessageLong},
	})
}

// Group 9 of the Autobahn test suite (messages up to 16 MiB, in one frame, in
// fragments of 64 octets to 4 MiB, in pieces of any size) and 10 (a message
// sent in fragments of another size). The race detector sees smaller ones.
func TestLargeMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ size, fragment, piece int }{
		{64 << 10, 64 << 10, 1 << 20},
		{64 << 10, 1300, 1024}, // 10.1.1
		{256 << 10, 256 << 10, 1000},
		{1 << 20, 1 << 20, 64 << 10},
		{huge / 4, 64, 64 << 10}, // 65,536 fragments
		{huge / 4, 4096, 64 << 10},
		{huge, huge, 64 << 10},
		{huge, huge / 4, 60 << 10},
	} {
		t.Run(fmt.Sprintf("size=%d/fragment=%d/piece=%d", tt.size, tt.fragment, tt.piece), func(t *testing.T) {
			t.Parallel()
			payload := strings.Repeat("BAsd7&jh23", tt.size/10+1)[:tt.size]
			var in strings.Builder
			for at := 0; at < tt.size; at += tt.fragment {
				f := rawFrame{payload: payload[at:min(tt.size, at+tt.fragment)], more: at+tt.fragment < tt.size}
				if at == 0 {
					f.op = 1
				}
				in.WriteString(f.String())
			}
			var cuts []int
			for at := 0; at < in.Len(); at += tt.piece {
				cuts = append(cuts, at)
			}
			pool := &countingBuffers{}
			var c Conn
			c.Init(&Config{Buffers: pool}, Extensions{})
			got := runOn(&c, in.String(), cuts...)
			m := Message{Op: OpText, Data: []byte(payload)}
			want := result{events: []string{describe(EventMessage, &m)}, state: StateOpen}
			if got.String() != want.String() {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if pool.out != 0 {
				t.Errorf("%d buffers are out", pool.out)
			}
		})
	}
}
