package house

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Prefix is the import path that all modules share. Rehome rewrites it, here
// and everywhere else.
const Prefix = "reactor.example"

// A Module is one row of the table of modules: a folder with a go.mod of its
// own, and what it is allowed to depend on.
type Module struct {
	// Dir is the folder, relative to the root of the tree. The import path is
	// Prefix, a slash, and Dir.
	Dir string
	// Layer is the layer of the architecture, 1 the lowest. Modules of layers
	// 1 to 4 never import each other. Zero is outside the layers: such a
	// module may import anything, is not published and nobody imports it.
	Layer int
	// Siblings are the folders of the modules of this tree that may be
	// imported, Others the import paths of the modules from elsewhere.
	Siblings, Others []string
	// Brings are the modules from elsewhere that no import names but that come
	// with those in Others.
	Brings []string
	// Installable says that the module holds a command for go install, which
	// refuses a go.mod with replace lines.
	Installable bool
}

// Modules returns the table of modules, lowest layer first. It is the only
// place that says what a module may depend on.
func Modules() []Module {
	return []Module{
		{Dir: "reactor", Layer: 1, Others: []string{"golang.org/x/sys"}},
		{Dir: "tls", Layer: 2},
		{Dir: "httpone", Layer: 3},
		{Dir: "httptwo", Layer: 3, Others: []string{"golang.org/x/net"}},
		{
			Dir: "websocket", Layer: 3,
			Others: []string{"github.com/gobwas/ws", "github.com/klauspost/compress"},
			Brings: []string{"github.com/gobwas/httphead"},
		},
		{Dir: "router", Layer: 4},
		{
			Dir: "server", Layer: 5,
			Siblings: []string{"reactor", "tls", "httpone", "httptwo", "websocket", "router"},
			Others:   []string{"go.uber.org/zap"},
			Brings:   []string{"golang.org/x/sys", "go.uber.org/multierr"},
		},
		{
			Dir: "cli", Layer: 6,
			Siblings: []string{"server"},
			Others: []string{
				"github.com/pelletier/go-toml/v2",
				"github.com/spf13/cobra", "github.com/spf13/pflag", // the flags of a cobra command are of pflag
				"go.uber.org/zap",
			},
			Brings:      []string{"golang.org/x/sys", "go.uber.org/multierr"},
			Installable: true,
		},
		{Dir: "bench"},
		{Dir: "docs/examples"},
	}
}

// Path returns the import path of m.
func (m Module) Path() string { return Prefix + "/" + m.Dir }

// IsPublished reports whether m gets a version and can be fetched.
func (m Module) IsPublished() bool { return m.Layer > 0 }

// Published returns the rows of Modules that are packed and tagged.
func Published() []Module {
	return slices.DeleteFunc(Modules(), func(m Module) bool { return !m.IsPublished() })
}

// Reach returns the import paths of all modules that a program downloads when
// it imports m, m included, sorted.
func (m Module) Reach() []string {
	paths := append([]string{m.Path()}, m.Others...)
	paths = append(paths, m.Brings...)
	for _, other := range Modules() {
		if slices.Contains(m.Siblings, other.Dir) {
			paths = append(paths, other.Reach()...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Root returns the root of the tree: the closest folder with a go.work, going
// up from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("house: no go.work here or above")
		}
		dir = parent
	}
}

// goMod reads and parses the go.mod of m below root.
func (m Module) goMod(root string) (*modfile.File, error) {
	name := filepath.Join(root, m.Dir, "go.mod")
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.Parse(name, b, nil)
}

// setSiblings makes f require every sibling that it requires at version.
func setSiblings(f *modfile.File, version string) error {
	for _, r := range f.Require {
		if !isSibling(r.Mod.Path) {
			continue
		}
		if err := f.AddRequire(r.Mod.Path, version); err != nil {
			return err
		}
	}
	return nil
}

// dropReplaces takes every replace line of a sibling out of f.
func dropReplaces(f *modfile.File) error {
	for _, r := range slices.Clone(f.Replace) {
		if !isSibling(r.Old.Path) {
			continue
		}
		if err := f.DropReplace(r.Old.Path, r.Old.Version); err != nil {
			return err
		}
	}
	f.Cleanup()
	return nil
}

func isSibling(path string) bool { return strings.HasPrefix(path, Prefix+"/") }
