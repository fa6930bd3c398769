package router

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// check adds the routes of a table, one a line, to a router and to the
// reference, and lets both judge a request.
func check(t *testing.T, table, method, path string) {
	t.Helper()
	r := New[string]()
	ref := &reference{}
	for i, line := range strings.Split(table, "\n") {
		if i == 64 {
			break
		}
		m, pattern, _ := strings.Cut(line, " ")
		if m == "ANY" {
			m = AnyMethod
		}
		if route, err := r.Add(m, pattern, methodName(m)+" "+pattern); err == nil {
			if !ref.add(route.Method, pattern) {
				t.Skip("the reference cannot judge this")
			}
		}
	}
	want := ref.outcome(method, path)
	if got := outcomeOf(r, method, path); got != want {
		t.Fatalf("%s %q = %q, want %q, with the routes\n%s", method, path, got, want, table)
	}
	allow := r.Allow(path)
	if unknown := want == "NotFound" || want == "BadPath"; unknown != (allow == "") {
		t.Errorf("%s %q = %q, but Allow = %q", method, path, want, allow)
	}
}

func FuzzMatch(f *testing.F) {
	table := "GET /\nGET /a\nGET /:x\nGET /:n([0-9]+)\nGET /*r\nPOST /a/:x/b\nANY /a/*r\nHEAD /a/b\nPUT /a/b/\nCONNECT a:1\nOPTIONS *"
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS", "BREW", ""} {
		for _, path := range []string{
			"/", "/a", "/7", "/x", "/a/b", "/a/b/", "/a/x/b", "//", "/a//b", "/a/../7", "/%61", "/a%2Fb",
			"/a/x%2Fy/b", "/%2e%2e/a", "/%zz", "/%00", "*", "a:1", "", "/a/./", "/.../", "/a/%2f/..",
		} {
			f.Add(table, method, path)
		}
	}
	f.Add("GET /foo\nGET /foobar\nGET /:x\nGET /:x/y", "GET", "/foob/y")
	f.Add("GET /:a/:b/:c/:d/:e/:f/:g/:h/:i/:j\nGET /*r", "GET", "/1/2/3/4/5/6/7/8/%2F/10")
	f.Fuzz(check)
}

// TestMatchAgreesWithReference plays many random tables over a small alphabet,
// where patterns meet each other often.
func TestMatchAgreesWithReference(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2)) // always the same tables
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	method := func() string { return pick("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "ANY") }
	for range 3000 {
		var table []string
		for range 1 + rng.IntN(12) {
			var pattern strings.Builder
			for range 1 + rng.IntN(4) {
				pattern.WriteString("/" + pick("a", "b", "ab", "abc", "b", ":x", ":y", ":z", "::", ":n(a+)", ":m(a|b)", ":q(.b.*)"))
			}
			pattern.WriteString(pick("", "", "", "/", "/*r", "/*"))
			table = append(table, method()+" "+pattern.String())
		}
		lines := strings.Join(table, "\n")
		for range 8 {
			var path strings.Builder
			for range 1 + rng.IntN(5) {
				path.WriteString("/" + pick("a", "b", "ab", "abc", "aa", "c", "", "%61", "a%2Fb", ".", "..", "%2e", "a%2"))
			}
			check(t, lines, method(), path.String())
		}
	}
}

// FuzzClean holds Clean to its promises: what it returns needs no more cleaning,
// and matches the same.
func FuzzClean(f *testing.F) {
	for _, path := range []string{"/", "/a/../b", "/./", "//..", "/%2E%2e/a", "/a%", "/\x00", "*", "", "/a/..%2f/.", "/.%2e"} {
		f.Add(path)
	}
	r := build(f, "GET /*rest", "POST /:a/:b")
	f.Fuzz(func(t *testing.T, path string) {
		clean, ok := Clean(path)
		if !ok {
			if got := outcomeOf(r, "GET", path); got != "BadPath" {
				t.Errorf("Clean refuses %q, Match = %q", path, got)
			}
			return
		}
		if again, ok := Clean(clean); again != clean || !ok {
			t.Errorf("Clean(%q) = %q, again = %q, %v", path, clean, again, ok)
		}
		if len(clean) > len(path) {
			t.Errorf("Clean(%q) = %q is longer", path, clean)
		}
		for _, method := range []string{"GET", "POST"} {
			if got, want := outcomeOf(r, method, clean), outcomeOf(r, method, path); got != want {
				t.Errorf("%s %q = %q, cleaned before = %q", method, path, want, got)
			}
		}
	})
}

// FuzzAdd must not panic, and a pattern that it takes must be found again by a
// path that looks like it if it has no parameters.
func FuzzAdd(f *testing.F) {
	for _, pattern := range []string{"/", "/a/:b", `/:n(\d+)/x`, "/*", "/a*b", "/:x([)]])", "*", "a:1", "/:a(", "/%", "//", "/:x([[:alpha:]]+)", "/é"} {
		f.Add("GET", pattern)
	}
	f.Fuzz(func(t *testing.T, method, pattern string) {
		r := New[int]()
		route, err := r.Add(method, pattern, 1)
		if err != nil {
			if route != nil {
				t.Errorf("Add(%q) returned a route and %v", pattern, err)
			}
			return
		}
		if _, err := r.Add(method, pattern, 2); err == nil {
			t.Errorf("Add(%q) was accepted twice", pattern)
		}
		if len(route.Names()) > 0 {
			return
		}
		var p Params
		path := pattern
		if pattern[0] == '/' {
			path = strings.ReplaceAll(pattern, "%", "%25")
		}
		if got, verdict := r.Match(method, path, &p); got != route {
			t.Errorf("Match(%q) = %v, %v, want the route of the same text", path, got, verdict)
		}
	})
}
