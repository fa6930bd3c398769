package httpone

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
//	> "octets from the client, quoted as in Go"
//	interim STATUS
//	reply STATUS LENGTH
//	data "content"
//	end [trailer-name trailer-value]
//	finish
//	eof
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
	conn    Conn
	request Request
	pending []byte
	log     strings.Builder
}

// replay does what a trace says and returns the trace with what happened.
func replay(t *testing.T, script string) string {
	t.Helper()
	var tr tracer
	tr.conn.Init(nil)
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

// do does one line.
func (tr *tracer) do(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	words := strings.Fields(rest)
	c := &tr.conn
	switch verb {
	case ">":
		s, err := strconv.Unquote(rest)
		if err != nil {
			return err
		}
		tr.pending = append(tr.pending, s...)
		tr.read()
	case "interim":
		status, err := strconv.Atoi(rest)
		if err != nil {
			return err
		}
		tr.wrote(c.AppendInterim(nil, &tr.request, status, nil))
	case "reply":
		var h ReplyHead
		if _, err := fmt.Sscan(rest, &h.Status, &h.ContentLength); err != nil {
			return err
		}
		if h.Status == 101 {
			h.Fields = []Field{{"upgrade", "websocket"}}
		}
		tr.wrote(c.AppendHead(nil, &tr.request, &h))
	case "data":
		s, err := strconv.Unquote(rest)
		if err != nil {
			return err
		}
		tr.wrote(c.AppendData(nil, []byte(s)))
	case "end":
		var trailers []Field
		if len(words) == 2 {
			trailers = []Field{{words[0], words[1]}}
		}
		tr.wrote(c.AppendEnd(nil, trailers))
	case "finish":
		tr.note("keep %v, %v", c.FinishReply(), c.State())
		tr.read()
	case "eof":
		tr.note("eof: %v, %v", c.EOF(), c.State())
	default:
		return fmt.Errorf("unknown verb %q", verb)
	}
	return nil
}

// read takes events until there is none for now.
func (tr *tracer) read() {
	for {
		ev, n, err := tr.conn.Next(tr.pending, &tr.request)
		text := ""
		switch ev {
		case EventHead:
			text = " " + strings.ReplaceAll(describe(&tr.request), "\n", "\n    ")
		case EventData:
			text = " " + strconv.Quote(string(tr.request.Data))
		case EventEnd:
			text = strings.ReplaceAll(join(tr.request.Trailers), "\n", "\n    ")
		}
		if err != nil {
			text = " " + err.Error()
		}
		tr.note("%v -%d%s", ev, n, text)
		tr.pending = tr.pending[n:]
		if ev == EventNeedMore || ev == EventPaused || ev == EventClosed {
			return
		}
	}
}

func (tr *tracer) wrote(out []byte, err error) {
	if err != nil {
		tr.note("error %v", err)
	}
	tr.note("< %q", out)
}

func (tr *tracer) note(format string, args ...any) {
	tr.log.WriteString("  " + fmt.Sprintf(format, args...) + "\n")
}
