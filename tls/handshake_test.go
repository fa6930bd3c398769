package tls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// A handshake that cannot succeed says why, with the alert.
func TestHandshakeFailures(t *testing.T) {
	au, stranger := newAuthority(t), newAuthority(t)
	server := []Pair{{Certificate: au.issue(t, "localhost")}}
	for _, tc := range []struct {
		name   string
		cfg    Config
		client *tls.Config
		code   uint8
		remote bool
	}{
		{"a client of TLS 1.1", Config{}, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, 70, false},
		{"a client of TLS 1.2 where 1.3 is needed", Config{MinVersion: "1.3"}, &tls.Config{MaxVersion: tls.VersionTLS12}, 70, false},
		{
			"no common cipher suite",
			Config{CipherSuites: []string{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}},
			&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, 40, false,
		},
		{"a client that does not trust us, TLS 1.3", Config{}, &tls.Config{RootCAs: stranger.pool}, 42, true},
		{"a client that does not trust us, TLS 1.2", Config{}, &tls.Config{RootCAs: stranger.pool, MaxVersion: tls.VersionTLS12}, 42, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Certificates = server
			a := newAcceptor(t, tc.cfg)
			p := newPair(t, a, tc.client)
			if err := p.handshake(); err == nil {
				t.Error("the client succeeded")
			}
			waitClosed(p)
			wantAlert(t, p.session.Err(), tc.code, tc.remote)
			if stats := a.Stats(); stats.Started != 1 || stats.Failed != 1 || stats.Done != 0 {
				t.Errorf("stats %+v", stats)
			}
		})
	}
}

// waitClosed feeds what the client still says until the session has ended.
func waitClosed(p *pair) {
	p.t.Helper()
	for p.session.Phase() == PhaseHandshaking {
		p.feed(p.wire.take())
		if p.session.Phase() == PhaseHandshaking {
			<-p.woken
		}
	}
}

func TestHandshakeAsksForClientCertificates(t *testing.T) {
	au, stranger := newAuthority(t), newAuthority(t)
	dir := t.TempDir()
	caFile := writePair(t, dir, "ca", &tls.Certificate{Certificate: [][]byte{au.cert.Raw}, PrivateKey: au.key}).CertFile
	known, unknown := au.issue(t, "known"), stranger.issue(t, "unknown")
	for _, tc := range []struct {
		name, mode, caFile string
		cert               *tls.Certificate
		ok                 bool
		peers, chains      int
	}{
		{"none, not asked", "none", "", known, true, 0, 0},
		{"request, none", "request", "", nil, true, 0, 0},
		{"request, any", "request", "", unknown, true, 1, 0},
		{"request with authorities, none", "request", caFile, nil, true, 0, 0},
		{"request with authorities, a stranger", "request", caFile, unknown, false, 0, 0},
		{"request with authorities, known", "request", caFile, known, true, 1, 1},
		{"require, none", "require", caFile, nil, false, 0, 0},
		{"require, a stranger", "require", caFile, unknown, false, 0, 0},
		{"require, known", "require", caFile, known, true, 1, 1},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(tc.name+", "+tls.VersionName(version), func(t *testing.T) {
				p := newPair(t, newAcceptor(t, Config{ClientAuth: tc.mode, ClientCAFile: tc.caFile}), &tls.Config{
					MaxVersion: version,
					GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
						if tc.cert == nil {
							return new(tls.Certificate), nil
						}
						return tc.cert, nil
					},
				})
				clientErr := p.handshake() // in TLS 1.3 the client is done before it is judged
				waitClosed(p)
				if tc.ok {
					state := p.session.State()
					if clientErr != nil || state == nil || len(state.PeerCertificates) != tc.peers || len(state.VerifiedChains) != tc.chains {
						t.Fatalf("client: %v, session: %v, state %+v", clientErr, p.session.Err(), state)
					}
					return
				}
				err := p.session.Err()
				if p.session.Phase() != PhaseClosed || err == nil {
					t.Fatalf("phase %v, err %v", p.session.Phase(), err)
				}
				if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok != (tc.cert != nil) {
					t.Errorf("err = %v (%T)", err, err)
				}
				if p.session.State() != nil {
					t.Error("a failed handshake has a state")
				}
			})
		}
	}
}

func TestHandshakeResumesWithTickets(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		a := newAcceptor(t, Config{NextProtos: []string{"h2"}})
		config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for i, protos := range [][]string{{"h2"}, {"h2"}, {"unknown"}} {
			config.NextProtos = protos
			resumed := visit(t, a, config)
			if resumed != (i > 0) {
				t.Errorf("connection %d with %q: resumed = %v", i, protos, resumed)
			}
		}
		if stats := a.Stats(); stats.Done != 3 || stats.Resumed != 2 {
			t.Errorf("stats %+v", stats)
		}
	})
}

// visit does a handshake and lets the client read, so that it has a ticket.
func visit(t testing.TB, a *Acceptor, config *tls.Config) (resumed bool) {
	t.Helper()
	p := newPair(t, a, config)
	p.mustOpen()
	out, err := p.session.Seal(nil, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	p.received(out, 1)
	return p.session.State().DidResume
}

func TestHandshakeIsHeldToTheSizeOfAHello(t *testing.T) {
	hello := clientHello(t)
	for _, tc := range []struct {
		name string
		in   []byte
		code uint8
	}{
		{"another type of record", []byte{22, 3, 1, 0, 1, 1, 23}, 10},
		{"an empty record", []byte{22, 3, 1, 0, 0}, 10},
		{"a record that is too long", []byte{22, 3, 1, 0x40, 1}, 22},
		{"another type of message", []byte{22, 3, 1, 0, 4, 2}, 10},
		{"a message that is too long", []byte{22, 3, 1, 0, 4, 1, 0, 0x80, 0}, 80},
		{"records that are too small", oneOctetRecords(append([]byte{1, 0, 0x3f, 0xff}, make([]byte, 0x3fff)...)), 80},
		{"garbage behind the begin", append(hello[:20:20], hello[5:]...), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPair(t, newAcceptor(t, Config{}), nil)
			rest := p.feed(tc.in)
			if tc.code == 0 { // long enough to be judged by crypto/tls, or not complete
				p.session.Abort(nil)
				return
			}
			wantAlert(t, p.session.Err(), tc.code, false)
			if want := []byte{21, 3, 1, 0, 2, 2, tc.code}; string(p.session.AppendOutput(nil)) != string(want) {
				t.Errorf("no alert")
			}
			if n, err := p.session.Feed([]byte{22}); n != 0 || err != p.session.Err() {
				t.Errorf("Feed once more = %d, %v (%d left)", n, err, len(rest))
			}
		})
	}
}

// oneOctetRecords spreads a message over as many records as it has octets.
func oneOctetRecords(message []byte) (records []byte) {
	for _, c := range message {
		records = append(records, 22, 3, 1, 0, 1, c)
	}
	return records
}

// clientHello returns what a client of crypto/tls begins with.
func clientHello(t testing.TB) []byte {
	t.Helper()
	p := &pair{t: t, wire: newDuplex(), woken: make(chan struct{}, 1)}
	p.wire.onWrite = p.wake
	done := make(chan error)
	go func() { done <- tls.Client(p.wire, &tls.Config{ServerName: "localhost"}).Handshake() }()
	<-p.woken
	p.wire.Close()
	<-done
	return p.wire.take()
}

func TestHandshakeTakesAHelloInOneOctetRecords(t *testing.T) {
	a := newAcceptor(t, Config{})
	p := newPair(t, a, nil)
	p.feed(oneOctetRecords(clientHello(t)[5:]))
	for p.session.Phase() == PhaseHandshaking {
		if out := p.session.AppendOutput(nil); len(out) > 0 {
			if out[0] != 22 {
				t.Errorf("the answer begins with %d, want a ServerHello", out[0])
			}
			break
		}
		<-p.woken
	}
	p.session.Abort(nil)
}

func TestHandshakeKnowsOtherProtocols(t *testing.T) {
	a := newAcceptor(t, Config{})
	for in, isHTTP := range map[string]bool{
		"GET / HTTP/1.1\r\n": true, "P": true, "PRI * HTTP/2.0": true,
		"SSH-2.0-x": true, "\x80\x2e\x01": false, "\x00": false, "\x15\x03\x01\x00\x02\x01\x00": false, "\x16\x05\x00": false,
	} {
		s := a.NewSession(netip.Addr{}, func() {})
		n, err := s.Feed([]byte(in))
		fault, ok := err.(*NotTLSError)
		if !ok || fault.HTTP != isHTTP || s.Phase() != PhaseClosed {
			t.Errorf("%q: %v, phase %v, want HTTP %v", in, err, s.Phase(), isHTTP)
		}
		if isHTTP && n != 0 {
			t.Errorf("%q: %d octets consumed", in, n)
		}
		if out := s.AppendOutput(nil); len(out) > 0 {
			t.Errorf("%q: output %x", in, out)
		}
	}
	if stats := a.Stats(); stats.Malformed != 8 || stats.Started != 0 {
		t.Errorf("stats %+v", stats)
	}
}

func TestBadForHTTP2(t *testing.T) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, version := range suite.SupportedVersions {
			isEphemeral := strings.Contains(suite.Name, "_ECDHE_") || version == tls.VersionTLS13
			isAuthenticated := strings.Contains(suite.Name, "_GCM_") || strings.Contains(suite.Name, "_POLY1305_")
			want := version < tls.VersionTLS12 || !isEphemeral || !isAuthenticated
			if got := BadForHTTP2(version, suite.ID); got != want {
				t.Errorf("%s in %s: %v, want %v", suite.Name, tls.VersionName(version), got, want)
			}
		}
	}
	if !BadForHTTP2(tls.VersionTLS12, 0xfafa) {
		t.Error("an unknown suite is good")
	}
}

func TestHandshakeStaplesOCSP(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	p := writePair(t, dir, "server", au.issue(t, "localhost"))
	p.OCSPFile = dir + "/ocsp.der"
	staple := "\x30\x03\x0a\x01\x00"
	write(t, p.OCSPFile, []byte(staple))
	c := newPair(t, newAcceptor(t, Config{Certificates: []Pair{p}}), &tls.Config{RootCAs: au.pool})
	c.mustOpen()
	if got := c.client.OCSPResponse(); string(got) != staple {
		t.Errorf("staple %x, want %x", got, staple)
	}
	if leaf := c.client.ConnectionState().PeerCertificates[0]; leaf.PublicKeyAlgorithm != x509.ECDSA {
		t.Errorf("leaf %v", leaf.PublicKeyAlgorithm)
	}
}
