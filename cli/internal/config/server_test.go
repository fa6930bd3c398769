package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"reactor.example/server"
)

// Each row sets one key to 0, or to what is nearest to it, and looks at what
// the server is told: never the zero value, which there means "the default".
func TestZeroInTheFileKeepsItsMeaning(t *testing.T) {
	type row struct {
		toml string
		get  func(server.Config) any
		want any
	}
	rows := []row{
		{"bind_host = '::'", func(s server.Config) any { return s.BindHost }, "::"},
		{"bind_port = 0", func(s server.Config) any { return s.BindPort }, server.Ephemeral},
		{"listeners = [{host = '::1', port = 0}]", func(s server.Config) any { return s.Listeners[0].Port }, server.Ephemeral},
		{"reuse_port = false", func(s server.Config) any { return s.ReusePort }, false},
		{"worker_threads = 0", func(s server.Config) any { return s.WorkerThreads }, 0}, // automatic in both
		{"max_connections = 0", func(s server.Config) any { return s.MaxConnections }, server.Off},
		{"max_connections_per_address = 0", func(s server.Config) any { return s.MaxConnectionsPerAddress }, server.Off},
		{"max_requests_in_flight = 0", func(s server.Config) any { return s.MaxRequestsInFlight }, server.Off},
		{"idle_timeout_sec = 0", func(s server.Config) any { return s.IdleTimeout }, time.Duration(server.Off)},
		{"request_timeout_sec = 0", func(s server.Config) any { return s.RequestTimeout }, time.Duration(server.Off)},
		{"shutdown_drain_timeout_sec = 0", func(s server.Config) any { return s.ShutdownDrainTimeout }, time.Duration(server.Off)},
		{"min_rate = 0", func(s server.Config) any { return s.MinRate }, server.Off},
		{"min_rate_grace_sec = 1", func(s server.Config) any { return s.MinRateGrace }, time.Second},
		{"max_header_size = 0", func(s server.Config) any { return s.MaxHeaderSize }, server.Off},
		{"max_target_size = 1", func(s server.Config) any { return s.MaxTargetSize }, 1},
		{"max_header_fields = 1", func(s server.Config) any { return s.MaxHeaderFields }, 1},
		{"max_body_size = 0", func(s server.Config) any { return s.MaxBodySize }, int64(server.Off)},
		{"max_ws_message_size = 0", func(s server.Config) any { return s.MaxWSMessageSize }, int64(server.Off)},
		{"inline_body = 1", func(s server.Config) any { return s.InlineBody }, 1},
		{"body_buffer = 4096", func(s server.Config) any { return s.BodyBuffer }, 4096},
		{"output_high_water = 4096", func(s server.Config) any { return s.OutputHighWater }, 4096},
		{"linger_bytes = 0", func(s server.Config) any { return s.LingerBytes }, server.Off},
		{"linger_timeout_sec = 1", func(s server.Config) any { return s.LingerTimeout }, time.Second},
		{"server_header = ''", func(s server.Config) any { return s.ServerHeader }, ""},
		{"tls.enabled = false", func(s server.Config) any { return s.TLS.Enabled }, false},
		{"tls.cert_file = ''", func(s server.Config) any { return s.TLS.CertFile }, ""},
		{"tls.key_file = ''", func(s server.Config) any { return s.TLS.KeyFile }, ""},
		{"tls.min_version = '1.3'", func(s server.Config) any { return s.TLS.MinVersion }, "1.3"},
		{"tls.ocsp_file = ''", func(s server.Config) any { return s.TLS.OCSPFile }, ""},
		{"tls.certificates = []", func(s server.Config) any { return len(s.TLS.Certificates) }, 0},
		{"tls.cipher_suites = []", func(s server.Config) any { return len(s.TLS.CipherSuites) }, 0},
		{"tls.client_auth = 'none'", func(s server.Config) any { return s.TLS.ClientAuth }, "none"},
		{"tls.client_ca_file = ''", func(s server.Config) any { return s.TLS.ClientCAFile }, ""},
		{"tls.handshake_timeout_sec = 1", func(s server.Config) any { return s.TLS.HandshakeTimeout }, time.Second},
		{"tls.max_handshakes = 0", func(s server.Config) any { return s.TLS.MaxHandshakes }, server.Off},
		{"tls.max_handshakes_per_address = 0", func(s server.Config) any { return s.TLS.MaxHandshakesPerAddress }, server.Off},
		{"tls.trusted_addresses = []", func(s server.Config) any { return len(s.TLS.TrustedAddresses) }, 0},
		{"tls.reload_interval_sec = 0", func(s server.Config) any { return s.TLS.ReloadInterval }, time.Duration(server.Off)},
		{"http2.enabled = false", func(s server.Config) any { return s.HTTP2.Disabled }, true},
		{"http2.max_concurrent_streams = 1", func(s server.Config) any { return s.HTTP2.MaxConcurrentStreams }, uint32(1)},
		{"http2.initial_window_size = 1", func(s server.Config) any { return s.HTTP2.InitialWindowSize }, uint32(1)},
		{"http2.max_frame_size = 16384", func(s server.Config) any { return s.HTTP2.MaxFrameSize }, uint32(16384)},
		{"http2.max_header_list_size = 1", func(s server.Config) any { return s.HTTP2.MaxHeaderListSize }, uint32(1)},
		{"http2.max_window_size = 1", func(s server.Config) any { return s.HTTP2.MaxWindowSize }, uint32(1)},
		{"http2.window_budget = 0", func(s server.Config) any { return s.HTTP2.WindowBudget }, int64(server.Off)},
		{"http2.flood_observe = false", func(s server.Config) any { return s.HTTP2.FloodObserve }, false},
		{"websocket.ping_interval_sec = 0", func(s server.Config) any { return s.WebSocket.PingInterval }, time.Duration(server.Off)},
		{"websocket.pong_timeout_sec = 1", func(s server.Config) any { return s.WebSocket.PongTimeout }, time.Second},
		{"websocket.close_timeout_sec = 1", func(s server.Config) any { return s.WebSocket.CloseTimeout }, time.Second},
		{"websocket.max_backlog = 4096", func(s server.Config) any { return s.WebSocket.MaxBacklog }, 4096},
		{"websocket.slow_reader = 'close'", func(s server.Config) any { return s.WebSocket.SlowReader }, "close"},
		{"websocket.compression = false", func(s server.Config) any { return s.WebSocket.Compression }, false},
		{"websocket.shutdown_spread_sec = 0", func(s server.Config) any { return s.WebSocket.ShutdownSpread }, time.Duration(0)},
	}
	for _, row := range rows {
		s := load(t, "a.toml", row.toml).Server()
		if got := row.get(s); got != row.want {
			t.Errorf("%s: the server is told %v (%[2]T), want %v (%[3]T)", row.toml, got, row.want)
		}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", row.toml, err)
		}
	}
	for i := range keys {
		name := keys[i].name
		has := slices.ContainsFunc(rows, func(row row) bool { return strings.HasPrefix(row.toml, name+" = ") })
		if !has && !strings.HasPrefix(name, "log.") { // the log is not the server's
			t.Errorf("%s has no row", name)
		}
	}
}

// Whatever a file says of TLS, HTTP/2 and listeners reaches the server.
func TestEverythingOfTLSReachesTheServer(t *testing.T) {
	c := load(t, "a.json", everyKeyJSON)
	c.Listeners[1].TLS = true
	s := c.Server()
	want := server.TLSConfig{
		Enabled: false, CertFile: "/c.pem", KeyFile: "/k.pem", OCSPFile: "/o.der", MinVersion: "1.3",
		CipherSuites: []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
		ClientAuth:   "request", ClientCAFile: "/ca.pem",
		Certificates: []server.Certificate{
			{Names: []string{"a.example", "*.a.example"}, CertFile: "/ac.pem", KeyFile: "/ak.pem", OCSPFile: "/ao.der"},
			{CertFile: "/bc.pem", KeyFile: "/bk.pem"},
		},
		HandshakeTimeout: 34 * time.Second, MaxHandshakes: 35, MaxHandshakesPerAddress: 36,
		TrustedAddresses: []string{"10.0.0.0/8", "::1/128"}, ReloadInterval: 37 * time.Second,
	}
	if !reflect.DeepEqual(s.TLS, want) {
		t.Errorf("TLS = %+v, want %+v", s.TLS, want)
	}
	want.Enabled = true // a listener with TLS does not ask whether the first one has it
	listeners := []server.Listener{
		{Host: "::1", Port: server.Ephemeral, Protocols: []string{"http/1.1", "h2"}, RedirectHTTPS: 443},
		{Host: "unix:/run/r.sock", Port: server.Ephemeral, TLS: &want},
	}
	if !reflect.DeepEqual(s.Listeners, listeners) {
		t.Errorf("Listeners = %+v, want %+v", s.Listeners, listeners)
	}
}

func TestTheDefaultsAreThoseOfTheServer(t *testing.T) {
	// What the loader says without a file is what a zero server.Config means,
	// so that `config` tells library users the truth too.
	if err := Default().Server().Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
}

func TestLargeValuesSaturateAndNeverWrap(t *testing.T) {
	c := Default()
	c.IdleTimeoutSec = math.MaxInt64
	c.HTTP2.MaxConcurrentStreams = math.MaxInt64
	c.MaxHeaderSize = math.MaxInt64
	s := c.Server()
	if s.IdleTimeout != math.MaxInt64 || s.HTTP2.MaxConcurrentStreams != math.MaxUint32 || s.MaxHeaderSize != math.MaxInt {
		t.Errorf("wrapped: %v", fmt.Sprint(s.IdleTimeout, s.HTTP2.MaxConcurrentStreams, s.MaxHeaderSize))
	}
}
