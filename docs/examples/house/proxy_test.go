package house

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// What a stranger does: a program of his own, outside the tree, that imports
// one module from the file proxy. It must build, and download what the table
// says and nothing else.
func TestProxyServesEachModuleAlone(t *testing.T) {
	const version = "v0.1.0"
	root, dist := treeRoot(t), t.TempDir()
	if err := Pack(root, dist, version); err != nil {
		t.Fatal(err)
	}
	for _, m := range Published() {
		t.Run(m.Dir, func(t *testing.T) {
			t.Parallel()
			s := newStranger(t, dist)
			if m.Installable {
				s.installs(t, m, version)
			} else {
				s.imports(t, root, m, version)
			}
			if got, want := s.downloaded(t), m.Reach(); !slices.Equal(got, want) {
				t.Errorf("%s brought\n\t%v, want\n\t%v", m.Dir, got, want)
			}
		})
	}
}

func TestProxyRefusesWhatIsNoVersion(t *testing.T) {
	for _, version := range []string{"", "0.1.0", "v0.1", "v2.0.0", "latest"} {
		if err := Pack(treeRoot(t), t.TempDir(), version); err == nil {
			t.Errorf("Pack at version %q succeeded", version)
		}
	}
}

// A stranger is a folder outside the tree with an empty module cache.
type stranger struct {
	dir, modCache string
	env           []string
}

func newStranger(t *testing.T, dist string) stranger {
	t.Helper()
	dir, modCache := t.TempDir(), t.TempDir()
	known := strings.Fields(run(t, dir, nil, "go", "env", "GOPROXY", "GOMODCACHE"))
	return stranger{dir, modCache, []string{
		"GOWORK=off",
		// Paths of this run must not be part of what the build cache knows.
		"GOFLAGS=-mod=mod -modcacherw -trimpath",
		"GOMODCACHE=" + modCache,
		// What this machine has already need not come over the network again.
		fmt.Sprintf("GOPROXY=file://%s,file://%s/cache/download,%s", dist, known[1], known[0]),
		"GONOSUMDB=" + Prefix,
	}}
}

// imports builds a program that imports the packages of m.
func (s stranger) imports(t *testing.T, root string, m Module, version string) {
	t.Helper()
	run(t, s.dir, s.env, "go", "mod", "init", "try.example/stranger")
	// The checksums that the tree knows; the rest is asked of the database.
	if sums, err := os.ReadFile(filepath.Join(root, m.Dir, "go.sum")); err == nil {
		write(t, filepath.Join(s.dir, "go.sum"), string(sums))
	}
	run(t, s.dir, s.env, "go", "get", m.Path()+"@"+version)
	write(t, filepath.Join(s.dir, "main.go"), "package main\n\nimport _ \""+m.Path()+"\"\n\nfunc main() {}\n")
	run(t, s.dir, s.env, "go", "build", "-o", filepath.Join(s.dir, "stranger"), ".")
}

// installs has go install build the command of m.
func (s stranger) installs(t *testing.T, m Module, version string) {
	t.Helper()
	env := append(s.env, "GOBIN="+s.dir, "GOFLAGS=-modcacherw -trimpath")
	run(t, s.dir, env, "go", "install", m.Path()+"/...@"+version)
	binary := filepath.Join(s.dir, "server_runner")
	if out := run(t, s.dir, nil, binary, "version"); !strings.Contains(out, "version") {
		t.Errorf("server_runner version prints %q", out)
	}
}

// downloaded returns the paths of the modules in the stranger's module cache.
func (s stranger) downloaded(t *testing.T) []string {
	t.Helper()
	cache := filepath.Join(s.modCache, "cache", "download")
	paths := make(map[string]bool)
	err := filepath.WalkDir(cache, func(name string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".zip" {
			return err
		}
		rel, err := filepath.Rel(cache, filepath.Dir(filepath.Dir(name)))
		if err != nil {
			return err
		}
		path, err := module.UnescapePath(filepath.ToSlash(rel))
		paths[path] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(paths))
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
