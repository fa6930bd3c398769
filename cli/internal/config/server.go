package config

import (
	"math"
	"time"

	"reactor.example/server"
)

// Server translates c into the terms of the library. A 0 that means "off",
// "unlimited" or "any free port" becomes server.Off or server.Ephemeral,
// because there zero means the default. Logger, Observer and the switches of
// the built-in endpoints are left to the caller.
func (c Config) Server() server.Config {
	s := server.Config{
		BindHost:  c.BindHost,
		BindPort:  port(c.BindPort),
		ReusePort: c.ReusePort,

		WorkerThreads: toInt(c.WorkerThreads),

		MaxConnections:           toInt(orOff(c.MaxConnections)),
		MaxConnectionsPerAddress: toInt(orOff(c.MaxConnectionsPerAddress)),
		MaxRequestsInFlight:      toInt(orOff(c.MaxRequestsInFlight)),

		IdleTimeout:          seconds(c.IdleTimeoutSec),
		RequestTimeout:       seconds(c.RequestTimeoutSec),
		ShutdownDrainTimeout: seconds(c.ShutdownDrainTimeoutSec),
		MinRate:              toInt(orOff(c.MinRate)),
		MinRateGrace:         seconds(c.MinRateGraceSec),

		MaxHeaderSize:    toInt(orOff(c.MaxHeaderSize)),
		MaxTargetSize:    toInt(c.MaxTargetSize),
		MaxHeaderFields:  toInt(c.MaxHeaderFields),
		MaxBodySize:      orOff(c.MaxBodySize),
		MaxWSMessageSize: orOff(c.MaxWSMessageSize),

		InlineBody:      toInt(c.InlineBody),
		BodyBuffer:      toInt(c.BodyBuffer),
		OutputHighWater: toInt(c.OutputHighWater),
		LingerBytes:     toInt(orOff(c.LingerBytes)),
		LingerTimeout:   seconds(c.LingerTimeoutSec),

		ServerHeader: c.ServerHeader,

		TLS: c.TLS.server(),
		HTTP2: server.HTTP2Config{
			Disabled:             !c.HTTP2.Enabled,
			MaxConcurrentStreams: toUint32(c.HTTP2.MaxConcurrentStreams),
			InitialWindowSize:    toUint32(c.HTTP2.InitialWindowSize),
			MaxFrameSize:         toUint32(c.HTTP2.MaxFrameSize),
			MaxHeaderListSize:    toUint32(c.HTTP2.MaxHeaderListSize),
			MaxWindowSize:        toUint32(c.HTTP2.MaxWindowSize),
			WindowBudget:         orOff(c.HTTP2.WindowBudget),
			FloodObserve:         c.HTTP2.FloodObserve,
		},
		WebSocket: server.WebSocketConfig{
			PingInterval:   seconds(c.WebSocket.PingIntervalSec),
			PongTimeout:    seconds(c.WebSocket.PongTimeoutSec),
			CloseTimeout:   seconds(c.WebSocket.CloseTimeoutSec),
			MaxBacklog:     toInt(c.WebSocket.MaxBacklog),
			SlowReader:     c.WebSocket.SlowReader,
			Compression:    c.WebSocket.Compression,
			ShutdownSpread: max(seconds(c.WebSocket.ShutdownSpreadSec), 0), // zero means zero there
		},
	}
	for _, l := range c.Listeners {
		s.Listeners = append(s.Listeners, l.server(c.TLS))
	}
	return s
}

func (t TLS) server() server.TLSConfig {
	s := server.TLSConfig{
		Enabled:      t.Enabled,
		CertFile:     t.CertFile,
		KeyFile:      t.KeyFile,
		OCSPFile:     t.OCSPFile,
		MinVersion:   t.MinVersion,
		CipherSuites: t.CipherSuites,
		ClientAuth:   t.ClientAuth,
		ClientCAFile: t.ClientCAFile,

		HandshakeTimeout:        seconds(t.HandshakeTimeoutSec),
		MaxHandshakes:           toInt(orOff(t.MaxHandshakes)),
		MaxHandshakesPerAddress: toInt(orOff(t.MaxHandshakesPerAddress)),
		TrustedAddresses:        t.TrustedAddresses,
		ReloadInterval:          seconds(t.ReloadIntervalSec),
	}
	for _, c := range t.Certificates {
		s.Certificates = append(s.Certificates, server.Certificate(c))
	}
	return s
}

// server translates l; t is the one table tls, which holds for every listener
// that wants TLS.
func (l Listener) server(t TLS) server.Listener {
	s := server.Listener{Host: l.Host, Port: port(l.Port), Protocols: l.Protocols, RedirectHTTPS: toInt(l.RedirectHTTPS)}
	if l.TLS {
		t.Enabled = true
		own := t.server()
		s.TLS = &own
	}
	return s
}

// orOff turns a 0 that means "off" or "unlimited" into server.Off.
func orOff(n int64) int64 {
	if n == 0 {
		return server.Off
	}
	return n
}

func port(n int64) int {
	if n == 0 {
		return server.Ephemeral
	}
	return toInt(n)
}

// seconds is a time of the file as a duration; one that does not fit is as
// long as a duration can be, some 290 years.
func seconds(n int64) time.Duration {
	switch {
	case n == 0:
		return server.Off
	case n > math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	}
	return time.Duration(n) * time.Second
}

// toInt and toUint32 saturate instead of wrapping: where int has 32 bits, and
// for values that check has yet to refuse.
func toInt(n int64) int { return int(min(max(n, math.MinInt), math.MaxInt)) }

func toUint32(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }
