package server

import (
	"strings"
	"sync"
	"testing"
)

// The original's suite "basic": one connection, a few, and those that go.

func basicRig(t *testing.T) *rig {
	t.Parallel()
	return newRig(t, Config{HealthEndpoint: true, StatsEndpoint: true}, func(s *Server) { s.Post("/echo", echo) })
}

func TestSingleConnectionGetsHealth(t *testing.T) {
	g := basicRig(t)
	a := g.get("/health")
	if a.StatusCode != 200 || !strings.Contains(a.body, `"status":"ok"`) {
		t.Errorf("GET /health = %d %q, want 200 with status ok", a.StatusCode, a.body)
	}
}

func TestPostedBodyComesBack(t *testing.T) {
	basicRig(t).ask(post("/echo", "Hello, Server!")).want(t, 200, "Hello, Server!")
}

func TestFiveClientsOneAfterAnother(t *testing.T) {
	g := basicRig(t)
	for i := range 5 {
		body := "client " + itoa(i)
		g.ask(post("/echo", body)).want(t, 200, body)
	}
}

func TestTenClientsAtOnceAllSucceed(t *testing.T) {
	g := basicRig(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			body := "client " + itoa(i)
			c, err := g.tryDial()
			if err != nil {
				t.Errorf("client %d: %v", i, err)
				return
			}
			defer c.Close()
			c.Write([]byte(post("/echo", body)))
			if a, err := c.tryAnswer("POST"); err != nil || a.body != body {
				t.Errorf("client %d: %q, %v", i, a.body, err)
			}
		})
	}
	wg.Wait()
}

func TestBodyOf512BytesComesBack(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 32)
	basicRig(t).ask(post("/echo", body)).want(t, 200, body)
}

func TestConnectingAndLeavingThreeTimesHarmsNothing(t *testing.T) {
	g := basicRig(t)
	for range 3 {
		g.dial().Close()
	}
	g.await("all are gone", func(st Stats) bool { return st.Connections.Active == 0 && st.Connections.TotalAccepted == 3 })
	g.ask(post("/echo", "still here")).want(t, 200, "still here")
}
