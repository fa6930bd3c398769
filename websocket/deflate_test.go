package websocket

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// jsonLike is text as applications send it, of n bytes.
func jsonLike(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	var b []byte
	for len(b) < n {
		item, _ := json.Marshal(map[string]any{
			"id": r.IntN(1e6), "name": fmt.Sprint("item ", r.IntN(1000)), "price": r.Float64() * 100,
			"tags": []string{"new", "sale", "größe"}[:r.IntN(4)], "available": r.IntN(2) == 0,
		})
		b = append(append(b, item...), ',', '\n')
	}
	b = b[:n]
	return b[:n-unfinished(b)]
}

// noise cannot be compressed.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	s := rand.NewChaCha8([32]byte{byte(seed)})
	_, _ = s.Read(b)
	return b
}

// contents are messages of all kinds, of n bytes.
func contents(n int) map[string][]byte {
	half := append(noise(n/2, 3), jsonLike(n-n/2, 3)...)
	few := noise(n, 2)
	for i := range few {
		few[i] = 'a' + few[i]&1
	}
	return map[string][]byte{
		"zeros": make([]byte, n), "json": jsonLike(n, 1), "noise": noise(n, 1), "half": half,
		"few": few,
	}
}

// compressed is what the standard library makes of b, flushed now and then.
func compressed(b []byte, level, pieces int, final bool) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		panic(err)
	}
	for i := range pieces {
		if _, err := w.Write(b[len(b)*i/pieces : len(b)*(i+1)/pieces]); err != nil {
			panic(err)
		}
		if i < pieces-1 {
			_ = w.Flush()
		}
	}
	if final {
		_ = w.Close()
		return append(out.Bytes(), 0)
	}
	_ = w.Flush()
	return bytes.TrimSuffix(out.Bytes(), deflateTailBytes)
}

// inflateAll is the inflater with as much room as it wants, input in pieces.
func inflateAll(z *inflater, in []byte, pieces, room int) ([]byte, want) {
	in = append(bytes.Clone(in), deflateTail...)
	out := make([]byte, 0, room)
	for i := range pieces {
		piece := in[len(in)*i/pieces : len(in)*(i+1)/pieces]
		for {
			var n int
			var w want
			if out, n, w = z.run(out, piece); w == wantNoMore || w == wantTooMuch {
				return out, w
			} else if piece = piece[n:]; w == wantInput {
				break
			}
			out = append(make([]byte, 0, cap(out)+room), out...)
		}
	}
	if !z.atBorder() {
		return out, wantNoMore
	}
	return out, wantInput
}

// The inflater agrees with the standard library's compressor at all levels,
// wherever input and output are cut.
func TestInflate(t *testing.T) {
	t.Parallel()
	var z inflater
	for _, size := range []int{0, 1, 2, 255, 256, 1000, long} {
		for name, content := range contents(size) {
			for _, level := range []int{flate.HuffmanOnly, 0, 1, 6, 9} {
				for _, final := range []bool{false, true} {
					in := compressed(content, level, 1+size/5000, final)
					for _, pieces := range []int{1, 2, 1 + len(in)/7} {
						z.reset(1 << maxWindowBits)
						got, w := inflateAll(&z, in, pieces, max(300, size/9))
						if w != wantInput || !bytes.Equal(got, content) {
							t.Fatalf("%s of %d at level %d in %d pieces: %d bytes, %d", name, size, level, pieces, len(got), w)
						}
					}
				}
			}
		}
	}
}

// RFC 1951, section 3.2.7: what is no complete code, and what no block may
// have.
func TestInflateRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"reserved block":            "\x06",
		"287 literal codes":         "\xf4\x00\x00",
		"31 distance codes":         "\x04\x1e\x00",
		"no code for lengths":       "\x04\x00\x00\x00\x00",
		"incomplete code for them":  "\x04\x00\x02\x00\x00",
		"repetition of nothing":     "\x04\x60\x12\x00\x00\x00\x00\x00",
		"symbol 286 in fixed codes": "\x1b\x03",
		"distance 30":               "\x4b\x04\x7e\x00",
		"before the beginning":      "\x4b\x04\x42\x00",
	} {
		var z inflater
		z.reset(1 << maxWindowBits)
		if out, w := inflateAll(&z, []byte(in), 1, 1000); w != wantNoMore {
			t.Errorf("%s: %q, %d", name, out, w)
		}
		if _, err := io.ReadAll(flate.NewReader(strings.NewReader(in + deflateTail))); err == nil {
			t.Errorf("%s: the standard library reads it", name)
		}
	}
}

// A window is kept to by what we send, and demanded of what we receive.
func TestDeflateWindow(t *testing.T) {
	t.Parallel()
	for bits := uint8(minWindowBits); bits <= maxWindowBits; bits += windowStep {
		for _, size := range []int{100, 1 << bits, 1<<bits + 1, 3 << bits} {
			for name, content := range contents(size) {
				a := agreement{level: 1, sendBits: bits}
				known := jsonLike(1<<bits, 7)
				for _, before := range [][]byte{nil, known[:100], known} {
					in := a.appendDeflated(nil, content, before)
					var z inflater
					z.reset(1 << bits)
					got, w := continueAll(&z, before, in)
					if w != wantInput || !bytes.Equal(got, content) {
						t.Fatalf("%s of %d, window %d: %d, %d bytes", name, size, bits, w, len(got))
					}
					theirs, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(append(in, "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...)), before))
					if err != nil || !bytes.Equal(theirs, content) {
						t.Fatalf("%s of %d, window %d: the standard library says %v, %d bytes", name, size, bits, err, len(theirs))
					}
				}
			}
		}
		if bits == maxWindowBits {
			break
		}
		far := append(noise(1<<bits+10, 9), noise(1<<bits+10, 9)...)
		var z inflater
		z.reset(1 << bits)
		if _, w := inflateAll(&z, compressed(far, 9, 1, false), 1, len(far)); w != wantNoMore {
			t.Errorf("window %d: a repetition from farther back is accepted", bits)
		}
	}
}

// continueAll inflates in behind what came before.
func continueAll(z *inflater, before, in []byte) ([]byte, want) {
	out := append(make([]byte, 0, 1<<20), before...)
	out, _, w := z.run(out, append(bytes.Clone(in), deflateTail...))
	if w == wantInput && !z.atBorder() {
		w = wantNoMore
	}
	return out[len(before):], w
}

func TestRemember(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{256, 1024} {
		var got, all []byte
		for range 300 {
			data := noise(r.IntN(600), uint64(r.IntN(100)))
			all = append(all, data...)
			got = remember(got, data, size)
			if want := all[max(0, len(all)-size):]; !bytes.Equal(got, want) || cap(got) > size {
				t.Fatalf("%d bytes (capacity %d), want %d", len(got), cap(got), len(want))
			}
		}
	}
}

// Messages of all sizes go both ways, whole and streamed, with context
// takeover and without, in every window.
func TestDeflateBothWays(t *testing.T) {
	t.Parallel()
	for _, bits := range []uint8{8, 9, 12, 15} {
		for n := range 4 {
			ext := withDeflate(n&1 != 0)
			ext.deflate.sendBits, ext.deflate.receiveBits = bits, bits
			pool := &countingBuffers{}
			var client, server Conn
			client.Init(&Config{Client: true, MaxMessageBytes: Off}, ext)
			server.Init(&Config{Stream: n&2 != 0, Buffers: pool}, ext)
			for i, size := range []int{1, 200, 200, 5000, 100, 3000, long, 10} {
				for name, content := range contents(size) {
					frames := client.AppendMessage(nil, OpBinary, content)
					got, err := receive(&server, frames, 1+i*1777)
					if err != nil || !bytes.Equal(got, content) {
						t.Fatalf("%s of %d, window %d, case %d: %d bytes, %v", name, size, bits, n, len(got), err)
					}
				}
			}
			if server.Release(); pool.out != 0 {
				t.Errorf("%d buffers are out", pool.out)
			}
		}
	}
}

// receive gives in to c in pieces of at most size octets, and joins what
// comes out.
func receive(c *Conn, in []byte, size int) (out []byte, err error) {
	var m Message
	for at, end := 0, 0; end < len(in); {
		end = min(end+size, len(in))
		for ev := EventPing; ev != EventNeedMore; {
			var n int
			if ev, n, err = c.Next(in[at:end], &m); err != nil {
				return out, err
			}
			at += n
			out = append(out, m.Data...)
		}
	}
	return out, nil
}

// The limit counts inflated octets. One that is not kept to costs no more
// than the limit, in memory and in work.
func TestDeflateBomb(t *testing.T) {
	t.Parallel()
	const limit = 1 << 17
	bomb := compressed(make([]byte, 16<<20), 9, 1, false)
	for _, stream := range []bool{false, true} {
		pool := &peakBuffers{}
		cfg := &Config{MaxMessageBytes: limit, Buffers: pool, Stream: stream}
		var server Conn
		server.Init(cfg, withDeflate(true))
		out, err := receive(&server, []byte(packed(2, string(bomb), false)), 1<<20)
		if err != errMessageLong || len(out) > limit {
			t.Errorf("stream %v: %v, %d bytes came out", stream, err, len(out))
		}
		if pool.out != 0 || pool.peak > 4*limit {
			t.Errorf("stream %v: %d buffers are out, %d bytes were at most", stream, pool.out, pool.peak)
		}
		for size, want := range map[int]error{limit - 1: nil, limit: nil, limit + 1: errMessageLong} {
			for name, content := range contents(size) {
				var client, server Conn
				client.Init(&Config{Client: true}, withDeflate(true))
				server.Init(cfg, withDeflate(true))
				in := packed(2, string(client.deflate.appendDeflated(nil, content, nil)), false)
				got, err := receive(&server, []byte(in), 10000)
				if want == nil && (err != nil || !bytes.Equal(got, content)) || want != nil && err != want {
					t.Errorf("%s of %d: %v, %d bytes", name, size, err, len(got))
				}
			}
		}
	}
}

// Where messages are streamed, compressed ones come in parts, too: as much as
// is there, and never more than the room for one.
func TestDeflateStreamed(t *testing.T) {
	t.Parallel()
	cfg := &Config{Stream: true, MaxMessageBytes: Off}
	hello := packed(1, "\xf2\x48\xcd\xc9\xc9\x07\x00", false)
	twice := hello + packed(1, "\xf2\x00\x11\x00\x00", false) + packed(2, "\x00", false)
	want := `part text first=true last=true "Hello"
part text first=true last=true "Hello"
part binary first=true last=true ""
open <nil>`
	if got := runWith(withDeflate(true), cfg, twice).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := runWith(withDeflate(true), cfg, hello, 10); len(got.events) != 2 || got.events[1] != `part text first=false last=true "lo"` {
		t.Errorf("cut in two: %v", got)
	}
	zeros := packed(2, string(compressed(make([]byte, 1<<20), 9, 1, false)), false)
	got := runWith(withDeflate(true), cfg, zeros)
	if got.err != nil || len(got.events) < 1<<20/(1<<maxWindowBits+streamRoom) {
		t.Fatalf("%d parts, %v", len(got.events), got.err)
	}
	for i, part := range got.events {
		want := fmt.Sprintf("part binary first=%v last=%v", i == 0, i == len(got.events)-1)
		if !strings.HasPrefix(part, want) {
			t.Errorf("part %d is %s", i, part)
		}
	}
}

// What is sent in fragments is compressed as one message, with RSV1 on the
// first only, and nothing is kept of it.
func TestDeflateFragments(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		ext := withDeflate(n&1 != 0)
		ext.deflate.sendBits, ext.deflate.receiveBits = 10, 10
		var server, client Conn
		server.Init(nil, ext)
		client.Init(&Config{Client: true, Stream: n&2 != 0}, ext)
		content := jsonLike(20000, 1)
		for round := range 3 {
			var frames []byte
			op := OpText
			for at := 0; at < len(content); at += 1500 {
				end := min(at+1500, len(content))
				before := len(frames)
				frames = server.AppendFragment(frames, op, end == len(content), content[at:end])
				if rsv := frames[before]&0x40 != 0; rsv != (op == OpText) {
					t.Errorf("RSV1 %v on %v", rsv, op)
				}
				frames = server.AppendPing(frames, nil)
				op = OpContinuation
			}
			frames = server.AppendFragment(frames, OpBinary, true, []byte("whole"))
			frames = server.AppendMessage(frames, OpBinary, content[:3000])
			want := string(content) + "whole" + string(content[:3000])
			if got, err := receive(&client, frames, 1000+round); err != nil || string(got) != want {
				t.Fatalf("case %d, round %d: %d octets of %d, %v", n, round, len(got), len(want), err)
			}
			if len(frames) > len(content)/2 {
				t.Errorf("%d octets became %d", len(content), len(frames))
			}
		}
		if n&1 == 0 && server.mem.sent != nil {
			t.Error("a message is remembered after its end")
		}
	}
}

// peakBuffers counts what is out, and what was at most.
type peakBuffers struct{ out, bytes, peak int }

func (p *peakBuffers) Get(n int) []byte {
	p.out++
	p.bytes += n
	p.peak = max(p.peak, p.bytes)
	return make([]byte, n)
}

func (p *peakBuffers) Put(b []byte) {
	p.out--
	p.bytes -= cap(b)
}

// A bitWriter writes a DEFLATE stream by hand.
type bitWriter struct {
	out  []byte
	bits uint64
	n    uint
}

// put appends bits, the lowest of v first; strings are codes, written as in
// RFC 1951.
func (w *bitWriter) put(fields ...any) {
	for i := 0; i < len(fields); i++ {
		if code, ok := fields[i].(string); ok {
			for _, c := range code {
				w.add(uint64(c-'0'), 1)
			}
			continue
		}
		w.add(uint64(fields[i].(int)), uint(fields[i+1].(int)))
		i++
	}
}

func (w *bitWriter) add(v uint64, n uint) {
	w.bits |= v << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

// finish ends the message with the header of the block that is not sent.
func (w *bitWriter) finish() string {
	w.add(0, 3)
	w.add(0, (8-w.n)&7)
	return string(w.out)
}

// emptyTables are n blocks of the shortest codes of their own, each with no
// content but its end.
func emptyTables(n int) string {
	var w bitWriter
	for range n {
		w.put(0, 1, 2, 2, 0, 5, 0, 5, 14, 4)             // 257 codes, 1 and 18
		w.put(0, 6, 1, 3, 2, 3, 0, 3*13, 2, 3)           // 18: 1 bit, 0 and 1: 2 bits
		w.put("0", 127, 7, "0", 107, 7, "11", "10", "0") // 256 times 0, 1; 0; the end
	}
	return w.finish()
}

// A message of blocks that only bring tables is refused before it costs much.
func TestDeflateTables(t *testing.T) {
	t.Parallel()
	one := string(compressed([]byte(strings.Repeat("abcdefgh", 40)), 9, 1, false)) + deflateTail
	few := emptyTables(freeTables)
	if b, err := io.ReadAll(flate.NewReader(strings.NewReader(few + "\x00\x00\xff\xff\x01\x00\x00\xff\xff"))); err != nil || len(b) != 0 {
		t.Fatalf("the standard library says %q, %v", b, err)
	}
	for _, tt := range []struct {
		in   string
		want error
	}{
		{few, nil},
		{emptyTables(2 * freeTables), errInflateWork},
		{emptyTables(200000), errInflateWork},
		{strings.TrimSuffix(strings.Repeat(one, 500), deflateTail), nil},
	} {
		for _, size := range []int{1 << 20, 100} {
			var server Conn
			server.Init(nil, withDeflate(false))
			if _, err := receive(&server, []byte(packed(2, tt.in, false)), size); err != tt.want {
				t.Errorf("%d octets: %v, want %v", len(tt.in), err, tt.want)
			}
		}
	}
}

// A connection holds nothing while it is idle, unless messages may refer to
// earlier ones: then the window, at most.
func TestDeflateIdle(t *testing.T) {
	t.Parallel()
	for _, takeover := range []bool{false, true} {
		var client, server Conn
		client.Init(&Config{Client: true}, withDeflate(takeover))
		server.Init(nil, withDeflate(takeover))
		content := jsonLike(100000, 1)
		if _, err := receive(&server, client.AppendMessage(nil, OpText, content), 1<<20); err != nil {
			t.Fatal(err)
		}
		server.AppendMessage(nil, OpText, content[:1000])
		server.Release()
		switch {
		case !takeover && server.mem != nil:
			t.Error("memory is kept without need")
		case takeover && (cap(server.mem.received) != 1<<maxWindowBits || cap(server.mem.sent) > 1024):
			t.Errorf("%d and %d bytes are kept", cap(server.mem.received), cap(server.mem.sent))
		}
	}
}

// A frame that belongs to no connection can be read by all.
func TestDeflateShared(t *testing.T) {
	t.Parallel()
	ext := withDeflate(true)
	content := jsonLike(3000, 5)
	frame := ext.AppendMessage([]byte{}, OpText, content)
	if len(frame) > len(content)/2 || Extensions.AppendMessage(Extensions{}, nil, OpText, content)[0] != 0x81 {
		t.Errorf("%d bytes for %d", len(frame), len(content))
	}
	var client Conn
	client.Init(&Config{Client: true}, ext)
	for range 3 {
		if got, err := receive(&client, bytes.Clone(frame), 100); err != nil || !bytes.Equal(got, content) {
			t.Fatal(err, len(got))
		}
	}
}
