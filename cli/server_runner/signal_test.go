package main

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestEachOfThreeSignalsShutsDownGracefully(t *testing.T) {
	t.Parallel()
	for sig, name := range map[syscall.Signal]string{syscall.SIGTERM: "SIGTERM", syscall.SIGINT: "SIGINT", syscall.SIGHUP: "SIGHUP"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t)
			p.signal(sig)
			if code := p.end(); code != 0 || !p.saw(name+": shutting down") || !p.saw("stopped") {
				t.Errorf("code %d, log:\n%s", code, strings.Join(p.seen, "\n"))
			}
		})
	}
}

// drip asks for n lines and returns when the first is here, so that the
// request is known to be in flight.
func (p *process) drip(n string) *http.Response {
	p.t.Helper()
	response, err := client.Get(p.url + "/drip/" + n)
	if err != nil {
		p.t.Fatal(err)
	}
	return response
}

func TestWhatIsInFlightIsFinishedBeforeTheEnd(t *testing.T) {
	t.Parallel()
	p := start(t, "--examples")
	response := p.drip("5")
	defer response.Body.Close()
	p.signal(syscall.SIGTERM)
	p.waitFor("SIGTERM: shutting down")
	if _, err := client.Get(p.url + "/health"); err == nil {
		// The listener may close a moment after the line; but not later than
		// the last line of the response.
		t.Log("one more connection came in time")
	}
	lines := bufio.NewScanner(response.Body)
	count := 0
	for lines.Scan() {
		count++
	}
	if lines.Err() != nil || count != 5 {
		t.Errorf("%d lines, %v, want 5", count, lines.Err())
	}
	if code := p.end(); code != 0 {
		t.Errorf("code %d, want 0", code)
	}
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	for name, signals := range map[string][2]syscall.Signal{
		"SIGTERM twice":       {syscall.SIGTERM, syscall.SIGTERM},
		"SIGINT twice":        {syscall.SIGINT, syscall.SIGINT},
		"SIGTERM then SIGINT": {syscall.SIGTERM, syscall.SIGINT},
		"SIGHUP then SIGTERM": {syscall.SIGHUP, syscall.SIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, "--examples")
			response := p.drip("6000") // ten minutes, far above the time to drain
			defer response.Body.Close()
			p.signal(signals[0])
			p.waitFor("shutting down")
			p.signal(signals[1])
			if code := p.end(); code != 1 || p.stderr.String() != "Error: ended by a second signal; requests in flight were cut\n" {
				t.Errorf("code %d, stderr %q", code, p.stderr.String())
			}
		})
	}
}

func TestTheTimeToDrainIsBounded(t *testing.T) {
	t.Parallel()
	cmd := program(t, "start", "-p", "0", "--examples")
	writeDefault(t, cmd.Dir, "shutdown_drain_timeout_sec = 1")
	p := startCommand(t, cmd)
	response := p.drip("6000")
	defer response.Body.Close()
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != 0 || !p.saw("[warning] drain time is over: cut ") {
		t.Errorf("code %d, log:\n%s", code, strings.Join(p.seen, "\n"))
	}
}

func TestAServerStartedByNohupIgnoresTheHangup(t *testing.T) {
	t.Parallel()
	cmd := program(t)
	shell := exec.CommandContext(t.Context(), "/bin/sh", "-c", `trap "" HUP; exec "$0" start -p 0`, binary)
	shell.Dir, shell.Env = cmd.Dir, cmd.Env
	p := startCommand(t, shell)
	p.signal(syscall.SIGHUP)
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != 0 || p.saw("SIGHUP") || !p.saw("SIGTERM: shutting down") {
		t.Errorf("code %d, log:\n%s", code, strings.Join(p.seen, "\n"))
	}
}

func TestAServerOutlivesTheReaderOfItsLog(t *testing.T) {
	t.Parallel()
	cmd := program(t, "start", "-p", "0", "-l", "debug")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	p := &process{t: t, cmd: cmd, log: bufio.NewScanner(reader)}
	_, address, _ := strings.Cut(p.waitFor("listening on "), "listening on ")
	p.url = "http://" + address
	reader.Close()
	p.signal(syscall.SIGPIPE)
	if status, _ := p.get("/health"); status != 200 {
		t.Errorf("/health: %d", status)
	}
	p.signal(syscall.SIGTERM)
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("code %d", code)
	}
}
