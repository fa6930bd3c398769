package websocket

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"
)

func deflateSeeds() []string {
	s := []string{
		"", "\x00", "\x02\x00", "\xf2\x48\xcd\xc9\xc9\x07\x00", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
		"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", "\xff\xff", "\x04\x60\x12\x00",
		emptyTables(3),
	}
	for _, content := range contents(400) {
		for _, level := range []int{-2, 1, 9} {
			s = append(s, string(compressed(content, level, 2, false)))
		}
	}
	return s
}

// FuzzInflate proves that the inflater says what the standard library says,
// wherever input and output are cut. It is stricter in one thing: a block has
// to have an end.
func FuzzInflate(f *testing.F) {
	for i, s := range deflateSeeds() {
		f.Add([]byte(s), uint16(i), uint16(300*i))
	}
	f.Fuzz(func(t *testing.T, in []byte, pieces, room uint16) {
		var z inflater
		z.reset(1 << maxWindowBits)
		const limit = 1 << 20
		full := append(bytes.Clone(in), deflateTail...)
		out, _, w := z.run(make([]byte, 0, limit), full)
		state, border := w, z.atBorder()
		theirs, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(full)), limit))
		if z.final || w == wantTooMuch {
			theirs = theirs[:min(len(theirs), len(out))] // it stops at BFINAL
		}
		switch {
		case w == wantRoom && len(theirs) < limit && err != nil:
			t.Fatalf("%d octets inflated, theirs %d, %v", len(out), len(theirs), err)
		case !bytes.HasPrefix(out, theirs) && !bytes.HasPrefix(theirs, out):
			t.Fatalf("%q, want %q (%v)", out, theirs, err)
		case w == wantInput && border && !z.final && err != io.ErrUnexpectedEOF && err != nil:
			t.Fatalf("accepted, theirs %v", err)
		case w == wantNoMore && z.step != stepLengths && err == io.ErrUnexpectedEOF && len(theirs) > len(out):
			t.Fatalf("refused after %d, theirs %d", len(out), len(theirs))
		}
		z.reset(1 << maxWindowBits)
		again, w := inflateAll(&z, in, 1+int(pieces)%(len(in)+1), 1+int(room)%5000)
		if state == wantInput && !border {
			state = wantNoMore
		}
		if state != wantRoom && (w != state || !bytes.Equal(again, out)) {
			t.Fatalf("in pieces: %d, %d octets; want %d, %d", w, len(again), state, len(out))
		}
	})
}

// FuzzDeflate proves that what is sent can be read, in every window and with
// everything that may be remembered.
func FuzzDeflate(f *testing.F) {
	for i, content := range contents(3000) {
		f.Add(content, content[:100], uint8(len(i)), uint8(len(i)))
	}
	f.Fuzz(func(t *testing.T, content, known []byte, bits, level uint8) {
		a := agreement{level: 1 + level%9, sendBits: minWindowBits + bits%8}
		window := 1 << a.sendBits
		known = known[max(0, len(known)-window):]
		in := a.appendDeflated(nil, content, known)
		if len(in) > len(content)+len(content)/1000+64 {
			t.Errorf("%d octets became %d", len(content), len(in))
		}
		var z inflater
		z.reset(window)
		if got, w := continueAll(&z, known, in); w != wantInput || !bytes.Equal(got, content) {
			t.Fatalf("%d, %d octets, want %d", w, len(got), len(content))
		}
	})
}

// FuzzNextDeflate is FuzzNext where compression was agreed on.
func FuzzNextDeflate(f *testing.F) {
	for i, s := range deflateSeeds() {
		half := len(s) / 2
		f.Add([]byte(packed(1, s, false)+text("x")+packed(2, s, false)), uint64(i), i%2 == 0)
		f.Add([]byte(packed(1, s[:half], true)+ping("p")+end(s[half:])+packed(1, s, false)), uint64(i), i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, tight bool) {
		pool := &countingBuffers{}
		cfg := &Config{Buffers: pool, MaxMessageBytes: 1 << 16}
		ext := withDeflate(true)
		if tight {
			cfg.MaxMessageBytes, cfg.MaxFrameBytes, cfg.MaxControlFrames = 300, 200, 3
			ext.deflate.receiveBits = minWindowBits
		}
		whole := runWith(ext, cfg, string(in))
		want := whole.String()
		if got := runWith(ext, cfg, string(in), everyOctet(len(in))...).String(); got != want {
			t.Fatalf("octet by octet:\n%s\nwant\n%s", got, want)
		}
		if got := runWith(ext, cfg, string(in), randomCuts(seed, len(in))...).String(); got != want {
			t.Fatalf("in random pieces:\n%s\nwant\n%s", got, want)
		}
		streamed := *cfg
		streamed.Stream = true
		joined := runJoined(ext, &streamed, string(in), randomCuts(seed, len(in))...)
		if want := runJoined(ext, cfg, string(in)); !bytes.HasPrefix(joined, want) {
			t.Fatalf("streamed:\n%q\nwant\n%q", joined, want)
		}
		if whole.consumed > len(in) || pool.out != 0 {
			t.Fatalf("consumed %d of %d, %d buffers are out", whole.consumed, len(in), pool.out)
		}
	})
}

// runJoined returns the content of all messages, one behind the other.
func runJoined(ext Extensions, cfg *Config, in string, cuts ...int) (out []byte) {
	var c Conn
	var m Message
	c.Init(cfg, ext)
	defer c.Release()
	b, at := []byte(in), 0
	for _, cut := range append(cuts, len(in)) {
		for ev := EventPing; ev != EventNeedMore; {
			var n int
			var err error
			ev, n, err = c.Next(b[at:max(at, cut)], &m)
			if at += n; err != nil || ev == EventClosed {
				return out
			}
			if ev == EventMessage || ev == EventPart {
				out = append(out, m.Data...)
			}
		}
	}
	return out
}
