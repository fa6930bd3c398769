package tls

import (
	"crypto/tls"
	"runtime"
	"testing"
)

// The whole package rests on this: crypto/tls does not hold a temporary error
// of the connection it reads from against that connection, wherever in a
// record it comes.
func TestCanaryCryptoTLSForgivesTemporaryReadErrors(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		var got []byte
		b := make([]byte, 64)
		for round := range 3 {
			for i, c := range p.sealed("canary") {
				p.session.pipe.src = []byte{c}
				n, err := p.session.conn.Read(b)
				got = append(got, b[:n]...)
				if err != nil && err != error(errWouldBlock) {
					t.Fatalf("crypto/tls of %s no longer forgives a temporary read error: record %d, octet %d: %v",
						runtime.Version(), round, i, err)
				}
			}
		}
		if _, err := p.session.conn.Read(b); err != error(errWouldBlock) {
			t.Fatalf("Read without input: %v, want our own error as it is", err)
		}
		if string(got) != "canarycanarycanary" {
			t.Errorf("got %q", got)
		}
	})
}

// How an alert is taken out of an error of crypto/tls also depends on how
// crypto/tls is made.
func TestCanaryAlertsHaveNumbers(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		forged := p.sealed("x")
		forged[len(forged)-1] ^= 1
		_, err := p.session.Open(nil, forged)
		wantAlert(t, err, 20, false)
		if want := "tls: alert 20 sent: tls: bad record MAC"; err.Error() != want {
			t.Errorf("error = %q, want %q", err, want)
		}
	})
}
