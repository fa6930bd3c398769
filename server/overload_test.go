package server

import (
	"io"
	"strings"
	"sync"
	"testing"
)

// limitNames is an Observer's LimitHit that counts.
type limitNames struct {
	mu   sync.Mutex
	hits map[string]int
}

func (l *limitNames) hit(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hits == nil {
		l.hits = make(map[string]int)
	}
	l.hits[name]++
}

func (l *limitNames) count(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hits[name]
}

func TestMaxConnections(t *testing.T) {
	t.Parallel()
	var limits limitNames
	g := newRig(t, Config{MaxConnections: 3, WorkerThreads: 2, Observer: Observer{LimitHit: limits.hit}},
		func(s *Server) { s.Get("/", hello) })
	kept := []*peer{g.dial(), g.dial(), g.dial()}
	for _, c := range kept {
		c.wantOpen("/")
	}
	for range 5 { // sheds do not pile up: those on their way out do not count
		c := g.dial()
		c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + strings.Repeat("x", 10000)) // nothing eats the answer
		a := c.answer("GET")
		a.want(t, 503, "503 Service Unavailable\n")
		if a.Header.Get("Retry-After") == "" || !a.Close {
			t.Errorf("the answer above the limit lacks Retry-After or Connection: close: %v", a.Header)
		}
	}
	st := g.stats()
	if st.Connections.Shed != 5 || st.Connections.TotalAccepted != 3 || st.Connections.Active != 3 || limits.count("max_connections") != 5 {
		t.Errorf("connections = %+v and %d hits, want 3 active and 5 shed", st.Connections, limits.count("max_connections"))
	}
	kept[0].Close()
	g.await("a place is free", func(st Stats) bool { return st.Connections.Active == 2 })
	c := g.dial()
	c.wantOpen("/")
	for _, k := range kept[1:] {
		k.wantOpen("/")
	}
}

func TestMaxConnectionsPerAddress(t *testing.T) {
	t.Parallel()
	cfg := Config{MaxConnectionsPerAddress: 2, MaxConnections: 4, BindPort: Ephemeral}
	g := newRig(t, cfg, func(s *Server) { s.Get("/", hello) })
	a, b := g.dial(), g.dial()
	a.wantOpen("/")
	b.wantOpen("/")
	for range 6 { // more than max_connections: those of a greedy client take no place of others
		c := g.dial()
		c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		c.answer("GET").want(t, 503, "503 Service Unavailable\n")
	}
	if st := g.stats(); st.Connections.Active != 2 {
		t.Errorf("%d connections, want 2", st.Connections.Active)
	}
	a.Close()
	g.await("the first is gone", func(st Stats) bool { return st.Connections.Active == 1 })
	a = g.dial()
	a.wantOpen("/")

	// A connection that began without the limit is not subtracted under it.
	cfg.MaxConnectionsPerAddress = Off
	g.srv.Reload(cfg)
	uncounted := g.dial()
	uncounted.wantOpen("/")
	cfg.MaxConnectionsPerAddress = 2
	g.srv.Reload(cfg)
	uncounted.Close()
	g.await("the uncounted one is gone", func(st Stats) bool { return st.Connections.Active == 2 })
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	c.answer("GET").want(t, 503, "503 Service Unavailable\n")
}

func TestMaxRequestsInFlight(t *testing.T) {
	t.Parallel()
	release := newSignal()
	begun := make(chan bool, 2)
	var limits limitNames
	g := newRig(t, Config{MaxRequestsInFlight: 2, WorkerThreads: 1, Observer: Observer{LimitHit: limits.hit}}, func(s *Server) {
		s.With(Settings{Blocking: Always}).Get("/slow", func(w *Response, _ *Request) {
			begun <- true
			<-release
			w.Text(200, "slow")
		})
		s.With(Settings{Blocking: Never}).Get("/", hello)
	})
	slow := []*peer{g.dial(), g.dial()}
	for _, c := range slow {
		c.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
		receive(t, begun, "a slow request begins")
	}
	c := g.dial()
	a := c.get("/")
	a.want(t, 503, "503 Service Unavailable\n")
	if a.Header.Get("Retry-After") == "" || a.Close {
		t.Errorf("overload = %v, want Retry-After, and the connection kept", a.Header)
	}
	c.ask(post("/", "body")).want(t, 503, "503 Service Unavailable\n")
	if st := g.stats(); st.Requests.Overloaded != 2 || limits.count("max_requests_in_flight") != 2 {
		t.Errorf("overloaded = %d, hits = %d, want 2", st.Requests.Overloaded, limits.count("max_requests_in_flight"))
	}
	close(release)
	for _, s := range slow {
		s.answer("GET").want(t, 200, "slow")
	}
	g.await("none is away", func(st Stats) bool { return st.Loops[0].Away == 0 })
	c.wantOpen("/")
}

// An address in the table is there only as long as it has a connection.
func TestAddressTableIsBounded(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{MaxConnectionsPerAddress: 100}, func(s *Server) { s.Get("/", hello) })
	for range 50 {
		c := g.dial()
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		c.reset()
	}
	g.await("all are gone", func(st Stats) bool { return st.Connections.Active == 0 && st.Connections.TotalAccepted == 50 })
	tab := g.srv.addresses
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if len(tab.counts) != 0 {
		t.Errorf("the table holds %v, want nothing", tab.counts)
	}
}
