package router

import (
	"slices"
	"testing"
)

func TestZeroRouterIsReady(t *testing.T) {
	t.Parallel()
	var r Router[string]
	if got := outcome(&r, "GET /"); got != "NotFound" {
		t.Errorf("GET / = %q, want NotFound", got)
	}
	if err := addLine(&r, "GET /"); err != nil {
		t.Fatal(err)
	}
	if got := outcome(&r, "GET /"); got != "GET /" {
		t.Errorf("GET / = %q", got)
	}
}

func TestRoutesAreListedInOrder(t *testing.T) {
	t.Parallel()
	want := []string{"POST /b", "GET /a/:x/*y", "ANY /c", "GET /"}
	var got []string
	for route := range build(t, want...).Routes() {
		got = append(got, route.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("routes = %v, want %v", got, want)
	}
}

func TestRouteTellsItsNames(t *testing.T) {
	t.Parallel()
	r := New[int]()
	route, err := r.Add("GET", `/:a/x/:b(\d+)/*`, 7)
	if err != nil {
		t.Fatal(err)
	}
	names := route.Names()
	if want := []string{"a", "b", "*"}; !slices.Equal(names, want) {
		t.Errorf("names = %v, want %v", names, want)
	}
	names[0] = "changed"
	if route.Names()[0] != "a" {
		t.Error("the caller's change reached the route")
	}
	if route.Method != "GET" || route.Handler != 7 {
		t.Errorf("route = %+v", route)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	r := build(t, "POST /a", "GET /a", "PUT /a/:x", "HEAD /h", "OPTIONS /o", "ANY /any/*r", "LOCK /any/x")
	for _, c := range []struct{ name, path, want string }{
		{"methods are sorted, with HEAD and OPTIONS", "/a", "GET, HEAD, OPTIONS, POST"},
		{"parameters count", "/a/b", "OPTIONS, PUT"},
		{"HEAD alone brings no GET", "/h", "HEAD, OPTIONS"},
		{"OPTIONS is not listed twice", "/o", "OPTIONS"},
		{"a path that nothing serves has none", "/none", ""},
		{"the path is cleaned and decoded", "/x/../%61", "GET, HEAD, OPTIONS, POST"},
		{"AnyMethod stands for the usual ones, others are added", "/any/x", "DELETE, GET, HEAD, LOCK, OPTIONS, PATCH, POST, PUT"},
		{"the asterisk stands for the whole server", "*", "DELETE, GET, HEAD, LOCK, OPTIONS, PATCH, POST, PUT"},
		{"an empty path has none", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := r.Allow(c.path); got != c.want {
				t.Errorf("Allow(%q) = %q, want %q", c.path, got, c.want)
			}
		})
	}
	t.Run("an empty router answers the asterisk", func(t *testing.T) {
		t.Parallel()
		if got := New[int]().Allow("*"); got != "OPTIONS" {
			t.Errorf("Allow = %q, want OPTIONS", got)
		}
	})
	t.Run("the asterisk lists what is routed and nothing else", func(t *testing.T) {
		t.Parallel()
		if got, want := build(t, "GET /a", "CONNECT a:1").Allow("*"), "CONNECT, GET, HEAD, OPTIONS"; got != want {
			t.Errorf("Allow = %q, want %q", got, want)
		}
	})
}
