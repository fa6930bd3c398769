package router

import "fmt"

// A RouteError says why Add refused a route.
type RouteError struct {
	Method   string // of the refused route
	Pattern  string // of the refused route
	Conflict string // the route that stands in the way, as Route.String shows it; empty if the pattern itself is at fault
	Reason   string // what is wrong
}

// Error returns one line that names the route, its opponent if it has one, and
// the reason.
func (e *RouteError) Error() string {
	if e.Conflict == "" {
		return fmt.Sprintf("router: %s %#q: %s", methodName(e.Method), e.Pattern, e.Reason)
	}
	return fmt.Sprintf("router: %s %s conflicts with %s: %s", methodName(e.Method), e.Pattern, e.Conflict, e.Reason)
}

// methodName returns method as people should read it.
func methodName(method string) string {
	if method == AnyMethod {
		return "ANY"
	}
	return method
}
