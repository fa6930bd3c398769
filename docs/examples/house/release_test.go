package house

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// A release in a copy of the tree, then an installation from what was tagged.
func TestReleaseTagsWhatCanBeInstalled(t *testing.T) {
	const version = "v0.3.0"
	tree := copyOfTree(t)
	run(t, tree, nil, "make", "release", "VERSION="+version)

	var want []string
	for _, m := range Modules() {
		tag := m.Dir + "/" + version
		if !m.IsPublished() {
			tag = "HEAD"
		} else {
			want = append(want, tag)
		}
		checkReleased(t, tree, m, tag, version)
	}
	got := strings.Fields(run(t, tree, nil, "git", "tag"))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("tags are %v, want %v", got, want)
	}
	if out := run(t, tree, nil, "git", "status", "--porcelain"); out != "" {
		t.Errorf("the release left changes:\n%s", out)
	}
	if log := run(t, tree, nil, "git", "show", "HEAD:CHANGELOG.md"); !strings.Contains(log, "\n## ["+version[1:]+"] - ") {
		t.Error("the changelog has no heading for the release")
	}
	for _, m := range Published() {
		if m.Installable {
			installTagged(t, tree, m, version)
		}
	}
}

// checkReleased looks at the go.mod of m as it is at the tag: siblings at
// version, and replace lines except where go install forbids them.
func checkReleased(t *testing.T, tree string, m Module, tag, version string) {
	t.Helper()
	name := m.Dir + "/go.mod"
	atTag := parseGoMod(t, run(t, tree, nil, "git", "show", tag+":"+name))
	atHead := parseGoMod(t, run(t, tree, nil, "git", "show", "HEAD:"+name))
	for _, r := range atTag.Require {
		if isSibling(r.Mod.Path) && r.Mod.Version != version {
			t.Errorf("%s at %s requires %v, want %s", name, tag, r.Mod, version)
		}
	}
	if m.Installable && len(atTag.Replace) > 0 {
		t.Errorf("%s at %s has replace lines, so go install refuses it", name, tag)
	}
	checkReplaces(t, m, atHead)
}

func installTagged(t *testing.T, tree string, m Module, version string) {
	t.Helper()
	run(t, tree, nil, "git", "checkout", "-q", m.Dir+"/"+version)
	run(t, tree, nil, "make", "modules", "VERSION="+version)
	s := newStranger(t, filepath.Join(tree, "dist", "proxy"))
	s.installs(t, m, version)
}

func parseGoMod(t *testing.T, text string) *modfile.File {
	t.Helper()
	f, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReleaseRefusesAnUncleanTree(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, nil, "git", "init", "-q")
	write(t, filepath.Join(dir, "new.txt"), "not committed\n")
	if _, err := Release(dir, "v0.1.0", commitTime(dir)); err == nil || !strings.Contains(err.Error(), "new.txt") {
		t.Errorf("Release = %v, want an error that names new.txt", err)
	}
}
