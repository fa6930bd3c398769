package house

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// h2specCases is how many cases the pinned release of h2spec has, in strict
// mode. Fewer means that it did not run them all.
const h2specCases = 146

// TestConformHTTP2 lets h2spec judge the built binary, over cleartext and TLS:
// every case of its groups, in strict mode.
func TestConformHTTP2(t *testing.T) {
	step(t, "conform")
	tool := h2spec(t)
	for _, secure := range []bool{false, true} {
		t.Run(transportName(secure), func(t *testing.T) {
			server := serveHTTP2(t, secure)
			host, port, _ := net.SplitHostPort(server.addr)
			args := []string{"--strict", "--host", host, "--port", port, "--path", "/"}
			if secure {
				args = append(args, "--tls", "--insecure")
			}
			out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput()
			if err != nil {
				t.Errorf("h2spec: %v", err)
			}
			m := regexp.MustCompile(`(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed`).FindSubmatch(out)
			if m == nil {
				t.Fatalf("h2spec has no summary:\n%s", out)
			}
			if passed, _ := strconv.Atoi(string(m[2])); passed < h2specCases || string(m[3]) != "0" || string(m[4]) != "0" {
				t.Errorf("%s, want all %d passed\n%s", m[0], h2specCases, out)
			}
		})
	}
}

// TestConformHTTP2Table sends each exchange of the table to the built binary,
// over cleartext and TLS.
func TestConformHTTP2Table(t *testing.T) {
	step(t, "conform")
	for _, secure := range []bool{false, true} {
		t.Run(transportName(secure), func(t *testing.T) {
			server := serveHTTP2(t, secure)
			for _, e := range h2Exchanges() {
				t.Run(e.rule+" "+e.name, func(t *testing.T) {
					t.Parallel()
					e.check(t, server.addr, secure)
				})
			}
		})
	}
}

func transportName(secure bool) string {
	if secure {
		return "TLS"
	}
	return "cleartext"
}

// h2spec builds the tool and returns its path. Its module pins all that it is
// made of.
func h2spec(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "h2spec")
	dir := filepath.Join(treeRoot(t), "bench", "h2spec")
	run(t, dir, []string{"GOWORK=off"}, "go", "build", "-o", path, "github.com/summerwind/h2spec/cmd/h2spec")
	return path
}

// serveHTTP2 starts the binary, with a certificate of its own when secure.
func serveHTTP2(t *testing.T, secure bool) *process {
	t.Helper()
	if !secure {
		return serve(t, nil, "--examples")
	}
	cert, key := certificate(t)
	return serve(t, []string{"REACTOR_TLS_ENABLED=1", "REACTOR_TLS_CERT=" + cert, "REACTOR_TLS_KEY=" + key}, "--examples")
}

// certificate writes a certificate for localhost and its key into files.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert},
		keyFile:  {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}
