package examples

import "reactor.example/server"

// A route is an example: how it is registered, and how the welcome page
// shows it.
type route struct {
	methods  []string
	pattern  string
	settings server.Settings
	handler  server.Handler

	try  string // an address to follow, or a curl command if it begins so
	says string
}

var (
	get  = []string{"GET"}
	body = []string{"POST", "PUT", "PATCH", "DELETE"}
)

// anyBody lifts the bound on the body of routes that keep none of it.
var anyBody = server.Settings{MaxBodyBytes: server.Off}

// routes lists the examples in the order of the welcome page. The route / is
// not among them: see Register.
func routes() []route {
	return []route{
		{get, "/plaintext", server.Settings{}, plaintext, "/plaintext", "13 bytes of text, to measure with"},
		{get, "/json", server.Settings{}, jsonMessage, "/json", "a small object, encoded for each request"},
		{get, "/bytes/:n", server.Settings{}, bytes, "/bytes/1000", "that many bytes, up to 4 GiB; streamed above 64 KiB"},
		{get, "/sleep/:ms", server.Settings{}, sleep, "/sleep/500", "sleeps that many milliseconds, up to a minute, and holds nobody else up"},
		{get, "/spin/:ms", server.Settings{}, spin, "/spin/500", "computes that many milliseconds, up to 10 seconds"},
		{get, "/mixed", server.Settings{}, (&mixed{}).serve, "/mixed", "answers at once, but for one request in a hundred that sleeps 50 ms"},
		{get, "/drip/:n", server.Settings{}, drip, "/drip/10", "that many lines, one every 100 ms, each sent at once"},
		{append(get, body...), "/echo", anyBody, echo, "curl %s/echo -d hello", "sends the body back while it is still coming"},
		{body, "/upload", anyBody, upload, "curl %s/upload -T big.iso", "counts a body of any size and keeps none of it"},
	}
}

// Register adds the examples to srv. At / the page is served to whoever sends
// no body, and the body to whoever does.
func Register(srv *server.Server, page server.Handler) {
	for _, r := range routes() {
		group := srv.With(r.settings)
		for _, method := range r.methods {
			group.Route(method, r.pattern, r.handler)
		}
	}
	registerSockets(srv)
	for _, method := range append(get, body...) {
		srv.Route(method, "/", func(w *server.Response, r *server.Request) {
			if r.ContentLength() == 0 {
				page(w, r)
				return
			}
			echoWhole(w, r)
		})
	}
}
