package config

import (
	"fmt"
	"strings"
)

// A loader collects what the layers say and every fault on the way.
type loader struct {
	config  Config
	origins map[string]Origin // of every key that a layer has set
	faults  Faults
	broken  bool // a file could not be read as a whole
}

func (l *loader) fault(at Origin, key, format string, args ...any) {
	l.faults = append(l.faults, Fault{at, key, fmt.Sprintf(format, args...)})
}

// applyTree holds the tree of the file at path against the table of keys.
func (l *loader) applyTree(path string, root *node) {
	at := Origin{layer: layerFile, name: path, line: root.line}
	if root.kind != nodeTable {
		l.fault(at, "", "holds %s; the top level must be a table of keys", root.kind)
		return
	}
	l.applyTable(at, "", root)
}

// applyTable sets the keys of one table, whose name is prefix without its
// last dot.
func (l *loader) applyTable(at Origin, prefix string, table *node) {
	first := make(map[string]int, len(table.members))
	for _, m := range table.members {
		at := at.in(m.line)
		name := prefix + m.name
		if line, again := first[m.name]; again {
			l.fault(at, shownKey(name), "is set twice (first in line %d); remove one of the two", line)
			continue
		}
		first[m.name] = m.line
		l.applyMember(at, prefix, m)
	}
}

func (l *loader) applyMember(at Origin, prefix string, m member) {
	name := prefix + m.name
	k := lookup(name)
	switch {
	case strings.Contains(m.name, "."): // tables are nested, never spelled out
		l.fault(at, shownKey(name), "is not a key%s", didYouMeanNested(m.name))
	case k != nil:
		l.applyNode(at, k, m.value)
	case !isTable(name):
		l.fault(at, shownKey(name), "is not a key%s", didYouMean(prefix, m.name))
	case m.value.kind != nodeTable:
		l.fault(at, name, "is %s; it must be a table", m.value.kind)
	default:
		l.applyTable(at, name+".", m.value)
	}
}

// applyNode sets k to a value of the right type.
func (l *loader) applyNode(at Origin, k *key, n *node) {
	l.assign(spot{at, k.name, k, k.field(&l.config)}, n)
}

// A spot is where a value of a file goes.
type spot struct {
	at    Origin
	name  string // of the key, with that of the list around it
	key   *key
	field any
}

// assign sets the field of s to a value of the right type.
func (l *loader) assign(s spot, n *node) {
	l.origins[s.name] = s.at
	switch p := s.field.(type) {
	case *string:
		if l.wants(s, n, nodeString) {
			*p = n.text
		}
	case *bool:
		if l.wants(s, n, nodeBool) {
			*p = n.text == "true"
		}
	case *int64:
		if l.wants(s, n, nodeInteger) {
			l.integer(s, n, p)
		}
	case *[]string:
		if l.wants(s, n, nodeArray) {
			*p = l.texts(s, n)
		}
	case *[]Listener:
		if l.wants(s, n, nodeArray) {
			*p = applyItems(l, s, n, listenerColumns)
		}
	case *[]Certificate:
		if l.wants(s, n, nodeArray) {
			*p = applyItems(l, s, n, certificateColumns)
		}
	}
}

// wants reports whether n has the kind that s takes, and the fault if not.
func (l *loader) wants(s spot, n *node, kind nodeKind) bool {
	if n.kind == kind {
		return true
	}
	hint := ""
	switch {
	case n.kind == nodeString && kind != nodeArray:
		hint = ", without quotes"
	case n.kind == nodeFloat && kind == nodeInteger:
		hint = ", without point and exponent"
	case kind == nodeString:
		hint = ", in quotes"
	}
	l.fault(s.at, s.name, "%sis %s; it must be %s%s", n.shown(), n.kind, typeName(s.field), hint)
	return false
}

func (l *loader) integer(s spot, n *node, p *int64) {
	value, ok := n.integer()
	if !ok {
		l.fault(s.at, s.name, "%sis out of range; use %s", n.shown(), s.key.values())
		return
	}
	*p = value
}

// texts reads a list of strings. One of a wrong kind keeps its place, so that
// the others keep their numbers and lines.
func (l *loader) texts(s spot, list *node) []string {
	var all []string
	for i, item := range list.items {
		text := ""
		l.assign(spot{s.at.in(item.line), nth(s.name, i), s.key, &text}, item)
		all = append(all, text)
	}
	return all
}

// nth is the name of an item of a list.
func nth(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
