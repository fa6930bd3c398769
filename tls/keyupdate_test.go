package tls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"strings"
	"testing"
)

// A writer makes the client's records of TLS 1.3 with AES-128-GCM, since
// crypto/tls offers no KeyUpdate (RFC 8446, sections 4.6.3 and 7.3).
type writer struct {
	t      *testing.T
	secret []byte
	seq    uint64
}

func (w *writer) expand(label string, n int) []byte {
	w.t.Helper()
	label = "tls13 " + label
	info := append([]byte{byte(n >> 8), byte(n), byte(len(label))}, label...)
	out, err := hkdf.Expand(sha256.New, w.secret, string(append(info, 0)), n)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *writer) record(kind byte, data []byte) []byte {
	w.t.Helper()
	block, err := aes.NewCipher(w.expand("key", 16))
	if err != nil {
		w.t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		w.t.Fatal(err)
	}
	nonce := w.expand("iv", 12)
	for i := range 8 {
		nonce[11-i] ^= byte(w.seq >> (8 * i))
	}
	w.seq++
	inner := append(bytes.Clone(data), kind)
	n := len(inner) + aead.Overhead()
	header := []byte{23, 3, 3, byte(n >> 8), byte(n)}
	return aead.Seal(header, nonce, inner, header)
}

func (w *writer) keyUpdate(requested byte) []byte {
	record := w.record(recordHandshake, []byte{24, 0, 0, 1, requested})
	w.secret, w.seq = w.expand("traffic upd", 32), 0
	return record
}

// newWriter takes the sending over from the client of p, which must not have
// sent anything.
func newWriter(t *testing.T, p *pair, keyLog string) *writer {
	t.Helper()
	if suite := p.session.State().CipherSuite; suite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skipf("the suite is %s: the processor has no AES, and this test knows no other", tls.CipherSuiteName(suite))
	}
	for line := range strings.Lines(keyLog) {
		if f := strings.Fields(line); f[0] == "CLIENT_TRAFFIC_SECRET_0" {
			secret, err := hex.DecodeString(f[2])
			if err != nil {
				t.Fatal(err)
			}
			return &writer{t: t, secret: secret}
		}
	}
	t.Fatal("no secret was logged")
	return nil
}

func TestKeyUpdateIsAnswered(t *testing.T) {
	var keyLog bytes.Buffer
	p := newPair(t, newAcceptor(t, Config{}), &tls.Config{KeyLogWriter: &keyLog})
	p.mustOpen()
	w := newWriter(t, p, keyLog.String())
	in := w.record(23, []byte("old key,"))
	in = append(in, w.keyUpdate(0)...)
	in = append(in, w.record(23, []byte("new key,"))...)
	in = append(in, w.keyUpdate(1)...)
	in = append(in, w.record(23, []byte("newest key"))...)
	var got []byte
	for i := range in { // octet by octet
		var err error
		if got, err = p.session.Open(got, in[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if string(got) != "old key,new key,newest key" {
		t.Errorf("got %q", got)
	}
	answer, err := p.session.Seal(nil, []byte("reply"))
	if err != nil {
		t.Fatal(err)
	}
	if out := p.session.AppendOutput(nil); len(out) > 0 {
		t.Error("Seal did not put the KeyUpdate before what needs it")
	}
	if got := p.received(answer, 5); got != "reply" {
		t.Errorf("the client got %q", got)
	}
}

// A client that does nothing but update its keys makes us work for nothing.
func TestKeyUpdatesWithoutDataAreBounded(t *testing.T) {
	var keyLog bytes.Buffer
	p := newPair(t, newAcceptor(t, Config{}), &tls.Config{KeyLogWriter: &keyLog})
	p.mustOpen()
	w := newWriter(t, p, keyLog.String())
	var flood []byte
	for range 100 {
		flood = append(flood, w.keyUpdate(1)...)
	}
	_, err := p.session.Open(nil, flood)
	if err == nil || p.session.Phase() != PhaseClosed {
		t.Errorf("a hundred updates: %v, phase %v", err, p.session.Phase())
	}
	if out := p.session.AppendOutput(nil); len(out) == 0 || len(out) > 1000 {
		t.Errorf("%d octets of answers", len(out))
	}
}
