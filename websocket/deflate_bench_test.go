package websocket

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// What a compressed message costs, received and sent back compressed.
func BenchmarkDeflateEcho(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10} {
		for _, takeover := range []bool{false, true} {
			b.Run(fmt.Sprintf("size=%d/takeover=%v", size, takeover), func(b *testing.B) {
				var client, c Conn
				client.Init(&Config{Client: true}, withDeflate(false))
				in := client.AppendMessage(nil, OpText, jsonLike(size, 1))
				c.Init(&Config{Buffers: &oneBuffer{}}, withDeflate(takeover))
				buf := make([]byte, len(in))
				var out []byte
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					copy(buf, in)
					out = echo(&c, buf, len(buf), out[:0])
				}
				b.ReportMetric(float64(len(out)), "bytes-out")
			})
		}
	}
}

// The two halves alone, the second also by the standard library.
func BenchmarkDeflate(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10} {
		content := jsonLike(size, 1)
		for _, level := range []uint8{1, 3, 5, 6, 9} {
			b.Run(fmt.Sprintf("deflate/size=%d/level=%d", size, level), func(b *testing.B) {
				a := agreement{level: level, sendBits: maxWindowBits}
				var out []byte
				b.ReportAllocs()
				b.SetBytes(int64(len(content)))
				for b.Loop() {
					out = a.appendDeflated(out[:0], content, nil)
				}
				b.ReportMetric(float64(len(out)), "bytes-out")
			})
		}
		a := agreement{level: 1, sendBits: maxWindowBits}
		in := a.appendDeflated(nil, content, nil)
		out := make([]byte, 0, size)
		b.Run(fmt.Sprintf("inflate/size=%d", size), func(b *testing.B) {
			var z inflater
			b.ReportAllocs()
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				z.reset(1 << maxWindowBits)
				if got, _, w := z.run(out, in); len(got) != len(content) || w != wantInput {
					b.Fatal(len(got), w)
				}
			}
		})
		b.Run(fmt.Sprintf("inflate/size=%d/by=standard", size), func(b *testing.B) {
			in := append(bytes.Clone(in), "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...)
			src := bytes.NewReader(nil)
			r := flate.NewReader(nil)
			b.ReportAllocs()
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				src.Reset(in)
				_ = r.(flate.Resetter).Reset(src, nil)
				if n, err := io.ReadFull(r, out[:len(content)]); err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// What a message costs that is larger than any limit, and so never finished.
func BenchmarkDeflateBomb(b *testing.B) {
	bomb := []byte(packed(2, string(compressed(make([]byte, 32<<20), 9, 1, false)), false))
	buf := make([]byte, len(bomb))
	for b.Loop() {
		copy(buf, bomb)
		var c Conn
		c.Init(nil, withDeflate(false))
		if _, err := receive(&c, buf, len(buf)); err != errMessageLong {
			b.Fatal(err)
		}
	}
}

// What a compressor holds, and a decompressor.
func BenchmarkDeflateMemory(b *testing.B) {
	measure := func(name string, make func() any) {
		b.Run(name, func(b *testing.B) {
			var before, after runtime.MemStats
			all := []any{}
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if len(all) < 8 {
					all = append(all, make())
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(all)), "bytes-each")
			runtime.KeepAlive(all)
		})
	}
	content := jsonLike(100000, 1)
	for _, level := range []uint8{1, 2, 3, 4, 5, 6, 7, 9} {
		measure(fmt.Sprintf("level=%d", level), func() any {
			a := agreement{level: level, sendBits: maxWindowBits}
			d := a.newDeflater(len(content))
			d.w.Reset(io.Discard)
			_, _ = d.w.Write(content)
			_ = d.w.Flush()
			return d
		})
	}
	measure("window=9", func() any {
		a := agreement{level: 1, sendBits: 9}
		d := a.newDeflater(len(content))
		d.w.Reset(io.Discard)
		_, _ = d.w.Write(content)
		_ = d.w.Flush()
		return d
	})
	measure("inflater", func() any { return new(unpacking) })
}
