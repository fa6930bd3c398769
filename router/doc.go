// Package router finds, for a request's method and path, the value that was
// registered for it: a handler of any type H. It reads no requests, writes no
// responses and imports nothing but the standard library's basics, so it fits
// under net/http as well as under any other server.
//
// # Patterns
//
// A pattern is a path whose segments are of four kinds:
//
//	/users/new        static text: this segment and no other
//	/users/:id        parameter: any one segment that is not empty
//	/users/:id(\d+)   constrained parameter: one segment that the expression matches as a whole
//	/files/*path      catch-all: the rest of the path, which may be empty; only at the end
//	/files/*          the same without a name; its value is found under "*"
//
// Names are letters, digits and underscores, do not begin with a digit and
// occur once in a pattern. In the midst of a segment ":" and "*" are plain
// text: "/v1/users:batch" is static. Constraints are RE2, the syntax of package
// regexp; look-around and back references are refused.
//
// A trailing slash counts: "/a" and "/a/" are two patterns, "/files/*path"
// matches "/files/" but not "/files". Patterns are written decoded, "/café" and
// not "/caf%C3%A9". Empty segments, dot segments, percent-encoding, "?" and "#"
// are refused in a pattern: no path that is matched could ever look like that,
// or it is certainly a slip.
//
// A pattern that does not begin with a slash is a target that is compared octet
// by octet: "*", or "host:port" for CONNECT (RFC 9112, sections 3.2.3 and
// 3.2.4).
//
// # Which route wins
//
// At every segment the order is static, constrained parameter, parameter,
// catch-all, whatever the order of registration. If a choice leads nowhere
// further on, the next one is tried (backtracking): with "/users/new" and
// "/users/:id/edit", the path "/users/new/edit" finds the second.
//
// Two patterns that could not be told apart are refused when the second one is
// added, by an error that names both: equal ones (parameter names aside), and two
// different constraints at one place, which would make the winner depend on the
// order of registration. Parameter names may differ; each route keeps its own.
//
// # What a match costs
//
// The routes of a method form one radix tree. A parameter always takes exactly
// one segment, so a node of the tree can be reached at one place of the path
// only, and by one way only: backtracking leaves a node for good. A match
// therefore visits each node at most once and evaluates the constraint of each
// node at most once, whatever the path. A path of S segments can make it visit
// 3 to the power of S nodes, but not more than the routes have built: the worst
// path costs time linear in the routes (and in its own length), never more. Only
// a request that found nothing asks the trees of the other methods (404 or 405),
// and that is the sum over all trees, each node once. RE2 is linear, too.
//
// A match of a path that needs no decoding does not allocate. Parameters are
// kept as positions in the path, not in a map.
//
// # Paths
//
// Match takes the path as it stands in the request target, still percent-encoded
// and without the query:
//
//   - Dot segments are resolved first (RFC 3986, section 5.2.4), also when a dot
//     is written "%2e"; none climbs above the root.
//   - Decoding is done segment by segment: "%2F" never splits a segment. In the
//     value of a parameter it becomes "/". In the value of a catch-all, where it
//     could not be told from a separator, it stays "%2F".
//   - Empty segments are significant: "//a" and "/a" are different paths, no
//     parameter matches an empty segment, a catch-all keeps it.
//   - A bad escape ("%zz", "%4") and NUL make the verdict BadPath. Other
//     octets are taken as they are, valid UTF-8 or not.
//
// A parameter never has the value "." or "..", but may hold "../x" (from
// "..%2Fx"): who makes a file name of it has to look first, for example with
// filepath.IsLocal.
//
// # Methods
//
// A HEAD request is served by the GET route if HEAD has none of its own. A path
// that only other methods serve yields MethodNotAllowed, or Options for an
// OPTIONS request, and Allow lists them. AnyMethod registers a route for all
// methods; at one and the same pattern, a route for a single method goes before
// it.
package router
