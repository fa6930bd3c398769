package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// peers is the folder with the sources of the peers.
const peers = "../../peers"

// fakeOwn makes a file that takes the arguments of our own binary and serves as
// the floor in Go does.
func fakeOwn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	floor := filepath.Join(dir, "gofloor")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", floor, ".")
	cmd.Dir = filepath.Join(peers, "gofloor")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	name := filepath.Join(dir, "server_runner")
	script := "#!/bin/sh\n[ \"$*\" = 'start -p 0 -H 127.0.0.1 --examples' ] && exec " + floor + " -addr 127.0.0.1:0\n"
	if err := os.WriteFile(name, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOwnServerBesidePeersInEveryFormat(t *testing.T) {
	t.Parallel()
	args := []string{
		"-reactor", fakeOwn(t), "-peers", peers, "-servers", "reactor,gofloor,nethttp@1",
		"-scenario", "keepalive-64,startup", "-rounds", "2", "-seconds", "0.1", "-warmup", "0.02",
	}
	for format, want := range map[string][]string{
		"":          {"keepalive-64: keep-alive", "CPU us/req <= 1.15 x floor", "not measured", "Medians of 2 alternating rounds"},
		"-markdown": {"| work | reactor | gofloor | nethttp@1 |", "| keep-alive, 64 connections: CPU us/req ↓ | "},
		"-json":     {`"name": "nethttp@1"`, `"requests_per_s"`},
	} {
		t.Run("format "+format, func(t *testing.T) {
			var out, diag bytes.Buffer
			args := args
			if format != "" {
				args = append(args[:len(args):len(args)], format)
			}
			if code := run(t.Context(), args, &out, &diag); code != exitOK {
				t.Fatalf("exit code %d\n%s%s", code, &out, &diag)
			}
			for _, w := range want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("output lacks %q:\n%s", w, &out)
				}
			}
			if format == "-json" && !json.Valid(out.Bytes()) {
				t.Errorf("not JSON:\n%s", &out)
			}
		})
	}
}

func TestComputingNeedsNetHTTPWithAsManyPs(t *testing.T) {
	t.Parallel()
	var out, diag bytes.Buffer
	code := run(t.Context(), []string{
		"-reactor", fakeOwn(t), "-peers", peers, "-servers", "reactor",
		"-scenario", "compute-1", "-rounds", "1", "-seconds", "0.2",
	}, &out, &diag)
	if code != exitOK || !strings.Contains(out.String(), "\n  nethttp@") {
		t.Errorf("exit code %d, want 0 and a line for net/http:\n%s%s", code, &out, &diag)
	}
}

func TestBadCommandLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"-scenario", "nothing"}, `no scenario "nothing"`},
		{[]string{"-only", "nothing-*"}, `no scenario "nothing-*"`},
		{[]string{"-only", "ws-*", "-scenario", "readme"}, "fits none"},
		{[]string{"-servers", "apache"}, `no server "apache"`},
		{[]string{"-rounds", "0"}, "positive"},
		{[]string{"-seconds", "-1"}, "positive"},
		{[]string{"-markdown", "-json"}, "not both"},
		{[]string{"keepalive-64"}, "unexpected argument"},
		{[]string{"-servers", "reactor", "-reactor", "/nonexistent"}, "not available here"},
	} {
		var out, diag bytes.Buffer
		if code := run(t.Context(), tt.args, &out, &diag); code != exitUsage || !strings.Contains(diag.String(), tt.want) {
			t.Errorf("bench %v: exit code %d, %q, want %d and %q", tt.args, code, &diag, exitUsage, tt.want)
		}
	}
}

func TestScenariosAreChosenByNameAndPattern(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "keepalive-64 pipeline-16 newconn blocking-1pct open-40k idle-http1"},
		{[]string{"-only", "idle-*"}, "idle-http1 idle-tls idle-tls-h2 idle-ws idle-wss idle-ws-pinged"},
		{[]string{"-only", "ws-16-*,h2c-1x100"}, "ws-16-64 ws-16-1000 h2c-1x100"},
		{[]string{"-scenario", "startup,newconn"}, "startup newconn"},
		{[]string{"-scenario", "readme", "-only", "*-1*,newconn"}, "pipeline-16 newconn blocking-1pct"},
	} {
		o, err := parse(tt.args, io.Discard)
		if err != nil {
			t.Errorf("bench %v: %v", tt.args, err)
			continue
		}
		var got []string
		for _, sc := range o.scenarios {
			got = append(got, sc.Name)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("bench %v: scenarios %v, want %s", tt.args, got, tt.want)
		}
	}
}

func TestPeersOfEveryProtocolOverTLS(t *testing.T) {
	t.Parallel()
	var out, diag bytes.Buffer
	code := run(t.Context(), []string{
		"-peers", peers, "-servers", "nethttp,nginx,h2o,nghttpd", "-scenario", "https-keepalive-64,h2-tls-1x100,h2c-1x100,idle-tls-h2",
		"-idle", "20", "-rounds", "1", "-seconds", "0.3",
	}, &out, &diag)
	if code != exitOK || !strings.Contains(out.String(), "CPU us/req x nghttpd") {
		t.Errorf("exit code %d, want 0:\n%s%s", code, &out, &diag)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	var out, diag bytes.Buffer
	if code := run(t.Context(), []string{"-list"}, &out, &diag); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &diag)
	}
	for _, want := range []string{"keepalive-64 ", "idle-http1 ", "ws-deflate-1k-64 ", "target: peak resident <= 64.0 MiB"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("list lacks %q:\n%s", want, &out)
		}
	}
}

// A canceler ends a context when a certain line is written to it.
type canceler struct {
	on     string
	cancel context.CancelFunc
}

func (c canceler) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(c.on)) {
		c.cancel()
	}
	return len(b), nil
}

func TestRunEndsWhenInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	code := run(ctx, []string{
		"-peers", peers, "-servers", "gofloor", "-scenario", "keepalive-64", "-rounds", "1", "-seconds", "3600",
	}, &out, canceler{on: "1 rounds", cancel: cancel})
	if code != exitFailed {
		t.Errorf("interrupted: exit code %d, want %d", code, exitFailed)
	}
}

func TestFailuresAreLoud(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "server_runner")
	if err := os.WriteFile(name, []byte("#!/bin/sh\necho no such flag; exit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"-json=false", "-json", "-markdown"} {
		var out, diag bytes.Buffer
		code := run(t.Context(), []string{"-reactor", name, "-servers", "reactor", "-scenario", "startup", "-rounds", "1", format}, &out, &diag)
		if code != exitFailed || !strings.Contains(out.String(), "no such flag") {
			t.Errorf("%s: exit code %d, output %q, want %d and the words of the server", format, code, fmt.Sprint(&out), exitFailed)
		}
	}
}
