package router

import (
	"fmt"
	"strings"
	"testing"
)

// benchRoutes is a table of the size and mix of an ordinary service.
func benchRoutes(tb testing.TB) *Router[int] {
	tb.Helper()
	r := New[int]()
	add := func(method, pattern string) {
		if _, err := r.Add(method, pattern, 1); err != nil {
			tb.Fatal(err)
		}
	}
	for _, resource := range []string{"users", "posts", "comments", "albums", "photos", "orders", "carts", "teams"} {
		base := "/api/v1/" + resource
		for _, method := range []string{"GET", "POST"} {
			add(method, base)
		}
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
			add(method, base+"/:id")
		}
		add("GET", base+"/search")
		add("GET", base+"/:id/items")
		add("GET", base+"/:id/items/:item")
	}
	add("GET", "/")
	add("GET", "/health")
	add("GET", `/archive/:year(\d{4})/:month(\d{2})/:slug`)
	add("GET", `/release/:tag(v\d+\.\d+)`)
	add("GET", "/five/:a/:b/:c/:d/:e")
	add("GET", "/assets/*path")
	return r
}

func BenchmarkMatch(b *testing.B) {
	cases := []struct{ kind, method, path string }{
		{"root", "GET", "/"},
		{"static", "GET", "/api/v1/users/search"},
		{"head", "HEAD", "/api/v1/users/search"},
		{"param", "GET", "/api/v1/users/4711"},
		{"params2", "GET", "/api/v1/orders/4711/items/17"},
		{"params5", "GET", "/five/one/two/three/four/five"},
		{"class", "GET", "/archive/2026/11/a-title"},
		{"regexp", "GET", "/release/v1.26"},
		{"catchall", "GET", "/assets/css/site.css"},
		{"backtrack", "GET", "/api/v1/users/search/items"},
		{"escaped", "GET", "/api/v1/users/J%C3%BCrgen"},
		{"dots", "GET", "/api/v1/./users/../users/search"},
		{"notfound", "GET", "/api/v2/users"},
		{"notallowed", "DELETE", "/api/v1/users/search/items"},
	}
	r := benchRoutes(b)
	for _, c := range cases {
		b.Run("kind="+c.kind, func(b *testing.B) {
			var p Params
			b.ReportAllocs()
			for b.Loop() {
				r.Match(c.method, c.path, &p)
			}
		})
	}
}

// BenchmarkMatchWorst is the worst that a path can do to the worst table: it
// visits every node. The time for a route must not grow with their number.
func BenchmarkMatchWorst(b *testing.B) {
	for _, levels := range []int{2, 4, 6} {
		r, path := worstCase(b, levels)
		n := len(r.routes)
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			var p Params
			b.ReportAllocs()
			for b.Loop() {
				r.Match("GET", path, &p)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/route")
		})
	}
}

// worstCase returns a table in which every level forks three ways and each way
// looks right to the very end, and the path that makes Match try them all.
func worstCase(tb testing.TB, levels int) (*Router[int], string) {
	tb.Helper()
	prefixes := []string{""}
	for level := range levels {
		var longer []string
		for _, prefix := range prefixes {
			for _, segment := range []string{"aa", ":c%d(a+)", ":p%d"} {
				if segment != "aa" {
					segment = fmt.Sprintf(segment, level)
				}
				longer = append(longer, prefix+"/"+segment)
			}
		}
		prefixes = longer
	}
	r := New[int]()
	for _, prefix := range prefixes {
		if _, err := r.Add("GET", prefix+"/end", 1); err != nil {
			tb.Fatal(err)
		}
	}
	return r, strings.Repeat("/aa", levels) + "/nowhere"
}

func BenchmarkMatchParallel(b *testing.B) {
	r := benchRoutes(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var p Params
		for pb.Next() {
			r.Match("GET", "/api/v1/users/4711", &p)
		}
	})
}

func BenchmarkAllow(b *testing.B) {
	r := benchRoutes(b)
	b.ReportAllocs()
	for b.Loop() {
		r.Allow("/api/v1/users/4711")
	}
}

func BenchmarkClean(b *testing.B) {
	for _, c := range []struct{ kind, path string }{
		{"plain", "/api/v1/users/search"},
		{"hidden", "/.well-known/acme-challenge/x"},
		{"dots", "/api/v1/./users/../users/search"},
	} {
		b.Run("kind="+c.kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(c.path)
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		benchRoutes(b)
	}
}
