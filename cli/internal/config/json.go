package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// A syntaxFault is the place where a file stops being JSON or TOML. Nothing
// that follows it can be judged.
type syntaxFault struct {
	line   int
	reason string
}

// parseJSON reads one JSON value, strictly: no comments, no trailing commas,
// nothing behind it (RFC 8259). Doubles of a name are kept for the caller to
// report.
func parseJSON(data []byte) (*node, *syntaxFault) {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, jsonSyntaxFault(data, err)
	}
	r := jsonReader{dec: json.NewDecoder(bytes.NewReader(data)), lines: lineIndex(data)}
	r.dec.UseNumber()
	return r.value(r.token()), nil
}

func jsonSyntaxFault(data []byte, err error) *syntaxFault {
	line, hint := 1, ""
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := min(max(int(syntax.Offset)-1, 0), len(data))
		line, hint = lineIndex(data).at(at), jsonHint(data[:at], data[at:])
	}
	return &syntaxFault{line, "is not valid JSON: " + err.Error() + hint}
}

// jsonHint says how to mend the two mistakes of those who know a laxer JSON: a
// comma behind the last item, and a comment. before and rest are what is left
// and right of where the document breaks.
func jsonHint(before, rest []byte) string {
	switch {
	case bytes.HasPrefix(rest, []byte("/")), bytes.HasPrefix(rest, []byte("#")):
		return "; JSON has no comments, TOML has"
	case !bytes.HasPrefix(rest, []byte("}")) && !bytes.HasPrefix(rest, []byte("]")):
	case bytes.HasSuffix(bytes.TrimRight(before, " \t\r\n"), []byte(",")):
		return "; remove the comma in front of it"
	}
	return ""
}

// A jsonReader walks the tokens of a document that is known to be valid, so
// that no token can be missing or out of place.
type jsonReader struct {
	dec   *json.Decoder
	lines lineIndex
}

func (r *jsonReader) token() json.Token {
	token, err := r.dec.Token()
	if err != nil {
		panic("config: valid JSON has no next token: " + err.Error())
	}
	return token
}

// line is the line in which the last token ended.
func (r *jsonReader) line() int { return r.lines.at(int(r.dec.InputOffset()) - 1) }

// value builds the node that starts with token.
func (r *jsonReader) value(token json.Token) *node {
	n := &node{line: r.line()}
	switch v := token.(type) {
	case string:
		n.kind, n.text = nodeString, v
	case json.Number:
		n.kind, n.text = nodeInteger, v.String()
		if strings.ContainsAny(n.text, ".eE") {
			n.kind = nodeFloat
		}
	case bool:
		n.kind, n.text = nodeBool, "false"
		if v {
			n.text = "true"
		}
	case nil:
		n.kind = nodeNull
	case json.Delim:
		r.inside(n, v)
	}
	return n
}

// inside reads what an object or an array holds, its closing token included.
func (r *jsonReader) inside(n *node, open json.Delim) {
	n.kind = nodeArray
	if open == '{' {
		n.kind = nodeTable
	}
	for r.dec.More() {
		if n.kind == nodeArray {
			n.items = append(n.items, r.value(r.token()))
			continue
		}
		name := r.token().(string)
		line := r.line()
		n.add(name, line, r.value(r.token()))
	}
	r.token()
}
