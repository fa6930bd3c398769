package scenario

import (
	"fmt"

	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/peer"
)

var (
	https = load.Mode{TLS: true}
	h2    = load.Mode{Proto: load.HTTP2, TLS: true}
	h2c   = load.Mode{Proto: load.HTTP2}
	ws    = load.Mode{Proto: load.WebSocket}
	wss   = load.Mode{Proto: load.WebSocket, TLS: true}
)

// cpuOf is a target for the processor time as a factor of a peer's.
func cpuOf(peer string, factor float64) Target {
	return Target{Metric: CPU, Factor: factor, Peer: peer}
}

// secure are the rows of HTTP/1.1 over TLS 1.3. There is no floor with TLS, so
// ratios are to net/http.
func secure() []*Scenario {
	keepAlive := func(_ Env, addr string) []load.Group {
		return []load.Group{{Name: "/plaintext", Conns: 64, Mode: https, Main: get(addr, "/plaintext", 13)}}
	}
	handshake := func(_ Env, addr string) []load.Group {
		wire := httpwire.Request{Path: "/plaintext", Host: addr, Close: true}.Append(nil)
		return []load.Group{{Name: "/plaintext", Conns: 64, Mode: https, Fresh: true, Main: load.Request{Wire: wire, Body: 13}}}
	}
	row := func(name, row string, g groups, targets ...Target) *Scenario {
		return &Scenario{
			Name: name, Row: row, About: row + "; TLS 1.3, X25519, a certificate with ECDSA on P-256",
			Routes: []string{"/plaintext"}, Mode: https, Base: "nethttp",
			Columns: loadColumns, Headline: cpuAndRate, Targets: targets, Measure: loaded(g),
		}
	}
	return []*Scenario{
		// 7.0 us where nginx took 7.30 and fasthttp 7.33.
		row("https-keepalive-64", "HTTPS keep-alive, 64 connections", keepAlive, cpuOf("nginx", 0.96), cpuOf("fasthttp", 0.955)),
		row("https-handshake", "HTTPS, a full handshake each, 64 at once", handshake, cpuOf("nethttp", 1)),
		large("https-big-up", "upload of 1 GiB over HTTPS", "/upload", https, upload),
		large("https-big-down", "download of 1 GiB over HTTPS", "/bytes", https, download),
	}
}

// streams are the rows of HTTP/2. Ratios are to nghttpd.
func streams() []*Scenario {
	row := func(name string, m load.Mode, conns, depth int, targets ...Target) *Scenario {
		over := "in clear"
		if m.TLS {
			over = "over TLS"
		}
		text := fmt.Sprintf("HTTP/2 %s, %d connections of %d streams", over, conns, depth)
		if conns == 1 {
			text = fmt.Sprintf("HTTP/2 %s, 1 connection of %d streams", over, depth)
		}
		g := func(_ Env, addr string) []load.Group {
			return []load.Group{{Name: "/plaintext", Conns: conns, Depth: depth, Mode: m, Main: streamed(addr, m, "/plaintext", 13)}}
		}
		return &Scenario{
			Name: name, Row: text, About: text, Routes: []string{"/plaintext"}, Mode: m, Base: "nghttpd",
			Columns: loadColumns, Headline: cpuAndRate, Targets: targets, Measure: loaded(g),
		}
	}
	fast := Target{Metric: Speed, AtLeast: true, Factor: 0.8, Peer: "nghttpd"}
	return []*Scenario{
		// 2.5, 2.8 and 2.5 us where nghttpd took 1.77, 2.11 and 1.75.
		row("h2-tls-1x100", h2, 1, 100, cpuOf("nethttp", 0.1), cpuOf("nghttpd", 1.41)),
		row("h2-tls-32x32", h2, 32, 32, cpuOf("nethttp", 0.1), cpuOf("nghttpd", 1.33)),
		row("h2c-1x100", h2c, 1, 100, cpuOf("nethttp", 0.1), cpuOf("nghttpd", 1.43)),
		row("h2c-32x32", h2c, 32, 32, cpuOf("nethttp", 0.1), cpuOf("nghttpd", 1.43)),
		large("h2-big-up", "upload of 1 GiB over HTTP/2 and TLS", "/upload", h2, upload),
		large("h2-big-down", "download of 1 GiB over HTTP/2 and TLS", "/bytes", h2, download, fast),
		large("h2c-big-up", "upload of 1 GiB over HTTP/2 in clear", "/upload", h2c, upload),
		large("h2c-big-down", "download of 1 GiB over HTTP/2 in clear", "/bytes", h2c, download, fast),
	}
}

// unpinged is a configuration for WebSockets that are idle altogether.
const unpinged = "[websocket]\nping_interval_sec = 0\n"

// idles are the rows of idle connections that began with more than a request.
func idles() []*Scenario {
	row := func(name, text string, m load.Mode, route, base string, perConn float64) *Scenario {
		s := &Scenario{
			Name: name, Row: text, About: text + " (10,000 unless -idle says otherwise) after one exchange each",
			Routes: []string{route}, Mode: m, Base: base,
			Columns: []Metric{PerConn, Mem, Load, Wakes, Threads}, Headline: []Metric{PerConn}, Measure: idle(m, false),
			Targets: []Target{{Metric: Load, Factor: 0.1}, {Metric: Wakes, Factor: 5}},
		}
		if perConn > 0 {
			s.Targets = append([]Target{{Metric: PerConn, Factor: perConn}}, s.Targets...)
		}
		if m.Proto == load.WebSocket {
			s.Config = unpinged
		}
		return s
	}
	pinged := row("idle-ws-pinged", "a WebSocket that only answers pings, one in 30 s", ws, "/ws", "", 600)
	pinged.Routes, pinged.Config, pinged.Measure = append(pinged.Routes, peer.OwnRoute), "", idle(ws, true)
	pinged.Targets = pinged.Targets[:1] // a ping to each in 30 s is work
	return []*Scenario{
		row("idle-tls", "an idle connection of TLS and HTTP/1.1", https, "/plaintext", "nethttp", 9000),
		row("idle-tls-h2", "an idle connection of TLS and HTTP/2", h2, "/plaintext", "nethttp", 11000),
		row("idle-ws", "an idle WebSocket", ws, "/ws", "", 600),
		row("idle-wss", "an idle WebSocket over TLS", wss, "/ws", "gorilla", 0),
		pinged,
	}
}
