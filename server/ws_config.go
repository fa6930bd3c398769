package server

import "time"

// WebSocketConfig is the table websocket of the configuration file.
type WebSocketConfig struct {
	// PingInterval is how long a connection may be silent before it is pinged,
	// PongTimeout how long the answer may take. Zero means 30 s and 10 s; Off
	// as PingInterval pings nobody.
	PingInterval, PongTimeout time.Duration
	// CloseTimeout bounds the closing handshake. Zero means 5 s.
	CloseTimeout time.Duration
	// MaxBacklog bounds the messages that wait for a slow reader, in bytes.
	// Zero means 1 MiB.
	MaxBacklog int
	// SlowReader is what happens to a message above that: "report" (the send
	// fails; also the meaning of empty), "drop" (it is thrown away and
	// counted), or "close" (the connection is closed with 1008).
	SlowReader string
	// Compression agrees to permessage-deflate (RFC 7692) with clients that
	// offer it. Each message is compressed by itself, if it has 128 bytes and
	// gets shorter: an idle connection holds no memory for it.
	Compression bool
	// ShutdownSpread spreads the closing of the connections at shutdown over
	// that time. Zero closes all at once.
	ShutdownSpread time.Duration
}

func (w WebSocketConfig) withDefaults() WebSocketConfig {
	or(&w.PingInterval, 30*time.Second)
	or(&w.PongTimeout, 10*time.Second)
	or(&w.CloseTimeout, 5*time.Second)
	or(&w.MaxBacklog, 1<<20)
	orString(&w.SlowReader, "report")
	return w
}

func (w WebSocketConfig) faults() (faults ConfigError) {
	refuse := func(bad bool, key, reason string) {
		if bad {
			faults = append(faults, FieldError{"websocket." + key, reason})
		}
	}
	refuse(w.PingInterval < Off, "ping_interval_sec", "must be 0 (off) or more")
	refuse(w.PongTimeout < 0, "pong_timeout_sec", "must be at least 1 second")
	refuse(w.CloseTimeout < 0, "close_timeout_sec", "must be at least 1 second")
	refuse(w.MaxBacklog < 4096, "max_backlog", "must be at least 4096 bytes")
	refuse(w.SlowReader != "report" && w.SlowReader != "drop" && w.SlowReader != "close",
		"slow_reader", `must be "report", "drop" or "close"`)
	refuse(w.ShutdownSpread < 0, "shutdown_spread_sec", "must be 0 or more")
	return faults
}
