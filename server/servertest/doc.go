// Package servertest runs a server of package server inside a test, with a
// client beside it.
//
//	func TestGreeting(t *testing.T) {
//		s := servertest.Start(t, func(srv *server.Server) {
//			srv.Get("/greet/:name", greet)
//		})
//		s.Get("/greet/you").Want(t, 200, "hello you")
//	}
//
// The server listens on a free port of the loopback interface and stops with
// the test. The test fails if then a handler still runs, a goroutine that a
// handler has started is left, memory has not been given back, or a handler
// has panicked. What the server logs appears in the log of the test.
//
// Tests may run in parallel: each server looks after its own only.
package servertest
