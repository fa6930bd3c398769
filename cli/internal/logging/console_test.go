package logging

import (
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// record logs one entry at a fixed time and returns the line.
func record(level zapcore.Level, colour bool, message string, fields ...zap.Field) string {
	var out strings.Builder
	logger := New(&out, Trace, colour).WithOptions(zap.WithClock(fixed{}))
	logger.Log(level, message, fields...)
	return out.String()
}

// fixed is a clock that stands still.
type fixed struct{}

func (fixed) Now() time.Time { return time.Date(2026, 1, 31, 13, 5, 9, 42_999_999, time.Local) }

func (fixed) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }

func TestALineHasLocalTimeNameLevelAndMessage(t *testing.T) {
	if got, want := record(Info, false, "listening on [::1]:8080"), "[2026-01-31 13:05:09.042] [reactor] [info] listening on [::1]:8080\n"; got != want {
		t.Errorf("line = %q, want %q", got, want)
	}
}

func TestTheSixLevelsArePrintedWithWarnAsWarning(t *testing.T) {
	for name, want := range map[string]string{"trace": "trace", "debug": "debug", "info": "info", "warn": "warning", "error": "error", "critical": "critical"} {
		level, err := ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := record(level, false, "x"); !strings.Contains(got, " ["+want+"] x\n") {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"warning", "INFO", "", "off"} {
		if _, err := ParseLevel(name); err == nil {
			t.Errorf("ParseLevel(%q) accepted it", name)
		}
	}
}

func TestALevelHidesThoseBelowIt(t *testing.T) {
	order := []zapcore.Level{Trace, Debug, Info, Warn, Error, Critical}
	for i, level := range order {
		var out strings.Builder
		logger := New(&out, level, false)
		for _, each := range order {
			logger.Log(each, "x")
		}
		if got, want := strings.Count(out.String(), "\n"), len(order)-i; got != want {
			t.Errorf("level %v shows %d lines, want %d", level, got, want)
		}
	}
}

func TestALevelCanBeChangedWhileLogging(t *testing.T) {
	var out strings.Builder
	level := zap.NewAtomicLevelAt(Error)
	logger := New(&out, level, false)
	logger.Info("hidden")
	level.SetLevel(Info)
	logger.Info("shown")
	if got := out.String(); strings.Contains(got, "hidden") || !strings.Contains(got, "shown") {
		t.Errorf("lines = %q", got)
	}
}

func TestFieldsFollowAsKeyAndValue(t *testing.T) {
	got := record(Warn, false, "m", zap.Int("n", -1), zap.Duration("took", 1500*time.Millisecond), zap.String("path", "/a"),
		zap.String("why", `it "broke"`), zap.String("none", ""), zap.Error(errors.New("no route")), zap.Bool("tls", false),
		zap.Strings("list", []string{"a", "b"}), zap.Namespace("conn"), zap.Uint64("id", 7))
	want := `m n=-1 took=1.5s path=/a why="it \"broke\"" none="" error="no route" tls=false list=["a","b"] conn.id=7` + "\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("line = %q, want it to end in %q", got, want)
	}
}

func TestFieldsOfALoggerComeFirstAndStayItsOwn(t *testing.T) {
	var out strings.Builder
	logger := New(&out, Info, false)
	child := logger.With(zap.Int("loop", 1), zap.Namespace("conn"))
	grandchild := child.With(zap.Int("id", 2))
	grandchild.Info("a", zap.Int("x", 3))
	child.Info("b", zap.Int("y", 4))
	logger.Info("c")
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{"a loop=1 conn.id=2 conn.x=3", "b loop=1 conn.y=4", "c"} {
		if !strings.HasSuffix(lines[i], "] "+want) {
			t.Errorf("line %d = %q, want it to end in %q", i, lines[i], want)
		}
	}
}

func TestNothingThatIsLoggedCanForgeALine(t *testing.T) {
	got := record(Info, false, "path /a\r\n[2026-01-31 00:00:00.000] [reactor] [info] forged\x1b[2J", zap.String("agent", "x\ny\xff"))
	if strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\r\x1b") || !strings.Contains(got, `agent="x\ny\xff"`) {
		t.Errorf("line = %q", got)
	}
}

func TestColourIsOnlyOnTheLevel(t *testing.T) {
	for _, level := range []zapcore.Level{Trace, Debug, Info, Warn, Error, Critical} {
		coloured := record(level, true, "m")
		plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, "")
		if strings.Count(coloured, "\x1b") != 2 || plain != record(level, false, "m") {
			t.Errorf("coloured line = %q", coloured)
		}
	}
}

func TestAPipeAndAFileAreNoTerminals(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if IsTerminal(file) || IsTerminal(io.Discard) {
		t.Error("a file was taken for a terminal")
	}
}

// countingWriter fails the test if two writes overlap.
type countingWriter struct {
	t      *testing.T
	mu     sync.Mutex
	writes int
}

func (w *countingWriter) Write(b []byte) (int, error) {
	if !w.mu.TryLock() {
		w.t.Error("two writes at one time")
		return len(b), nil
	}
	defer w.mu.Unlock()
	if w.writes++; b[len(b)-1] != '\n' {
		w.t.Errorf("a write is not a line: %q", b)
	}
	return len(b), nil
}

func TestARecordIsOneWriteAndWritesDoNotOverlap(t *testing.T) {
	out := &countingWriter{t: t}
	logger := New(out, Info, false)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				logger.Info("x", zap.Int("n", 1))
			}
		})
	}
	wg.Wait()
	if out.writes != 400 {
		t.Errorf("writes = %d, want 400", out.writes)
	}
}
