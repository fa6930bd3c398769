package frame

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, r := range samples() {
		h, payload := r.frame(b)
		in := append(AppendHeader(nil, h), payload...)
		b.Run("type="+r.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				_, _ = parse(in)
			}
		})
	}
}

func BenchmarkAppendData(b *testing.B) {
	data, dst := make([]byte, 1024), make([]byte, 0, 2048)
	b.ReportAllocs()
	b.SetBytes(int64(len(data) + HeaderLen))
	for b.Loop() {
		dst = AppendData(dst[:0], 1, true, data)
	}
}

func BenchmarkAppendWindowUpdate(b *testing.B) {
	dst := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendWindowUpdate(dst[:0], 1, 1<<15)
	}
}
