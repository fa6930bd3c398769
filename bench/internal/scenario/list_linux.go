package scenario

import (
	"fmt"
	"slices"
	"time"

	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/load"
)

var (
	loadColumns = []Metric{Rate, CPU, P50, P99, P999, Mem}
	cpuAndRate  = []Metric{CPU, Rate}
)

// List returns all scenarios in the order of tables.
func List() []*Scenario {
	return slices.Concat(closedLoops(), blocking(), rest(), secure(), streams(), sockets(), slowReaders(), shutdowns(), idles())
}

// closed makes a closed loop of n connections with GET path.
func closed(n, depth int, path string, body int64) groups {
	return func(_ Env, addr string) []load.Group {
		return []load.Group{{Name: path, Conns: n, Depth: depth, Main: get(addr, path, body)}}
	}
}

// atMost is a target for the processor time as a factor of the C floor's.
func atMost(factor float64) []Target { return []Target{{Metric: CPU, Factor: factor, Peer: "floor"}} }

// closedLoops are the rows of HTTP/1.1 by processor time.
func closedLoops() []*Scenario {
	const kib = 1 << 10
	simple := func(name, row, route string, g groups, targets []Target) *Scenario {
		return &Scenario{
			Name: name, Row: row, About: row, Routes: []string{route}, Columns: loadColumns,
			Headline: cpuAndRate, Targets: targets, Measure: loaded(g),
		}
	}
	post := func(_ Env, addr string) []load.Group {
		wire := httpwire.Request{Method: "POST", Path: "/echo", Host: addr, Body: make([]byte, kib)}.Append(nil)
		return []load.Group{{Name: "/echo", Conns: 64, Main: load.Request{Wire: wire, Body: kib}}}
	}
	fresh := func(_ Env, addr string) []load.Group {
		wire := httpwire.Request{Path: "/plaintext", Host: addr, Close: true}.Append(nil)
		return []load.Group{{Name: "/plaintext", Conns: 64, Fresh: true, Main: load.Request{Wire: wire, Body: 13}}}
	}
	keepalive := append(atMost(1.15),
		Target{Metric: Rate, AtLeast: true, Factor: 2.5, Peer: "nethttp"},
		Target{Metric: Rate, AtLeast: true, Factor: 1.15, Peer: "fasthttp"},
		Target{Metric: Rate, AtLeast: true, Factor: 1, Peer: "nginx"})
	return []*Scenario{
		simple("keepalive-64", "keep-alive, 64 connections", "/plaintext", closed(64, 1, "/plaintext", 13), keepalive),
		simple("keepalive-512", "keep-alive, 512 connections", "/plaintext", closed(512, 1, "/plaintext", 13), atMost(1.20)),
		// 0.60 us where the floor took 0.35.
		simple("pipeline-16", "pipelined 16 deep, 64 connections", "/plaintext", closed(64, 16, "/plaintext", 13), atMost(1.71)),
		simple("body-64k", "64 KiB response, 64 connections", "/bytes", closed(64, 1, "/bytes/65536", 64*kib), atMost(1.2)),
		simple("body-1m", "1 MiB response, 16 connections", "/bytes", closed(16, 1, "/bytes/1048576", kib*kib), atMost(1.1)),
		simple("post-1k", "POST echo of 1 KiB, 64 connections", "/echo", post, atMost(1.3)),
		simple("newconn", "a new connection each, 64 at once", "/plaintext", fresh, atMost(1.25)),
	}
}

// blocking are the rows of handlers that sleep or compute.
func blocking() []*Scenario {
	const conns = 256
	onePercent := func(_ Env, addr string) []load.Group {
		return []load.Group{{
			Name: "1 % sleeping", Conns: conns, OneIn: 100,
			Main: get(addr, "/plaintext", 13), Other: get(addr, "/sleep/50", -1),
		}}
	}
	sleepers := func(_ Env, addr string) []load.Group {
		return []load.Group{
			{Name: "fast", Conns: 64, Main: get(addr, "/plaintext", 13)},
			{Name: "sleepers", Conns: 64, Main: get(addr, "/sleep/50", -1)},
		}
	}
	columns := []Metric{Rate, CPU, P50, P99, P999, Kept, Mem}
	return []*Scenario{
		{
			Name: "blocking-1pct", Row: "256 connections, 1 % of requests sleep 50 ms",
			About:  "256 connections, 1 % of requests go to a route that sleeps 50 ms; latencies of the fast ones",
			Routes: []string{"/plaintext", "/sleep"}, Columns: columns, Headline: []Metric{Rate, P99},
			Targets: []Target{
				{Metric: Rate, AtLeast: true, Factor: 1.1, Peer: "fasthttp"},
				{Metric: Kept, AtLeast: true, Factor: 0.9},
				{Metric: P99, Factor: 1, Peer: "fasthttp"},
			},
			Measure: disturbed(closed(conns, 1, "/plaintext", 13), onePercent),
		},
		{
			Name: "blocking-mixed", Row: "256 connections, a route that sleeps 50 ms once in 100",
			About:  "256 connections, one route that sleeps 50 ms once in a hundred requests",
			Routes: []string{"/mixed"}, Columns: loadColumns, Headline: []Metric{Rate, P50},
			Targets: []Target{{Metric: Rate, AtLeast: true, Factor: 1, Peer: "fasthttp"}},
			Measure: loaded(closed(conns, 1, "/mixed", -1)),
		},
		{
			Name: "sleepers", Row: "64 fast connections beside 64 that sleep",
			About:  "64 fast connections beside 64 that only sleep 50 ms; all but CPU is about the fast ones",
			Routes: []string{"/plaintext", "/sleep"}, Columns: columns, Headline: []Metric{Rate, Kept},
			Targets: []Target{{Metric: Kept, AtLeast: true, Factor: 0.8}},
			Measure: disturbed(closed(64, 1, "/plaintext", 13), sleepers),
		},
		computing(1),
		computing(4),
	}
}

// computing has n connections that compute beside eight paced fast ones.
func computing(n int) *Scenario {
	both := func(_ Env, addr string) []load.Group {
		return []load.Group{
			{Name: "fast", Conns: 8, Period: 4 * time.Millisecond, Main: get(addr, "/plaintext", 13)},
			{Name: "computing", Conns: n, Main: get(addr, "/spin/20", -1)},
		}
	}
	return &Scenario{
		Name: fmt.Sprintf("compute-%d", n), Row: fmt.Sprintf("8 paced connections beside %d computing", n),
		About:   fmt.Sprintf("8 connections with a request every 4 ms beside %d whose handler computes 20 ms", n),
		Routes:  []string{"/plaintext", "/spin"},
		Columns: []Metric{Rate, P50, P99, P999, Mem}, Headline: []Metric{P50, P99},
		Targets: []Target{
			{Metric: P50, Factor: 1, Peer: manyProcs()},
			{Metric: P99, Factor: 1, Peer: manyProcs()},
		},
		Also:    []string{manyProcs()},
		Measure: loaded(both),
	}
}

// rest are tails, memory and size.
func rest() []*Scenario {
	open := func(e Env, addr string) []load.Group {
		return []load.Group{{Name: "open", Conns: 256, Rate: e.OpenRate, Main: get(addr, "/plaintext", 13)}}
	}
	return []*Scenario{
		{
			Name: "open-40k", Row: "open loop, 40,000 requests/s, 256 connections",
			About:  "open loop, 40,000 requests/s, 256 connections; latencies from the due time",
			Routes: []string{"/plaintext"}, Columns: []Metric{Rate, Done, CPU, P50, P99, P999, Mem},
			Headline: []Metric{P99, P50, P999},
			Targets: []Target{
				{Metric: P50, Factor: 130},
				{Metric: P99, Factor: 1000},
				{Metric: P99, Factor: 1.0 / 7, Peer: "nethttp"},
				{Metric: P999, Factor: 0.5, Peer: "nethttp"},
			},
			Measure: loaded(open),
		},
		{
			Name: "idle-http1", Row: "an idle connection",
			About:  "idle connections (10,000 unless -idle says otherwise) after one exchange each",
			Routes: []string{"/plaintext"}, Columns: []Metric{PerConn, Mem, Load, Wakes, Threads},
			Headline: []Metric{PerConn},
			Targets: []Target{
				{Metric: PerConn, Factor: 512},
				{Metric: Load, Factor: 0.1},
				{Metric: Wakes, Factor: 5},
			},
			Measure: idle(load.Mode{}, false),
		},
		large("big-up", "upload of 1 GiB", "/upload", load.Mode{}, upload),
		large("big-down", "download of 1 GiB", "/bytes", load.Mode{}, download),
		{
			Name: "startup", Row: "from start to first answer", About: "from the start of the process to its first answer",
			Routes: []string{"/plaintext"}, Columns: []Metric{Start, Mem}, Headline: []Metric{Start},
			Targets: []Target{{Metric: Start, Factor: 50_000}}, Measure: startUp,
		},
	}
}
