package httptwo

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"reactor.example/httptwo/internal/frame"
)

var updateTraces = flag.Bool("update", false, "rewrite the golden traces in testdata/trace")

// Golden traces: whole conversations, frames and calls in, events and frames
// out. In a trace every line that is not indented is done, one of
//
//	# a comment
//	> preface | settings [NAME VALUE] | ack
//	> get ID [NAME VALUE ...] | post ID [NAME VALUE ...]
//	> data ID "content" [end] | trailers ID [NAME VALUE ...]
//	> rst ID | update ID N | ping "8 octets" | pong | priority ID "value" | goaway
//	> frame TYPE FLAGS ID "payload"
//	interim ID STATUS
//	reply ID STATUS "content" [NAME VALUE of a trailer]
//	reset ID | release ID | consume ID N | shutdown | later SECONDS
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
			if *updateTraces {
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

// replay does what a trace says and returns the trace with what happened.
func replay(t *testing.T, script string) string {
	t.Helper()
	c := newClient(t, Config{EnableConnectProtocol: true})
	c.keep = true
	var log strings.Builder
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		log.WriteString(line + "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c.events, c.sent = nil, nil
		if err := c.play(words(t, line)); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, ev := range c.events {
			log.WriteString("  " + ev + "\n")
		}
		for _, sent := range c.sent {
			log.WriteString("  < " + sent + "\n")
		}
	}
	return log.String()
}

// words cuts a line at spaces, quoted parts left whole and unquoted.
func words(t *testing.T, line string) (list []string) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		word := line
		if quoted, err := strconv.QuotedPrefix(line); err == nil {
			if word, err = strconv.Unquote(quoted); err != nil {
				t.Fatal(err)
			}
			line = line[len(quoted):]
		} else {
			word, line, _ = strings.Cut(line, " ")
		}
		list = append(list, word)
	}
	return list
}

// play does one line.
func (c *client) play(w []string) error {
	if w[0] == ">" {
		in, err := c.compose(w[1:])
		c.send(in)
		return err
	}
	arg := func(i int) int {
		n := 0
		if i < len(w) {
			n, _ = strconv.Atoi(w[i])
		}
		return n
	}
	st := c.streams[uint32(arg(1))]
	switch w[0] {
	case "interim":
		if err := c.s.SendInterim(st, arg(2), nil); err != nil {
			return err
		}
	case "reply":
		src := &text{left: w[3], end: true}
		if len(w) == 6 {
			src.trailers = []Field{{w[4], w[5]}}
		}
		if err := c.s.SendHead(st, &ReplyHead{Status: arg(2), ContentLength: -1}, w[3] == "" && src.trailers == nil); err != nil {
			return err
		}
		c.s.SetSource(st, src)
	case "reset":
		c.s.Reset(st, Cancel)
	case "release":
		c.s.Release(st)
	case "consume":
		c.s.Consume(st, arg(2))
	case "shutdown":
		c.s.Shutdown(c.now)
	case "later":
		c.now += time.Duration(arg(1)) * time.Second
		if err := c.s.Tick(c.now); err != nil {
			c.events = append(c.events, "error "+err.Error())
		}
	default:
		return fmt.Errorf("unknown verb %q", w[0])
	}
	c.read()
	c.flush(1 << 20)
	return nil
}

// compose makes the frame that a line describes.
func (c *client) compose(w []string) ([]byte, error) {
	number := func(i int) uint32 {
		var n uint64
		if i < len(w) {
			n, _ = strconv.ParseUint(w[i], 0, 32)
		}
		return uint32(n)
	}
	id := number(1)
	switch w[0] {
	case "preface":
		return []byte(preface), nil
	case "settings":
		var list []frame.Setting
		for i := 1; i < len(w); i += 2 {
			for n := range frame.SettingID(10) {
				if n.String() == "SETTINGS_"+w[i] {
					list = append(list, setting(n, number(i+1)))
				}
			}
		}
		return frame.AppendSettings(nil, list...), nil
	case "ack":
		return frame.AppendSettingsAck(nil), nil
	case "get":
		return c.get(id, w[2:]...), nil
	case "post":
		return c.post(id, w[2:]...), nil
	case "data":
		return data(id, len(w) > 3, w[2]), nil
	case "trailers":
		return frame.AppendHeaders(nil, id, true, true, c.fields(w[2:]...)), nil
	case "rst":
		return rst(id), nil
	case "update":
		return update(id, number(2)), nil
	case "ping":
		return raw(frame.TypePing, 0, 0, w[1]), nil
	case "pong":
		return raw(frame.TypePing, frame.FlagAck, 0, string(ourPing[:])), nil
	case "priority":
		return frame.AppendPriorityUpdate(nil, id, w[2]), nil
	case "goaway":
		return frame.AppendGoAway(nil, 0, NoError, ""), nil
	case "frame":
		return raw(frame.Type(id), frame.Flags(number(2)), number(3), w[4]), nil
	}
	return nil, fmt.Errorf("unknown frame %q", w[0])
}
