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
