package load

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reactor.example/bench/internal/httpwire"
)

// serve starts h and returns its address.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, "Hello, World!")
}

func get(path string, body int64) Request {
	return Request{Wire: httpwire.Request{Path: path, Host: "x"}.Append(nil), Body: body}
}

// run carries out a short plan with one group, and stops it after enough
// answers or a generous time.
func run(t *testing.T, addr string, g Group) (*Result, error) {
	t.Helper()
	return Run(t.Context(), Plan{Addr: addr, Groups: []Group{g}, Warmup: 50 * time.Millisecond, Length: 250 * time.Millisecond, Threads: 2})
}

func TestEveryKindOfGroupIsAnswered(t *testing.T) {
	t.Parallel()
	addr := serve(t, hello)
	fresh := httpwire.Request{Path: "/", Host: "x", Close: true}.Append(nil)
	post := httpwire.Request{Method: "POST", Path: "/", Host: "x", Body: make([]byte, 3<<20)}.Append(nil)
	for _, g := range []Group{
		{Name: "closed", Conns: 8, Main: get("/", 13)},
		{Name: "one connection on two threads", Conns: 1, Main: get("/", 13)},
		{Name: "pipelined", Conns: 4, Depth: 16, Main: get("/", 13)},
		{Name: "mixed", Conns: 4, Main: get("/", 13), Other: get("/other", 13), OneIn: 2},
		{Name: "a body that needs several writes", Conns: 2, Main: Request{Wire: post, Body: 13}},
		{Name: "fresh", Conns: 4, Fresh: true, Main: Request{Wire: fresh, Body: 13}},
		{Name: "open", Conns: 4, Rate: 400, Main: get("/", 13)},
		{Name: "paced", Conns: 4, Period: 10 * time.Millisecond, Main: get("/", 13)},
	} {
		t.Run(g.Name, func(t *testing.T) {
			t.Parallel()
			res, err := run(t, addr, g)
			if err != nil || res.Errors != (Errors{}) {
				t.Fatalf("error %v, errors %v, want none", err, res.Errors)
			}
			if res.Requests() == 0 || res.Groups[0].Latency.Count() == 0 {
				t.Errorf("%d answers, %d latencies, want some", res.Requests(), res.Groups[0].Latency.Count())
			}
		})
	}
}

func TestServerThatClosesIsReconnectedNotBlamed(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		hello(w, r)
	})
	res, err := run(t, addr, Group{Conns: 2, Main: get("/", 13)})
	if err != nil || res.Errors != (Errors{}) || res.Groups[0].Reconnects == 0 {
		t.Errorf("error %v, errors %v, %d reconnects, want only reconnects", err, res.Errors, res.Groups[0].Reconnects)
	}
}

func TestWrongAnswersAreCountedAndEndTheRun(t *testing.T) {
	t.Parallel()
	raw := func(answer string) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = ln.Close() })
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				go func() {
					var b [4096]byte
					_, _ = c.Read(b[:])
					_, _ = io.WriteString(c, answer)
					_ = c.Close()
				}()
			}
		}()
		return ln.Addr().String()
	}
	ok := "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n"
	tests := []struct {
		name, addr string
		kind       func(Errors) int64
	}{
		{"status", serve(t, http.NotFound), func(e Errors) int64 { return e.Status }},
		{"length", serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Hi") }), func(e Errors) int64 { return e.Length }},
		{"not HTTP", raw("220 mail ready\r\n\r\n"), func(e Errors) int64 { return e.Parse }},
		{"more than asked for", raw(ok + "Hello, World!" + ok), func(e Errors) int64 { return e.Parse }},
		{"cut off", raw(ok + "Hello"), func(e Errors) int64 { return e.Broken }},
		{"nobody there", closedPort(t), func(e Errors) int64 { return e.Connect }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, err := Run(t.Context(), Plan{
				Addr: tt.addr, Groups: []Group{{Conns: 4, Main: get("/", 13)}},
				Length: time.Minute,
			})
			if err == nil || res == nil || tt.kind(res.Errors) == 0 {
				t.Errorf("error %v, result %+v, want the errors counted and the run ended", err, res)
			}
		})
	}
}

// closedPort returns an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

func TestOpenLoopCountsFromTheDueTime(t *testing.T) {
	t.Parallel()
	stall := make(chan struct{})
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		<-stall
		hello(w, r)
	})
	// One connection whose first answer comes when counting begins: all that
	// was due before waited, and each latency must show it.
	const warmup, rate = 200 * time.Millisecond, 100
	res, err := Run(t.Context(), Plan{
		Addr: addr, Threads: 1, Warmup: warmup, Length: 300 * time.Millisecond,
		Groups: []Group{{Conns: 1, Rate: rate, Main: get("/", 13)}},
		Begin:  func() { time.AfterFunc(20*time.Millisecond, func() { close(stall) }) },
	})
	if err != nil || res.Errors != (Errors{}) {
		t.Fatalf("error %v, errors %v, want none", err, res.Errors)
	}
	g := &res.Groups[0]
	if g.Requests < warmup.Milliseconds()*rate/1000 {
		t.Errorf("%d answers, want at least those due during the stall", g.Requests)
	}
	if got := g.Latency.Max(); got < warmup {
		t.Errorf("longest latency %v, want at least the stall of %v", got, warmup)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run(ctx, Plan{Addr: serve(t, hello), Groups: []Group{{Conns: 1, Main: get("/", 13)}}, Length: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run with an ended context: %v, want %v", err, context.Canceled)
	}
}

func TestPlansAreValidated(t *testing.T) {
	t.Parallel()
	main := get("/", 13)
	for _, tt := range []struct {
		want string
		plan Plan
	}{
		{"without groups", Plan{Length: 1}},
		{"without length", Plan{Groups: []Group{{Conns: 1, Main: main}}}},
		{"no connections", Plan{Length: 1, Groups: []Group{{Main: main}}}},
		{"no request", Plan{Length: 1, Groups: []Group{{Conns: 1}}}},
		{"cannot mix", Plan{Length: 1, Groups: []Group{{Conns: 1, Main: main, OneIn: 5}}}},
		{"two kinds", Plan{Length: 1, Groups: []Group{{Conns: 1, Main: main, Rate: 1, Fresh: true}}}},
		{"two header blocks", Plan{Length: 1, Groups: []Group{{Conns: 1, Main: main, Mode: Mode{Proto: HTTP2}}}}},
		{"opening handshake", Plan{Length: 1, Groups: []Group{{Conns: 1, Main: main, Mode: Mode{Proto: WebSocket}}}}},
		{"each handshake", Plan{Length: 1, Groups: []Group{{Conns: 1, Main: main, Mode: Mode{TLS: true}, Fresh: true, Depth: 2}}}},
		{"one thread", Plan{Length: 1, Threads: 2, Groups: []Group{{Conns: 1, Main: main, Chorus: true, Upgrade: []byte("x"), Mode: Mode{Proto: WebSocket}}}}},
		{"EADDRNOTAVAIL", Plan{Addr: "192.0.2.1:80", Length: 1, Groups: []Group{{Conns: 1, Main: main}}}},
	} {
		_, err := Run(t.Context(), tt.plan)
		if err == nil || !strings.Contains(err.Error(), tt.want) && tt.want != "EADDRNOTAVAIL" {
			t.Errorf("error %v, want one with %q", err, tt.want)
		}
	}
}

func TestIdleSetAndSingleConnections(t *testing.T) {
	t.Parallel()
	addr := serve(t, hello)
	set, err := OpenIdle(t.Context(), addr, Mode{}, 20, nil, get("/", 13))
	if err != nil {
		t.Fatal(err)
	}
	if n := set.Lost(); n != 0 {
		t.Errorf("%d idle connections lost, want none", n)
	}
	set.Close()
	if _, err := OpenIdle(t.Context(), addr, Mode{}, 3, nil, get("/", 14)); err == nil {
		t.Error("idle connections with a wrong body: no error")
	}
	c, err := Dial(addr, Mode{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	const n = 10 << 20
	head := httpwire.Request{Method: "POST", Path: "/", Host: "x", Length: n}.Append(nil)
	var got strings.Builder
	if err := c.Upload(head, n, func(b []byte) { got.Write(b) }); err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(got.String(), "Hello, World!") {
		t.Errorf("answer to the upload %q, want it to end with the body", got.String())
	}
}
