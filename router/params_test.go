package router

import (
	"fmt"
	"strings"
	"testing"
)

func TestParams(t *testing.T) {
	t.Parallel()
	t.Run("the zero value is empty", func(t *testing.T) {
		t.Parallel()
		var p Params
		if p.Len() != 0 || p.Get("x") != "" {
			t.Errorf("%d parameters, x=%q", p.Len(), p.Get("x"))
		}
	})
	t.Run("At, Get and All tell the same in the order of the pattern", func(t *testing.T) {
		t.Parallel()
		var p Params
		build(t, "GET /:b/:a/*c").Match("GET", "/1/2/3/4", &p)
		i := 0
		for name, value := range p.All() {
			if n, v := p.At(i); n != name || v != value || p.Get(name) != value {
				t.Errorf("parameter %d: At = %q %q, All = %q %q, Get = %q", i, n, v, name, value, p.Get(name))
			}
			i++
		}
		if i != 3 || p.Len() != 3 {
			t.Errorf("%d parameters, Len = %d, want 3", i, p.Len())
		}
		for range p.All() {
			break // must not go on after that
		}
	})
	t.Run("a name that the route does not have is empty", func(t *testing.T) {
		t.Parallel()
		var p Params
		build(t, "GET /:x").Match("GET", "/1", &p)
		if got := p.Get("y"); got != "" {
			t.Errorf("Get = %q, want nothing", got)
		}
	})
	t.Run("At panics beyond the end", func(t *testing.T) {
		t.Parallel()
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		var p Params
		p.At(0)
	})
	t.Run("values outlive the next match", func(t *testing.T) {
		t.Parallel()
		var p Params
		r := build(t, "GET /:x")
		r.Match("GET", "/a%20b", &p)
		kept := p.Get("x")
		r.Match("GET", "/c%20d", &p)
		if kept != "a b" || p.Get("x") != "c d" {
			t.Errorf("kept = %q, x = %q", kept, p.Get("x"))
		}
	})
	t.Run("Reset lets go of the path", func(t *testing.T) {
		t.Parallel()
		var p Params
		build(t, "GET /:x").Match("GET", "/a", &p)
		p.Reset()
		if p.Len() != 0 || p.text != "" {
			t.Errorf("%d parameters, text %q", p.Len(), p.text)
		}
	})
}

func TestMoreParametersThanFitInline(t *testing.T) {
	t.Parallel()
	var p Params
	for _, n := range []int{inlineParams, inlineParams + 1, 40, inlineParams - 1, 20} {
		var pattern, path strings.Builder
		for i := range n {
			fmt.Fprintf(&pattern, "/:p%d", i)
			fmt.Fprintf(&path, "/v%d", i)
		}
		// The second route fails at its end, after it has set all parameters.
		r := build(t, "GET "+pattern.String()+"/*rest", "GET "+pattern.String()+"/a/b")
		r.Match("GET", path.String()+"/a/c", &p)
		if p.Len() != n+1 || p.Get("rest") != "a/c" {
			t.Fatalf("%d parameters, rest=%q, want %d", p.Len(), p.Get("rest"), n+1)
		}
		for i := range n {
			if name, value := p.At(i); name != fmt.Sprint("p", i) || value != fmt.Sprint("v", i) {
				t.Errorf("parameter %d of %d = %q %q", i, n, name, value)
			}
		}
	}
}

func TestOverflowIsReused(t *testing.T) {
	r := build(t, "GET /:a/:b/:c/:d/:e/:f/:g/:h/:i/:j")
	var p Params
	if n := testing.AllocsPerRun(100, func() { r.Match("GET", "/1/2/3/4/5/6/7/8/9/10", &p) }); n != 0 {
		t.Errorf("allocs = %v, want 0 once the overflow is there", n)
	}
}
