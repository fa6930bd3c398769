package logging

import (
	"fmt"

	"go.uber.org/zap/zapcore"
)

// The six levels of the configuration file. Four are zap's own; the outer
// ones are its neighbours below debug and above error, so that
// logger.Log(logging.Trace, ...) works with any zap.Logger.
const (
	Trace    = zapcore.DebugLevel - 1
	Debug    = zapcore.DebugLevel
	Info     = zapcore.InfoLevel
	Warn     = zapcore.WarnLevel
	Error    = zapcore.ErrorLevel
	Critical = zapcore.ErrorLevel + 1
)

// ParseLevel returns the level of a name as the configuration file has it:
// trace, debug, info, warn, error or critical, in lower case.
func ParseLevel(name string) (zapcore.Level, error) {
	switch name {
	case "trace":
		return Trace, nil
	case "debug":
		return Debug, nil
	case "info":
		return Info, nil
	case "warn":
		return Warn, nil
	case "error":
		return Error, nil
	case "critical":
		return Critical, nil
	}
	return Info, fmt.Errorf("logging: no level %q", name)
}

// levelWord is the level as a line names it: warn is printed as "warning",
// and all that is worse than an error as "critical".
func levelWord(level zapcore.Level) string {
	switch {
	case level <= Trace:
		return "trace"
	case level == Debug:
		return "debug"
	case level == Info:
		return "info"
	case level == Warn:
		return "warning"
	case level == Error:
		return "error"
	default:
		return "critical"
	}
}

// levelColour is the escape sequence in front of the word on a terminal.
func levelColour(level zapcore.Level) string {
	switch {
	case level <= Trace:
		return "\x1b[37m"
	case level == Debug:
		return "\x1b[36m"
	case level == Info:
		return "\x1b[32m"
	case level == Warn:
		return "\x1b[33;1m"
	case level == Error:
		return "\x1b[31;1m"
	default:
		return "\x1b[1;41m"
	}
}
