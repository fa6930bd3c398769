package router

import "strings"

// A Verdict is the outcome of Match.
type Verdict uint8

// The verdicts. Only Found and FoundByGet come with a route.
const (
	NotFound         Verdict = iota // no route of any method matches: 404
	Found                           // the route serves the request
	FoundByGet                      // a HEAD request, served by a GET route: send no content
	MethodNotAllowed                // only other methods have a route: 405 and Allow (RFC 9110, section 15.5.6)
	Options                         // an OPTIONS request without a route of its own: answer it with Allow (RFC 9110, section 9.3.7)
	BadPath                         // the path holds a bad escape or a NUL: 400
)

// String returns the name of the constant.
func (v Verdict) String() string {
	names := [...]string{"NotFound", "Found", "FoundByGet", "MethodNotAllowed", "Options", "BadPath"}
	if int(v) < len(names) {
		return names[v]
	}
	return "Verdict(?)"
}

// Match finds the route for a request and fills p with its parameters. The path
// is that of the request target: it begins with a slash, is percent-encoded and
// has no query; or it is a whole target in asterisk or authority form. p must
// not be nil, and is empty unless a route is returned.
//
// Match may be called from any goroutine, each with its own p. It allocates
// only if there is an escape or a dot segment in the path, or if the route has
// more than 8 parameters and p never held as many. Hot path.
func (r *Router[H]) Match(method, path string, p *Params) (*Route[H], Verdict) {
	if !p.begin(path) {
		return nil, BadPath
	}
	if root := r.root(method); root != nil {
		if route := root.find(p, 0, 0); route != nil {
			p.bind(route.names, route.catchAll)
			return route, Found
		}
	}
	return r.matchOther(method, p)
}

// begin makes p ready for a match of path, cleaned and decoded. It reports
// whether the path is acceptable. Hot path.
func (p *Params) begin(path string) bool {
	p.Reset()
	if !isPath(path) || isPlain(path) {
		p.text = path
		return true
	}
	clean, ok := Clean(path)
	if ok {
		p.text, p.masked = decode(clean)
	}
	return ok
}

// matchOther goes on where the method's own tree has no route.
func (r *Router[H]) matchOther(method string, p *Params) (*Route[H], Verdict) {
	if root := r.substitute(method); root != nil {
		if route := root.find(p, 0, 0); route != nil {
			p.bind(route.names, route.catchAll)
			if method == methodHead && route.Method == methodGet {
				return route, FoundByGet
			}
			return route, Found
		}
	}
	known := p.text == "*" || r.servedByOther(method, p)
	p.Reset()
	switch {
	case !known:
		return nil, NotFound
	case method == methodOptions:
		return nil, Options
	default:
		return nil, MethodNotAllowed
	}
}

// substitute returns the tree that serves a method beside or instead of its
// own: that of GET for HEAD, the AnyMethod routes for a method without a tree;
// else nil.
func (r *Router[H]) substitute(method string) *node[H] {
	if method == methodHead {
		method = methodGet
	} else if r.root(method) != nil {
		return nil
	}
	if root := r.root(method); root != nil {
		return root
	}
	return &r.common
}

// servedByOther reports whether some other method has a route for the path.
func (r *Router[H]) servedByOther(method string, p *Params) bool {
	for i := range r.trees {
		if r.trees[i].method != method && r.trees[i].root.find(p, 0, 0) != nil {
			return true
		}
	}
	return false
}

// find returns the route for p.text[at:], given that what stands before has led
// to n and that k parameters are set; nil if there is none below n.
//
// It goes down without recursion as long as there is one way only, and calls
// itself where there is another one to try after a failure. Each call and each
// turn of the loop belongs to another node, because static text and parameters
// use up an amount of the path that does not depend on what follows: no node is
// seen twice, and the depth of recursion is that of the tree. Hot path.
func (n *node[H]) find(p *Params, at, k int) *Route[H] {
	for {
		rest := p.text[at:]
		if rest == "" {
			return n.end(p, at, k)
		}
		next := n.static(rest)
		if !n.forks {
			if next == nil {
				return nil
			}
			n, at = next, at+len(next.text)
			continue
		}
		if next != nil {
			if route := next.find(p, at+len(next.text), k); route != nil {
				return route
			}
		}
		end := at + segmentLen(rest)
		if n.constrained != nil && n.constrained.admits(p, at, end) {
			p.set(k, at, end)
			if route := n.constrained.find(p, end, k+1); route != nil {
				return route
			}
		}
		if n.param == nil || end == at {
			return n.tail(p, at, k)
		}
		p.set(k, at, end)
		if n.catchAll != nil {
			if route := n.param.find(p, end, k+1); route != nil {
				return route
			}
			return n.tail(p, at, k)
		}
		n, at, k = n.param, end, k+1
	}
}

// static returns the child whose text rest begins with, nil if there is none.
func (n *node[H]) static(rest string) *node[H] {
	for i := range len(n.first) {
		if n.first[i] == rest[0] {
			if next := n.child[i]; strings.HasPrefix(rest, next.text) {
				return next
			}
			return nil
		}
	}
	return nil
}

// end returns the route for a path that ends at n: a catch-all takes it with
// nothing left.
func (n *node[H]) end(p *Params, at, k int) *Route[H] {
	if n.route != nil {
		return n.route
	}
	return n.tail(p, at, k)
}

// tail returns the catch-all route of n, which takes what is left.
func (n *node[H]) tail(p *Params, at, k int) *Route[H] {
	if n.catchAll != nil {
		p.set(k, at, len(p.text))
	}
	return n.catchAll
}

// admits reports whether the segment fulfils the constraint of n.
func (n *node[H]) admits(p *Params, start, end int) bool {
	segment := p.text[start:end]
	if p.masked {
		segment = strings.ReplaceAll(segment, maskedSlash, "/")
	}
	return segment != "" && n.constraint.matches(segment)
}

func segmentLen(s string) int {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return i
	}
	return len(s)
}
