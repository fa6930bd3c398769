package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the path of the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "server_runner")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "server_runner")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "go build:", err)
		return 1
	}
	return m.Run()
}

// patience is when a process that should have ended is killed, so that a test
// fails with what it said and does not hang.
const patience = time.Minute

// program is the binary with arguments, in an empty folder and an
// environment without settings of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = t.TempDir()
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "REACTOR_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	return cmd
}

// finish runs cmd to its end and returns its exit code and output.
func finish(t *testing.T, cmd *exec.Cmd) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	return exitCode(t, cmd.Run()), out.String(), errs.String()
}

// exitCode is the exit code that goes with an error of Wait.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// A process is a running server whose log is read line by line.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	log    *bufio.Scanner
	stderr strings.Builder
	seen   []string // lines of the log so far
	url    string   // http:// and the address, once it listens
}

// start runs a server on a free port of the loopback and waits until it
// listens.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startCommand(t, program(t, append([]string{"start", "-p", "0"}, args...)...))
}

func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.log = bufio.NewScanner(out)
	cmd.Stderr = &p.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := p.waitFor("listening on ")
	_, address, _ := strings.Cut(line, "listening on ")
	p.url = "http://" + address
	return p
}

// waitFor reads the log up to a line that holds text.
func (p *process) waitFor(text string) string {
	p.t.Helper()
	for p.log.Scan() {
		p.seen = append(p.seen, p.log.Text())
		if strings.Contains(p.log.Text(), text) {
			return p.log.Text()
		}
	}
	_ = p.cmd.Wait()
	p.t.Fatalf("the log ended without %q:\n%s\nstderr: %s", text, strings.Join(p.seen, "\n"), p.stderr.String())
	return ""
}

// signal sends a signal to the process.
func (p *process) signal(sig syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

// end reads the rest of the log, waits, and returns the exit code.
func (p *process) end() int {
	p.t.Helper()
	for p.log.Scan() {
		p.seen = append(p.seen, p.log.Text())
	}
	return exitCode(p.t, p.cmd.Wait())
}

// saw reports whether a line of the log holds text.
func (p *process) saw(text string) bool {
	return strings.Contains(strings.Join(p.seen, "\n"), text)
}

// client keeps no connections: what a test wants to be in flight it says.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// get returns status and body of a path.
func (p *process) get(path string) (status int, body string) {
	p.t.Helper()
	response, err := client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
