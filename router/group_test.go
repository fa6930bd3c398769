package router

import (
	"slices"
	"testing"
)

// tag is middleware for handlers that are strings: it writes its name around.
func tag(name string) func(string) string {
	return func(next string) string { return name + "(" + next + ")" }
}

func TestChain(t *testing.T) {
	t.Parallel()
	if got, want := Chain("h", tag("a"), tag("b")), "a(b(h))"; got != want {
		t.Errorf("Chain = %q, want %q", got, want)
	}
	if got := Chain("h"); got != "h" {
		t.Errorf("Chain without middleware = %q, want the handler", got)
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	r := New[string]()
	api := r.Group("/api", tag("log"))
	admin := api.Group("/admin/", tag("auth"))
	other := api.Group("")
	api.Use(tag("late"))

	add := func(g *Group[string], pattern string) {
		if _, err := g.Add("GET", pattern, "h"); err != nil {
			t.Fatal(err)
		}
	}
	add(api, "/users")
	add(admin, "/users")
	add(other, "/:tail/x")
	add(api, "")
	add(api, "/")

	for path, want := range map[string]string{
		"/api/users":       "log(late(h))",
		"/api/admin/users": "log(auth(h))",
		"/api/t/x":         "log(h)",
		"/api":             "log(late(h))",
		"/api/":            "log(late(h))",
	} {
		var p Params
		route, _ := r.Match("GET", path, &p)
		if route == nil || route.Handler != want {
			t.Errorf("%s = %v, want the handler %q", path, route, want)
		}
	}
}

func TestGroupsDoNotShareMiddleware(t *testing.T) {
	t.Parallel()
	r := New[string]()
	outer := r.Group("/o", slices.Grow([]func(string) string{tag("a")}, 8)...)
	first, second := outer.Group("/1"), outer.Group("/2")
	first.Use(tag("b"))
	second.Use(tag("c"))
	for _, g := range []*Group[string]{first, second} {
		if _, err := g.Add("GET", "/x", "h"); err != nil {
			t.Fatal(err)
		}
	}
	var p Params
	if route, _ := r.Match("GET", "/o/1/x", &p); route.Handler != "a(b(h))" {
		t.Errorf("handler = %q, want a(b(h))", route.Handler)
	}
}

func TestGroupChecksItsPrefixWithThePattern(t *testing.T) {
	t.Parallel()
	r := New[string]()
	for _, prefix := range []string{"/files/*path", "no-slash", "/a//b", "/:x(["} {
		if _, err := r.Group(prefix).Add("GET", "/x", "h"); err == nil {
			t.Errorf("prefix %q: no error", prefix)
		}
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ prefix, pattern, want string }{
		{"", "/users", "/users"},
		{"/", "/users", "/users"},
		{"/api", "/users", "/api/users"},
		{"/api/", "/users", "/api/users"},
		{"/api/", "users", "/api/users"},
		{"/api", "users", "/api/users"},
		{"/api", "", "/api"},
		{"/api/", "", "/api/"},
		{"/api", "/", "/api/"},
		{"/", "/", "/"},
		{"", "*", "*"},
		{"/api", "*", "/api/*"},
		{"", "", ""},
	} {
		if got := Join(c.prefix, c.pattern); got != c.want {
			t.Errorf("Join(%q, %q) = %q, want %q", c.prefix, c.pattern, got, c.want)
		}
	}
}
