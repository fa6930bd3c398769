package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A client is a program by somebody else, and a script below clients that
// drives it. The script gets the URL of a server and fails if an answer is not
// what it should be.
type client struct {
	name     string
	packages []string // that have it on Debian and the like
	probes   [][]string
	runner   []string // what runs the script
	script   string
	env      []string // of the server
	// plainOnly says that the program is not tried over TLS.
	plainOnly bool
}

// shell is a client that a shell script drives.
func shell(program, pkg string) client {
	return client{name: program, packages: []string{pkg}, probes: [][]string{found(program)}, runner: []string{"sh"}, script: program + ".sh"}
}

// found is a command that succeeds where a program is on the path.
func found(program string) []string { return []string{"sh", "-c", "command -v " + program} }

func clients() []client {
	slowhttptest := shell("slowhttptest", "slowhttptest")
	slowhttptest.env, slowhttptest.plainOnly = []string{"REACTOR_REQUEST_TIMEOUT=3"}, true
	node, python := []string{"node"}, pythonWith("websockets")
	return []client{
		shell("curl", "curl"),
		shell("nghttp", "nghttp2-client"),
		shell("h2load", "nghttp2-client"),
		shell("ab", "apache2-utils"),
		shell("wrk", "wrk"),
		{
			name: "python", packages: []string{"python3"}, probes: [][]string{found("python3")},
			runner: []string{"python3"}, script: "python.py",
		},
		{
			name: "python websockets", packages: []string{"python3", "python3-websockets"},
			probes: [][]string{{python, "-c", "import websockets"}}, runner: []string{python}, script: "websocket.py",
		},
		{
			name: "node", packages: []string{"nodejs"}, probes: [][]string{found("node")},
			runner: node, script: "node.mjs",
		},
		{
			name: "node http2", packages: []string{"nodejs"}, probes: [][]string{found("node")},
			runner: node, script: "http2.mjs",
		},
		{ // the WebSocket that it has itself since version 20.10
			name: "node WebSocket", packages: []string{"nodejs"},
			probes: [][]string{{"node", "--experimental-websocket", "-e", "WebSocket"}},
			runner: []string{"node", "--experimental-websocket"}, script: "websocket.mjs",
		},
		{
			name: "node ws", packages: []string{"nodejs", "node-ws"}, probes: [][]string{{"node", "-e", "require('ws')"}},
			runner: node, script: "ws.mjs",
		},
		{
			name: "chromium", packages: []string{"chromium", "nodejs"}, probes: [][]string{found("node"), found("chromium")},
			runner: node, script: "chromium.mjs",
		},
		slowhttptest,
	}
}

// pythonWith returns a Python that has the package: that of the path, or that
// of the system, for which distributions have packages.
func pythonWith(name string) string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import "+name).Run() == nil {
			return python
		}
	}
	return "python3"
}

// TestClients lets real programs talk to the built binary, in cleartext and
// over TLS. A program that is not installed is a failure, and the message says
// how to install it.
func TestClients(t *testing.T) {
	step(t, "clients")
	cert, key := certificate(t)
	settings := filepath.Join(t.TempDir(), "server.toml")
	write(t, settings, "[websocket]\ncompression = true\n")
	for _, c := range clients() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, probe := range c.probes {
				cmd := exec.CommandContext(t.Context(), probe[0], probe[1:]...)
				cmd.Env = clientEnv(cert)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s is missing or too old; install it with: apt-get install %s\n%q: %v\n%s",
						c.name, strings.Join(c.packages, " "), probe, err, out)
				}
			}
			for _, secure := range []bool{false, true} {
				if secure && c.plainOnly {
					continue
				}
				t.Run(transportName(secure), func(t *testing.T) {
					t.Parallel()
					env, scheme := c.env, "http://"
					if secure {
						env, scheme = append(withTLS(cert, key), c.env...), "https://"
					}
					server := serve(t, env, "--examples", "-c", settings)
					c.run(t, scheme+server.addr, cert, server)
				})
			}
		})
	}
}

// run runs the script of c against the server at url.
func (c *client) run(t *testing.T, url, cert string, server *process) {
	script := filepath.Join(treeRoot(t), "docs", "examples", "house", "clients", c.script)
	cmd := exec.CommandContext(t.Context(), c.runner[0], append(c.runner[1:len(c.runner):len(c.runner)], script, url)...)
	cmd.Dir, cmd.Env = t.TempDir(), clientEnv(cert)
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s\nthe server printed\n%s", c.script, err, out, server.output)
	}
}

// clientEnv is the environment of a client: each library has its own way to be
// told of a certificate to trust. Debian keeps packages of node where only its
// own node looks.
func clientEnv(cert string) []string {
	return environ(
		"CURL_CA_BUNDLE="+cert, "SSL_CERT_FILE="+cert, "NODE_EXTRA_CA_CERTS="+cert,
		"NODE_PATH="+os.Getenv("NODE_PATH")+":/usr/share/nodejs",
	)
}

func TestClientsHaveOneScriptEach(t *testing.T) {
	entries, err := os.ReadDir("clients")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, c := range clients() {
		known[c.script] = true
	}
	for _, e := range entries {
		if !known[e.Name()] {
			t.Errorf("clients/%s is run by nobody", e.Name())
		}
	}
	if len(entries) != len(known) {
		t.Errorf("%d scripts, want %d", len(entries), len(known))
	}
}

// What the clients need is what .ci/run installs.
func TestClientsAreInstalledByCI(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(treeRoot(t), ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(script), "needs='")
	rows, _, _ = strings.Cut(rows, "'")
	for _, c := range clients() {
		for _, pkg := range c.packages {
			if !slices.Contains(strings.Fields(rows), pkg) {
				t.Errorf(".ci/run does not install %s, which %s needs", pkg, c.name)
			}
		}
	}
}
