package house

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// h2loadRequests is the line in which h2load sums up.
var h2loadRequests = regexp.MustCompile(`requests: .*`)

// A server that is asked to end while h2load is at work loses no stream that it
// has accepted: each is answered, and h2load has counted as many. What it has not
// accepted it has named by a GOAWAY. Then it ends, with code 0 and nothing cut.
func TestClientsLoseNoStreamAtShutdown(t *testing.T) {
	step(t, "clients")
	if _, err := exec.LookPath("h2load"); err != nil {
		t.Fatal("h2load is missing; install it with: apt-get install nghttp2-client")
	}
	cert, key := certificate(t)
	for _, path := range []string{"/plaintext", "/sleep/20"} {
		t.Run("h2c"+path, func(t *testing.T) { h2loadAndTheEnd(t, path, "", "") })
		t.Run("TLS"+path, func(t *testing.T) { h2loadAndTheEnd(t, path, cert, key) })
	}
}

func h2loadAndTheEnd(t *testing.T, path, cert, key string) {
	const conns = 32
	var env []string
	scheme := "http://"
	if cert != "" {
		env, scheme = withTLS(cert, key), "https://"
	}
	server := serve(t, env, "--examples")
	tap := tapH2(t, server.addr, cert, key)
	load := exec.CommandContext(t.Context(), "timeout", "60", "h2load", "-n", "1000000", "-c", strconv.Itoa(conns), "-m", "32", scheme+tap.addr+path)
	var report transcript
	load.Stdout, load.Stderr = &report, &report
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	server.await(t, "h2load is at work", func() bool {
		n := tap.count()
		return n.conns == conns && n.answered > 5000
	})
	from := time.Now()
	if err := server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-server.ended:
	case <-time.After(patience):
		t.Fatalf("the server has not ended; it printed\n%s", server.output)
	}
	took := time.Since(from)
	_ = load.Wait() // it has failed: requests are left over
	line := h2loadRequests.FindString(report.String())
	var total, started, done, succeeded int
	if _, err := fmt.Sscanf(line, "requests: %d total, %d started, %d done, %d succeeded", &total, &started, &done, &succeeded); err != nil {
		t.Fatalf("h2load printed no sum: %v\n%s", err, report.String())
	}
	n := tap.count()
	t.Logf("%+v; the server ended after %v; h2load: %s", n, took, line)
	if n.lost != 0 || n.silent != 0 {
		t.Errorf("%d accepted streams lost, %d connections without a GOAWAY, want none", n.lost, n.silent)
	}
	if n.answered != succeeded {
		t.Errorf("%d streams answered, and h2load has %d that succeeded, want the same", n.answered, succeeded)
	}
	if said := server.output.String(); server.err != nil || !strings.Contains(said, "stopped") || strings.Contains(said, "cut") {
		t.Errorf("the server ended with %v, want nil and nothing cut; it printed\n%s", server.err, said)
	}
}
