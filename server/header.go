package server

import (
	"iter"
	"slices"
	"strings"
)

// A Field is one field line. Names are in lower case.
type Field = struct{ Name, Value string }

// A Header is the field lines of a request or a response, in their order.
// It is a view: its methods speak to the Request or Response that it was
// taken from, and do nothing once the handler has returned. Names are
// compared without regard to case.
type Header struct {
	ex   *exchange
	gen  uint64
	list headerList
}

// A headerList says which fields of the exchange a Header is about.
type headerList uint8

const (
	requestFields headerList = iota
	requestTrailers
	responseFields
	responseTrailers
)

// lockToWrite is lock for a change. A response head that is the loop's
// already cannot change.
func (h Header) lockToWrite() *[]Field {
	list := h.lock()
	if list == nil {
		return nil
	}
	switch ex := h.ex; {
	case h.list == responseFields && ex.reply.stage >= replyStreaming:
		ex.mu.Unlock()
		return nil
	case h.list == requestFields && !ex.ownFields:
		// The parser's own may be those of the next request, too.
		ex.head.fields, ex.ownFields = slices.Clone(ex.head.fields), true
	}
	return list
}

// lock returns the list with the exchange locked, or nil with it unlocked
// when the handler has returned.
func (h Header) lock() *[]Field {
	ex := h.ex
	if !ex.enter(h.gen) {
		return nil
	}
	switch h.list {
	case requestFields:
		return &ex.head.fields
	case requestTrailers:
		return &ex.body.trailers
	case responseFields:
		return &ex.reply.fields
	}
	return &ex.reply.trailers
}

// Get returns the value of the first field of that name, or "".
func (h Header) Get(name string) string {
	v, _ := h.Lookup(name)
	return v
}

// Lookup returns the value of the first field of that name, and whether
// there is one.
func (h Header) Lookup(name string) (value string, ok bool) {
	list := h.lock()
	if list == nil {
		return "", false
	}
	defer h.ex.mu.Unlock()
	for i := range *list {
		if f := &(*list)[i]; equalFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}

// Values returns the values of all fields of that name, in their order. The
// slice is the caller's.
func (h Header) Values(name string) (values []string) {
	for n, v := range h.All() {
		if equalFold(n, name) {
			values = append(values, v)
		}
	}
	return values
}

// All ranges over a copy of the fields: names in lower case, and values.
func (h Header) All() iter.Seq2[string, string] {
	var fields []Field
	if list := h.lock(); list != nil {
		fields = append(fields, *list...)
		h.ex.mu.Unlock()
	}
	return func(yield func(string, string) bool) {
		for _, f := range fields {
			if !yield(f.Name, f.Value) {
				return
			}
		}
	}
}

// Set replaces the fields of that name by one, but adds to those that are
// lists of lines by nature: Set-Cookie and WWW-Authenticate. Setting a field
// of a request is seen by the handlers behind a middleware. It has no effect
// on a response whose head has been sent.
func (h Header) Set(name, value string) {
	name = strings.ToLower(name)
	if name != "set-cookie" && name != "www-authenticate" {
		h.Del(name)
	}
	h.Add(name, value)
}

// Add appends a field. A name that is not a token makes the response fail
// when it is encoded; CR, LF and NUL in a value are removed.
func (h Header) Add(name, value string) {
	list := h.lockToWrite()
	if list == nil {
		return
	}
	*list = append(*list, Field{strings.ToLower(name), value})
	h.ex.mu.Unlock()
}

// Del removes the fields of that name.
func (h Header) Del(name string) {
	list := h.lockToWrite()
	if list == nil {
		return
	}
	defer h.ex.mu.Unlock()
	kept := (*list)[:0]
	for _, f := range *list {
		if !equalFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	*list = kept
}

// equalFold compares the ASCII names of fields. lower is in lower case
// already. Hot path.
func equalFold(lower, name string) bool {
	if len(lower) != len(name) {
		return false
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// hasOption reports whether a Connection field has that option (RFC 9110, section
// 7.6.1).
func hasOption(line, name string) bool {
	for option := range strings.SplitSeq(line, ",") {
		if strings.EqualFold(strings.Trim(option, " \t"), name) {
			return true
		}
	}
	return false
}
