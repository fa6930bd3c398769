package httptwo

import (
	"bytes"
	"runtime"
	"testing"

	"golang.org/x/net/http2/hpack"
)

func BenchmarkReadBlock(b *testing.B) {
	for name, blocks := range map[string]func(testing.TB) ([]byte, []byte){"browser": browser, "loader": loader} {
		first, next := blocks(b)
		b.Run("request="+name, func(b *testing.B) {
			var r headerReader
			var req Request
			r.init(testLimits())
			r.open(&req, false)
			if err := r.feed(first, true); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r.open(&req, false)
				if err := r.feed(next, true); err != nil {
					b.Fatal(err)
				}
				r.result()
			}
		})
		b.Run("first="+name, func(b *testing.B) {
			var req Request
			b.ReportAllocs()
			for b.Loop() {
				var r headerReader
				r.init(testLimits())
				r.open(&req, false)
				if err := r.feed(first, true); err != nil {
					b.Fatal(err)
				}
				r.result()
			}
		})
	}
}

func BenchmarkAppendHead(b *testing.B) {
	h := typical()
	dst := make([]byte, 0, 512)
	b.Run("ours", func(b *testing.B) {
		var w headerWriter
		w.init()
		b.ReportAllocs()
		for b.Loop() {
			dst, _ = w.appendHead(dst[:0], 1, h)
		}
		b.ReportMetric(float64(len(dst)), "octets/op")
	})
	// The same fields by the encoder that comes with the decompressor.
	b.Run("hpack", func(b *testing.B) {
		var block bytes.Buffer
		enc := hpack.NewEncoder(&block)
		b.ReportAllocs()
		for b.Loop() {
			block.Reset()
			_ = enc.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
			_ = enc.WriteField(hpack.HeaderField{Name: h.fields[0].Name, Value: h.fields[0].Value})
			_ = enc.WriteField(hpack.HeaderField{Name: "content-length", Value: "13"})
			_ = enc.WriteField(hpack.HeaderField{Name: "date", Value: h.date})
		}
		b.ReportMetric(float64(block.Len()+9), "octets/op")
	})
}

// BenchmarkIdle measures the heap that a connection keeps for fields, after
// one exchange and after a hundred.
func BenchmarkIdle(b *testing.B) {
	type idle struct {
		r headerReader
		w headerWriter
	}
	measure := func(b *testing.B, exchange func() any) {
		const n = 2000
		for b.Loop() {
			kept := make([]any, 0, n)
			before := heap()
			for range n {
				kept = append(kept, exchange())
			}
			b.ReportMetric(float64(heap()-before)/n, "B/conn")
			runtime.KeepAlive(kept)
		}
	}
	for name, blocks := range map[string]func(testing.TB) ([]byte, []byte){"browser": browser, "loader": loader} {
		first, next := blocks(b)
		for times, label := range map[int]string{1: "1", 100: "100"} {
			b.Run("request="+name+"/exchanges="+label, func(b *testing.B) {
				limits, req, dst := testLimits(), new(Request), make([]byte, 0, 512)
				measure(b, func() any {
					c := new(idle)
					c.r.init(limits)
					c.w.init()
					for i := range times {
						block := next
						if i == 0 {
							block = first
						}
						c.r.open(req, false)
						if err := c.r.feed(block, true); err != nil {
							b.Fatal(err)
						}
						c.r.result()
						dst, _ = c.w.appendHead(dst[:0], 1, typical())
					}
					return c
				})
			})
		}
	}
	b.Run("encoder=hpack/exchanges=1", func(b *testing.B) {
		var block bytes.Buffer
		measure(b, func() any {
			enc := hpack.NewEncoder(&block)
			block.Reset()
			for _, f := range []Field{{":status", "200"}, typical().fields[0], {"content-length", "13"}, {"date", testDate}} {
				_ = enc.WriteField(hpack.HeaderField{Name: f.Name, Value: f.Value})
			}
			return enc
		})
	})
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
