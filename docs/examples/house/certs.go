package house

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certDays is how long a certificate of WriteCerts is good. Enough to try
// things out with, too little to go into production unnoticed.
const certDays = 90

// WriteCerts makes a certificate for this machine (localhost, 127.0.0.1 and
// ::1), which is signed by its own key, and writes both to cert.pem and key.pem
// in the folder dir, which is made if need be. Only the user may read the key.
// Each file replaces the old one at once, so that a server which looks at the
// wrong moment finds an old pair or a mixed one, and never half a file.
func WriteCerts(dir string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial := make([]byte, 16)
	if _, err := rand.Read(serial); err != nil {
		return err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "localhost"},
		NotBefore: now.Add(-time.Hour), // for clocks that are a little behind
		NotAfter:  now.AddDate(0, 0, certDays),
		KeyUsage:  x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		// It vouches for itself, so clients take it as the authority too.
		BasicConstraintsValid: true,
		IsCA:                  true,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := writePEM(filepath.Join(dir, "key.pem"), 0o600, "PRIVATE KEY", der); err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, "cert.pem"), 0o644, "CERTIFICATE", cert)
}

// writePEM replaces the file at path as a whole.
func writePEM(path string, mode os.FileMode, kind string, der []byte) error {
	next := path + ".new"
	if err := os.Remove(next); err != nil && !os.IsNotExist(err) {
		return err // the mode of an old file would stay
	}
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(next, text, mode); err != nil {
		return err
	}
	return os.Rename(next, path)
}
