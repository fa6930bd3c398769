package tls

import (
	"crypto/tls"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{128, 16384} {
		b.Run(fmt.Sprintf("bytes=%d", n), func(b *testing.B) {
			p := newPair(b, newAcceptor(b, Config{}), &tls.Config{DynamicRecordSizingDisabled: true})
			p.mustOpen()
			data := strings.Repeat("x", n)
			records := make([][]byte, 256)
			plain := make([]byte, 0, 2*n+minReadBytes)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i %= len(records); i == 0 {
					b.StopTimer()
					for j := range records {
						records[j] = p.sealed(data)
					}
					b.StartTimer()
				}
				got, err := p.session.Open(plain, records[i])
				if err != nil || len(got) != n {
					b.Fatalf("%d octets, %v", len(got), err)
				}
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{128, 16384} {
		b.Run(fmt.Sprintf("bytes=%d", n), func(b *testing.B) {
			p := newPair(b, newAcceptor(b, Config{}), nil)
			p.mustOpen()
			data := make([]byte, n)
			out := make([]byte, 0, 2*n+1024)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.session.Seal(out, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHandshake is both ends together: the client's is crypto/tls.
func BenchmarkHandshake(b *testing.B) {
	for _, kind := range []string{"full", "resumed"} {
		b.Run("kind="+kind, func(b *testing.B) {
			a := newAcceptor(b, Config{NextProtos: []string{"h2", "http/1.1"}})
			config := &tls.Config{NextProtos: []string{"h2"}}
			if kind == "resumed" {
				config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
				visit(b, a, config)
			}
			b.ReportAllocs()
			for b.Loop() {
				if resumed := visit(b, a, config); resumed != (kind == "resumed") {
					b.Fatal("resumed:", resumed)
				}
			}
		})
	}
}

// BenchmarkIdle reports the heap of a session after its client has sent
// requests of some size, all included; not the time.
func BenchmarkIdle(b *testing.B) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, n := range []int{0, 128, 1024, 16384} {
			b.Run(fmt.Sprintf("version=%x/bytes=%d", version, n), func(b *testing.B) {
				a := newAcceptor(b, Config{NextProtos: []string{"h2", "http/1.1"}})
				config := &tls.Config{MaxVersion: version, NextProtos: []string{"http/1.1"}, DynamicRecordSizingDisabled: true}
				const sessions = 200
				kept := make([]*Session, sessions)
				for b.Loop() {
					clear(kept)
					before := heap()
					for i := range kept {
						kept[i] = exchange(b, a, config, n)
					}
					b.ReportMetric(float64(heap()-before)/sessions, "B/session")
					b.ReportMetric(0, "ns/op")
				}
				runtime.KeepAlive(kept)
			})
		}
	}
}

func exchange(b *testing.B, a *Acceptor, config *tls.Config, n int) *Session {
	b.Helper()
	p := newPair(b, a, config)
	p.mustOpen()
	for range 3 {
		if n > 0 {
			if _, err := p.session.Open(nil, p.sealed(strings.Repeat("x", n))); err != nil {
				b.Fatal(err)
			}
			if _, err := p.session.Seal(nil, make([]byte, n)); err != nil {
				b.Fatal(err)
			}
		}
	}
	p.session.notify = nil // it holds the client
	return p.session
}

func heap() int64 {
	var stats runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
