package websocket

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

func seeds() []string {
	return []string{
		text("hello") + binaryF("\x00\xff"), begin("a\xc3") + ping("p") + middle("") + end("\xa9") + closing(1000, "bye"),
		text(strings.Repeat("é", 80)) + pong(""), begin("") + text(""), end("x"), text("\xff"), rawFrame{op: 8}.String(),
		rawFrame{op: 8, payload: "\x03"}.String(), closing(1005, ""), closing(3000, "\xff"), rawFrame{op: 3}.String(),
		rawFrame{op: 1, rsv: 4}.String(), rawFrame{op: 1, unmasked: true}.String(), rawFrame{op: 9, payload: strings.Repeat("x", 126)}.String(),
		rawFrame{op: 2, claims: true, claim: 1 << 63}.String(), rawFrame{op: 2, payload: "x", form: 8}.String(), ping("") + ping("") + ping("") + ping(""),
	}
}

// FuzzNext proves that events and errors do not depend on the pieces in which
// the input comes, that everything that was collected is given back, and
// that streamed messages are the same as whole ones.
func FuzzNext(f *testing.F) {
	for i, s := range seeds() {
		f.Add([]byte(s), uint64(i), i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, tight bool) {
		pool := &countingBuffers{}
		cfg := &Config{Buffers: pool, MaxMessageBytes: 1 << 20}
		if tight {
			cfg.MaxMessageBytes, cfg.MaxFrameBytes, cfg.MaxControlFrames = 100, 60, 3
		}
		whole := run(cfg, string(in))
		want := whole.String()
		if got := run(cfg, string(in), everyOctet(len(in))...).String(); got != want {
			t.Fatalf("octet by octet:\n%s\nwant\n%s", got, want)
		}
		if got := run(cfg, string(in), randomCuts(seed, len(in))...).String(); got != want {
			t.Fatalf("in random pieces:\n%s\nwant\n%s", got, want)
		}
		if whole.consumed > len(in) || pool.out != 0 {
			t.Fatalf("consumed %d of %d, %d buffers are out", whole.consumed, len(in), pool.out)
		}
		streamed := *cfg
		streamed.Stream = true
		if got, want := joinParts(&streamed, in, seed), joinParts(cfg, in, seed); !strings.HasPrefix(got, want) {
			t.Fatalf("streamed:\n%s\nwant\n%s", got, want)
		}
	})
}

// joinParts writes the messages in in down, whether they come whole or in
// parts. One that is streamed may have begun when its fault is found.
func joinParts(cfg *Config, in []byte, seed uint64) string {
	var c Conn
	var m Message
	var out bytes.Buffer
	c.Init(cfg, Extensions{})
	defer c.Release()
	b := bytes.Clone(in)
	cuts := append(randomCuts(seed, len(in)), len(in))
	for at, i := 0, 0; i < len(cuts); {
		ev, n, err := c.Next(b[at:cuts[i]], &m)
		at += n
		switch {
		case err != nil:
			return out.String()
		case ev == EventMessage || ev == EventPart:
			out.Write(m.Data)
			if ev == EventMessage || m.Last {
				out.WriteString(" " + m.Op.String() + "\n")
			}
		case ev == EventNeedMore || ev == EventClosed:
			i++
		}
	}
	return out.String()
}

// randomCuts returns rising offsets below n.
func randomCuts(seed uint64, n int) (cuts []int) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	for at := 0; at < n; at += 1 + rnd.IntN(12) {
		cuts = append(cuts, at)
	}
	return cuts
}

// FuzzAppend proves that what is appended is read by package ws, and by a
// Conn at the other end, as what was meant.
func FuzzAppend(f *testing.F) {
	f.Add([]byte("hello"), true, false, uint16(1000))
	f.Add(bytes.Repeat([]byte("x"), 126), false, true, uint16(1010))
	f.Add(bytes.Repeat([]byte("\xff"), 70000), true, true, uint16(0))
	f.Fuzz(func(t *testing.T, payload []byte, fin, client bool, code uint16) {
		if b := AppendFrame(nil, OpBinary, fin, payload); !sameFrame(b, fin, payload) {
			t.Fatalf("%x...: not the frame that was meant", b[:min(len(b), 14)])
		}
		var from, to Conn
		from.Init(&Config{Client: client}, Extensions{})
		to.Init(&Config{Client: !client}, Extensions{})
		b := from.AppendMessage(nil, OpBinary, payload)
		b = from.AppendPing(b, payload)
		b = from.AppendFragment(b, OpBinary, fin, payload)
		if !fin {
			b = from.AppendPong(b, payload)
			b = from.AppendFragment(b, OpContinuation, true, payload)
		}
		b = from.AppendClose(b, CloseCode(code), string(payload))
		r := runOn(&to, string(b))
		wanted := 4
		if !fin {
			wanted++
		}
		if r.err != nil || len(r.events) != wanted || r.state != StateAnswering {
			t.Fatalf("%d events, want %d: %v", len(r.events), wanted, r)
		}
		m := Message{Op: OpBinary, Data: payload}
		if r.events[0] != describe(EventMessage, &m) {
			t.Fatalf("%s, want %s", r.events[0], describe(EventMessage, &m))
		}
	})
}

// sameFrame reads a frame by package ws.
func sameFrame(b []byte, fin bool, payload []byte) bool {
	r := bytes.NewReader(b)
	h, err := ws.ReadHeader(r)
	rest := b[len(b)-r.Len():]
	return err == nil && h.Fin == fin && h.OpCode == ws.OpBinary && !h.Masked && h.Length == int64(len(payload)) && bytes.Equal(rest, payload)
}
