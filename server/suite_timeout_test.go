package server

import (
	"testing"
	"time"
)

// The original's suite "timeout" never waited for one. That the timeouts do
// what they say is in deadlines_test.go.

func serveSeveral(t *testing.T, cfg Config, n int) {
	t.Parallel()
	g := newRig(t, cfg, func(s *Server) { s.Get("/", hello) })
	kept := g.dial()
	for range n {
		g.get("/").want(t, 200, "hello")
		kept.wantOpen("/")
	}
}

func TestServerWithTenSecondsIdleServesThreeRequests(t *testing.T) {
	serveSeveral(t, Config{IdleTimeout: 10 * time.Second}, 3)
}

func TestServerWithDefaultTimeoutsServesFiveRequests(t *testing.T) { serveSeveral(t, Config{}, 5) }

func TestServerWithThirtySecondsIdleServesTenRequests(t *testing.T) {
	serveSeveral(t, Config{IdleTimeout: 30 * time.Second}, 10)
}
