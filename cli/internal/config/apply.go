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
		at.line = m.line
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
	l.origins[k.name] = at
	switch p := k.field(&l.config).(type) {
	case *string:
		if l.wants(at, k, n, nodeString) {
			*p = n.text
		}
	case *bool:
		if l.wants(at, k, n, nodeBool) {
			*p = n.text == "true"
		}
	case *int64:
		if l.wants(at, k, n, nodeInteger) {
			l.integer(at, k, n, p)
		}
	case *[]Listener:
		if l.wants(at, k, n, nodeArray) {
			*p = l.listeners(at, n)
		}
	}
}

// wants reports whether n has the kind that k takes, and the fault if not.
func (l *loader) wants(at Origin, k *key, n *node, kind nodeKind) bool {
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
	l.fault(at, k.name, "%sis %s; it must be %s%s", n.shown(), n.kind, k.typeName(), hint)
	return false
}

func (l *loader) integer(at Origin, k *key, n *node, p *int64) {
	value, ok := n.integer()
	if !ok {
		l.fault(at, k.name, "%sis out of range; use %s", n.shown(), k.values())
		return
	}
	*p = value
}

// The keys of one [[listeners]] table. They have the types and ranges of
// bind_host and bind_port, but no defaults.
const (
	listenerHost = "host"
	listenerPort = "port"
)

func (l *loader) listeners(at Origin, list *node) []Listener {
	var all []Listener
	for i, item := range list.items {
		name := fmt.Sprintf("listeners[%d]", i)
		at.line = item.line
		if item.kind != nodeTable {
			l.fault(at, name, "%sis %s; it must be a table with host and port", item.shown(), item.kind)
			continue
		}
		all = append(all, l.listener(at, name, item))
	}
	return all
}

// listener reads one [[listeners]] table, which begins at the place at.
func (l *loader) listener(at Origin, name string, table *node) Listener {
	scratch := loader{origins: map[string]Origin{}}
	first := make(map[string]int, len(table.members))
	for _, m := range table.members {
		place := at
		place.line = m.line
		if line, again := first[m.name]; again {
			l.fault(place, shownKey(name+"."+m.name), "is set twice (first in line %d); remove one of the two", line)
			continue
		}
		first[m.name] = m.line
		switch m.name {
		case listenerHost:
			scratch.applyNode(place, lookup("bind_host"), m.value)
		case listenerPort:
			scratch.applyNode(place, lookup("bind_port"), m.value)
		default:
			l.fault(place, shownKey(name+"."+m.name), "is not a key; a listener has host and port")
		}
	}
	listener := Listener{Host: scratch.config.BindHost, Port: scratch.config.BindPort}
	scratch.checkListener(at, listener)
	for _, f := range scratch.faults {
		f.Key = strings.TrimSuffix(name+"."+strings.TrimPrefix(f.Key, "bind_"), ".")
		l.faults = append(l.faults, f)
	}
	return listener
}

// checkListener is called on the scratch loader of one listener, in which the
// listener is bind_host and bind_port.
func (l *loader) checkListener(at Origin, listener Listener) {
	if _, ok := l.origins["bind_host"]; !ok {
		l.fault(at, "", "has no host; give it an address, a name or unix: and a path")
	} else {
		l.refuse("bind_host", hostFault(listener.Host))
	}
	if _, ok := l.origins["bind_port"]; !ok && !strings.HasPrefix(listener.Host, "unix:") {
		l.fault(at, "", "has no port; use 0 to 65535 (0 = any free port)")
	}
	l.refuse("bind_port", lookup("bind_port").fault(&l.config))
}
