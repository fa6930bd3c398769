package config

// A Config is every setting in the terms of the configuration file: sizes in
// bytes, times in seconds, 0 for "off", "unlimited", "automatic" or "any free
// port" as the table keys says. It holds no pointers into anything else, so a
// copy is independent except for Listeners.
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

	TLS   TLS
	Log   Log
	HTTP2 HTTP2
}

// A Listener is one [[listeners]] table: an address served besides bind_host
// and bind_port.
type Listener struct {
	Host string
	Port int64
}

// TLS is the table tls.
type TLS struct {
	Enabled    bool
	CertFile   string
	KeyFile    string
	MinVersion string
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
		TLS:                     TLS{MinVersion: "1.2"},
		Log:                     Log{Level: "info", MaxFileSize: 10 << 20, MaxFiles: 3},
		HTTP2: HTTP2{
			Enabled:              true,
			MaxConcurrentStreams: 100,
			InitialWindowSize:    65535,
			MaxFrameSize:         16384,
			MaxHeaderListSize:    65536,
		},
	}
}

// Levels lists the values of log.level from the most to the least talkative.
func Levels() []string {
	return []string{"trace", "debug", "info", "warn", "error", "critical"}
}
