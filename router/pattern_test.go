package router

import (
	"errors"
	"strings"
	"testing"
)

func TestPatternsThatAreRefused(t *testing.T) {
	t.Parallel()
	one := func(pattern string) []string { return []string{"GET " + pattern} }
	runRefusals(t, []refusal{
		{"an empty pattern", one(""), []string{"empty"}},
		{"a pattern without a slash", one("users"), []string{`begin with "/"`}},
		{"a pattern whose slash comes late", one("users/:id"), []string{`begin with "/"`}},
		{"a lone parameter", one(":id"), []string{`begin with "/"`}},
		{"a lone catch-all with a name", one("*rest"), []string{`begin with "/"`}},
		{"an authority without a port", one("example.com"), []string{"host:port"}},
		{"an authority with an empty port", one("example.com:"), []string{"host:port"}},
		{"an authority without a host", one(":443"), []string{"host:port"}},
		{"an authority with user information", one("me@example.com:443"), []string{"host:port"}},
		{"two slashes at the start", one("//a"), []string{"empty segment"}},
		{"two slashes in the middle", one("/a//b"), []string{"empty segment"}},
		{"two slashes at the end", one("/a//"), []string{"empty segment"}},
		{"two slashes after a parameter", one("/:a//b"), []string{"empty segment"}},
		{"a dot segment", one("/a/./b"), []string{"dot segments"}},
		{"two dots", one("/a/.."), []string{"dot segments"}},
		{"an encoded octet", one("/caf%C3%A9"), []string{"percent-encoding", "decoded"}},
		{"a query", one("/search?q=:q"), []string{"query"}},
		{"a fragment", one("/a#b"), []string{"fragment"}},
		{"a control character", one("/a\tb"), []string{"control"}},
		{"a NUL", one("/a\x00b"), []string{"control"}},
		{"text after a parameter", one("/a/:id.json"), []string{"text after a parameter"}},
		{"an optional parameter", one("/a/:id?"), []string{"text after a parameter"}},
		{"text after a constraint", one("/a/:id(x)y"), []string{"text after a parameter"}},
		{"a second constraint", one("/a/:id(x)(y)"), []string{"text after a parameter"}},
		{"a name that begins with a digit", one("/:1a"), []string{"does not begin with a digit"}},
		{"a name that is not ASCII", one("/:é"), []string{"no name"}},
		{"a name that occurs twice", one("/:a/:a"), []string{`"a" occurs twice`}},
		{"a name that occurs again in the catch-all", one("/:a/*a"), []string{`"a" occurs twice`}},
		{"a catch-all with a constraint", one("/*a(x)"), []string{"letters, digits"}},
		{"a catch-all with a trailing slash", one("/*a/"), []string{"not the last"}},
		{"a catch-all whose name begins with a digit", one("/*1"), []string{"digit"}},
		{"an empty constraint", one("/:a()"), []string{"constraint is empty"}},
		{"a constraint that is left open", one("/:a((b)"), []string{"no closing"}},
		{"a constraint that ends with a backslash", one(`/:a(b\`), []string{"no closing"}},
		{"a class that is left open", one("/:a([b)"), []string{"no closing"}},
		{"an expression with nothing to repeat", one("/:a(*)"), []string{"missing argument to repetition"}},
		{"a look-ahead", one("/:a((?=b)c)"), []string{"look-around"}},
		{"a negative look-ahead", one("/:a((?!b).+)"), []string{"look-around"}},
		{"a look-behind", one("/:a(.+(?<=b))"), []string{"look-around"}},
		{"a negative look-behind", one("/:a(.+(?<!b))"), []string{"look-around"}},
		{"a back reference", one(`/:a((b)\1)`), []string{"back references"}},
		{"a named back reference", one(`/:a((?P<x>b)\k<x>)`), []string{"back references"}},
		{"an unknown escape", one(`/:a(\y)`), []string{"invalid escape"}},
		{"too large a repetition", one("/:a(b{1001})"), []string{"repeat count"}},
		{"a space before the slash", []string{"GET  /a"}, []string{`begin with "/"`}},
		{"a method that is no token", []string{"GE(T /a"}, []string{"token"}},
		{"a method that is not ASCII", []string{"GÉT /a"}, []string{"token"}},
	})
}

func TestPatternsThatAreTaken(t *testing.T) {
	t.Parallel()
	runMatchCases(t, []matchCase{
		{"a name of every kind of character", []string{"GET /:_aZ9"}, "GET /x", "GET /:_aZ9 _aZ9=x"},
		{"a percent sign that begins no escape", []string{"GET /50%off"}, "GET /50%25off", "GET /50%off"},
		{"a slash inside a constraint", []string{`GET /:x([a/]+)/b`}, "GET /a/b", "GET /:x([a/]+)/b x=a"},
		{"groups inside a constraint", []string{`GET /:x((a|b)(c|d))`}, "GET /bc", "GET /:x((a|b)(c|d)) x=bc"},
		{"flags inside a constraint", []string{`GET /:x((?i)[a-z]+)`}, "GET /AbC", "GET /:x((?i)[a-z]+) x=AbC"},
		{"a segment of three dots", []string{"GET /..."}, "GET /...", "GET /..."},
		{"a file of the well-known kind", []string{"GET /.well-known/:x"}, "GET /.well-known/a", "GET /.well-known/:x x=a"},
		{"an authority with an IPv6 address", []string{"CONNECT [::1]:443"}, "CONNECT [::1]:443", "CONNECT [::1]:443"},
		{"a method that nobody knows", []string{"M-SEARCH /a"}, "M-SEARCH /a", "M-SEARCH /a"},
		{"a parameter right at the root with a slash after it", []string{"GET /:x/"}, "GET /a/", "GET /:x/ x=a"},
	})
}

func TestRefusalChangesNothing(t *testing.T) {
	t.Parallel()
	r := build(t, `GET /a/:x(\d+)`, "ANY /b/*r", `ANY /c/:x([a-z]+)`)
	for _, line := range []string{
		`GET /a/:y([a-z]+)/deep/path`, // refused by the tree of GET
		`PUT /c/:y(\d+)`,              // refused by a tree that would have been new
		`ANY /a/:y([a-f]+)`,           // refused by one tree of two
		"ANY /b/*q",
		"BREW /a//b",
	} {
		if err := addLine(r, line); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
	n := 0
	for range r.Routes() {
		n++
	}
	if n != 3 {
		t.Errorf("%d routes, want 3", n)
	}
	for request, want := range map[string]string{
		"GET /a/x/deep/path": "NotFound",
		"PUT /c/x":           `ANY /c/:x([a-z]+) x=x`,
		"POST /a/x":          "NotFound",
		"POST /a/1":          "MethodNotAllowed",
	} {
		if got := outcome(r, request); got != want {
			t.Errorf("%s = %q, want %q", request, got, want)
		}
	}
	if got, want := r.Allow("*"), "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"; got != want {
		t.Errorf("Allow = %q, want %q", got, want)
	}
}

func TestRouteErrorTellsItsParts(t *testing.T) {
	t.Parallel()
	r := build(t, "ANY /a/:x")
	err := addLine(r, "ANY /a/:y")
	var bad *RouteError
	if !errors.As(err, &bad) {
		t.Fatalf("error is a %T, want *RouteError", err)
	}
	if bad.Method != AnyMethod || bad.Pattern != "/a/:y" || bad.Conflict != "ANY /a/:x" || bad.Reason == "" {
		t.Errorf("error = %+v", bad)
	}
	if !strings.HasPrefix(bad.Error(), "router: ANY /a/:y conflicts with ANY /a/:x: ") {
		t.Errorf("text = %q", bad)
	}
}
