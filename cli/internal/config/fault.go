package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A layer is where a value comes from. A higher one overrides a lower one.
type layer int

const (
	layerDefault layer = iota
	layerFile
	layerEnv
	layerFlag
)

// An Origin is the place where a setting got its value. The zero Origin is
// the built-in default.
type Origin struct {
	layer layer
	name  string // path of the file, name of the variable, or the flag
	line  int    // in the file, from 1; 0 if it is about the file as a whole
}

// String is the place as a reader can go to it: "server.toml:7",
// "REACTOR_BIND_PORT" or "--port".
func (o Origin) String() string {
	if o.line > 0 {
		return o.name + ":" + strconv.Itoa(o.line)
	}
	return o.name
}

// in is another line of the same file.
func (o Origin) in(line int) Origin {
	o.line = line
	return o
}

// A Fault is one thing that is wrong with the configuration.
type Fault struct {
	Origin Origin
	Key    string // dotted name, or empty if it is about no key
	Reason string // what is wrong and how to mend it
}

// Error is one line: place, key, reason.
func (f Fault) Error() string {
	var parts []string
	if f.Origin.name != "" {
		parts = append(parts, f.Origin.String())
	}
	if f.Key != "" {
		parts = append(parts, f.Key)
	}
	return strings.Join(append(parts, f.Reason), ": ")
}

// Faults is every fault of a configuration, in the order in which a reader
// mends them: down the file, then environment, flags and the rest.
type Faults []Fault

// Error has one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].Error()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the faults in reading order, or nil if there are none.
func (f Faults) sorted() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Origin.line, b.Origin.line))
	})
	return f
}

// rank puts the file first and what stands nowhere last.
func rank(f Fault) layer {
	if f.Origin.layer == layerDefault {
		return layerFlag + 1
	}
	return f.Origin.layer
}

// has reports whether there is a fault of that key already, or of an item of
// the list that it is.
func (f Faults) has(key string) bool {
	return slices.ContainsFunc(f, func(f Fault) bool {
		return f.Key == key || strings.HasPrefix(f.Key, key+"[")
	})
}

// quotePath is quote for the path of a file, whose end says most.
func quotePath(path string) string {
	const most = 255
	if len(path) > most {
		return quote(path)
	}
	return strconv.Quote(path)
}

// quote shows foreign text in a message: quoted, so that it cannot break the
// line, and cut, so that it cannot fill the screen.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + fmt.Sprintf(" and %d more bytes", len(s)-most)
	}
	return strconv.Quote(s)
}
