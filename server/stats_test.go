package server

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// A route that blocks is remembered, on its loop, and becomes quick again.
func TestRoutesThatBlockAreRemembered(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/releases", func(w *Response, r *Request) { r.Hold().Release() })
		s.With(Settings{Blocking: Always}).Get("/always", hello)
		s.With(Settings{Blocking: Never}).Get("/never", func(w *Response, r *Request) { r.Hold().Release() })
	})
	remembered := func(st Stats) string {
		var patterns []string
		for _, r := range st.Routes {
			patterns = append(patterns, r.Method+" "+r.Pattern+" "+itoa(r.BlockingLoops))
		}
		return strings.Join(patterns, ", ")
	}
	if got := remembered(g.stats()); got != "GET /always 1" {
		t.Errorf("routes at the start = %q", got)
	}
	c := g.dial()
	for i := 0; remembered(g.stats()) != "GET /releases 1, GET /always 1"; i++ {
		if i == 1000 {
			t.Fatalf("routes = %q after %d moves, want /releases among them", remembered(g.stats()), i)
		}
		c.wantOpen("/releases")
		c.wantOpen("/never")
		c.wantOpen("/")
	}
	before := g.stats().Loops[0]
	c.wantOpen("/releases")
	after := g.stats().Loops[0]
	if after.SentAway == before.SentAway {
		t.Error("a remembered route did not begin away")
	}
	// Thousands of quick requests later it is one of the quick ones again.
	batch := strings.Repeat("GET /releases HTTP/1.1\r\nHost: h\r\n\r\n", 256)
	for end := time.Now().Add(patience); remembered(g.stats()) != "GET /always 1"; {
		if time.Now().After(end) {
			t.Fatalf("routes = %q, want /releases forgotten", remembered(g.stats()))
		}
		go c.Write([]byte(batch))
		for range 256 {
			c.answer("GET")
		}
	}
}

func TestHealthAndStats(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{HealthEndpoint: true, StatsEndpoint: true, WorkerThreads: 2, MaxConnections: 123, IdleTimeout: time.Minute, RequestTimeout: Off},
		func(s *Server) {
			s.Use(func(next Handler) Handler {
				return func(w *Response, r *Request) {
					w.Header().Set("X-Middleware", "ran")
					next(w, r)
				}
			})
			s.Get("/", hello)
		})
	a := g.get("/health")
	var health map[string]any
	if err := json.Unmarshal([]byte(a.body), &health); err != nil || health["status"] != "ok" || health["pid"] != float64(os.Getpid()) || health["uptime_seconds"] == nil {
		t.Errorf("/health = %s", a.body)
	}
	if a.Header.Get("X-Middleware") != "ran" {
		t.Error("middleware did not run for /health")
	}
	g.ask("BAD\r\n\r\n")
	g.ask("HEAD /stats HTTP/1.1\r\nHost: h\r\n\r\n").want(t, 200, "")
	kept := g.dial()
	kept.wantOpen("/")
	var st map[string]map[string]any
	a = g.get("/stats")
	if !strings.Contains(a.body, `"routes":[]`) {
		t.Errorf("/stats without blocking routes has no empty list of them: %s", a.body)
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(a.body), &all); err != nil {
		t.Fatalf("/stats: %v", err)
	}
	delete(all, "uptime_seconds")
	delete(all, "loops")
	delete(all, "routes")
	b, _ := json.Marshal(all)
	json.Unmarshal(b, &st)
	for path, want := range map[string]any{
		"requests.total": 5.0, "requests.active": 1.0, "requests.refused": 1.0,
		"config.worker_threads": 2.0, "config.max_connections": 123.0, "config.idle_timeout_sec": 60.0, "config.request_timeout_sec": 0.0,
		"config.tls_enabled": false, "config.http2_enabled": true, "config.bind_host": "127.0.0.1",
		"connections.active_http2": 0.0, "connections.active_h2_streams": 0.0,
	} {
		table, key, _ := strings.Cut(path, ".")
		if got := st[table][key]; got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	if n := st["connections"]["active"].(float64); n < 2 || st["connections"]["active_http1"] != n {
		t.Errorf("connections = %v", st["connections"])
	}
}

func TestEndpointsAreOffByDefaultAndGiveWay(t *testing.T) {
	t.Parallel()
	newRig(t, Config{}, nil).get("/stats").want(t, 404, "404 Not Found\n")
	g := newRig(t, Config{HealthEndpoint: true, StatsEndpoint: true}, func(s *Server) { s.Get("/health", hello) })
	g.get("/health").want(t, 200, "hello")
	if a := g.get("/stats"); a.StatusCode != 200 {
		t.Errorf("/stats = %d", a.StatusCode)
	}
}

// Stats may be called from a handler of any loop, and before and after.
func TestStatsFromAnywhere(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 2}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) { w.JSON(200, s.Stats().Requests.Active) })
	})
	for range 5 {
		g.get("/").want(t, 200, "1")
	}
	g.shutdown()
	g.srv.Stats()
	srv, _ := New(Config{})
	if st := srv.Stats(); st.Requests.Total != 0 || st.Loops != nil {
		t.Errorf("Stats before the start = %+v", st)
	}
}
