package load

import (
	"fmt"
	"strings"
)

// Errors counts what went wrong, by kind. Warm-up counts too.
type Errors struct {
	Connect int64 // connections refused or not made, handshakes included
	Broken  int64 // connections that ended within a response
	Status  int64 // answers with a status other than 200, or none
	Length  int64 // answers with a body of a wrong length
	Parse   int64 // answers that do not follow the protocol
	Stuck   int64 // requests unanswered for five seconds at the end
}

// Total returns the sum of all kinds.
func (e Errors) Total() int64 {
	return e.Connect + e.Broken + e.Status + e.Length + e.Parse + e.Stuck
}

func (e *Errors) add(o Errors) {
	e.Connect += o.Connect
	e.Broken += o.Broken
	e.Status += o.Status
	e.Length += o.Length
	e.Parse += o.Parse
	e.Stuck += o.Stuck
}

// String lists the kinds that occurred.
func (e Errors) String() string {
	var s strings.Builder
	for _, k := range []struct {
		name string
		n    int64
	}{
		{"connect", e.Connect},
		{"broken", e.Broken},
		{"status", e.Status},
		{"length", e.Length},
		{"parse", e.Parse},
		{"stuck", e.Stuck},
	} {
		if k.n > 0 {
			fmt.Fprintf(&s, " %s=%d", k.name, k.n)
		}
	}
	if s.String() == "" {
		return "none"
	}
	return s.String()[1:]
}
