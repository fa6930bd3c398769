package router_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"reactor.example/router"
)

// A mux serves net/http from a router. Handlers find the parameters where
// net/http has them: in Request.PathValue.
type mux struct{ routes *router.Router[http.Handler] }

func (m mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var params router.Params
	path := r.URL.EscapedPath() // the path as it was sent
	route, verdict := m.routes.Match(r.Method, path, &params)
	switch verdict {
	case router.Found, router.FoundByGet: // net/http drops the content of a HEAD response
		for name, value := range params.All() {
			r.SetPathValue(name, value)
		}
		route.Handler.ServeHTTP(w, r)
	case router.Options:
		w.Header().Set("Allow", m.routes.Allow(path))
		w.WriteHeader(http.StatusNoContent)
	case router.MethodNotAllowed:
		w.Header().Set("Allow", m.routes.Allow(path))
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case router.BadPath:
		http.Error(w, "bad path", http.StatusBadRequest)
	default:
		http.NotFound(w, r)
	}
}

// The router under net/http: nothing else of this project is needed.
func Example_netHTTP() {
	routes := router.New[http.Handler]()
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s!", r.PathValue("name"))
	})
	if _, err := routes.Add("GET", "/hello/:name", hello); err != nil {
		fmt.Println(err)
		return
	}

	handler := mux{routes} // http.ListenAndServe(":8080", handler)
	for _, request := range []string{"GET /hello/J%C3%BCrgen", "POST /hello/ann", "OPTIONS /hello/ann", "GET /nobody"} {
		method, target, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, target, nil))
		fmt.Printf("%d [%s] %q\n", w.Code, w.Header().Get("Allow"), strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 [] "Hello, Jürgen!"
	// 405 [GET, HEAD, OPTIONS] "method not allowed"
	// 204 [GET, HEAD, OPTIONS] ""
	// 404 [] "404 page not found"
}

func ExampleRouter_Match() {
	r := router.New[string]()
	for _, pattern := range []string{"/users/new", `/users/:id(\d+)`, "/users/:name", "/users/*rest"} {
		if _, err := r.Add("GET", pattern, "handler"); err != nil {
			fmt.Println(err)
		}
	}
	var params router.Params // used again for each request
	for _, path := range []string{"/users/new", "/users/42", "/users/ann", "/users/ann/posts", "/posts"} {
		route, verdict := r.Match("GET", path, &params)
		if verdict != router.Found {
			fmt.Println(path, verdict)
			continue
		}
		fmt.Print(path, " is ", route.Pattern)
		for name, value := range params.All() {
			fmt.Printf(", %s is %q", name, value)
		}
		fmt.Println()
	}
	// Output:
	// /users/new is /users/new
	// /users/42 is /users/:id(\d+), id is "42"
	// /users/ann is /users/:name, name is "ann"
	// /users/ann/posts is /users/*rest, rest is "ann/posts"
	// /posts NotFound
}

func ExampleRouter_Add_conflict() {
	r := router.New[string]()
	r.Add("GET", "/users/:id", "one")
	_, err := r.Add("GET", "/users/:name", "two")
	fmt.Println(err)

	_, err = r.Add("GET", `/pages/:slug((?!new)\w+)`, "three")
	fmt.Println(err)

	var bad *router.RouteError
	fmt.Println(errors.As(err, &bad), bad.Pattern)
	// Output:
	// router: GET /users/:name conflicts with GET /users/:id: both match the same paths
	// router: GET `/pages/:slug((?!new)\w+)`: constraint ((?!new)\w+): look-around is not supported (constraints are RE2)
	// true /pages/:slug((?!new)\w+)
}

func ExampleRouter_Allow() {
	r := router.New[string]()
	r.Add("GET", "/users/:id", "show")
	r.Add("PUT", "/users/:id", "save")
	r.Add("POST", "/users", "create")
	fmt.Println(r.Allow("/users/7"))
	fmt.Println(r.Allow("*"))
	// Output:
	// GET, HEAD, OPTIONS, PUT
	// GET, HEAD, OPTIONS, POST, PUT
}

func ExampleRouter_Group() {
	type handler func(user string) string
	auth := func(next handler) handler {
		return func(user string) string {
			if user == "" {
				return "401"
			}
			return next(user)
		}
	}

	r := router.New[handler]()
	admin := r.Group("/admin", auth)
	admin.Add("GET", "/stats", func(user string) string { return "statistics for " + user })

	for route := range r.Routes() {
		fmt.Println(route)
	}
	var params router.Params
	route, _ := r.Match("GET", "/admin/stats", &params)
	fmt.Println(route.Handler("ann"))
	fmt.Println(route.Handler(""))
	// Output:
	// GET /admin/stats
	// statistics for ann
	// 401
}

func ExampleChain() {
	quote := func(next string) string { return "'" + next + "'" }
	shout := func(next string) string { return next + "!" }
	fmt.Println(router.Chain("hello", quote, shout)) // quote is the outer one
	// Output: 'hello!'
}

func ExampleClean() {
	fmt.Println(router.Clean("/a/%2e%2e/b/./c%2Fd"))
	fmt.Println(router.Clean("/100%"))
	// Output:
	// /b/c%2Fd true
	//  false
}

func ExampleJoin() {
	fmt.Println(router.Join("/api/", "/users"))
	// Output: /api/users
}
