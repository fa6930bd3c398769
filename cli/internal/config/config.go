package config

import "slices"

// A Config is every setting in the terms of the configuration file: sizes in
// bytes, times in seconds, 0 for "off", "unlimited", "automatic" or "any free
// port" as the table keys says. It holds no pointers into anything else, so a
// copy is independent except for the lists in it.
type Config struct {
	BindHost  string
	BindPort  int64
	Listeners []Listener
	ReusePort bool

	WorkerThreads int64

	MaxConnections           int64
	MaxConnectionsPerAddress int64
	MaxRequestsInFlight      int64

	IdleTimeoutSec          int64
	RequestTimeoutSec       int64
	ShutdownDrainTimeoutSec int64
	MinRate                 int64
	MinRateGraceSec         int64

	MaxHeaderSize    int64
	MaxTargetSize    int64
	MaxHeaderFields  int64
	MaxBodySize      int64
	MaxWSMessageSize int64

	InlineBody       int64
	BodyBuffer       int64
	OutputHighWater  int64
	LingerBytes      int64
	LingerTimeoutSec int64

	ServerHeader string

	TLS       TLS
	Log       Log
	HTTP2     HTTP2
	WebSocket WebSocket
}

// A Listener is one [[listeners]] table: an address served besides bind_host
// and bind_port.
type Listener struct {
	Host          string
	Port          int64
	TLS           bool     // as the table tls says, even if tls.enabled is false
	Protocols     []string // nil: all that are enabled
	RedirectHTTPS int64    // the port to redirect to; 0: serve
}

// TLS is the table tls.
type TLS struct {
	Enabled      bool // for bind_host and bind_port; a listener says for itself
	CertFile     string
	KeyFile      string
	OCSPFile     string
	Certificates []Certificate

	MinVersion   string
	CipherSuites []string
	ClientAuth   string
	ClientCAFile string

	HandshakeTimeoutSec     int64
	MaxHandshakes           int64
	MaxHandshakesPerAddress int64
	TrustedAddresses        []string
	ReloadIntervalSec       int64
}

// A Certificate is one [[tls.certificates]] table: a chain and its key that
// are served besides tls.cert_file, for some names.
type Certificate struct {
	Names    []string // nil: those in the certificate
	CertFile string
	KeyFile  string
	OCSPFile string
}

// Log is the table log.
type Log struct {
	Level       string // one of Levels
	File        string // empty: the console only
	MaxFileSize int64
	MaxFiles    int64
}

// HTTP2 is the table http2.
type HTTP2 struct {
	Enabled              bool
	MaxConcurrentStreams int64
	InitialWindowSize    int64
	MaxFrameSize         int64
	MaxHeaderListSize    int64
	MaxWindowSize        int64
	WindowBudget         int64
	FloodObserve         bool
}

// WebSocket is the table websocket.
type WebSocket struct {
	PingIntervalSec   int64
	PongTimeoutSec    int64
	CloseTimeoutSec   int64
	MaxBacklog        int64
	SlowReader        string
	Compression       bool
	ShutdownSpreadSec int64
}

// Default returns the settings that hold when nothing is configured.
func Default() Config {
	return Config{
		BindHost:                "127.0.0.1",
		BindPort:                8080,
		MaxConnections:          10000,
		MaxRequestsInFlight:     65536,
		IdleTimeoutSec:          300,
		RequestTimeoutSec:       30,
		ShutdownDrainTimeoutSec: 30,
		MinRate:                 240,
		MinRateGraceSec:         10,
		MaxHeaderSize:           8192,
		MaxTargetSize:           8000,
		MaxHeaderFields:         128,
		MaxBodySize:             1 << 20,
		MaxWSMessageSize:        16 << 20,
		InlineBody:              16 << 10,
		BodyBuffer:              256 << 10,
		OutputHighWater:         64 << 10,
		LingerBytes:             256 << 10,
		LingerTimeoutSec:        2,
		TLS: TLS{
			MinVersion:              "1.2",
			ClientAuth:              "none",
			HandshakeTimeoutSec:     10,
			MaxHandshakes:           4096,
			MaxHandshakesPerAddress: 256,
			ReloadIntervalSec:       10,
		},
		Log: Log{Level: "info", MaxFileSize: 10 << 20, MaxFiles: 3},
		HTTP2: HTTP2{
			Enabled:              true,
			MaxConcurrentStreams: 100,
			InitialWindowSize:    65535,
			MaxFrameSize:         16384,
			MaxHeaderListSize:    65536,
			MaxWindowSize:        1 << 20,
			WindowBudget:         256 << 20,
		},
		WebSocket: WebSocket{
			PingIntervalSec: 30,
			PongTimeoutSec:  10,
			CloseTimeoutSec: 5,
			MaxBacklog:      1 << 20,
			SlowReader:      "report",
			Compression:     true,
		},
	}
}

// Levels lists the values of log.level from the most to the least talkative.
func Levels() []string {
	return []string{"trace", "debug", "info", "warn", "error", "critical"}
}

// usesTLS reports whether anything that is listened on is encrypted, so that
// the table tls matters.
func (c *Config) usesTLS() bool {
	return c.TLS.Enabled || slices.ContainsFunc(c.Listeners, func(l Listener) bool { return l.TLS })
}
