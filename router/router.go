package router

import (
	"iter"
	"slices"
)

// AnyMethod, as the method of a route, stands for every method, known or not.
const AnyMethod = ""

// A Router maps methods and paths to values of type H, usually handlers. Its
// zero value is ready to use.
//
// Add must not run at the same time as any other method. Once registration is
// over, all other methods may be called from any goroutine; they change
// nothing.
type Router[H any] struct {
	trees  []tree[H] // one for each method that was named, in order of first use
	common node[H]   // the AnyMethod routes, for the methods without a tree
	routes []*Route[H]
}

// A tree holds the routes that serve one method: its own and, except for HEAD,
// those for AnyMethod. HEAD is spared the latter because a HEAD request that
// has no route of its own is to find what GET would find.
type tree[H any] struct {
	method string
	root   *node[H]
}

// New returns an empty router.
func New[H any]() *Router[H] { return &Router[H]{} }

// A Route is what Add registered. It never changes and may be kept for ever.
type Route[H any] struct {
	Method  string // AnyMethod for all
	Pattern string // as given to Add
	Handler H

	names    []string // of the parameters, in order of the pattern
	catchAll bool     // whether the last parameter is a catch-all
}

// Names returns the names of the route's parameters in the order of the
// pattern. The slice is the caller's.
func (rt *Route[H]) Names() []string { return slices.Clone(rt.names) }

// String returns the method and the pattern, for example "GET /users/:id"; the
// method is ANY for AnyMethod.
func (rt *Route[H]) String() string { return methodName(rt.Method) + " " + rt.Pattern }

// Add registers h for method and pattern; the package comment explains the
// patterns. The method is a token, compared with case, or AnyMethod.
//
// An error is always a *RouteError; the router is then as it was before. Add
// must not run at the same time as any other method of the router.
func (r *Router[H]) Add(method, pattern string, h H) (*Route[H], error) {
	if method != AnyMethod && !isToken(method) {
		return nil, &RouteError{Method: method, Pattern: pattern, Reason: "method is not a token (RFC 9110, section 9.1)"}
	}
	parsed, err := parsePattern(pattern)
	if err != nil {
		return nil, &RouteError{Method: method, Pattern: pattern, Reason: err.Error()}
	}
	route := &Route[H]{
		Method:   method,
		Pattern:  pattern,
		Handler:  h,
		names:    parsed.names,
		catchAll: parsed.catchAll(),
	}
	roots, fresh := r.rootsFor(method)
	for _, root := range roots {
		if other, reason := root.conflict(parsed.parts, route); other != nil {
			return nil, &RouteError{Method: method, Pattern: pattern, Conflict: other.String(), Reason: reason}
		}
	}
	for _, root := range roots {
		root.insert(parsed.parts, route)
	}
	if fresh {
		r.trees = append(r.trees, tree[H]{method, roots[0]})
	}
	r.routes = append(r.routes, route)
	return route, nil
}

// Routes lists all routes in the order in which they were added.
func (r *Router[H]) Routes() iter.Seq[*Route[H]] { return slices.Values(r.routes) }

// rootsFor returns the trees into which a route of method has to go, and
// whether it is one that the router does not have yet.
func (r *Router[H]) rootsFor(method string) (roots []*node[H], fresh bool) {
	if method == AnyMethod {
		roots = append(roots, &r.common)
		for _, t := range r.trees {
			if t.method != methodHead {
				roots = append(roots, t.root)
			}
		}
		return roots, false
	}
	if root := r.root(method); root != nil {
		return []*node[H]{root}, false
	}
	return []*node[H]{r.newRoot(method)}, true
}

// newRoot returns a tree for method with the AnyMethod routes that there are.
func (r *Router[H]) newRoot(method string) *node[H] {
	root := &node[H]{}
	if method == methodHead {
		return root
	}
	for _, route := range r.routes {
		if route.Method == AnyMethod {
			parsed, _ := parsePattern(route.Pattern) // it was good when it was added
			root.insert(parsed.parts, route)
		}
	}
	return root
}

// root returns the tree of method, nil if it has none. Hot path.
func (r *Router[H]) root(method string) *node[H] {
	for i := range r.trees {
		if r.trees[i].method == method {
			return r.trees[i].root
		}
	}
	return nil
}
