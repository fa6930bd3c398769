package logging

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"
)

// appendFields appends " key=value" for each field and returns the prefix for
// the fields that come after, which a namespace makes longer.
func appendFields(line *buffer.Buffer, prefix string, fields []zapcore.Field) string {
	for _, field := range fields {
		if field.Type == zapcore.NamespaceType {
			prefix += field.Key + "."
			continue
		}
		enc := zapcore.NewMapObjectEncoder()
		field.AddTo(enc)
		for _, key := range slices.Sorted(maps.Keys(enc.Fields)) {
			appendPair(line, prefix+key, enc.Fields[key])
		}
	}
	return prefix
}

func appendPair(line *buffer.Buffer, key string, value any) {
	line.AppendByte(' ')
	line.AppendString(escape(key))
	line.AppendByte('=')
	line.AppendString(valueText(value))
}

// valueText is a value so that it can be told where it ends: plain if it is
// one word, else quoted.
func valueText(value any) string {
	switch v := value.(type) {
	case string:
		return word(v)
	case []byte:
		return strconv.Quote(string(v))
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case map[string]any, []any:
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return word(fmt.Sprint(value))
}

func word(s string) string {
	plain := s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '"' || r == '=' || r == '\\' || r == ' ' || !unicode.IsPrint(r)
	})
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// escape keeps s on one line: what is not printable is written as in a Go
// string, blanks and quotes stay.
func escape(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return s
	}
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
