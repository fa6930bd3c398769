package websocket

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden traces in testdata/trace")

// Golden traces: whole conversations, octets in and events and octets out.
// In a trace every line that is not indented is done, one of
//
//	# a comment
//	client | stream                      the configuration
//	> OP[+] "payload"                    a frame from the peer; + is more to come
//	raw "octets"                         octets from the peer, as they are
//	message OP "payload" | ping "payload" | pong "payload"
//	close CODE "reason" | reply
//
// and the indented lines under it are what happened. -update writes these
// anew: review the diff.
func TestTraces(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/trace/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no traces", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			golden, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(golden))
			if *update {
				if err = os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(golden) {
				t.Errorf("got\n%s\nwant\n%s", got, golden)
			}
		})
	}
}

// A tracer carries a conversation on and writes it down.
type tracer struct {
	cfg     Config
	conn    Conn
	pending []byte
	log     strings.Builder
}

func replay(t *testing.T, script string) string {
	t.Helper()
	var tr tracer
	tr.conn.Init(&tr.cfg, Extensions{})
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		tr.log.WriteString(line + "\n")
		if line != "" && line[0] != '#' {
			if err := tr.do(line); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
	}
	return tr.log.String()
}

// opcodes are the names of frames in traces.
var opcodes = map[string]OpCode{
	"continuation": OpContinuation, "text": OpText, "binary": OpBinary, "close": OpClose, "ping": OpPing, "pong": OpPong,
}

// do does one line.
func (tr *tracer) do(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	first := ""
	payload := ""
	if at := strings.IndexByte(rest, '"'); at >= 0 {
		first = strings.TrimSpace(rest[:at])
		var err error
		if payload, err = strconv.Unquote(rest[at:]); err != nil {
			return err
		}
	}
	c := &tr.conn
	switch verb {
	case "client":
		tr.cfg.Client = true
		c.Init(&tr.cfg, Extensions{})
	case "stream":
		tr.cfg.Stream = true
	case ">":
		name, more := strings.CutSuffix(first, "+")
		tr.read(rawFrame{op: byte(opcodes[name]), payload: payload, more: more, unmasked: tr.cfg.Client}.String())
	case "raw":
		tr.read(payload)
	case "message":
		tr.wrote(c.AppendMessage(nil, opcodes[first], []byte(payload)))
	case "ping":
		tr.wrote(c.AppendPing(nil, []byte(payload)))
	case "pong":
		tr.wrote(c.AppendPong(nil, []byte(payload)))
	case "close":
		code, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		tr.wrote(c.AppendClose(nil, CloseCode(code), payload))
	case "reply":
		tr.wrote(c.AppendCloseReply(nil))
	default:
		return fmt.Errorf("unknown verb %q", verb)
	}
	return nil
}

// read takes events until there is none for now.
func (tr *tracer) read(in string) {
	tr.pending = append(tr.pending, in...)
	for {
		var m Message
		ev, n, err := tr.conn.Next(tr.pending, &m)
		tr.pending = tr.pending[n:]
		what := describe(ev, &m)
		if ev == EventNeedMore || ev == EventClosed {
			what = ev.String()
		}
		if err != nil {
			what += " " + err.Error()
		}
		tr.note("-%d %s, %v", n, what, tr.conn.State())
		if ev == EventNeedMore || ev == EventClosed {
			return
		}
	}
}

func (tr *tracer) wrote(out []byte) { tr.note("< %q, %v", out, tr.conn.State()) }

func (tr *tracer) note(format string, args ...any) {
	tr.log.WriteString("  " + fmt.Sprintf(format, args...) + "\n")
}
