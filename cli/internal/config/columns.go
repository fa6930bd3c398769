package config

import "strings"

// A column is a key of the tables in a list, which become values of type T.
type column[T any] struct {
	key              // its name stands alone, without a table in front
	of  func(*T) any // as field does in a Config
}

// The keys of one [[listeners]] table. Host and port have the types and ranges
// of bind_host and bind_port, but no defaults.
var listenerColumns = []column[Listener]{
	{key{name: "host"}, func(l *Listener) any { return &l.Host }},
	{key{name: "port", max: 65535, zero: "any free port"}, func(l *Listener) any { return &l.Port }},
	{key{name: "tls"}, func(l *Listener) any { return &l.TLS }},
	{key{name: "protocols", oneOf: []string{"h2", "http/1.1"}}, func(l *Listener) any { return &l.Protocols }},
	{key{name: "redirect_https", max: 65535, zero: "no redirect"}, func(l *Listener) any { return &l.RedirectHTTPS }},
}

// The keys of one [[tls.certificates]] table.
var certificateColumns = []column[Certificate]{
	{key{name: "names", each: emptyFault}, func(c *Certificate) any { return &c.Names }},
	{key{name: "cert_file"}, func(c *Certificate) any { return &c.CertFile }},
	{key{name: "key_file"}, func(c *Certificate) any { return &c.KeyFile }},
	{key{name: "ocsp_file"}, func(c *Certificate) any { return &c.OCSPFile }},
}

// names lists the columns as a message does.
func names[T any](columns []column[T]) string {
	all := make([]string, len(columns))
	for i := range columns {
		all[i] = columns[i].name
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

// applyItems reads a list of tables. An item that is no table keeps its place.
func applyItems[T any](l *loader, s spot, list *node, columns []column[T]) []T {
	all := make([]T, len(list.items))
	for i, n := range list.items {
		name, at := nth(s.name, i), s.at.in(n.line)
		l.origins[name] = at
		if n.kind != nodeTable {
			l.fault(at, name, "%sis %s; it must be a table with %s", n.shown(), n.kind, names(columns))
			continue
		}
		applyItem(l, at, name, n, columns, &all[i])
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// applyItem sets the columns of one table.
func applyItem[T any](l *loader, at Origin, name string, table *node, columns []column[T], item *T) {
	first := make(map[string]int, len(table.members))
	for _, m := range table.members {
		at, full := at.in(m.line), name+"."+m.name
		if line, again := first[m.name]; again {
			l.fault(at, shownKey(full), "is set twice (first in line %d); remove one of the two", line)
			continue
		}
		first[m.name] = m.line
		known := false
		for i := range columns {
			if c := &columns[i]; c.name == m.name {
				l.assign(spot{at, full, &c.key, c.of(item)}, m.value)
				known = true
			}
		}
		if !known {
			l.fault(at, shownKey(full), "is not a key; here there are %s", names(columns))
		}
	}
}

// checkItems judges every value of a list of tables by itself.
func checkItems[T any](l *loader, list string, items []T, columns []column[T]) {
	for i := range items {
		for j := range columns {
			c := &columns[j]
			l.checkValue(nth(list, i)+"."+c.name, &c.key, c.of(&items[i]))
		}
	}
}

// printedItems is a list of tables, as an encoder takes it.
func printedItems[T any](items []T, columns []column[T]) []map[string]any {
	list := make([]map[string]any, len(items))
	for i := range items {
		list[i] = make(map[string]any, len(columns))
		for j := range columns {
			list[i][columns[j].name] = printed(columns[j].of(&items[i]))
		}
	}
	return list
}
