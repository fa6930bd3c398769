package config

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reactor.example/server"
)

// newPair is a certificate and its key, in PEM.
func newPair(t *testing.T) (chain, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotAfter: time.Now().AddDate(0, 0, 90)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("CERTIFICATE", cert), inPEM("PRIVATE KEY", der)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// pemFolder is a folder with files of TLS, in order and not.
func pemFolder(t *testing.T) string {
	t.Helper()
	chain, key := newPair(t)
	_, other := newPair(t)
	folder := t.TempDir()
	for name, text := range map[string]string{
		"cert.pem": chain, "key.pem": key, "other.pem": other, "both.pem": key + chain,
		"empty.pem":      "",
		"text.pem":       "no PEM at all\n",
		"damaged.pem":    inPEM("CERTIFICATE", []byte("no DER")),
		"damagedkey.pem": inPEM("PRIVATE KEY", []byte("no DER")),
		"encrypted.pem":  inPEM("ENCRYPTED PRIVATE KEY", []byte{1}),
		"good.ocsp":      "\x30\x03\x0a\x01\x00",
		"later.ocsp":     "\x30\x03\x0a\x01\x03",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// What start would refuse is refused here, with its line, and nothing else is.
func TestWhatStartWouldRefuseInTheFilesOfTLSIsAFault(t *testing.T) {
	folder := pemFolder(t)
	const pair = "cert_file = '@cert.pem'\nkey_file = '@key.pem'\n"
	for text, want := range map[string]string{
		pair: "",
		"cert_file = '@both.pem'\nkey_file = '@both.pem'":                                                "",
		pair + "ocsp_file = '@good.ocsp'\nclient_auth = 'request'\nclient_ca_file = '@both.pem'":         "",
		"cert_file = '@empty.pem'\nkey_file = '@key.pem'":                                                `3: tls.cert_file: "@empty.pem" holds no certificate in PEM; give the file with the chain`,
		"cert_file = '@key.pem'\nkey_file = '@cert.pem'":                                                 `3: tls.cert_file: "@key.pem" holds no certificate in PEM; give the file with the chain|4: tls.key_file: "@cert.pem" holds no private key in PEM; give the file with the key of the certificate`,
		"cert_file = '@damaged.pem'\nkey_file = '@text.pem'":                                             `3: tls.cert_file: "@damaged.pem" holds a certificate that cannot be used: malformed certificate|4: tls.key_file: "@text.pem" holds no private key in PEM; give the file with the key of the certificate`,
		"cert_file = '@cert.pem'\nkey_file = '@other.pem'":                                               `4: tls.key_file: "@other.pem" belongs to another certificate than "@cert.pem"`,
		"cert_file = '@cert.pem'\nkey_file = '@encrypted.pem'":                                           `4: tls.key_file: "@encrypted.pem" holds a key that is encrypted; store it without a passphrase`,
		"cert_file = '@cert.pem'\nkey_file = '@damagedkey.pem'":                                          `4: tls.key_file: "@damagedkey.pem" cannot be used: failed to parse private key`,
		pair + "ocsp_file = '@cert.pem'":                                                                 `5: tls.ocsp_file: "@cert.pem" is no OCSP response in DER`,
		pair + "ocsp_file = '@later.ocsp'":                                                               `5: tls.ocsp_file: "@later.ocsp" is an OCSP response with error status 3; fetch it again`,
		pair + "client_auth = 'require'\nclient_ca_file = '@key.pem'":                                    `6: tls.client_ca_file: "@key.pem" holds no certificate in PEM`,
		pair + "certificates = [{cert_file = '@cert.pem', key_file = '@key.pem'}]":                       "",
		pair + "[[tls.certificates]]\ncert_file = '@cert.pem'\nkey_file = '@other.pem'":                  `7: tls.certificates[0].key_file: "@other.pem" belongs to another certificate than "@cert.pem"`,
		pair + "certificates = [{cert_file = '@cert.pem', key_file = '@key.pem', ocsp_file='@key.pem'}]": `5: tls.certificates[0].ocsp_file: "@key.pem" is no OCSP response in DER`,
	} {
		text = "[tls]\nenabled = true\n" + text
		got := strings.Join(faultsOf(t, "a.toml", strings.ReplaceAll(text, "@", folder+"/")), "|")
		got = strings.ReplaceAll(strings.ReplaceAll(got, folder+"/", "@"), "a.toml:", "")
		if want == "" && got != "" || !sameStarts(got, want) {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if err := starts(t, strings.ReplaceAll(text, "@", folder+"/")); (err == nil) != (want == "") {
			t.Errorf("%s\nstart says %v, validate %q", text, err, want)
		}
	}
}

// sameStarts reports whether each part of got begins with that of want: the
// end of some reasons is the text of a library.
func sameStarts(got, want string) bool {
	gots, wants := strings.Split(got, "|"), strings.Split(want, "|")
	for i := range wants {
		if len(gots) != len(wants) || !strings.HasPrefix(gots[i], wants[i]) {
			return false
		}
	}
	return true
}

// starts hands a file to the server without checking it, and returns what
// kept the server from serving.
func starts(t *testing.T, text string) error {
	t.Helper()
	l := &loader{config: Default(), origins: map[string]Origin{}}
	l.readFile(write(t, "b.toml", text))
	l.config.BindPort = 0
	srv, err := server.New(l.config.Server())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case <-srv.Ready():
			cancel() // it serves
		case <-ctx.Done():
		}
	}()
	return srv.ListenAndServe(ctx)
}

// The server may run as a user who may read what this one may not.
func TestAFileOfTLSThatMayNotBeReadIsNotJudged(t *testing.T) {
	if got := contentFault(filepath.Join(t.TempDir(), "gone"), chainFault); got != "" {
		t.Errorf("contentFault = %q, want no judgement", got)
	}
	if os.Geteuid() == 0 {
		return // root may read everything
	}
	folder := pemFolder(t)
	if err := os.Chmod(filepath.Join(folder, "empty.pem"), 0); err != nil {
		t.Fatal(err)
	}
	text := "[tls]\nenabled = true\ncert_file = '@empty.pem'\nkey_file = '@key.pem'\n"
	if got := faultsOf(t, "a.toml", strings.ReplaceAll(text, "@", folder+"/")); got != nil {
		t.Errorf("faults = %q", got)
	}
}
