package router

import (
	"slices"
	"strings"
)

// Chain puts middleware around a handler. The first one is the outermost: it
// sees the request first and the response last.
func Chain[H any](h H, middleware ...func(H) H) H {
	for _, wrap := range slices.Backward(middleware) {
		h = wrap(h)
	}
	return h
}

// A Group adds routes that have a prefix and middleware in common. It holds no
// routes itself; they all go to its router. Like Router.Add, its methods must
// not run at the same time as anything else of the router.
type Group[H any] struct {
	router     *Router[H]
	prefix     string
	middleware []func(H) H
}

// Group returns a group of r. The prefix is the beginning of a pattern, with
// parameters if need be; it is checked with each pattern that is added.
func (r *Router[H]) Group(prefix string, middleware ...func(H) H) *Group[H] {
	return &Group[H]{r, prefix, slices.Clone(middleware)}
}

// Group returns a group within g: its prefix follows that of g, and its
// middleware, called after that of g, does not concern the routes of g.
// Middleware that g is given later is not taken over.
func (g *Group[H]) Group(prefix string, middleware ...func(H) H) *Group[H] {
	return &Group[H]{g.router, Join(g.prefix, prefix), slices.Concat(g.middleware, middleware)}
}

// Use appends middleware for the routes that are added to g from now on.
func (g *Group[H]) Use(middleware ...func(H) H) {
	g.middleware = append(g.middleware, middleware...)
}

// Add registers h, wrapped into the middleware of g, for the pattern that Join
// makes of the prefix of g and pattern. For the rest it is Router.Add.
func (g *Group[H]) Add(method, pattern string, h H) (*Route[H], error) {
	return g.router.Add(method, Join(g.prefix, pattern), Chain(h, g.middleware...))
}

// Join puts a prefix before a pattern, with one slash between the two. An empty
// prefix changes nothing, and an empty pattern stands for the prefix itself:
//
//	Join("/api", "/users")  "/api/users"
//	Join("/api/", "/users") "/api/users"
//	Join("/api", "")        "/api"
//	Join("/api", "/")       "/api/"
func Join(prefix, pattern string) string {
	if prefix == "" || pattern == "" {
		return prefix + pattern
	}
	return strings.TrimSuffix(prefix, "/") + "/" + strings.TrimPrefix(pattern, "/")
}
