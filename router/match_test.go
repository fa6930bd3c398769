package router

import (
	"strings"
	"sync"
	"testing"
)

func TestPriority(t *testing.T) {
	t.Parallel()
	table := []string{"GET /*all", "GET /:x", `GET /:n(\d+)`, "GET /7", "GET /:x/a", `GET /:n(\d+)/b`, "GET /7/c", "GET /:x/*rest"}
	runMatchCases(t, []matchCase{
		{"static text is first", table, "GET /7", "GET /7"},
		{"a constrained parameter is second", table, "GET /8", `GET /:n(\d+) n=8`},
		{"a parameter is third", table, "GET /x", "GET /:x x=x"},
		{"a catch-all is last", table, "GET //", "GET /*all all=/"},
		{"static text that leads on is taken", table, "GET /7/c", "GET /7/c"},
		{"the constrained parameter is tried when static text leads nowhere", table, "GET /7/b", `GET /:n(\d+)/b n=7`},
		{"the parameter is tried when both lead nowhere", table, "GET /7/a", "GET /:x/a x=7"},
		{"the inner catch-all goes before the outer one", table, "GET /7/d/e", "GET /:x/*rest x=7 rest=d/e"},
		{"a route that ends goes before an empty catch-all", []string{"GET /a/*r", "GET /a/"}, "GET /a/", "GET /a/"},
		{"an empty catch-all goes before a parameter of nothing", []string{"GET /a/:x", "GET /a/*r"}, "GET /a/", "GET /a/*r r="},
		{
			"the catch-all nearest to the failure wins",
			[]string{"GET /*r", "GET /a/*r", "GET /a/b/*r", "GET /a/b/c"},
			"GET /a/b/d", "GET /a/b/*r r=d",
		},
		{
			"a step back over two parameters forgets their values",
			[]string{"GET /:a/:b/:c/end", "GET /x/*r"},
			"GET /x/y/z/other", "GET /x/*r r=y/z/other",
		},
		{
			"a shared beginning within a segment does not hide a parameter",
			[]string{"GET /foo", "GET /foobar", "GET /:x"},
			"GET /foob", "GET /:x x=foob",
		},
		{
			"a static segment that only begins the pattern's text does not match",
			[]string{"GET /users/new"},
			"GET /users/ne", "NotFound",
		},
		{
			"a constraint matches the whole segment",
			[]string{"GET /:x(a|b)"},
			"GET /ab", "NotFound",
		},
		{
			"a constraint cannot widen itself with an unanchored branch",
			[]string{"GET /:x(a|b.)"},
			"GET /xb1", "NotFound",
		},
		{
			"a constraint that allows nothing still needs a segment",
			[]string{"GET /a/:x(.*)"},
			"GET /a/", "NotFound",
		},
		{
			"equal constraints may stand at one place with different names",
			[]string{`GET /:a(\d+)/x`, `GET /:b(\d+)/y`},
			"GET /5/y", `GET /:b(\d+)/y b=5`,
		},
	})
}

func TestPriorityDoesNotDependOnTheOrderOfRegistration(t *testing.T) {
	t.Parallel()
	routes := []string{"GET /a/*r", "GET /a/:x", `GET /a/:n(\d+)`, "GET /a/1"}
	requests := []string{"GET /a/1", "GET /a/2", "GET /a/x", "GET /a/x/y", "GET /a/"}
	want := build(t, routes...)
	permute(routes, func(order []string) {
		r := build(t, order...)
		for _, request := range requests {
			if got, want := outcome(r, request), outcome(want, request); got != want {
				t.Errorf("%v: %s = %q, want %q", order, request, got, want)
			}
		}
	})
}

// permute calls f with every order of list.
func permute(list []string, f func([]string)) {
	var step func(n int)
	step = func(n int) {
		if n == len(list) {
			f(list)
			return
		}
		for i := n; i < len(list); i++ {
			list[n], list[i] = list[i], list[n]
			step(n + 1)
			list[n], list[i] = list[i], list[n]
		}
	}
	step(0)
}

func TestMatchIsSafeFromManyGoroutines(t *testing.T) {
	t.Parallel()
	r := build(t, "GET /a/:x", `GET /b/:n(\d+-\d+)`, "GET /c/*r")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				for request, want := range map[string]string{
					"GET /a/1":     "GET /a/:x x=1",
					"GET /b/1-2":   `GET /b/:n(\d+-\d+) n=1-2`,
					"GET /c/%2F/d": "GET /c/*r r=%2F/d",
					"POST /a/1":    "MethodNotAllowed",
				} {
					if got := outcome(r, request); got != want {
						t.Errorf("%s = %q, want %q", request, got, want)
					}
				}
			}
		})
	}
	wg.Wait()
}

// A matcher that comes back to nodes would not live to see the end of these:
// there are 2 to the power of 200 ways through the first table.
func TestBacktrackingVisitsNoNodeTwice(t *testing.T) {
	t.Parallel()
	t.Run("a path that fails at its end after 200 forks", func(t *testing.T) {
		t.Parallel()
		const levels = 200
		r := New[string]()
		for level := range levels {
			prefix := strings.Repeat("/a", level)
			tail := strings.Repeat("/a", levels-level-1)
			for _, segment := range []string{"/:p", "/:c(a+)"} {
				if _, err := r.Add("GET", prefix+segment+tail+"/end", ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		var p Params
		if _, got := r.Match("GET", strings.Repeat("/a", levels)+"/nowhere", &p); got != NotFound {
			t.Errorf("verdict = %v, want NotFound", got)
		}
		if route, _ := r.Match("GET", strings.Repeat("/a", levels-1)+"/b/end", &p); route == nil || p.Get("p") != "b" {
			t.Errorf("route = %v, p=%q, want the one whose last segment is a parameter", route, p.Get("p"))
		}
	})
	t.Run("every node of a table with three ways at each level", func(t *testing.T) {
		t.Parallel()
		r, path := worstCase(t, 6)
		var p Params
		if _, got := r.Match("GET", path, &p); got != NotFound {
			t.Errorf("verdict = %v, want NotFound", got)
		}
	})
	t.Run("a path of a million segments", func(t *testing.T) {
		t.Parallel()
		r := build(t, "GET /:a/:b/end", "GET /a/:b/:c/end", "GET /*rest")
		path := strings.Repeat("/a", 1<<20)
		var p Params
		if _, got := r.Match("GET", path, &p); got != Found || len(p.Get("rest")) != len(path)-1 {
			t.Errorf("verdict = %v, %d octets, want all in the catch-all", got, len(p.Get("rest")))
		}
	})
}

func TestMatchDoesNotAllocate(t *testing.T) {
	r := benchRoutes(t)
	var p Params
	for _, request := range []string{
		"GET /", "GET /api/v1/users/search", "HEAD /api/v1/users/search", "GET /api/v1/users/7/items/8",
		"GET /five/1/2/3/4/5", "GET /archive/2026/11/x", "GET /release/v1.26", "GET /assets/a/b.css",
		"GET /api/v1/users/search/items", "GET /none", "PUT /health", "OPTIONS /health", "GET /.well-known/none",
	} {
		method, path, _ := strings.Cut(request, " ")
		if n := testing.AllocsPerRun(100, func() { r.Match(method, path, &p) }); n != 0 {
			t.Errorf("%s: allocs = %v, want 0", request, n)
		}
	}
}

func TestMatchOfAnEncodedPathAllocatesOnce(t *testing.T) {
	r := benchRoutes(t)
	var p Params
	if n := testing.AllocsPerRun(100, func() { r.Match("GET", "/api/v1/users/J%C3%BCrgen", &p) }); n > 1 {
		t.Errorf("allocs = %v, want at most 1", n)
	}
}

func TestParamsOnTheStackDoNotEscape(t *testing.T) {
	r := benchRoutes(t)
	n := testing.AllocsPerRun(100, func() {
		var p Params
		r.Match("GET", "/api/v1/users/7", &p)
		if p.Get("id") != "7" {
			t.Error("id is not 7")
		}
	})
	if n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func TestVerdictString(t *testing.T) {
	t.Parallel()
	for v, want := range map[Verdict]string{NotFound: "NotFound", BadPath: "BadPath", BadPath + 1: "Verdict(?)"} {
		if got := v.String(); got != want {
			t.Errorf("Verdict(%d) = %q, want %q", v, got, want)
		}
	}
}
