package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Bounds of style. Files named after a table or below testdata may be longer.
const (
	maxFileLines = 800
	maxFuncLines = 70
)

func TestTreeTopLevelIsFixed(t *testing.T) {
	want := []string{".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "docs", "go.work"}
	for _, m := range Modules() {
		top, _, _ := strings.Cut(m.Dir, "/")
		want = append(want, top)
	}
	var got []string
	for _, name := range treeFiles(t) {
		top, _, _ := strings.Cut(name, "/")
		got = append(got, top)
	}
	slices.Sort(want)
	slices.Sort(got)
	want, got = slices.Compact(want), slices.Compact(got)
	if !slices.Equal(got, want) {
		t.Errorf("the top level holds\n\t%v, want\n\t%v", got, want)
	}
}

func TestTreeModulesIntroduceThemselves(t *testing.T) {
	files := treeFiles(t)
	for _, m := range Published() {
		wanted := []string{m.Dir + "/README.md"}
		if !m.Installable {
			wanted = append(wanted, m.Dir+"/doc.go", m.Dir+"/example_test.go")
		}
		for _, name := range wanted {
			if !slices.Contains(files, name) {
				t.Errorf("%s is missing", name)
			}
		}
	}
}

func TestTreeFilesAndFunctionsAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		isTable := strings.Contains(path.Base(f.name), "table")
		if n := f.set.Position(f.ast.FileEnd).Line; n > maxFileLines && !isTable {
			t.Errorf("%s has %d lines, want at most %d", f.name, n, maxFileLines)
		}
		for _, fn := range f.funcs() {
			n := f.line(fn.End()) - f.line(fn.Pos()) + 1
			if n > maxFuncLines && !f.isTest() {
				t.Errorf("%s:%d: %s has %d lines, want at most %d", f.name, f.line(fn.Pos()), fn.Name.Name, n, maxFuncLines)
			}
		}
	}
}

func TestTreeHasNoInit(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, fn := range f.funcs() {
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: func init", f.name, f.line(fn.Pos()))
			}
		}
	}
}

// A test waits for an event, never for time to pass. Examples may show a
// handler that sleeps.
func TestTreeTestsDoNotSleep(t *testing.T) {
	for _, f := range goFiles(t) {
		if !f.isTest() || strings.HasPrefix(path.Base(f.name), "example") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Sleep" {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" {
				t.Errorf("%s:%d: time.Sleep in a test", f.name, f.line(sel.Pos()))
			}
			return true
		})
	}
}

func TestTreeExportedNamesAreDocumented(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() || f.ast.Name.Name == "main" || strings.Contains(f.name, "internal/") {
			continue
		}
		for _, decl := range f.ast.Decls {
			if name, pos := undocumented(decl); name != "" {
				t.Errorf("%s:%d: %s has no comment", f.name, f.line(pos), name)
			}
		}
	}
}

// undocumented returns an exported name that decl declares without a comment.
// A group may be documented as a whole.
func undocumented(decl ast.Decl) (string, token.Pos) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		// The standard library says what these mean.
		isFamiliar := slices.Contains([]string{"Error", "String", "Unwrap", "Is"}, decl.Name.Name)
		isMethod := decl.Recv != nil
		if decl.Doc == nil && decl.Name.IsExported() && !(isMethod && (isFamiliar || !isExportedReceiver(decl.Recv))) {
			return decl.Name.Name, decl.Pos()
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if decl.Doc == nil && spec.Doc == nil && spec.Name.IsExported() {
					return spec.Name.Name, spec.Pos()
				}
			case *ast.ValueSpec:
				if decl.Doc == nil && spec.Doc == nil && spec.Comment == nil && spec.Names[0].IsExported() {
					return spec.Names[0].Name, spec.Pos()
				}
			}
		}
	}
	return "", token.NoPos
}

// isExportedReceiver reports whether a method with this receiver can be seen
// from outside. Methods that satisfy an interface on a hidden type cannot.
func isExportedReceiver(recv *ast.FieldList) bool {
	exported := false
	ast.Inspect(recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !exported {
			exported = id.IsExported()
			return false
		}
		return !exported
	})
	return exported
}

func TestTreePackageCommentsAreInDocFiles(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.ast.Doc != nil && f.ast.Name.Name != "main" && !f.isTest() && path.Base(f.name) != "doc.go" {
			t.Errorf("%s: the package comment belongs into doc.go", f.name)
		}
	}
}

// The tree must not know the machine on which it was written.
func TestTreeNamesNoMachine(t *testing.T) {
	root := treeRoot(t)
	paths := regexp.MustCompile(`(^|[^\w.-])/(root|work|home|Users)/\w`)
	for _, name := range treeFiles(t) {
		if strings.Contains(name, "testdata/") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if paths.MatchString(line) {
				t.Errorf("%s:%d: a path of some machine: %s", name, i+1, line)
			}
		}
	}
}

// A goFile is a parsed Go file of the tree; name is relative to the root.
type goFile struct {
	name string
	set  *token.FileSet
	ast  *ast.File
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	root := treeRoot(t)
	var files []goFile
	for _, name := range treeFiles(t) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, goFile{name, set, f})
	}
	return files
}

func (f goFile) isTest() bool           { return strings.HasSuffix(f.name, "_test.go") }
func (f goFile) line(pos token.Pos) int { return f.set.Position(pos).Line }

func (f goFile) funcs() []*ast.FuncDecl {
	var funcs []*ast.FuncDecl
	for _, decl := range f.ast.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			funcs = append(funcs, fn)
		}
	}
	return funcs
}
