package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// result is what a run of the command line left behind.
type result struct {
	code           int
	stdout, stderr string
}

// run executes a command line in an empty environment.
func run(args ...string) result { return runIn(nil, args...) }

// runIn executes a command line in an environment.
func runIn(env map[string]string, args ...string) result {
	var stdout, stderr strings.Builder
	environ := []string{"PATH=/bin", "REACTOR"} // neither is any business of ours
	for name, value := range env {
		environ = append(environ, name+"="+value)
	}
	code := Run(args, &stdout, &stderr, environ)
	return result{code, stdout.String(), stderr.String()}
}

// wantUsageError fails the test unless r is a usage error that says so.
func (r result) wantUsageError(t *testing.T, part string) {
	t.Helper()
	if r.code != ExitUsage || r.stdout != "" || !strings.HasPrefix(r.stderr, "Error: ") || !strings.Contains(r.stderr, part) {
		t.Errorf("%+v, want exit code 2 and an error with %q", r, part)
	}
}

// want fails the test unless r succeeded and printed part.
func (r result) want(t *testing.T, part string) {
	t.Helper()
	if r.code != ExitOK || r.stderr != "" || !strings.Contains(r.stdout, part) {
		t.Errorf("%+v, want exit code 0 and %q", r, part)
	}
}

// file puts text into a fresh configuration file.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
