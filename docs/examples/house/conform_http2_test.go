package house

import (
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// h2specCases is how many cases the pinned release of h2spec has, in strict
// mode. Fewer means that it did not run them all. Later releases, which the
// module proxy does not offer, have one more: hpack/2.3.3/2, which
// h2LaterCases adds.
const h2specCases = 146

// TestConformHTTP2 lets h2spec judge the built binary, over cleartext and TLS:
// every case of its groups, in strict mode, and what later releases added.
func TestConformHTTP2(t *testing.T) {
	step(t, "conform")
	tool := h2spec(t)
	for _, secure := range []bool{false, true} {
		t.Run(transportName(secure), func(t *testing.T) {
			t.Parallel()
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
			for _, e := range h2LaterCases() {
				t.Run(e.rule+" "+e.name, func(t *testing.T) { e.check(t, server.addr, secure) })
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
	return serve(t, withTLS(cert, key), "--examples")
}

// withTLS is the environment of a server with that certificate.
func withTLS(certFile, keyFile string) []string {
	return []string{"REACTOR_TLS_ENABLED=1", "REACTOR_TLS_CERT=" + certFile, "REACTOR_TLS_KEY=" + keyFile}
}

// certificate makes a certificate for this machine and its key, as make certs
// does.
func certificate(t testing.TB) (certFile, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	if err := WriteCerts(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}
