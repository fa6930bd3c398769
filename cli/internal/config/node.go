package config

import (
	"bytes"
	"strconv"
	"strings"
)

// A nodeKind is the type of a value in a file, whichever its format.
type nodeKind int

const (
	_ nodeKind = iota
	nodeString
	nodeInteger
	nodeFloat // a number written with a point or an exponent, also 80.0
	nodeBool
	nodeDate
	nodeNull
	nodeTable
	nodeArray
)

// String is the kind as a message names it.
func (k nodeKind) String() string {
	return [...]string{
		nodeString: "a string", nodeInteger: "an integer", nodeFloat: "a fraction", nodeBool: "a boolean",
		nodeDate: "a date", nodeNull: "null", nodeTable: "a table", nodeArray: "a list",
	}[k]
}

// A node is one value of a file with the line it stands in.
type node struct {
	kind    nodeKind
	line    int
	text    string   // a string decoded; any other scalar as it was written
	members []member // of a table, in file order, doubles included
	items   []*node  // of an array

	header bool // TOML: the table was opened by a [header] of its own
}

// A member is a name in a table.
type member struct {
	name  string
	line  int
	value *node
}

// add appends a member to the table n.
func (n *node) add(name string, line int, value *node) {
	n.members = append(n.members, member{name, line, value})
}

// member returns the last value of that name in the table n, or nil.
func (n *node) member(name string) *node {
	for i := len(n.members) - 1; i >= 0; i-- {
		if n.members[i].name == name {
			return n.members[i].value
		}
	}
	return nil
}

// integer returns the value of an integer node; ok is false if it does not
// fit into 64 bits. Nothing ever wraps.
func (n *node) integer() (value int64, ok bool) {
	value, err := strconv.ParseInt(strings.ReplaceAll(n.text, "_", ""), 0, 64)
	return value, err == nil
}

// shown is a scalar as a message shows it in front of what is wrong with it,
// and nothing for what is not a scalar.
func (n *node) shown() string {
	switch n.kind {
	case nodeString:
		return quote(n.text) + " "
	case nodeInteger, nodeFloat, nodeBool, nodeDate:
		if len(n.text) <= 40 {
			return n.text + " "
		}
		return n.text[:40] + "... "
	default:
		return ""
	}
}

// lineIndex turns offsets in a document into line numbers.
type lineIndex []byte

// at returns the line, from 1, of the byte at offset.
func (doc lineIndex) at(offset int) int {
	offset = min(max(offset, 0), len(doc))
	return 1 + bytes.Count(doc[:offset], []byte{'\n'})
}
