//go:build linux

package peer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// A certificate is the names of two files in PEM.
type certificate struct{ cert, key string }

// makeCertificate makes a self-signed one with an ECDSA key on P-256, the first
// time. All servers share it; it goes away with the catalog.
func (c *Catalog) makeCertificate() error {
	if c.cert.cert != "" {
		return nil
	}
	if err := c.makeWork(); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("peer: certificate: %w", err)
	}
	now := time.Now()
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("peer: certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("peer: certificate: %w", err)
	}
	made := certificate{cert: filepath.Join(c.work, "cert.pem"), key: filepath.Join(c.work, "key.pem")}
	if err := writePEM(made.cert, "CERTIFICATE", cert); err != nil {
		return err
	}
	if err := writePEM(made.key, "PRIVATE KEY", der); err != nil {
		return err
	}
	c.cert = made
	return nil
}

func writePEM(name, typ string, der []byte) error {
	return os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}), 0o600)
}
