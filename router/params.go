package router

import (
	"iter"
	"strings"
)

// inlineParams is how many parameters a route can have without Params having to
// allocate.
const inlineParams = 8

// Params holds the parameters of a match. The zero value is empty. It belongs to
// the caller, who may use one again and again: every Match clears it first,
// hits and misses alike. It must not be used by two goroutines at once, and a
// copy is good only until the next Match of the original.
//
// The names and values it hands out are strings that may be kept for ever. A
// value shares its memory with the path given to Match, or with a decoded copy
// if there was anything to decode.
type Params struct {
	text   string   // the decoded path; values are cut from it
	masked bool     // text has encoded slashes in it, see path.go
	names  []string // those of the route; never written to
	inline [inlineParams]span
	more   []span // from inlineParams on
}

// A span is where a value stands in the text.
type span struct{ start, end int }

// Len returns the number of parameters.
func (p *Params) Len() int { return len(p.names) }

// At returns the name and the value of parameter i, counted from 0 in the order
// of the pattern. It panics if there is no such parameter, as an index does.
func (p *Params) At(i int) (name, value string) { return p.names[i], p.value(i) }

// Get returns the value of the parameter called name, decoded, and "" if there
// is none. The name of a catch-all that was not given one is "*".
func (p *Params) Get(name string) string {
	for i := range p.names {
		if p.names[i] == name {
			return p.value(i)
		}
	}
	return ""
}

// All ranges over the names and values in the order of the pattern.
func (p *Params) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for i := range p.names {
			if !yield(p.At(i)) {
				return
			}
		}
	}
}

// Reset makes p empty and lets go of the path of the last match.
func (p *Params) Reset() {
	p.text, p.masked, p.names = "", false, nil
}

func (p *Params) value(i int) string {
	at := p.span(i)
	return p.text[at.start:at.end]
}

func (p *Params) span(i int) span {
	if i < inlineParams {
		return p.inline[i]
	}
	return p.more[i-inlineParams]
}

// set notes where the value of parameter i stands. Parameters are set in order,
// but after a step back earlier ones may be set anew.
func (p *Params) set(i, start, end int) {
	if i < inlineParams {
		p.inline[i] = span{start, end}
		return
	}
	p.more = append(p.more[:i-inlineParams], span{start, end})
}

// bind ends a match: the values that were set get the names of the route.
func (p *Params) bind(names []string, catchAll bool) {
	p.names = names
	if p.masked {
		p.unmask(catchAll)
	}
}

// unmask gives the values their encoded slashes back, in a text of its own.
func (p *Params) unmask(catchAll bool) {
	var b strings.Builder
	for i := range p.names {
		slash := "/"
		if catchAll && i == len(p.names)-1 {
			slash = "%2F"
		}
		start := b.Len()
		b.WriteString(strings.ReplaceAll(p.value(i), maskedSlash, slash))
		if i < inlineParams {
			p.inline[i] = span{start, b.Len()}
		} else {
			p.more[i-inlineParams] = span{start, b.Len()}
		}
	}
	p.text, p.masked = b.String(), false
}
