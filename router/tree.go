package router

import "strings"

// A node is a place in a pattern. The tree is a radix tree for static text, over
// the borders of segments, which forks by kind where a segment begins:
//
//	GET /users/new  GET /users/:id(\d+)/posts  GET /users/:id  GET /files/*path
//
//	"/" ─┬─ "users/" ─┬─ "new"            ■
//	     │            ├─ :(\d+) ── "/posts" ■
//	     │            └─ :                ■
//	     └─ "files/" ──── *               ■
//
// Every node has one parent, and the part of a path that leads to it is fixed by
// the path alone; match.go draws its bound from that.
type node[H any] struct {
	text  string     // static text that leads here from the parent; empty for a parameter's node
	first string     // first octets of the texts of children, in the same order
	child []*node[H] // static continuations

	constrained *node[H] // after a constrained parameter
	param       *node[H] // after a parameter
	catchAll    *Route[H]
	forks       bool // any of these three: a segment begins here

	route      *Route[H]   // the pattern that ends here
	constraint *constraint // the condition to come here, on a constrained parameter's node
	owner      *Route[H]   // the route that brought it
}

// insert adds a route. Nothing of it may be in conflict.
func (n *node[H]) insert(parts []part, route *Route[H]) {
	for _, part := range parts {
		n = n.grow(part, route)
	}
	slot := n.slot(parts)
	if *slot == nil || route.Method != AnyMethod {
		*slot = route // a route for one method goes before one for all
	}
}

// grow returns the node that the part leads to, made if need be. A catch-all is
// no node: it stays at the one where it begins.
func (n *node[H]) grow(p part, route *Route[H]) *node[H] {
	switch p.kind {
	case static:
		return n.growStatic(p.text)
	case constrained:
		n.forks = true
		if n.constrained == nil {
			n.constrained = &node[H]{constraint: p.constraint, owner: route}
		}
		return n.constrained
	case param:
		n.forks = true
		if n.param == nil {
			n.param = &node[H]{}
		}
		return n.param
	default:
		n.forks = true
		return n
	}
}

// growStatic returns the node at the end of text, splitting the text of a node
// where the two part.
func (n *node[H]) growStatic(text string) *node[H] {
	for text != "" {
		i := strings.IndexByte(n.first, text[0])
		if i < 0 {
			leaf := &node[H]{text: text}
			n.first += text[:1]
			n.child = append(n.child, leaf)
			return leaf
		}
		next := n.child[i]
		if size := commonPrefix(next.text, text); size < len(next.text) {
			upper := &node[H]{text: next.text[:size], first: next.text[size : size+1], child: []*node[H]{next}}
			next.text = next.text[size:]
			n.child[i] = upper
			next = upper
		}
		n, text = next, text[len(next.text):]
	}
	return n
}

// conflict returns the route that stands in the way of a new one, and why; nil
// if none does.
func (n *node[H]) conflict(parts []part, route *Route[H]) (*Route[H], string) {
	for _, part := range parts {
		if part.kind == constrained && n.constrained != nil && n.constrained.constraint.source != part.constraint.source {
			return n.constrained.owner, "different constraints at the same place"
		}
		if n = n.follow(part); n == nil {
			return nil, ""
		}
	}
	other := *n.slot(parts)
	if other == nil || other.Method != route.Method {
		return nil, ""
	}
	return other, "both match the same paths"
}

// follow is grow for looking: it returns nil where grow would make a node.
func (n *node[H]) follow(p part) *node[H] {
	switch p.kind {
	case static:
		return n.followStatic(p.text)
	case constrained:
		return n.constrained
	case param:
		return n.param
	default:
		return n
	}
}

func (n *node[H]) followStatic(text string) *node[H] {
	for text != "" {
		i := strings.IndexByte(n.first, text[0])
		if i < 0 || !strings.HasPrefix(text, n.child[i].text) {
			return nil
		}
		n, text = n.child[i], text[len(n.child[i].text):]
	}
	return n
}

// slot returns where the route of a pattern that leads to n is kept.
func (n *node[H]) slot(parts []part) **Route[H] {
	if parts[len(parts)-1].kind == catchAll {
		return &n.catchAll
	}
	return &n.route
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
