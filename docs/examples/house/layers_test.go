package house

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestLayersBelowTheServerAreStrangers(t *testing.T) {
	for _, m := range Published() {
		if m.Layer <= 4 && len(m.Siblings) > 0 {
			t.Errorf("%s is of layer %d and may import %v, want nothing of this tree", m.Dir, m.Layer, m.Siblings)
		}
	}
}

// The files are parsed whatever system they are for, tests included: an import
// in a file for another system counts as well.
func TestLayersImportOnlyWhatTheTableAllows(t *testing.T) {
	root, files := treeRoot(t), treeFiles(t)
	for _, m := range Published() {
		for _, name := range moduleFiles(files, m.Dir) {
			if !strings.HasSuffix(name, ".go") || strings.Contains(name, "/testdata/") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, spec := range f.Imports {
				path, _ := strconv.Unquote(spec.Path.Value)
				if !m.mayImport(path) {
					t.Errorf("%s imports %s, which the table does not allow", name, path)
				}
			}
		}
	}
}

// mayImport reports whether a file of m may import the package at path.
func (m Module) mayImport(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		return true // standard library
	}
	allowed := append([]string{m.Path()}, m.Others...)
	for _, dir := range m.Siblings {
		allowed = append(allowed, Prefix+"/"+dir)
	}
	return slices.ContainsFunc(allowed, func(a string) bool {
		return path == a || strings.HasPrefix(path, a+"/")
	})
}

// What is built into the packages and tests of a module, without the
// workspace, comes from the modules of the table and from no other.
func TestLayersReachWhatTheTableSays(t *testing.T) {
	root := treeRoot(t)
	for _, m := range Published() {
		t.Run(m.Dir, func(t *testing.T) {
			t.Parallel()
			out := run(t, filepath.Join(root, m.Dir), []string{"GOWORK=off"},
				"go", "list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")
			got := make(map[string]bool)
			for path := range strings.FieldsSeq(out) {
				got[path] = true
			}
			if got, want := slices.Sorted(maps.Keys(got)), m.Reach(); !slices.Equal(got, want) {
				t.Errorf("%s is built from\n\t%v, want\n\t%v", m.Dir, got, want)
			}
		})
	}
}

func TestLayersGoModFilesAgree(t *testing.T) {
	root := treeRoot(t)
	work := parseGoWork(t, root)
	for _, m := range Modules() {
		f, err := m.goMod(root)
		if err != nil {
			t.Error(err)
			continue
		}
		if f.Module.Mod.Path != m.Path() {
			t.Errorf("%s/go.mod: module %s, want %s", m.Dir, f.Module.Mod.Path, m.Path())
		}
		if f.Go == nil || f.Go.Version != work.Go.Version {
			t.Errorf("%s/go.mod: go line differs from that of go.work, %s", m.Dir, work.Go.Version)
		}
		if f.Toolchain != nil {
			t.Errorf("%s/go.mod: has a toolchain line", m.Dir)
		}
		checkReplaces(t, m, f)
	}
}

// checkReplaces wants a replace line for every sibling in the require lines,
// indirect ones included, and for nothing else.
func checkReplaces(t *testing.T, m Module, f *modfile.File) {
	t.Helper()
	want := make(map[string]string)
	for _, r := range f.Require {
		dir, ok := strings.CutPrefix(r.Mod.Path, Prefix+"/")
		if !ok {
			continue
		}
		rel, err := filepath.Rel(m.Dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		want[r.Mod.Path] = filepath.ToSlash(rel)
	}
	got := make(map[string]string)
	for _, r := range f.Replace {
		got[r.Old.Path] = r.New.Path
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s/go.mod replaces %v, want %v", m.Dir, got, want)
	}
}

func TestLayersMakefileAndWorkspaceNameAllModules(t *testing.T) {
	root := treeRoot(t)
	var dirs, published []string
	for _, m := range Modules() {
		dirs = append(dirs, m.Dir)
		if m.IsPublished() {
			published = append(published, m.Dir)
		}
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"PUBLISHED := " + strings.Join(published, " "),
		"MODULES   := $(PUBLISHED) " + strings.Join(dirs[len(published):], " "),
	} {
		if !strings.Contains(string(makefile), "\n"+line+"\n") {
			t.Errorf("Makefile has no line %q", line)
		}
	}
	var used []string
	for _, use := range parseGoWork(t, root).Use {
		used = append(used, filepath.ToSlash(filepath.Clean(use.Path)))
	}
	slices.Sort(used)
	slices.Sort(dirs)
	if !slices.Equal(used, dirs) {
		t.Errorf("go.work uses %v, want %v", used, dirs)
	}
}

func parseGoWork(t *testing.T, root string) *modfile.WorkFile {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "go.work"))
	if err != nil {
		t.Fatal(err)
	}
	work, err := modfile.ParseWork("go.work", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(work.Replace) > 0 {
		t.Error("go.work has replace lines")
	}
	return work
}
