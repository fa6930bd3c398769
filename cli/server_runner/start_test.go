package main

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestStartSaysWhereItListensAndServes(t *testing.T) {
	t.Parallel()
	p := start(t, "-H", "127.0.0.1", "-w", "1")
	if status, body := p.get("/health"); status != 200 || !strings.HasPrefix(body, `{"status":"ok","pid":`) {
		t.Errorf("/health: %d %q", status, body)
	}
	if status, body := p.get("/stats"); status != 200 || !strings.Contains(body, `"connections"`) {
		t.Errorf("/stats: %d %q", status, body)
	}
	if status, body := p.get("/"); status != 200 || !strings.Contains(body, "reactor_server is running") {
		t.Errorf("/: %d %.200q", status, body)
	}
	if status, _ := p.get("/plaintext"); status != 404 {
		t.Errorf("/plaintext without --examples: %d, want 404", status)
	}
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != 0 || p.stderr.String() != "" {
		t.Errorf("code %d, stderr %q", code, p.stderr.String())
	}
	for _, want := range []string{"reactor_server version ", "] Configuration file: none (there is no config/server.toml and no config/server.json)", "] Listen: 127.0.0.1:", "] TLS: off", "] Workers: 1", "] PID: ", "] Health: /health", "] Stats: /stats", "[warning] bind_port is 0", "] try: curl -i http://127.0.0.1:", "[info] stopped"} {
		if !p.saw(want) {
			t.Errorf("the log has no %q:\n%s", want, strings.Join(p.seen, "\n"))
		}
	}
	form := regexp.MustCompile(`^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] \[reactor\] \[(trace|debug|info|warning|error|critical)\] \S`)
	for _, line := range p.seen {
		if !form.MatchString(line) {
			t.Errorf("line %q does not have the form of the log", line)
		}
	}
}

func TestTheEndpointsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		option        string
		health, stats int
	}{{"--no-stats-endpoint", 200, 404}, {"--no-health-endpoint", 404, 404}} {
		p := start(t, test.option)
		health, _ := p.get("/health")
		stats, _ := p.get("/stats")
		if health != test.health || stats != test.stats {
			t.Errorf("%s: /health %d, /stats %d, want %d and %d", test.option, health, stats, test.health, test.stats)
		}
		p.signal(syscall.SIGTERM)
		p.end()
	}
}

func TestStartTakesTheDefaultFileTheEnvironmentAndOptions(t *testing.T) {
	t.Parallel()
	cmd := program(t, "start", "--examples", "-P", "/tmp/no.pid")
	writeDefault(t, cmd.Dir, "bind_port = 99999\nserver_header = 'mine'")
	cmd.Env = append(cmd.Env, "REACTOR_BIND_PORT=0", "REACTOR_LOG_FILE=/var/log/x.log", "REACTOR_PORT=1")
	p := startCommand(t, cmd)
	response, err := client.Get(p.url + "/plaintext")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 200 || response.Header.Get("Server") != "mine" {
		t.Errorf("%s, Server %q", response.Status, response.Header.Get("Server"))
	}
	p.signal(syscall.SIGINT)
	if code := p.end(); code != 0 {
		t.Errorf("code %d", code)
	}
	for _, want := range []string{"log.file (REACTOR_LOG_FILE) has no effect", "--pid-file has no effect", "REACTOR_PORT is no variable of this program; did you mean REACTOR_BIND_PORT?", "Configuration file: config/server.toml"} {
		if !p.saw(want) {
			t.Errorf("the log has no %q:\n%s", want, strings.Join(p.seen, "\n"))
		}
	}
}

func TestStartServesOnASocketFile(t *testing.T) {
	t.Parallel()
	cmd := program(t, "start", "-H", "unix:s")
	socket := filepath.Join(cmd.Dir, "s")
	p := startCommand(t, cmd)
	dialer := net.Dialer{}
	local := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", socket)
	}}}
	response, err := local.Get("http://localhost/health")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 200 {
		t.Errorf("/health: %s", response.Status)
	}
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != 0 {
		t.Errorf("code %d", code)
	}
}

// One line that says what and how to mend, and nothing in the log.
func TestAServerThatCannotListenSaysWhy(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the parallel subtests
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ args, want string }{
		"the port is taken":          {"-p " + port, "choose another port: --port "},
		"the address is not ours":    {"-p 0 -H 192.0.2.1", "no interface of this machine"},
		"the name does not resolve":  {"-p 0 -H no-such-host.invalid", "no-such-host.invalid"},
		"the folder does not exist":  {"-H unix:no/such/socket", "create the directory"},
		"the path is somebody's own": {"-H unix:config", "not a socket"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, append([]string{"start"}, strings.Fields(test.args)...)...)
			writeDefault(t, cmd.Dir, "")
			code, stdout, stderr := finish(t, cmd)
			if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "Error: cannot listen on ") || !strings.Contains(stderr, test.want) {
				t.Errorf("code %d, stdout %q, stderr %q, want %q", code, stdout, stderr, test.want)
			}
		})
	}
}

func TestABadConfigurationDoesNotStart(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := finish(t, program(t, "start", "-c", "missing.toml"))
	if code != 1 || stdout != "" || stderr != "Error: missing.toml: there is no such file; check the path given with -c\n" {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
