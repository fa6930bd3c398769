package servertest_test

import (
	"testing"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// In a test file this is func TestGreeting.
func ExampleStart() {
	_ = func(t *testing.T) {
		s := servertest.Start(t, func(srv *server.Server) {
			srv.Get("/greet/:name", func(w *server.Response, r *server.Request) {
				w.Text(200, "hello "+r.Param("name"))
			})
		})
		s.Get("/greet/you").Want(t, 200, "hello you")
	}
	// Output:
}
