package scenario

import (
	"context"
	"fmt"
	"time"

	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/peer"
	"reactor.example/bench/internal/wswire"
)

// sockets are the rows of WebSocket echoes.
func sockets() []*Scenario {
	const kib = 1 << 10
	row := func(name string, bytes int, conns int, targets ...Target) *Scenario {
		size := fmt.Sprintf("%d bytes", bytes)
		if bytes >= kib {
			size = fmt.Sprintf("%d KiB", bytes/kib)
		}
		text := fmt.Sprintf("WebSocket echo of %s, %s connections", size, thousands(int64(conns)))
		return echo(name, text, "/ws", targets, func(_ Env, addr string) []load.Group {
			return []load.Group{{
				Name: "/ws", Conns: conns, Mode: ws, Main: message(bytes),
				Upgrade: wswire.Upgrade{Path: "/ws", Host: addr}.Append(nil),
			}}
		})
	}
	best := []Target{cpuOf("gws", 1), cpuOf("gobwas", 1), cpuOf("nbio", 1)}
	return []*Scenario{
		row("ws-16-64", 16, 64, atMost(1.15)...),
		row("ws-16-1000", 16, 1000, atMost(1.20)...),
		row("ws-1k-64", kib, 64, atMost(1.15)...),
		row("ws-1k-1000", kib, 1000, best...),
		row("ws-64k-64", 64*kib, 64, atMost(1.10)...),
		row("ws-64k-1000", 64*kib, 1000, best...),
		deflated(),
		published(),
	}
}

// published is one message after another that everybody hears.
func published() *Scenario {
	const size = 64
	g := func(e Env, addr string) []load.Group {
		return []load.Group{{
			Name: "/publish", Conns: e.IdleConns, Mode: ws, Chorus: true, Main: message(size),
			Upgrade: wswire.Upgrade{Path: "/publish", Host: addr}.Append(nil),
		}}
	}
	about := "a WebSocket message of 64 bytes published to 10,000 connections (unless -idle says otherwise), the next when all have it"
	s := echo("ws-publish", about, peer.PublishRoute, []Target{cpuOf("gws", 1), cpuOf("gorilla", 1), cpuOf("nbio", 1)}, nil)
	s.Row, s.Base = "WebSocket message to 10,000 subscribers, per delivery", "gws"
	s.Measure = func(ctx context.Context, e Env, h Host) (Sample, error) {
		e = e.Defaults()
		if err := enoughFiles(e.IdleConns); err != nil {
			return nil, err
		}
		e.Threads = 1                      // who has heard is counted in one place
		e.Warmup += 200 * time.Millisecond // until all have gathered
		return run(ctx, e, h, g(e, h.Addr()))
	}
	return s
}

// deflated is the echo of compressed messages: each compressed on its own, both
// ways.
func deflated() *Scenario {
	const size = 1 << 10
	text := make([]byte, 0, size+100)
	for i := 0; len(text) < size; i++ {
		text = fmt.Appendf(text, `{"id":%d,"name":"sensor-%d","value":%d.%02d,"unit":"celsius"},`, i*7919%1000, i, i*31%90, i*57%100)
	}
	text = text[:size]
	frame := wswire.AppendFrame(nil, wswire.OpText, wswire.Deflate(text), true)
	about := "WebSocket echo of 1 KiB of JSON, compressed both ways, 64 connections"
	targets := []Target{cpuOf("gws", 1), cpuOf("gorilla", 1)}
	s := echo("ws-deflate-1k-64", about, peer.DeflateRoute, targets, func(_ Env, addr string) []load.Group {
		return []load.Group{{
			Name: "/ws", Conns: 64, Mode: ws, Deflate: true, Main: load.Request{Wire: frame, Body: size},
			Upgrade: wswire.Upgrade{Path: "/ws", Host: addr, Deflate: true}.Append(nil),
		}}
	})
	s.Base = "gws"
	return s
}

// echo is a row that sends messages and awaits them back.
func echo(name, row, route string, targets []Target, g groups) *Scenario {
	return &Scenario{
		Name: name, Row: row, About: row, Routes: []string{route}, Mode: ws,
		Columns: loadColumns, Headline: cpuAndRate, Targets: targets, Measure: loaded(g),
	}
}
