package logging

import (
	"io"
	"os"

	"go.uber.org/zap"
	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"
)

// New returns a logger that writes lines to out, one Write a record and never
// two at a time. The level is asked for each record, so a zap.AtomicLevel can
// change it later. With colour the level is coloured.
func New(out io.Writer, level zapcore.LevelEnabler, colour bool) *zap.Logger {
	return zap.New(&console{
		LevelEnabler: level,
		out:          zapcore.Lock(zapcore.AddSync(out)),
		colour:       colour,
	}, zap.ErrorOutput(zapcore.AddSync(io.Discard)))
}

// IsTerminal reports whether out is a terminal that a person looks at, and so
// takes colours. NO_COLOR (any value but an empty one) and TERM=dumb ask for
// none.
func IsTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// A console is the zapcore.Core behind New. It is immutable; With makes
// another one.
type console struct {
	zapcore.LevelEnabler

	out    zapcore.WriteSyncer
	colour bool

	context []byte // fields given to With, ready to be appended to a line
	prefix  string // namespaces opened by them, each with its dot
}

var lines = buffer.NewPool()

const timeLayout = "2006-01-02 15:04:05.000"

// With implements zapcore.Core.
func (c *console) With(fields []zapcore.Field) zapcore.Core {
	line := lines.Get()
	defer line.Free()
	with := *c
	with.prefix = appendFields(line, c.prefix, fields)
	with.context = append(append([]byte(nil), c.context...), line.Bytes()...)
	return &with
}

// Check implements zapcore.Core.
func (c *console) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

// Write implements zapcore.Core.
func (c *console) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	line := lines.Get()
	defer line.Free()
	line.AppendByte('[')
	line.AppendTime(entry.Time.Local(), timeLayout)
	line.AppendString("] [reactor] [")
	if c.colour {
		line.AppendString(levelColour(entry.Level))
	}
	line.AppendString(levelWord(entry.Level))
	if c.colour {
		line.AppendString("\x1b[m")
	}
	line.AppendString("] ")
	line.AppendString(escape(entry.Message))
	_, _ = line.Write(c.context)
	appendFields(line, c.prefix, fields)
	if entry.Stack != "" {
		appendPair(line, "stack", entry.Stack)
	}
	line.AppendByte('\n')
	_, err := c.out.Write(line.Bytes())
	return err
}

// Sync implements zapcore.Core.
func (c *console) Sync() error { return c.out.Sync() }
