package house

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCertsAreGoodForThisMachineForNinetyDays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "certs")
	now := time.Date(2026, 1, 31, 13, 5, 9, 0, time.UTC)
	for range 2 { // the second time there are old files
		if err := WriteCerts(dir, now); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(pair.Leaf)
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		for at, want := range map[time.Time]bool{now: true, now.AddDate(0, 0, 89): true, now.AddDate(0, 0, 91): false} {
			_, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: at})
			if (err == nil) != want {
				t.Errorf("%s on %s: %v, want ok = %v", name, at.Format(time.DateOnly), err, want)
			}
		}
	}
	for name, want := range map[string]os.FileMode{"key.pem": 0o600, "cert.pem": 0o644} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got&^want != 0 {
			t.Errorf("%s has mode %o, want at most %o", name, got, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.new")); left != nil {
		t.Errorf("%v are left over", left)
	}
}
