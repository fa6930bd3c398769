package config

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// parseTOML reads a TOML 1.0 document. Doubles of a name are kept for the
// caller to report; anything else that TOML forbids is a syntaxFault.
func parseTOML(data []byte) (*node, *syntaxFault) {
	r := tomlReader{lines: lineIndex(data), root: &node{kind: nodeTable, line: 1}}
	r.table = r.root
	r.parser.Reset(data)
	for r.parser.NextExpression() {
		r.expression(r.parser.Expression())
	}
	if err := r.parser.Error(); err != nil {
		return nil, r.syntaxFault(err)
	}
	if r.doubled {
		return r.root, nil // the caller reports it, with both lines
	}
	return r.root, r.redefined(data)
}

// A tomlReader builds the tree from one expression after another.
type tomlReader struct {
	parser  unstable.Parser
	lines   lineIndex
	root    *node
	table   *node // what the last [header] opened
	doubled bool  // some name or header came twice
}

func (r *tomlReader) syntaxFault(err error) *syntaxFault {
	fault := &syntaxFault{1, "is not valid TOML: " + err.Error()}
	if at, ok := errors.AsType[*unstable.ParserError](err); ok {
		fault.line = r.lines.at(int(r.parser.Range(at.Highlight).Offset))
		fault.reason = "is not valid TOML: " + at.Message
	}
	return fault
}

// redefined asks the TOML library, which has the whole rule book, for the
// redefinitions that the tree does not show: a table that extends an inline
// table, for example. Decoding into an empty struct checks and keeps nothing.
func (r *tomlReader) redefined(data []byte) *syntaxFault {
	err := toml.Unmarshal(data, &struct{}{})
	if err == nil {
		return nil
	}
	fault := &syntaxFault{1, "is not valid TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		fault.line, _ = at.Position()
	}
	return fault
}

func (r *tomlReader) expression(e *unstable.Node) {
	switch e.Kind {
	case unstable.KeyValue:
		r.insert(r.table, e)
	case unstable.Table:
		r.table = r.open(e.Key(), false)
	case unstable.ArrayTable:
		r.table = r.open(e.Key(), true)
	}
}

// open returns the table that a header names; with list, a new last item of
// the list of tables.
func (r *tomlReader) open(path unstable.Iterator, list bool) *node {
	table := r.root
	for path.Next() {
		part := path.Node()
		name, line := string(part.Data), r.lineOf(part, table.line)
		if !path.IsLast() {
			table = r.descend(table, name, line)
			continue
		}
		if list {
			return r.appendItem(table, name, line)
		}
		if old := table.member(name); old != nil && old.kind == nodeTable && !old.header {
			table = old // [tls] behind [tls.sub]
		} else {
			r.doubled = r.doubled || old != nil
			table.add(name, line, &node{kind: nodeTable, line: line})
			table = table.member(name)
		}
		table.header = true
	}
	return table
}

// descend enters the table name of table, made if need be. Of a list of
// tables it is the last one.
func (r *tomlReader) descend(table *node, name string, line int) *node {
	next := table.member(name)
	if next != nil && next.kind == nodeArray && len(next.items) > 0 {
		next = next.items[len(next.items)-1]
	}
	if next == nil || next.kind != nodeTable {
		r.doubled = r.doubled || next != nil
		next = &node{kind: nodeTable, line: line}
		table.add(name, line, next)
	}
	return next
}

func (r *tomlReader) appendItem(table *node, name string, line int) *node {
	item := &node{kind: nodeTable, line: line}
	list := table.member(name)
	if list == nil || list.kind != nodeArray {
		r.doubled = r.doubled || list != nil
		list = &node{kind: nodeArray, line: line}
		table.add(name, line, list)
	}
	list.items = append(list.items, item)
	return item
}

// insert puts a key and its value, whose name may be dotted, into table.
func (r *tomlReader) insert(table *node, e *unstable.Node) {
	path := e.Key()
	for path.Next() {
		part := path.Node()
		name, line := string(part.Data), r.lineOf(part, table.line)
		if !path.IsLast() {
			table = r.descend(table, name, line)
			continue
		}
		r.doubled = r.doubled || table.member(name) != nil
		table.add(name, line, r.value(e.Value(), line))
	}
}

// lineOf is the line of n, or that of what is around it if n does not say.
func (r *tomlReader) lineOf(n *unstable.Node, around int) int {
	if n.Raw.Length == 0 {
		return around
	}
	return r.lines.at(int(n.Raw.Offset))
}

var tomlKinds = map[unstable.Kind]nodeKind{
	unstable.String: nodeString, unstable.Integer: nodeInteger, unstable.Float: nodeFloat, unstable.Bool: nodeBool,
	unstable.LocalDate: nodeDate, unstable.LocalTime: nodeDate, unstable.LocalDateTime: nodeDate, unstable.DateTime: nodeDate,
	unstable.Array: nodeArray, unstable.InlineTable: nodeTable,
}

func (r *tomlReader) value(v *unstable.Node, line int) *node {
	n := &node{kind: tomlKinds[v.Kind], line: r.lineOf(v, line), text: string(v.Data)}
	children := v.Children()
	for n.kind >= nodeTable && children.Next() {
		switch child := children.Node(); child.Kind {
		case unstable.KeyValue:
			r.insert(n, child)
		case unstable.Comment:
		default:
			n.items = append(n.items, r.value(child, n.line))
		}
	}
	return n
}
