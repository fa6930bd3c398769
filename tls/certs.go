package tls

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// A loaded pair is ready to be served.
type loaded struct {
	cert *tls.Certificate // with its Leaf
	// names are in lower case.
	names []string
	// label calls it in messages; isKeyOpen says that everybody can read the
	// key's file.
	label     string
	isKeyOpen bool
}

// loadPair reads the files of p, or takes what it holds in memory.
func loadPair(p *Pair, label string) (*loaded, error) {
	l := &loaded{label: label}
	var err error
	if p.Certificate != nil {
		err = l.take(p.Certificate)
	} else {
		err = l.read(p)
	}
	if err != nil {
		return nil, err
	}
	l.names = p.Names
	if len(l.names) == 0 {
		l.names = l.cert.Leaf.DNSNames
	}
	if len(l.names) == 0 && l.cert.Leaf.Subject.CommonName != "" {
		l.names = []string{l.cert.Leaf.Subject.CommonName}
	}
	lower := make([]string, len(l.names))
	for i, name := range l.names {
		lower[i] = strings.ToLower(name)
	}
	l.names = lower
	return l, nil
}

// take copies a certificate of the caller.
func (l *loaded) take(cert *tls.Certificate) error {
	own := *cert
	if len(own.Certificate) == 0 || own.PrivateKey == nil {
		return fmt.Errorf("tls: %s: needs a chain and a key", l.label)
	}
	if own.Leaf == nil {
		leaf, err := x509.ParseCertificate(own.Certificate[0])
		if err != nil {
			return fmt.Errorf("tls: %s: %w", l.label, err)
		}
		own.Leaf = leaf
	}
	l.cert = &own
	return nil
}

// read reads the files. Whatever is wrong is said of the file where it is.
func (l *loaded) read(p *Pair) error {
	chain, certErr := readPEM(p.CertFile, "CERTIFICATE", "a certificate")
	key, keyErr := readPEM(p.KeyFile, "PRIVATE KEY", "a private key")
	staple, ocspErr := readStaple(p.OCSPFile)
	if err := errors.Join(certErr, keyErr, ocspErr); err != nil {
		return err
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "tls: ")
		return fmt.Errorf("tls: %s with key %s: %s", p.CertFile, p.KeyFile, reason)
	}
	if cert.Leaf == nil { // GODEBUG=x509keypairleaf=0
		if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return fmt.Errorf("tls: %s: %w", p.CertFile, err)
		}
	}
	cert.OCSPStaple = staple
	l.cert = &cert
	if info, err := os.Stat(p.KeyFile); err == nil {
		l.isKeyOpen = info.Mode().Perm()&0o004 != 0
	}
	return nil
}

// readPEM reads a file that must hold a block whose type ends with kind.
func readPEM(file, kind, what string) ([]byte, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err) // names the file
	}
	for rest := b; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("tls: %s: holds no PEM block with %s", file, what)
		}
		isEncrypted := strings.HasPrefix(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
		if strings.HasSuffix(block.Type, kind) && isEncrypted {
			return nil, fmt.Errorf("tls: %s: the key is encrypted; store it without a passphrase", file)
		}
		if strings.HasSuffix(block.Type, kind) {
			return b, nil
		}
	}
}

// readStaple reads an OCSP response. Clients refuse the certificate itself if
// what is stapled to it is none, so it must at least be a successful one (RFC
// 6960, section 4.2.1).
func readStaple(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	var response struct {
		Status asn1.Enumerated
		Bytes  asn1.RawValue `asn1:"optional,explicit,tag:0"`
	}
	rest, err := asn1.Unmarshal(b, &response)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("tls: %s: is no OCSP response in DER", file)
	}
	if response.Status != 0 {
		return nil, fmt.Errorf("tls: %s: is an OCSP response with error status %d; fetch it again", file, response.Status)
	}
	return b, nil
}

// index lists the certificates by the names that they are for. The first of a
// name is preferred.
func index(pairs []*loaded) map[string][]*tls.Certificate {
	byName := make(map[string][]*tls.Certificate)
	for _, l := range pairs {
		for _, name := range l.names {
			byName[name] = append(byName[name], l.cert)
		}
	}
	return byName
}

// certificate chooses by the name that the client asks for, then by what it
// can verify. The handshake's goroutine calls it.
func (a *Acceptor) certificate(client *tls.ClientHelloInfo) (*tls.Certificate, error) {
	snap := a.snapshot.Load()
	name := strings.ToLower(client.ServerName)
	found := snap.byName[name]
	if _, parent, ok := strings.Cut(name, "."); ok && len(found) == 0 {
		found = snap.byName["*."+parent]
	}
	if len(found) == 0 {
		found = snap.all()
	}
	if len(found) == 1 {
		return found[0], nil
	}
	nameless := *client // the name has been looked at, and Names may overrule the certificate's
	nameless.ServerName = ""
	for _, cert := range found {
		if nameless.SupportsCertificate(cert) == nil {
			return cert, nil
		}
	}
	return found[0], nil
}

// all returns the certificates, the default one first.
func (snap *snapshot) all() []*tls.Certificate {
	certs := make([]*tls.Certificate, len(snap.pairs))
	for i, l := range snap.pairs {
		certs[i] = l.cert
	}
	return certs
}

// isChainBroken reports whether the second certificate of the chain is not
// that of the first one's issuer, so that clients may not find their way up.
func (l *loaded) isChainBroken() bool {
	if len(l.cert.Certificate) < 2 {
		return false
	}
	issuer, err := x509.ParseCertificate(l.cert.Certificate[1])
	return err != nil || !bytes.Equal(issuer.RawSubject, l.cert.Leaf.RawIssuer)
}
