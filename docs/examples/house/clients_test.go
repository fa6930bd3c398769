package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A client is a program by somebody else, and a script below clients that
// drives it. The script gets the URL of a server and fails if an answer is not
// what it should be.
type client struct {
	program string
	install string // how to get the program on Debian and the like
	script  string
	// interpreter runs the script, sh if it is empty.
	interpreter string
	env         []string // of the server
}

func clients() []client {
	return []client{
		{program: "curl", install: "apt-get install curl", script: "curl.sh"},
		{program: "python3", install: "apt-get install python3", script: "python.py", interpreter: "python3"},
		{program: "node", install: "apt-get install nodejs", script: "node.mjs", interpreter: "node"},
		{program: "chromium", install: "apt-get install chromium", script: "chromium.sh"},
		{program: "ab", install: "apt-get install apache2-utils", script: "ab.sh"},
		{program: "wrk", install: "apt-get install wrk", script: "wrk.sh"},
		{program: "h2load", install: "apt-get install nghttp2-client", script: "h2load.sh"},
		{
			program: "slowhttptest", install: "apt-get install slowhttptest", script: "slowhttptest.sh",
			env: []string{"REACTOR_REQUEST_TIMEOUT=3"},
		},
	}
}

// TestClients lets real programs talk to the built binary. A program that is
// not installed is a failure, and the message says how to install it.
func TestClients(t *testing.T) {
	step(t, "clients")
	scripts := filepath.Join(treeRoot(t), "docs", "examples", "house", "clients")
	for _, c := range clients() {
		t.Run(c.program, func(t *testing.T) {
			if _, err := exec.LookPath(c.program); err != nil {
				t.Fatalf("%s is missing; install it with: %s", c.program, c.install)
			}
			server := serve(t, c.env, "--examples")
			interpreter := c.interpreter
			if interpreter == "" {
				interpreter = "sh"
			}
			cmd := exec.CommandContext(t.Context(), interpreter, filepath.Join(scripts, c.script), "http://"+server.addr)
			cmd.Dir, cmd.Env = t.TempDir(), environ()
			cmd.WaitDelay = time.Second
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\nthe server printed\n%s", c.script, err, out, server.output)
			}
		})
	}
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
