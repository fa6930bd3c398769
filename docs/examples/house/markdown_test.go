package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A block is a fenced block of a document.
type block struct {
	doc, file string // the document; the name that the block gives to its text
	line      int    // of the opening fence
	kind      string // first word behind the fence
	isServer  bool   // it starts a program that goes on until it is interrupted
	isOutput  bool   // it shows what the block before it prints
	text      string
}

// documents returns the Markdown files whose commands must work. The
// changelog tells of the past.
func documents(t testing.TB) []string {
	t.Helper()
	var docs []string
	for _, name := range treeFiles(t) {
		if strings.HasSuffix(name, ".md") && name != "CHANGELOG.md" && !strings.Contains(name, "testdata/") {
			docs = append(docs, name)
		}
	}
	return docs
}

// readBlocks returns the fenced blocks of a document, and its text with the
// blocks left blank.
func readBlocks(t testing.TB, doc string) ([]block, string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(treeRoot(t), doc))
	if err != nil {
		t.Fatal(err)
	}
	return splitBlocks(doc, string(b))
}

// splitBlocks takes a Markdown text apart.
func splitBlocks(doc, text string) (blocks []block, prose string) {
	var between, rest strings.Builder
	var open *block
	for i, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case open == nil && fence:
			open = openBlock(doc, i+1, line)
			follows := len(blocks) > 0 && strings.TrimSpace(between.String()) == ""
			open.isOutput = open.kind == "text" && follows && blocks[len(blocks)-1].kind == "sh"
		case open != nil && fence:
			blocks = append(blocks, *open)
			open = nil
			between.Reset()
		case open != nil:
			open.text += line + "\n"
		default:
			between.WriteString(line)
			rest.WriteString(line)
		}
		rest.WriteByte('\n')
	}
	if open != nil {
		blocks = append(blocks, *open)
	}
	return blocks, rest.String()
}

// openBlock reads the line that opens a block: the kind, then a mark.
func openBlock(doc string, line int, fence string) *block {
	b := &block{doc: doc, line: line}
	kind, mark, _ := strings.Cut(strings.TrimSpace(strings.TrimLeft(fence, " `")), " ")
	b.kind = kind
	switch {
	case mark == "server":
		b.isServer = true
	case mark != "":
		b.file = mark
	}
	return b
}
