package tls

import (
	"bytes"
	"net/netip"
	"sync"
	"testing"
)

// Whatever a client begins with, cut anywhere, gives the same verdict, and a
// handshake that is begun ends.
func FuzzFeed(f *testing.F) {
	hello := clientHello(f)
	f.Add(hello, uint8(1))
	f.Add(oneOctetRecords(hello[5:50]), uint8(3))
	f.Add(append(hello[:30:30], hello...), uint8(7))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), uint8(2))
	f.Add([]byte{22, 3, 1, 0, 0}, uint8(1))
	f.Add([]byte{22, 3, 1, 0, 4, 1, 0, 0, 0}, uint8(1))
	f.Add([]byte{22, 3, 1, 0, 2, 1, 0, 22, 3, 3, 0, 3, 0, 1, 5}, uint8(2))
	pairs := []Pair{{Certificate: newAuthority(f).issue(f, "localhost")}}
	f.Fuzz(func(t *testing.T, in []byte, chunk uint8) {
		in = in[:min(len(in), maxPendingBytes)]
		var running sync.WaitGroup
		a, err := NewAcceptor(Config{Certificates: pairs, Now: clock, Go: running.Go})
		if err != nil {
			t.Fatal(err)
		}
		whole, wholeErr := begin(a, in, len(in))
		parts, partsErr := begin(a, in, max(1, int(chunk)))
		if (wholeErr == nil) != (partsErr == nil) || wholeErr != nil && wholeErr.Error() != partsErr.Error() {
			t.Errorf("at once: %v, in parts: %v", wholeErr, partsErr)
		}
		if started := a.Stats().Started; started != 0 && started != 2 {
			t.Errorf("%d of 2 started", started)
		}
		whole.Abort(nil)
		parts.Abort(nil)
		running.Wait()
		if n := a.Stats().InProgress; n != 0 {
			t.Errorf("%d in progress", n)
		}
	})
}

// begin feeds a session until a handshake begins or cannot.
func begin(a *Acceptor, in []byte, chunk int) (s *Session, err error) {
	s = a.NewSession(netip.Addr{}, func() {})
	for len(in) > 0 && s.Phase() == PhaseHello {
		n := 0
		if n, err = s.Feed(in[:min(chunk, len(in))]); err != nil {
			return s, err
		}
		in = in[n:]
	}
	return s, nil
}

// Records that are cut anywhere give the same plaintext, and what is no record
// gives an error and no plaintext.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("hello"), []byte{23, 3, 3, 0, 17, 1, 2, 3}, uint8(1))
	f.Add([]byte{}, []byte{21, 3, 3, 0, 2, 1, 0}, uint8(2))
	f.Add(bytes.Repeat([]byte("x"), 40000), []byte{22, 3, 3, 0, 4, 0, 0, 0, 0}, uint8(255))
	f.Add([]byte("y"), []byte{23, 3, 3, 0xff, 0xff}, uint8(3))
	f.Add([]byte("z"), []byte{20, 3, 3, 0, 1, 1, 20, 3, 3, 0, 1, 1}, uint8(5))
	a := newAcceptor(f, Config{})
	f.Fuzz(func(t *testing.T, plain, garbage []byte, chunk uint8) {
		p := newPair(t, a, nil)
		p.mustOpen()
		in := p.sealed(string(plain))
		size := max(1, int(chunk)*int(chunk))
		var got []byte
		for len(in) > 0 {
			n := min(size, len(in))
			var err error
			if got, err = p.session.Open(got, in[:n]); err != nil {
				t.Fatal(err)
			}
			in = in[n:]
		}
		if !bytes.Equal(got, plain) {
			t.Errorf("got %d octets, want %d", len(got), len(plain))
		}
		extra, err := p.session.Open(nil, garbage)
		if len(extra) > 0 {
			t.Errorf("garbage gave %q", extra)
		}
		if (err != nil) != (p.session.Phase() == PhaseClosed) {
			t.Errorf("%v, but the phase is %v", err, p.session.Phase())
		}
	})
}
