package peer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Own is the name of the server that the others are compared with.
const Own = "reactor"

// Known lists the names of all servers in the order of tables.
func Known() []string {
	return []string{Own, "floor", "gofloor", "nginx", "fasthttp", "nethttp"}
}

// lacks names the routes that a peer cannot serve without extra modules.
var lacks = map[string][]string{
	"nginx": {"/echo", "/sleep", "/mixed", "/spin", "/upload"},
}

// A Spec says which server to start and how. Its written form is
// name[:binary][@procs], for example "nethttp@8" or "reactor:../old/server_runner".
type Spec struct {
	Name   string // one of Known
	Binary string // of Own: another file than the catalog's; else empty
	Procs  int    // GOMAXPROCS of the child; zero leaves it alone
}

// ParseSpec reads the written form.
func ParseSpec(s string) (Spec, error) {
	rest, procs, found := strings.Cut(s, "@")
	var sp Spec
	if found {
		n, err := strconv.Atoi(procs)
		if err != nil || n < 1 {
			return Spec{}, fmt.Errorf("peer: %q: after @ stands a number of processors", s)
		}
		sp.Procs = n
	}
	sp.Name, sp.Binary, found = strings.Cut(rest, ":")
	if !slices.Contains(Known(), sp.Name) {
		return Spec{}, fmt.Errorf("peer: no server %q; there are %s", sp.Name, strings.Join(Known(), ", "))
	}
	if found && (sp.Name != Own || sp.Binary == "") {
		return Spec{}, fmt.Errorf("peer: %q: only %s takes a binary", s, Own)
	}
	return sp, nil
}

// String returns the written form.
func (sp Spec) String() string {
	s := sp.Name
	if sp.Binary != "" {
		s += ":" + sp.Binary
	}
	if sp.Procs > 0 {
		s += "@" + strconv.Itoa(sp.Procs)
	}
	return s
}

// Serves reports whether the server has all of the routes.
func (sp Spec) Serves(routes []string) bool {
	for _, r := range routes {
		if slices.Contains(lacks[sp.Name], r) {
			return false
		}
	}
	return true
}
