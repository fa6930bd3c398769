package house

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A block that bears the name of a file of the tree shows that file as it is,
// so that nobody reads a program which is not the one that runs.
func TestCommandsQuoteFilesAsTheyAre(t *testing.T) {
	root, files := treeRoot(t), treeFiles(t)
	quoted := make(map[string]bool)
	for _, doc := range documents(t) {
		blocks, _ := readBlocks(t, doc)
		for _, b := range blocks {
			if b.file == "" || !slices.Contains(files, b.file) {
				continue
			}
			quoted[b.file] = true
			content, err := os.ReadFile(filepath.Join(root, b.file))
			if err != nil {
				t.Fatal(err)
			}
			if string(content) != b.text {
				t.Errorf("%s:%d: %s has changed; the document shows it as it was", b.doc, b.line, b.file)
			}
		}
	}
	if hello := "docs/examples/hello/main.go"; !quoted[hello] {
		t.Errorf("no document shows %s", hello)
	}
}

// Markdown as it is rendered does not show the name behind the kind of a block,
// so the text around it has to say into which file it goes.
func TestCommandsNameTheirFilesWhereReadersSeeIt(t *testing.T) {
	for _, doc := range documents(t) {
		blocks, prose := readBlocks(t, doc)
		for _, b := range blocks {
			if b.file != "" && !strings.Contains(prose, "`"+b.file+"`") {
				t.Errorf("%s:%d: the text does not speak of `%s`", doc, b.line, b.file)
			}
		}
	}
}

// The README is a door, not the house.
func TestCommandsLeaveTheREADMEShort(t *testing.T) {
	const most = 200
	b, err := os.ReadFile(filepath.Join(treeRoot(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n >= most {
		t.Errorf("README.md has %d lines, want less than %d", n, most)
	}
}
