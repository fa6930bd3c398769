package router

import "testing"

// The tests of this file keep the promises of the server that this project
// follows: its suite "route" has 44 cases, 24 of them on the trie, 11 on the
// router, 3 more and 6 regressions. The two that are about percent-encoding and
// about constraints say what we do instead.

func TestRouteTrieMatches(t *testing.T) {
	t.Parallel()
	runMatchCases(t, []matchCase{
		{
			"an exact path matches",
			[]string{"GET /users"},
			"GET /users", "GET /users",
		},
		{
			"one parameter takes one segment",
			[]string{"GET /users/:id"},
			"GET /users/42", "GET /users/:id id=42",
		},
		{
			"two parameters take one segment each",
			[]string{"GET /users/:user/posts/:post"},
			"GET /users/7/posts/9", "GET /users/:user/posts/:post user=7 post=9",
		},
		{
			"an empty segment is no value of a parameter",
			[]string{"GET /users/:id"},
			"GET /users/", "NotFound",
		},
		{
			"a constraint that holds lets the segment in",
			[]string{`GET /users/:id(\d+)`},
			"GET /users/42", `GET /users/:id(\d+) id=42`,
		},
		{
			"a constraint that fails keeps the segment out",
			[]string{`GET /users/:id(\d+)`},
			"GET /users/42x", "NotFound",
		},
		{
			"a catch-all takes the rest",
			[]string{"GET /static/*file"},
			"GET /static/css/site.css", "GET /static/*file file=css/site.css",
		},
		{
			"a catch-all takes an empty rest",
			[]string{"GET /static/*file"},
			"GET /static/", "GET /static/*file file=",
		},
		{
			"a catch-all needs no name",
			[]string{"GET /static/*"},
			"GET /static/a/b", "GET /static/* *=a/b",
		},
		{
			"static text goes before a parameter",
			[]string{"GET /users/:id", "GET /users/new"},
			"GET /users/new", "GET /users/new",
		},
		{
			"a parameter goes before a catch-all",
			[]string{"GET /users/*rest", "GET /users/:id"},
			"GET /users/7", "GET /users/:id id=7",
		},
		{
			"a catch-all takes what the parameter cannot finish",
			[]string{"GET /users/*rest", "GET /users/:id"},
			"GET /users/7/posts", "GET /users/*rest rest=7/posts",
		},
		{
			"each route keeps its own parameter names at a place they share",
			[]string{"GET /users/:id", "GET /users/:name/posts"},
			"GET /users/ann/posts", "GET /users/:name/posts name=ann",
		},
		{
			"an asterisk target is matched exactly",
			[]string{"OPTIONS *"},
			"OPTIONS *", "OPTIONS *",
		},
		{
			"an authority target is matched exactly",
			[]string{"CONNECT example.com:443"},
			"CONNECT example.com:443", "CONNECT example.com:443",
		},
		{
			"another authority is not found",
			[]string{"CONNECT example.com:443"},
			"CONNECT example.com:80", "NotFound",
		},
		{
			"nothing is found where nothing matches",
			[]string{"GET /users", "GET /users/:id"},
			"GET /posts", "NotFound",
		},
		{
			"a trailing slash makes another path",
			[]string{"GET /a"},
			"GET /a/", "NotFound",
		},
		{
			"with and without a trailing slash are two routes",
			[]string{"GET /a", "GET /a/"},
			"GET /a/", "GET /a/",
		},
		{
			"the root is a path like others",
			[]string{"GET /"},
			"GET /", "GET /",
		},
		{
			"texts that begin alike are split and both found",
			[]string{"GET /team", "GET /test", "GET /te"},
			"GET /test", "GET /test",
		},
		{
			"a percent-encoded segment is matched decoded",
			[]string{"GET /users/:name"},
			"GET /users/J%C3%BCrgen%20K", "GET /users/:name name=Jürgen K",
		},
	})
}

func TestRouteTrieRefuses(t *testing.T) {
	t.Parallel()
	runRefusals(t, []refusal{
		{
			"the same route twice",
			[]string{"GET /users/:id", "GET /users/:name"},
			[]string{"GET /users/:name conflicts with GET /users/:id", "same paths"},
		},
		{
			"two constraints at one place",
			[]string{`GET /users/:id(\d+)`, "GET /users/:name([a-z]+)/posts"},
			[]string{`GET /users/:name([a-z]+)/posts conflicts with GET /users/:id(\d+)`, "different constraints"},
		},
		{
			"two catch-alls at one place",
			[]string{"GET /files/*path", "GET /files/*"},
			[]string{"GET /files/* conflicts with GET /files/*path"},
		},
		{
			"a parameter without a name",
			[]string{"GET /users/:"},
			[]string{"GET `/users/:`", "no name"},
		},
		{
			"a catch-all before the end",
			[]string{"GET /files/*path/edit"},
			[]string{"not the last segment"},
		},
		{
			"an invalid expression",
			[]string{"GET /users/:id([0-9)"},
			[]string{"no closing parenthesis"},
		},
		{
			"an expression that RE2 does not have",
			[]string{`GET /users/:id((?=a)\w+)`},
			[]string{"look-around is not supported"},
		},
	})
}

func TestRouteRouter(t *testing.T) {
	t.Parallel()
	runMatchCases(t, []matchCase{
		{
			"the router hands out a parameter",
			[]string{"GET /hello/:name"},
			"GET /hello/ann", "GET /hello/:name name=ann",
		},
		{
			"the router hands out two parameters",
			[]string{"POST /a/:x/b/:y"},
			"POST /a/1/b/2", "POST /a/:x/b/:y x=1 y=2",
		},
		{
			"the router serves a catch-all",
			[]string{"GET /files/*path"},
			"GET /files/a/b/c", "GET /files/*path path=a/b/c",
		},
		{
			"the router obeys a constraint",
			[]string{`GET /n/:n([0-9]{2,3})`},
			"GET /n/1234", "NotFound",
		},
		{
			"the router prefers static text to a parameter",
			[]string{"GET /a/:x", "GET /a/b"},
			"GET /a/b", "GET /a/b",
		},
		{
			"the router prefers a parameter to a catch-all",
			[]string{"GET /a/*x", "GET /a/:x"},
			"GET /a/b", "GET /a/:x x=b",
		},
		{
			"a path that other methods serve is not allowed",
			[]string{"POST /a/:x", "PUT /a/b"},
			"GET /a/b", "MethodNotAllowed",
		},
		{
			"a HEAD request falls back on GET",
			[]string{"GET /a/:x"},
			"HEAD /a/b", "FoundByGet GET /a/:x x=b",
		},
		{
			"an exact route lives next to patterns",
			[]string{"GET /*all", "GET /a", "GET /:x"},
			"GET /a", "GET /a",
		},
	})

	t.Run("Allow lists the other methods, sorted, and HEAD with GET", func(t *testing.T) {
		t.Parallel()
		r := build(t, "PUT /a/b", "GET /a/:x", "DELETE /a/b/c")
		if got, want := r.Allow("/a/b"), "GET, HEAD, OPTIONS, PUT"; got != want {
			t.Errorf("Allow = %q, want %q", got, want)
		}
	})

	t.Run("middleware runs first and can read the parameters", func(t *testing.T) {
		t.Parallel()
		type handler func(p *Params) string
		guard := func(next handler) handler {
			return func(p *Params) string { return "guard(" + p.Get("id") + ") " + next(p) }
		}
		r := New[handler]()
		h := func(p *Params) string { return "handler(" + p.Get("id") + ")" }
		if _, err := r.Add("GET", "/users/:id", Chain[handler](h, guard)); err != nil {
			t.Fatal(err)
		}
		var p Params
		route, _ := r.Match("GET", "/users/7", &p)
		if got, want := route.Handler(&p), "guard(7) handler(7)"; got != want {
			t.Errorf("handler = %q, want %q", got, want)
		}
	})

	t.Run("parameters are replaced by those of the next request", func(t *testing.T) {
		t.Parallel()
		r := build(t, "GET /a/:x/:y", "GET /b/:z")
		var p Params
		r.Match("GET", "/a/1/2", &p)
		r.Match("GET", "/b/3", &p)
		if p.Len() != 1 || p.Get("z") != "3" || p.Get("x") != "" {
			t.Errorf("after the second match: %d parameters, z=%q, x=%q", p.Len(), p.Get("z"), p.Get("x"))
		}
	})
}

func TestRouteExtra(t *testing.T) {
	t.Parallel()
	runMatchCases(t, []matchCase{
		{
			"a catch-all at the root takes the root",
			[]string{"GET /*rest"},
			"GET /", "GET /*rest rest=",
		},
		{
			"a catch-all does not take the path without its slash",
			[]string{"GET /static/*file"},
			"GET /static", "NotFound",
		},
		{
			"a router of its own serves patterns for WebSockets",
			[]string{"GET /chat/:room"},
			"GET /chat/go", "GET /chat/:room room=go",
		},
	})
}

func TestRouteRegressions(t *testing.T) {
	t.Parallel()
	brackets := []string{`GET /a/:x([)(]+)/b`, `GET /b/:x(\(\d+\))`, `GET /c/:x([]a]+)`, `GET /d/:x([[:alpha:]]+)`}
	runMatchCases(t, []matchCase{
		{
			"foobar is not foo/bar",
			[]string{"GET /foo/bar", "GET /foo"},
			"GET /foobar", "NotFound",
		},
		{
			"foo/bar is not foobar",
			[]string{"GET /foobar"},
			"GET /foo/bar", "NotFound",
		},
		{
			"baz is not b/a/z",
			[]string{"GET /b/a/z", "GET /b/:x/z"},
			"GET /baz", "NotFound",
		},
		{
			"a slash after a parameter makes another route",
			[]string{"GET /u/:id", "GET /u/:id/"},
			"GET /u/7/", "GET /u/:id/ id=7",
		},
		{
			"a parameter at the end does not take a slash",
			[]string{"GET /u/:id"},
			"GET /u/7/", "NotFound",
		},
		{"parentheses in a class do not end the constraint", brackets, "GET /a/)(/b", `GET /a/:x([)(]+)/b x=)(`},
		{"escaped parentheses do not end the constraint", brackets, "GET /b/(7)", `GET /b/:x(\(\d+\)) x=(7)`},
		{"a bracket at the start of a class belongs to it", brackets, "GET /c/]a", `GET /c/:x([]a]+) x=]a`},
		{"a named class within a class does not end it", brackets, "GET /d/ab", `GET /d/:x([[:alpha:]]+) x=ab`},
		{
			"a colon in the midst of a segment is text",
			[]string{"GET /v1/users:batch"},
			"GET /v1/users:batch", "GET /v1/users:batch",
		},
		{
			"an asterisk in the midst of a segment is text",
			[]string{"GET /a*b/c"},
			"GET /a*b/c", "GET /a*b/c",
		},
		{
			"a colon in the midst of a segment is no parameter",
			[]string{"GET /v1/users:batch"},
			"GET /v1/users:x", "NotFound",
		},
	})

	t.Run("parameters are cleared by a miss", func(t *testing.T) {
		t.Parallel()
		r := build(t, "GET /a/:x", "GET /a/:x/b/:y/c")
		var p Params
		for _, miss := range []string{"/none", "/a/1/b/2/d", "/a/%zz", ""} {
			if r.Match("GET", "/a/1", &p); p.Len() != 1 {
				t.Fatalf("a hit has %d parameters, want 1", p.Len())
			}
			if r.Match("GET", miss, &p); p.Len() != 0 || p.Get("x") != "" {
				t.Errorf("after the miss of %q: %d parameters, x=%q", miss, p.Len(), p.Get("x"))
			}
		}
	})
}
