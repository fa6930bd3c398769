package router

import (
	"strings"
	"testing"
)

// build returns a router with the routes of list, such as "GET /users/:id" or
// "ANY /files/*path". The handler of each is its own line.
func build(t testing.TB, list ...string) *Router[string] {
	t.Helper()
	r := New[string]()
	for _, line := range list {
		if err := addLine(r, line); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func addLine(r *Router[string], line string) error {
	method, pattern, _ := strings.Cut(line, " ")
	if method == "ANY" {
		method = AnyMethod
	}
	_, err := r.Add(method, pattern, line)
	return err
}

// outcome matches a request line without the version, such as "GET /users/7".
func outcome(r *Router[string], request string) string {
	method, path, _ := strings.Cut(request, " ")
	return outcomeOf(r, method, path)
}

// outcomeOf tells the result of a match in one line: the verdict unless it is
// Found, the route, and the parameters, as in "GET /users/:id id=7".
func outcomeOf(r *Router[string], method, path string) string {
	var p Params
	route, verdict := r.Match(method, path, &p)
	var words []string
	if verdict != Found {
		words = append(words, verdict.String())
	}
	if route != nil {
		words = append(words, route.Handler)
	}
	for name, value := range p.All() {
		words = append(words, name+"="+value)
	}
	return strings.Join(words, " ")
}

// A matchCase is one sentence about a match.
type matchCase struct {
	name    string
	routes  []string
	request string
	want    string // as outcome tells it
}

func runMatchCases(t *testing.T, cases []matchCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(build(t, c.routes...), c.request); got != c.want {
				t.Errorf("%v: %s = %q, want %q", c.routes, c.request, got, c.want)
			}
		})
	}
}

// A refusal is one sentence about what Add does not take: the last of the routes
// is refused, with an error that has these words in it.
type refusal struct {
	name   string
	routes []string
	words  []string
}

func runRefusals(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			last := len(c.routes) - 1
			err := addLine(build(t, c.routes[:last]...), c.routes[last])
			if err == nil {
				t.Fatalf("%v: no error", c.routes)
			}
			for _, word := range c.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("error %q does not say %q", err, word)
				}
			}
		})
	}
}
