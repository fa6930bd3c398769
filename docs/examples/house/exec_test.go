package house

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestMain lets git commit where nobody has told it a name, and keeps the
// settings of the user out of the tests.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_AUTHOR_NAME": "house", "GIT_AUTHOR_EMAIL": "house@" + Prefix,
		"GIT_COMMITTER_NAME": "house", "GIT_COMMITTER_EMAIL": "house@" + Prefix,
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// treeRoot returns the root of the tree under test.
func treeRoot(t testing.TB) string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// treeFiles returns Files of the tree under test.
func treeFiles(t testing.TB) []string {
	t.Helper()
	files, err := Files(treeRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// copyOfTree returns a folder that looks like a fresh clone of the tree, with
// what is not committed yet.
func copyOfTree(t testing.TB) string {
	t.Helper()
	dst := t.TempDir()
	if err := Copy(treeRoot(t), dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

// run runs a program in dir, adds env to a clean environment, and returns what
// it printed. A failure ends the test.
func run(t testing.TB, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, environ(env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// environ returns the environment without what a caller, such as make, says
// about the build, and with extra.
func environ(extra ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GOWORK", "GOFLAGS", "GOOS", "GOARCH", "HOUSE", "PWD",
			"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VERSION", "PREFIX":
			return true
		}
		return strings.HasPrefix(name, "REACTOR_")
	})
	return append(env, extra...)
}

// step skips the test unless the variable HOUSE names the step, as the target
// of that name in the Makefile does.
func step(t testing.TB, name string) {
	t.Helper()
	if !slices.Contains(strings.Split(os.Getenv("HOUSE"), ","), name) {
		t.Skipf("make %s runs this", name)
	}
}
