package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// epoch is when the certificates of the tests begin to be valid, and now is
// the time of their clocks.
var (
	epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now   = epoch.Add(24 * time.Hour)
)

func clock() time.Time { return now }

// An authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	pool *x509.CertPool
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key := newKey(t)
	cert := sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: epoch, NotAfter: epoch.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, key, key)
	au := &authority{cert: cert, key: key, pool: x509.NewCertPool()}
	au.pool.AddCert(cert)
	return au
}

func sign(t testing.TB, template, parent *x509.Certificate, key, parentKey crypto.Signer) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// issue returns a certificate for names that lasts for a year.
func (au *authority) issue(t testing.TB, names ...string) *tls.Certificate {
	t.Helper()
	return au.issueWith(t, newKey(t), epoch.AddDate(1, 0, 0), names...)
}

func (au *authority) issueWith(t testing.TB, key crypto.Signer, notAfter time.Time, names ...string) *tls.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	leaf := sign(t, &x509.Certificate{
		SerialNumber: serial, DNSNames: names, NotBefore: epoch, NotAfter: notAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, au.cert, key, au.key)
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

// writePair writes a certificate and its key to files.
func writePair(t testing.TB, dir, name string, cert *tls.Certificate) Pair {
	t.Helper()
	p := Pair{CertFile: filepath.Join(dir, name+".pem"), KeyFile: filepath.Join(dir, name+".key")}
	var chain []byte
	for _, der := range cert.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p.CertFile, chain)
	write(t, p.KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	return p
}

func write(t testing.TB, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// newAcceptor makes one for a certificate in memory, unless cfg has its own.
// Its handshakes must have ended when the test does.
func newAcceptor(t testing.TB, cfg Config) *Acceptor {
	t.Helper()
	if cfg.Certificates == nil {
		cfg.Certificates = []Pair{{Certificate: newAuthority(t).issue(t, "localhost")}}
	}
	cfg.Now = clock
	var running sync.WaitGroup
	if cfg.Go == nil {
		cfg.Go = running.Go
	}
	a, err := NewAcceptor(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // a goroutine that is left over makes this hang
		running.Wait()
		if n := a.Stats().InProgress; n != 0 {
			t.Errorf("%d handshakes hold their slots", n)
		}
		if n := len(a.computing); n != 0 {
			t.Errorf("%d handshakes hold the right to compute", n)
		}
	})
	return a
}

// A duplex is the client's end: a net.Conn of two byte slices. Read blocks
// until the test has given it what the session sends.
type duplex struct {
	mu       sync.Mutex
	cond     *sync.Cond
	in, out  []byte
	isClosed bool
	onWrite  func()
}

func newDuplex() *duplex {
	d := &duplex{}
	d.cond = sync.NewCond(&d.mu)
	return d
}

func (d *duplex) Read(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.in) == 0 && !d.isClosed {
		d.cond.Wait()
	}
	if len(d.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, d.in)
	d.in = d.in[n:]
	return n, nil
}

func (d *duplex) Write(b []byte) (int, error) {
	d.mu.Lock()
	d.out = append(d.out, b...)
	d.mu.Unlock()
	d.onWrite()
	return len(b), nil
}

func (d *duplex) push(b []byte) {
	d.mu.Lock()
	d.in = append(d.in, b...)
	d.cond.Broadcast()
	d.mu.Unlock()
}

func (d *duplex) take() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.out
	d.out = nil
	return b
}

func (d *duplex) Close() error {
	d.mu.Lock()
	d.isClosed = true
	d.cond.Broadcast()
	d.mu.Unlock()
	return nil
}
func (d *duplex) LocalAddr() net.Addr              { return nil }
func (d *duplex) RemoteAddr() net.Addr             { return nil }
func (d *duplex) SetDeadline(time.Time) error      { return nil }
func (d *duplex) SetReadDeadline(time.Time) error  { return nil }
func (d *duplex) SetWriteDeadline(time.Time) error { return nil }

// A pair is a session and a client of crypto/tls, and the test is the loop
// between them.
type pair struct {
	t       testing.TB
	session *Session
	client  *tls.Conn
	wire    *duplex
	woken   chan struct{}
	// chunk cuts what the session is fed; zero is all at once.
	chunk int
}

func newPair(t testing.TB, a *Acceptor, config *tls.Config) *pair {
	t.Helper()
	p := &pair{t: t, wire: newDuplex(), woken: make(chan struct{}, 1)}
	p.wire.onWrite = p.wake
	p.session = a.NewSession(netip.MustParseAddr("192.0.2.1"), p.wake)
	if config == nil {
		config = &tls.Config{}
	}
	config = config.Clone()
	if config.RootCAs == nil {
		config.InsecureSkipVerify = true
	}
	if config.ServerName == "" {
		config.ServerName = "localhost"
	}
	config.Time = clock
	p.client = tls.Client(p.wire, config)
	return p
}

func (p *pair) wake() {
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// handshake carries octets until both ends are done, and returns the client's
// error.
func (p *pair) handshake() error {
	p.t.Helper()
	done := make(chan error, 1)
	go func() {
		done <- p.client.Handshake()
		p.wake()
	}()
	var pending []byte
	var clientErr error
	isClientDone := false
	for {
		pending = append(pending, p.wire.take()...)
		pending = p.feed(pending)
		p.wire.push(p.session.AppendOutput(nil))
		phase := p.session.Phase()
		if phase == PhaseClosed {
			p.wire.push(p.session.AppendOutput(nil))
			p.wire.Close()
		}
		if isClientDone && phase >= PhaseOpen || isClientDone && clientErr != nil {
			pending = append(pending, p.wire.take()...)
			for len(p.feed(pending)) > 0 && p.session.Phase() == PhaseHandshaking {
				<-p.woken
			}
			return clientErr
		}
		select {
		case clientErr = <-done:
			isClientDone = true
		case <-p.woken:
		}
	}
}

// feed gives the session what it takes before it is open, and returns the rest.
func (p *pair) feed(b []byte) []byte {
	for len(b) > 0 && p.session.Phase() < PhaseOpen {
		part := b
		if p.chunk > 0 {
			part = b[:min(p.chunk, len(b))]
		}
		n, err := p.session.Feed(part)
		b = b[n:]
		if err != nil || n < len(part) {
			break
		}
	}
	return b
}

// mustOpen does a handshake that must succeed.
func (p *pair) mustOpen() {
	p.t.Helper()
	if err := p.handshake(); err != nil {
		p.t.Fatalf("client: %v; session: %v", err, p.session.Err())
	}
	if phase := p.session.Phase(); phase != PhaseOpen {
		p.t.Fatalf("phase = %v, want open; err %v", phase, p.session.Err())
	}
	plain, err := p.session.Open(nil, nil)
	if err != nil || len(plain) > 0 {
		p.t.Fatalf("Open(nil) = %q, %v, want nothing", plain, err)
	}
}

// sealed returns what the client makes of plaintext.
func (p *pair) sealed(plain string) []byte {
	p.t.Helper()
	if _, err := p.client.Write([]byte(plain)); err != nil {
		p.t.Fatal(err)
	}
	return p.wire.take()
}

// received returns what the client reads of n octets that the session sealed.
func (p *pair) received(ciphertext []byte, n int) string {
	p.t.Helper()
	p.wire.push(ciphertext)
	b := make([]byte, n)
	if _, err := io.ReadFull(p.client, b); err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

func wantAlert(t *testing.T, err error, code uint8, remote bool) {
	t.Helper()
	alert, ok := errors.AsType[*AlertError](err)
	if !ok || alert.Code != code || alert.Remote != remote {
		t.Errorf("error = %v (%T), want alert %d, remote %v", err, err, code, remote)
	}
}
