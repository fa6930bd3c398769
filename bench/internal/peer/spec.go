package peer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reactor.example/bench/internal/load"
)

// Own is the name of the server that the others are compared with.
const Own = "reactor"

// Known lists the names of all servers in the order of tables.
func Known() []string {
	return []string{
		Own, "floor", "gofloor", "nginx", "h2o", "nghttpd", "fasthttp", "nethttp",
		"gws", "gobwas", "gorilla", "nbio",
	}
}

// DeflateRoute stands for an echo of compressed messages among the routes that
// a scenario needs; the path is that of the plain echo.
const DeflateRoute = "/ws, compressed"

// PublishRoute is where everybody hears what anybody says.
const PublishRoute = "/publish"

// OwnRoute stands among the routes that a scenario needs for what only our own
// server has: counters to look at, settings, a way to end.
const OwnRoute = "/stats"

// An ability is what a peer can be measured with.
type ability struct {
	protos []load.Proto
	clear  bool     // speaks them without TLS
	tls    bool     // and with it
	lacks  []string // routes
}

// static are the routes that are more than a file: servers of files lack them.
var static = []string{"/echo", "/sleep", "/mixed", "/spin", "/upload"}

// abilities of all servers but our own, which has every one.
var abilities = map[string]ability{
	"floor":    {protos: []load.Proto{load.HTTP1, load.WebSocket}, clear: true, lacks: []string{DeflateRoute, PublishRoute}},
	"gofloor":  {protos: []load.Proto{load.HTTP1, load.WebSocket}, clear: true, lacks: []string{DeflateRoute, PublishRoute}},
	"nginx":    {protos: []load.Proto{load.HTTP1, load.HTTP2}, clear: true, tls: true, lacks: static},
	"h2o":      {protos: []load.Proto{load.HTTP1, load.HTTP2}, clear: true, tls: true, lacks: static},
	"nghttpd":  {protos: []load.Proto{load.HTTP2}, clear: true, tls: true, lacks: static},
	"fasthttp": {protos: []load.Proto{load.HTTP1}, clear: true, tls: true},
	"nethttp":  {protos: []load.Proto{load.HTTP1, load.HTTP2}, clear: true, tls: true},
	"gws":      {protos: []load.Proto{load.WebSocket}, clear: true, tls: true},
	"gobwas":   {protos: []load.Proto{load.WebSocket}, clear: true, tls: true, lacks: []string{DeflateRoute}},
	"gorilla":  {protos: []load.Proto{load.WebSocket}, clear: true, tls: true},
	"nbio":     {protos: []load.Proto{load.WebSocket}, clear: true, tls: true},
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

// Serves reports whether the server has all of the routes in this mode.
func (sp Spec) Serves(routes []string, m load.Mode) bool {
	if sp.Name == Own {
		return true
	}
	can := abilities[sp.Name]
	if !slices.Contains(can.protos, m.Proto) || m.TLS && !can.tls || !m.TLS && !can.clear {
		return false
	}
	for _, r := range routes {
		if r == OwnRoute || slices.Contains(can.lacks, r) {
			return false
		}
	}
	return true
}
