package router

import (
	"slices"
	"strings"
)

// The methods with a meaning of their own here (RFC 9110, section 9.3).
const (
	methodGet     = "GET"
	methodHead    = "HEAD"
	methodOptions = "OPTIONS"
)

// anyMethods are the methods that an AnyMethod route is said to allow. CONNECT
// and TRACE are left out: no resource should promise them by accident.
var anyMethods = [...]string{"DELETE", methodGet, methodHead, methodOptions, "PATCH", "POST", "PUT"}

// Allow returns the value of the Allow field for a path (RFC 9110, section
// 10.2.1): the methods that it can be asked with, sorted. HEAD is among them
// where GET is, OPTIONS always, as the server answers it. "*" stands for the
// server as a whole, all methods that have any route. Allow returns "" for a
// path that no route matches, or that Match calls a BadPath.
//
// It may be called from any goroutine; it allocates.
func (r *Router[H]) Allow(path string) string {
	var p Params
	if !p.begin(path) {
		return ""
	}
	methods := r.methodsFor(&p)
	if len(methods) == 0 {
		return ""
	}
	if slices.Contains(methods, methodGet) {
		methods = append(methods, methodHead)
	}
	methods = append(methods, methodOptions)
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}

// methodsFor returns the methods that have a route for the path, unsorted.
func (r *Router[H]) methodsFor(p *Params) []string {
	var methods []string
	for _, t := range r.trees {
		if p.text == "*" || t.root.find(p, 0, 0) != nil {
			methods = append(methods, t.method)
		}
	}
	if r.common.find(p, 0, 0) != nil || p.text == "*" && r.hasAny() {
		methods = append(methods, anyMethods[:]...)
	}
	if p.text == "*" {
		methods = append(methods, methodOptions) // even with no route at all
	}
	return methods
}

// hasAny reports whether there is a route for AnyMethod.
func (r *Router[H]) hasAny() bool {
	return slices.ContainsFunc(r.routes, func(rt *Route[H]) bool { return rt.Method == AnyMethod })
}
