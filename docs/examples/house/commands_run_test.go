package house

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// portInDocs is the port that the documentation speaks of. The tests replace
// it by a free one, so that it does not matter who holds it.
const portInDocs = "8080"

// A session is one reader who goes through one document from top to bottom, in
// a fresh copy of the tree, and types every command. The directory stays as a
// block leaves it; a server runs until the next one starts or the document
// ends.
type session struct {
	dir, port string
	env       []string
	server    *process
}

// inShort returns commands with the flags that let a measurement end soon. Flags
// that the document gives come later and win.
func inShort(text string) string {
	const quick = "/cmd/bench -servers reactor,nethttp -seconds 0.25 -rounds 1 -stream-mib 4 -idle 20"
	return strings.NewReplacer("go run ./cmd/bench", "go run ."+quick, "go run ./bench/cmd/bench", "go run ./bench"+quick).Replace(text)
}

// TestCommandsWork runs the commands of each document.
func TestCommandsWork(t *testing.T) {
	step(t, "clients")
	modules := privateModules(t)
	for _, doc := range documents(t) {
		blocks, _ := readBlocks(t, doc)
		t.Run(doc, func(t *testing.T) {
			t.Parallel()
			var s *session
			for i, b := range blocks {
				var output *block
				if i+1 < len(blocks) && blocks[i+1].isOutput {
					output = &blocks[i+1]
				}
				if s == nil {
					s = newSession(t, modules)
				}
				s.do(t, b, output)
			}
		})
	}
}

// privateModules returns the environment of a module cache of its own, filled
// with what the tree needs: modules of this tree must not end up in the cache
// of the user, where later tests would find them.
func privateModules(t *testing.T) []string {
	t.Helper()
	root := treeRoot(t)
	known := strings.Fields(run(t, root, nil, "go", "env", "GOPROXY", "GOMODCACHE"))
	env := []string{
		"GOMODCACHE=" + t.TempDir(),
		"GOFLAGS=-modcacherw -trimpath",
		fmt.Sprintf("GOPROXY=file://%s/cache/download,%s", known[1], known[0]),
	}
	run(t, root, env, "go", "mod", "download")
	return env
}

// newSession makes the copy in which a document is tried.
func newSession(t *testing.T, modules []string) *session {
	t.Helper()
	s := &session{dir: copyOfTree(t), port: freePort(t)}
	examples := filepath.Join(s.dir, "docs", "examples")
	sources, err := filepath.Glob(filepath.Join(examples, "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasPrefix(name, filepath.Join(examples, "house")) {
			continue
		}
		err := rewrite(name, func(b []byte) ([]byte, error) {
			return bytes.ReplaceAll(b, []byte(portInDocs), []byte(s.port)), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.env = environ(append(modules,
		"TMPDIR="+t.TempDir(),
		// A few rounds show that it works.
		"BENCHTIME=1x", "COUNT=1", "FUZZTIME=10x",
	)...)
	return s
}

// do acts on one block as a reader would.
func (s *session) do(t *testing.T, b block, output *block) {
	t.Helper()
	text := strings.ReplaceAll(b.text, portInDocs, s.port)
	switch {
	case b.file != "":
		name := filepath.Join(s.dir, b.file)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	case b.kind == "console":
		s.converse(t, b, text)
	case b.kind == "sh" && (b.isServer || serverLike.MatchString(lastLine(text))):
		s.start(t, b, text, output)
	case b.kind == "sh":
		got := s.shell(t, b, text)
		if output != nil && !sameOutput(output.text, got, false) {
			t.Errorf("%s:%d printed\n%s\nthe document shows\n%s", b.doc, b.line, got, output.text)
		}
	}
}

// shell runs the commands of a block and returns what they print.
func (s *session) shell(t *testing.T, b block, text string) string {
	t.Helper()
	var script strings.Builder
	for line := range strings.Lines(text) {
		if by := ranElsewhere(t, strings.TrimSpace(line)); by != "" {
			t.Logf("%s:%d: %s is run by %s", b.doc, b.line, strings.TrimSpace(line), by)
			continue
		}
		script.WriteString(inShort(line))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	pwd := filepath.Join(t.TempDir(), "pwd")
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", script.String()+"\npwd >"+pwd)
	cmd.Dir, cmd.Env = s.dir, s.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s:%d: %v\n%s\nprinted\n%s%s", b.doc, b.line, err, text, stdout.Bytes(), stderr.Bytes())
	}
	dir, err := os.ReadFile(pwd)
	if err != nil {
		t.Fatal(err)
	}
	s.dir = strings.TrimSpace(string(dir))
	return stdout.String()
}

// converse runs a console block: lines after a dollar sign are commands, what
// follows is what they print.
func (s *session) converse(t *testing.T, b block, text string) {
	t.Helper()
	for part := range strings.SplitSeq("\n"+text, "\n$ ") {
		command, want, _ := strings.Cut(strings.TrimLeft(part, "\n"), "\n")
		if command == "" {
			continue
		}
		if got := s.shell(t, b, command+"\n"); !sameOutput(want, got, false) {
			t.Errorf("%s:%d: %s printed\n%s\nthe document shows\n%s", b.doc, b.line, command, got, want)
		}
	}
}

// start runs a block that ends with a server, and returns once it serves and
// has printed what the document shows.
func (s *session) start(t *testing.T, b block, text string, output *block) {
	t.Helper()
	if s.server != nil {
		s.server.stop(t)
	}
	env := s.env
	if !strings.Contains(text, " -c ") && !strings.Contains(text, "--config") {
		env = append(env, "REACTOR_BIND_PORT="+s.port)
	}
	s.server = spawn(t, s.dir, env, "sh", "-e", "-c", text)
	port := s.port
	if m := regexp.MustCompile(`(?:-p ?|--port[ =]|_PORT=)(\d+)`).FindStringSubmatch(text); m != nil {
		port = m[1]
	}
	s.server.addr = net.JoinHostPort("127.0.0.1", port)
	s.server.awaitListening(t)
	if output != nil {
		s.server.await(t, "it prints what "+b.doc+" shows:\n"+output.text, func() bool {
			return sameOutput(output.text, s.server.output.String(), true)
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
