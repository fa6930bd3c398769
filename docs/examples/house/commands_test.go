package house

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Kinds of blocks: those that are run, and those that are not commands.
// Others, such as bash or none at all, would hide commands from the tests.
var (
	commandKinds = []string{"sh", "console"}
	otherKinds   = []string{"text", "go", "json", "toml", "http", "html", "abnf", "ini", "mermaid", "diff", "svg"}
)

// commandLike matches a line that looks like something to type.
var commandLike = regexp.MustCompile(`^(\$ |(make|go|git|curl|wrk|ab|h2load|docker|cd|sudo|apt-get|\./server_runner|\.ci/run)( |$))`)

// serverLike matches a command that goes on until it is interrupted.
var serverLike = regexp.MustCompile(`^(make run|(\S+=\S* )*\./server_runner start|(\S+=\S* )*go run \./docs/examples/)`)

// Every command in the documentation stands in a block that TestCommandsWork
// runs, or is run by another step of the gate.
func TestCommandsHideNowhere(t *testing.T) {
	for _, doc := range documents(t) {
		blocks, prose := readBlocks(t, doc)
		for _, b := range blocks {
			if !slices.Contains(commandKinds, b.kind) && !slices.Contains(otherKinds, b.kind) {
				t.Errorf("%s:%d: a block of kind %q; want one of %v or %v", doc, b.line, b.kind, commandKinds, otherKinds)
			}
			if b.kind == "text" && !b.isOutput {
				for line := range strings.Lines(b.text) {
					if commandLike.MatchString(line) {
						t.Errorf("%s:%d: a command in a block that is not run: %s", doc, b.line, line)
					}
				}
			}
			if b.kind == "go" {
				if _, err := format.Source([]byte(b.text)); err != nil {
					t.Errorf("%s:%d: not Go: %v", doc, b.line, err)
				}
			}
		}
		for i, line := range strings.Split(prose, "\n") {
			indented := strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t")
			if indented && commandLike.MatchString(strings.TrimSpace(line)) {
				t.Errorf("%s:%d: a command outside of a block: %s", doc, i+1, line)
			}
		}
	}
}

// A program in docs/examples is there to be shown, so a document runs it.
func TestCommandsRunEveryExample(t *testing.T) {
	var commands strings.Builder
	for _, doc := range documents(t) {
		blocks, _ := readBlocks(t, doc)
		for _, b := range blocks {
			if slices.Contains(commandKinds, b.kind) {
				commands.WriteString(b.text)
			}
		}
	}
	for _, name := range treeFiles(t) {
		dir, isMain := strings.CutSuffix(name, "/main.go")
		if isMain && filepath.Dir(dir) == "docs/examples" && !strings.Contains(commands.String(), "go run ./"+dir) {
			t.Errorf("no document says: go run ./%s", dir)
		}
	}
}

// The documentation speaks of targets that the Makefile has.
func TestCommandsNameTargetsThatExist(t *testing.T) {
	root := treeRoot(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+[a-z_-]*%?):`).FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	mention := regexp.MustCompile("(?m)(?:`|^(?:\\$ )?|&& )make ([a-z][\\w/-]*)")
	for _, doc := range documents(t) {
		b, err := os.ReadFile(filepath.Join(root, doc))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mention.FindAllStringSubmatch(withoutProse(string(b)), -1) {
			name := m[1]
			kind, what, ok := strings.Cut(name, "-")
			if targets[name] || ok && targets[kind+"-%"] && what != "" {
				continue
			}
			t.Errorf("%s speaks of make %s, which the Makefile does not have", doc, name)
		}
	}
}

// withoutProse keeps what is code: the lines of command blocks, and the
// backquoted parts of other lines.
func withoutProse(text string) string {
	blocks, prose := splitBlocks("", text)
	var code strings.Builder
	for _, b := range blocks {
		if slices.Contains(commandKinds, b.kind) {
			code.WriteString(b.text)
		}
	}
	for _, m := range regexp.MustCompile("`[^`\n]+`").FindAllString(prose, -1) {
		code.WriteString("\n" + m)
	}
	return code.String()
}

// ranElsewhere tells which other test runs a command, or "". Commands of the
// gate cannot run within the gate.
func ranElsewhere(t testing.TB, command string) string {
	t.Helper()
	name, argument, _ := strings.Cut(command, " ")
	target, argument, _ := strings.Cut(argument, " ")
	switch {
	case name == ".ci/run" || strings.HasSuffix(command, " .ci/run"):
		return "continuous integration"
	case name != "make":
		return ""
	case target == "check":
		return "continuous integration"
	case slices.Contains(steps(t), target) && argument == "":
		return "make check"
	case target == "rehome" && strings.HasPrefix(argument, "PREFIX="):
		return "TestRehomeMovesTheWholeTree"
	case target == "release" && strings.HasPrefix(argument, "VERSION="):
		return "TestReleaseTagsWhatCanBeInstalled"
	}
	return ""
}

// steps returns what make check runs.
func steps(t testing.TB) []string {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(treeRoot(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^STEPS := (.*)$`).FindSubmatch(makefile)
	if m == nil {
		t.Fatal("the Makefile has no STEPS")
	}
	return strings.Fields(string(m[1]))
}

// sameOutput reports whether got is what the documentation shows as want. A
// line of three dots stands for any number of lines; numbers, dates and hashes
// may differ, except in the status line of a response.
func sameOutput(want, got string, isPrefix bool) bool {
	var pattern strings.Builder
	pattern.WriteString("^")
	for line := range strings.SplitSeq(mask(want), "\n") {
		switch line {
		case "...", "…":
			pattern.WriteString(`(.*\n)*?`)
		default:
			pattern.WriteString(regexp.QuoteMeta(line) + `\n`)
		}
	}
	if !isPrefix {
		pattern.WriteString("$")
	}
	return regexp.MustCompile(pattern.String()).MatchString(mask(got) + "\n")
}

// mask replaces what differs from run to run, and trims blanks and the lines
// at the end.
func mask(text string) string {
	var (
		day    = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4}`)
		hash   = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)
		cached = regexp.MustCompile(`\(cached\)`)
		number = regexp.MustCompile(`\d+(\.\d+)?`)
		blanks = regexp.MustCompile(`[ \t]+`)
	)
	lines := strings.Split(strings.TrimRight(text, " \r\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(blanks.ReplaceAllString(line, " "), " \r")
		if !strings.HasPrefix(line, "HTTP/") {
			line = day.ReplaceAllString(line, "DAY")
			line = hash.ReplaceAllString(line, "N")
			line = cached.ReplaceAllString(line, "0s")
			line = number.ReplaceAllString(line, "N")
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

func TestCommandsCompareOutput(t *testing.T) {
	for _, c := range []struct {
		want, got string
		prefix    bool
		same      bool
	}{
		{"a\nb\n", "a\nb\n", false, true},
		{"a\n", "a\nb\n", false, false},
		{"a\n", "a\nb\n", true, true},
		{"a\n...\nd", "a\nb\nc\nd\n", false, true},
		{"...\nd", "d\n", false, true},
		{"HTTP/1.1 200 OK\nDate: Mon, 02 Jan 2006 15:04:05 GMT", "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 01:02:03 GMT\r\n", false, true},
		{"HTTP/1.1 200 OK", "HTTP/1.1 404 OK", false, false},
		{`{"pid":1}`, `{"pid":23456}`, false, true},
		{"ok  \tp\t0.012s", "ok  \tp\t(cached)", false, true},
		{"a   b", "a b", false, true},
	} {
		if got := sameOutput(c.want, c.got, c.prefix); got != c.same {
			t.Errorf("sameOutput(%q, %q, %v) = %v, want %v", c.want, c.got, c.prefix, got, c.same)
		}
	}
}

func TestCommandsSplitMarkdown(t *testing.T) {
	text := "One:\n```sh server\nmake run\n```\n\n```text\nready\n```\nand\n```text\npicture\n```\n```go main.go\npackage main\n```\n"
	blocks, prose := splitBlocks("x.md", text)
	want := []block{
		{doc: "x.md", line: 2, kind: "sh", isServer: true, text: "make run\n"},
		{doc: "x.md", line: 6, kind: "text", isOutput: true, text: "ready\n"},
		{doc: "x.md", line: 10, kind: "text", text: "picture\n"},
		{doc: "x.md", line: 13, kind: "go", file: "main.go", text: "package main\n"},
	}
	if !slices.Equal(blocks, want) {
		t.Errorf("blocks are\n\t%+v, want\n\t%+v", blocks, want)
	}
	if got := fmt.Sprint(strings.Fields(prose)); got != "[One: and]" {
		t.Errorf("prose is %s", got)
	}
}
