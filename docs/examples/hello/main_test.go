package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// build makes the program, but for a port that is free.
func build(t *testing.T, port string) string {
	t.Helper()
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "main.go")
	if err := os.WriteFile(elsewhere, bytes.ReplaceAll(source, []byte("8080"), []byte(port)), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "hello")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, elsewhere).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// A request that is in flight when a signal comes is answered, and the
// program ends without an error.
func TestASignalLetsRequestsFinish(t *testing.T) {
	port := freePort(t)
	binary := build(t, port)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), binary)
			log, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := log.Read(make([]byte, 100)); err != nil { // listening on
				t.Fatal(err)
			}
			c, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(20 * time.Second))
			io.WriteString(c, "GET /hello/you HTTP/1.1\r\nHost: test\r\n\r\n")
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c)
			if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 200 OK\r\n")) || !bytes.HasSuffix(answer, []byte("Hello, you!\n")) {
				t.Errorf("answered %q, %v", answer, err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("ended with %v", err)
			}
			if res, err := http.Get("http://127.0.0.1:" + port + "/hello/you"); err == nil {
				res.Body.Close()
				t.Error("it still listens")
			}
		})
	}
}
