package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRehomeMovesTheWholeTree(t *testing.T) {
	const elsewhere = "git.example.org/someone/net"
	tree := copyOfTree(t)
	env := []string{"GOFLAGS=-trimpath"}
	run(t, tree, env, "make", "rehome", "PREFIX="+elsewhere)

	files, err := Files(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(filepath.Join(tree, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), Prefix) {
			t.Errorf("%s still says %s", name, Prefix)
		}
	}
	for line := range strings.Lines(run(t, tree, nil, "git", "status", "--porcelain")) {
		if !strings.HasPrefix(line, " M ") {
			t.Errorf("rehome did more than change files: %s", line)
		}
	}
	modules := run(t, tree, env, "go", "list", "-m")
	for _, m := range Modules() {
		if !strings.Contains(modules, elsewhere+"/"+m.Dir+"\n") {
			t.Errorf("no module %s/%s in\n%s", elsewhere, m.Dir, modules)
		}
	}
	run(t, tree, env, "go", "build", "work")
	if out := run(t, tree, nil, "gofmt", "-l", "."); out != "" {
		t.Errorf("not formatted any more:\n%s", out)
	}
}

func TestRehomeRefusesWhatIsNoImportPath(t *testing.T) {
	for _, prefix := range []string{"", "nodot/repo", "https://host.example/x", "../up"} {
		if err := Rehome(t.TempDir(), prefix); err == nil {
			t.Errorf("Rehome to %q succeeded", prefix)
		}
	}
}
