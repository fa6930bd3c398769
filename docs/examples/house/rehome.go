package house

import (
	"bytes"
	"fmt"
	"go/format"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/module"
)

// Rehome rewrites the import path Prefix to prefix in every file of the tree
// below root: Go files, go.mod files, scripts and documentation. A go.work
// names folders, not paths, and stays. Prefix itself is rewritten too, so the
// tree can move again.
func Rehome(root, prefix string) error {
	if err := module.CheckPath(prefix); err != nil {
		return fmt.Errorf("house: PREFIX: %w", err)
	}
	files, err := Files(root)
	if err != nil {
		return err
	}
	for _, name := range files {
		err := rewrite(filepath.Join(root, name), func(b []byte) ([]byte, error) {
			return rehomeFile(name, b, prefix)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rehomeFile returns the new content of one file. The order of imports depends
// on their paths, so Go files are formatted afresh.
func rehomeFile(name string, b []byte, prefix string) ([]byte, error) {
	old := regexp.MustCompile(regexp.QuoteMeta(Prefix) + `\b`)
	if !old.Match(b) || bytes.IndexByte(b, 0) >= 0 {
		return b, nil
	}
	b = old.ReplaceAllLiteral(b, []byte(prefix))
	if strings.HasSuffix(name, ".go") {
		return format.Source(b)
	}
	return b, nil
}
