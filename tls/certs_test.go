package tls

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCertificatesAreChosenByName(t *testing.T) {
	au := newAuthority(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	certs := map[string]*tls.Certificate{
		"default":  au.issue(t, "default.example"),
		"exact":    au.issue(t, "www.example.com", "also.example.com"),
		"wildcard": au.issue(t, "*.example.com"),
		"renamed":  au.issue(t, "inside.example"),
		"rsa":      au.issueWith(t, rsaKey, epoch.AddDate(1, 0, 0), "dual.example"),
		"ecdsa":    au.issue(t, "dual.example"),
	}
	a := newAcceptor(t, Config{Certificates: []Pair{
		{Certificate: certs["default"]},
		{Certificate: certs["exact"]},
		{Certificate: certs["wildcard"]},
		{Certificate: certs["renamed"], Names: []string{"Outside.Example", "*.outside.example"}},
		{Certificate: certs["rsa"]},
		{Certificate: certs["ecdsa"]},
	}})
	onlyECDSA := []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	for _, tc := range []struct {
		name   string
		suites []uint16 // makes it TLS 1.2
		want   string
	}{
		{"www.example.com", nil, "exact"},
		{"WWW.Example.COM", nil, "exact"},
		{"also.example.com", nil, "exact"},
		{"other.example.com", nil, "wildcard"},
		{"a.b.example.com", nil, "default"}, // RFC 6125, section 6.4.3: one label
		{"example.com", nil, "default"},
		{"inside.example", nil, "default"},
		{"outside.example", nil, "renamed"},
		{"x.outside.example", nil, "renamed"},
		{"nobody.example", nil, "default"},
		{"127.0.0.1", nil, "default"}, // no server name is sent
		{"dual.example", nil, "rsa"},
		{"dual.example", onlyECDSA, "ecdsa"},
		{"localhost", []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, "rsa"}, // the only one it can verify
	} {
		config := &tls.Config{ServerName: tc.name}
		if tc.suites != nil {
			config.MaxVersion, config.CipherSuites = tls.VersionTLS12, tc.suites
		}
		p := newPair(t, a, config)
		p.mustOpen()
		if got := p.client.ConnectionState().PeerCertificates[0]; !got.Equal(certs[tc.want].Leaf) {
			t.Errorf("%s: got the certificate for %v, want %s", tc.name, got.DNSNames, tc.want)
		}
	}
}

// Every fault is reported at once, with its file and the reason.
func TestCertificatesThatCannotBeUsed(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	good := writePair(t, dir, "good", au.issue(t, "localhost"))
	other := writePair(t, dir, "other", au.issue(t, "localhost"))
	file := func(name, content string) string {
		name = filepath.Join(dir, name)
		write(t, name, []byte(content))
		return name
	}
	garbage := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("garbage")}))
	encrypted := string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")}))
	for _, tc := range []struct {
		name string
		cfg  Config
		want []string
	}{
		{"no file", Config{Certificates: []Pair{{CertFile: dir + "/absent.pem", KeyFile: good.KeyFile}}}, []string{"absent.pem", "no such file"}},
		{"a folder", Config{Certificates: []Pair{{CertFile: dir, KeyFile: good.KeyFile}}}, []string{dir, "is a directory"}},
		{"an empty file", Config{Certificates: []Pair{{CertFile: file("empty.pem", ""), KeyFile: good.KeyFile}}}, []string{"empty.pem: holds no PEM block with a certificate"}},
		{"key and certificate exchanged", Config{Certificates: []Pair{{CertFile: good.KeyFile, KeyFile: good.CertFile}}}, []string{"good.key: holds no PEM block with a certificate", "good.pem: holds no PEM block with a private key"}},
		{"the key of another", Config{Certificates: []Pair{{CertFile: good.CertFile, KeyFile: other.KeyFile}}}, []string{"good.pem with key", "other.key: private key does not match public key"}},
		{"garbage", Config{Certificates: []Pair{{CertFile: file("garbage.pem", garbage), KeyFile: good.KeyFile}}}, []string{"garbage.pem", "malformed"}},
		{"an encrypted key", Config{Certificates: []Pair{{CertFile: good.CertFile, KeyFile: file("encrypted.key", encrypted)}}}, []string{"encrypted.key: the key is encrypted; store it without a passphrase"}},
		{"no staple", Config{Certificates: []Pair{{CertFile: good.CertFile, KeyFile: good.KeyFile, OCSPFile: file("a.der", "text")}}}, []string{"a.der: is no OCSP response in DER"}},
		{"a failed staple", Config{Certificates: []Pair{{CertFile: good.CertFile, KeyFile: good.KeyFile, OCSPFile: file("b.der", "\x30\x03\x0a\x01\x06")}}}, []string{"b.der", "error status 6"}},
		{"no authority", Config{Certificates: []Pair{good}, ClientAuth: "require", ClientCAFile: good.KeyFile}, []string{"ClientCAFile", "good.key: holds no certificate in PEM"}},
		{"an absent authority", Config{Certificates: []Pair{good}, ClientAuth: "request", ClientCAFile: dir + "/ca.pem"}, []string{"ClientCAFile", "ca.pem", "no such file"}},
		{"two at once", Config{Certificates: []Pair{{CertFile: dir + "/1.pem", KeyFile: dir + "/1.key"}, {CertFile: dir + "/2.pem", KeyFile: good.KeyFile}}}, []string{"1.pem", "1.key", "2.pem"}},
		{"nothing in memory", Config{Certificates: []Pair{{Certificate: &tls.Certificate{}}}}, []string{"Certificates[0]: needs a chain and a key"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := NewAcceptor(tc.cfg)
			if err == nil || a != nil {
				t.Fatalf("NewAcceptor = %v, %v", a, err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "stays in use") {
				t.Errorf("error %q of a first load speaks of an older one", err)
			}
		})
	}
}

func TestConfigReportsEveryFault(t *testing.T) {
	pairs := []Pair{{CertFile: "c", KeyFile: "k"}}
	for _, tc := range []struct {
		cfg  Config
		want string // empty: none
	}{
		{Config{Certificates: pairs}, ""},
		{Config{Certificates: pairs, MinVersion: "1.3", ClientAuth: "none", MaxHandshakes: Off}, ""},
		{Config{Certificates: pairs, CipherSuites: []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}}, ""},
		{Config{}, "Certificates is empty"},
		{Config{Certificates: []Pair{{KeyFile: "k"}}}, "Certificates[0] has no CertFile"},
		{Config{Certificates: []Pair{{CertFile: "c"}}}, "c has no KeyFile"},
		{Config{Certificates: []Pair{{CertFile: "c", Certificate: new(tls.Certificate)}}}, "both files and a certificate in memory"},
		{Config{Certificates: pairs, MinVersion: "TLSv1.2"}, `MinVersion is "TLSv1.2"; it can be 1.2 or 1.3`},
		{Config{Certificates: pairs, CipherSuites: []string{"TLS_AES_128_GCM_SHA256"}}, "a suite of TLS 1.3; Go does not let those be chosen"},
		{Config{Certificates: pairs, CipherSuites: []string{"TLS_RSA_WITH_AES_128_CBC_SHA"}}, "not secure"},
		{Config{Certificates: pairs, CipherSuites: []string{"ECDHE-RSA-AES128-GCM-SHA256"}}, "no IANA name"},
		{Config{Certificates: pairs, ClientAuth: "yes"}, `ClientAuth is "yes"; it can be none, request or require`},
		{Config{Certificates: pairs, ClientAuth: "require"}, "needs a ClientCAFile"},
		{Config{Certificates: pairs, ClientCAFile: "ca"}, "ClientCAFile has no effect without ClientAuth"},
		{Config{Certificates: pairs, TrustedAddresses: []string{"10.0.0.0/8", "localhost"}}, `TrustedAddresses has "localhost"`},
		{Config{Certificates: pairs, NextProtos: []string{""}}, "NextProtos"},
		{Config{Certificates: pairs, NextProtos: []string{strings.Repeat("x", 256)}}, "1 to 255 octets"},
	} {
		err := tc.cfg.Validate()
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Validate(%+v) = %v, want %q", tc.cfg, err, tc.want)
		}
	}
	all := Config{MinVersion: "1", ClientAuth: "x", CipherSuites: []string{"x", "y"}, TrustedAddresses: []string{"x"}, NextProtos: []string{""}}
	if err := all.Validate(); strings.Count(err.Error(), "\n") != 6 {
		t.Errorf("not seven faults: %v", err)
	}
	if _, err := NewAcceptor(all); err == nil || strings.Count(err.Error(), "\n") != 6 {
		t.Errorf("NewAcceptor: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	until := func(d time.Duration) *tls.Certificate { return au.issueWith(t, newKey(t), now.Add(d), "localhost") }
	day := 24 * time.Hour
	for _, tc := range []struct {
		name string
		cert *tls.Certificate
		mode os.FileMode
		want string // empty: none
	}{
		{"fine", until(31 * day), 0o600, ""},
		{"readable by a group", until(31 * day), 0o640, ""},
		{"readable by all", until(31 * day), 0o644, "can be read by everybody"},
		{"soon", until(29*day + time.Hour), 0o600, "expires in 29 days, on 2026-01-31"},
		{"expired", until(-time.Hour), 0o600, "expired on 2026-01-01"},
	} {
		p := writePair(t, dir, tc.name, tc.cert)
		if err := os.Chmod(p.KeyFile, tc.mode); err != nil {
			t.Fatal(err)
		}
		got := newAcceptor(t, Config{Certificates: []Pair{p}}).Warnings()
		if tc.want == "" && len(got) != 0 {
			t.Errorf("%s: %q", tc.name, got)
		}
		if tc.want != "" && (len(got) != 1 || !strings.Contains(got[0], tc.want) || !strings.HasPrefix(got[0], p.CertFile)) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}

	cert := until(31 * day)
	cert.Certificate = append(cert.Certificate, au.cert.Raw)
	if got := newAcceptor(t, Config{Certificates: []Pair{{Certificate: cert}}}).Warnings(); len(got) != 0 {
		t.Errorf("a good chain: %q", got)
	}
	cert.Certificate[1] = cert.Certificate[0]
	if got := newAcceptor(t, Config{Certificates: []Pair{{Certificate: cert}}}).Warnings(); len(got) != 1 || !strings.Contains(got[0], "not the issuer") {
		t.Errorf("a bad chain: %q", got)
	}
	future := sign(t, &x509.Certificate{SerialNumber: au.cert.SerialNumber, NotBefore: now.Add(time.Hour), NotAfter: now.AddDate(1, 0, 0)}, au.cert, au.key, au.key)
	l := Pair{Certificate: &tls.Certificate{Certificate: [][]byte{future.Raw}, PrivateKey: au.key}}
	if got := fmt.Sprint(newAcceptor(t, Config{Certificates: []Pair{l}}).Warnings()); !strings.Contains(got, "not valid before") {
		t.Errorf("not valid yet: %s", got)
	}
}
