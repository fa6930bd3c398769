//go:build !race

package tls

import (
	"bytes"
	"crypto/tls"
	"testing"
)

// crypto/tls allocates 24 octets whenever it reads: once a record, and once if
// there is none. (The race detector makes sync.Pool drop things, also that of
// crypto/tls.)
const allocsOfRead = 1

func TestOpenAndSealNoAlloc(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		p := newPair(t, newAcceptor(t, Config{}), &tls.Config{MinVersion: version, MaxVersion: version})
		p.mustOpen()
		request := bytes.Repeat([]byte("r"), 300)
		var records [][]byte
		for range 102 {
			records = append(records, p.sealed(string(request)))
		}
		plain, out := make([]byte, 0, 4096), make([]byte, 0, 4096)
		open := func() {
			var err error
			if plain, err = p.session.Open(plain[:0], records[0]); err != nil || len(plain) != len(request) {
				t.Fatalf("Open gave %d octets, %v", len(plain), err)
			}
			records = records[1:]
		}
		open()
		if n := testing.AllocsPerRun(100, open); n > allocsOfRead {
			t.Errorf("%s: allocs of Open = %v, want %d", tls.VersionName(version), n, allocsOfRead)
		}
		if n := testing.AllocsPerRun(100, func() {
			var err error
			if out, err = p.session.Seal(out[:0], request); err != nil {
				t.Fatal(err)
			}
			out = p.session.AppendOutput(out)
		}); n != 0 {
			t.Errorf("%s: allocs of Seal = %v, want 0", tls.VersionName(version), n)
		}
		if n := testing.AllocsPerRun(100, func() {
			if plain, err := p.session.Open(nil, nil); err != nil || plain != nil {
				t.Fatalf("Open of nothing = %v, %v", plain, err)
			}
		}); n > allocsOfRead {
			t.Errorf("%s: allocs of Open of nothing = %v, want %d", tls.VersionName(version), n, allocsOfRead)
		}
	}
}
