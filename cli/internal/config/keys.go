package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A key is one setting: its name in the file, where else it can be set, and
// what values it takes.
type key struct {
	name string // dotted: "tls.min_version" is min_version in the table tls
	env  string // environment variable, or empty
	flag string // long flag, or empty

	// field points at the setting in a Config: *string, *bool, *int64,
	// *[]string, *[]Listener or *[]Certificate. Its type is the type of the
	// key.
	field func(*Config) any

	min, max int64               // of an *int64 key
	zero     string              // what 0 means, if it means something of its own
	oneOf    []string            // of a *string key, or of each in a *[]string
	each     func(string) string // says what is wrong with one in a *[]string

	// ignored says why setting the key has no effect in this version yet;
	// empty for a key that is acted upon.
	ignored string
}

// Upper ends of ranges. The names of the original's integers were 32 bits
// wide, its sizes half of what a size_t holds.
const (
	maxInt  = math.MaxInt32
	maxSize = math.MaxInt64
)

// Why some keys of the log are loaded and checked but have no effect yet.
const noLogFile = "this version logs to the console only"

// keys is every setting there is, in the order of the manual. The functions
// of this package walk it; nothing else knows a key by name.
var keys = []key{
	{name: "bind_host", env: "REACTOR_BIND_HOST", flag: "--host", field: func(c *Config) any { return &c.BindHost }},
	{name: "bind_port", env: "REACTOR_BIND_PORT", flag: "--port", field: func(c *Config) any { return &c.BindPort }, max: 65535, zero: "any free port"},
	{name: "listeners", field: func(c *Config) any { return &c.Listeners }},
	{name: "reuse_port", field: func(c *Config) any { return &c.ReusePort }},

	{name: "worker_threads", env: "REACTOR_WORKER_THREADS", flag: "--workers", field: func(c *Config) any { return &c.WorkerThreads }, max: 1024, zero: "automatic"},

	{name: "max_connections", env: "REACTOR_MAX_CONNECTIONS", field: func(c *Config) any { return &c.MaxConnections }, max: maxInt, zero: "unlimited"},
	{name: "max_connections_per_address", field: func(c *Config) any { return &c.MaxConnectionsPerAddress }, max: maxInt, zero: "unlimited"},
	{name: "max_requests_in_flight", field: func(c *Config) any { return &c.MaxRequestsInFlight }, max: maxInt, zero: "unlimited"},

	{name: "idle_timeout_sec", env: "REACTOR_IDLE_TIMEOUT", field: func(c *Config) any { return &c.IdleTimeoutSec }, max: maxInt, zero: "off"},
	{name: "request_timeout_sec", env: "REACTOR_REQUEST_TIMEOUT", field: func(c *Config) any { return &c.RequestTimeoutSec }, max: maxInt, zero: "off"},
	{name: "shutdown_drain_timeout_sec", env: "REACTOR_SHUTDOWN_DRAIN_TIMEOUT", field: func(c *Config) any { return &c.ShutdownDrainTimeoutSec }, max: 300, zero: "end at once"},
	{name: "min_rate", field: func(c *Config) any { return &c.MinRate }, max: maxInt, zero: "off"},
	{name: "min_rate_grace_sec", field: func(c *Config) any { return &c.MinRateGraceSec }, min: 1, max: maxInt},

	{name: "max_header_size", field: func(c *Config) any { return &c.MaxHeaderSize }, max: maxSize, zero: "unlimited"},
	{name: "max_target_size", field: func(c *Config) any { return &c.MaxTargetSize }, min: 1, max: maxInt},
	{name: "max_header_fields", field: func(c *Config) any { return &c.MaxHeaderFields }, min: 1, max: maxInt},
	{name: "max_body_size", field: func(c *Config) any { return &c.MaxBodySize }, max: maxSize, zero: "unlimited"},
	{name: "max_ws_message_size", field: func(c *Config) any { return &c.MaxWSMessageSize }, max: maxSize, zero: "unlimited"},

	{name: "inline_body", field: func(c *Config) any { return &c.InlineBody }, min: 1, max: 16 << 20},
	{name: "body_buffer", field: func(c *Config) any { return &c.BodyBuffer }, min: 4096, max: 1 << 30},
	{name: "output_high_water", field: func(c *Config) any { return &c.OutputHighWater }, min: 4096, max: 1 << 30},
	{name: "linger_bytes", field: func(c *Config) any { return &c.LingerBytes }, max: maxInt, zero: "close at once"},
	{name: "linger_timeout_sec", field: func(c *Config) any { return &c.LingerTimeoutSec }, min: 1, max: 60},

	{name: "server_header", field: func(c *Config) any { return &c.ServerHeader }},

	{name: "tls.enabled", env: "REACTOR_TLS_ENABLED", field: func(c *Config) any { return &c.TLS.Enabled }},
	{name: "tls.cert_file", env: "REACTOR_TLS_CERT", field: func(c *Config) any { return &c.TLS.CertFile }},
	{name: "tls.key_file", env: "REACTOR_TLS_KEY", field: func(c *Config) any { return &c.TLS.KeyFile }},
	{name: "tls.ocsp_file", field: func(c *Config) any { return &c.TLS.OCSPFile }},
	{name: "tls.certificates", field: func(c *Config) any { return &c.TLS.Certificates }},
	{name: "tls.min_version", field: func(c *Config) any { return &c.TLS.MinVersion }, oneOf: []string{"1.2", "1.3"}},
	{name: "tls.cipher_suites", field: func(c *Config) any { return &c.TLS.CipherSuites }, each: cipherFault},
	{name: "tls.client_auth", field: func(c *Config) any { return &c.TLS.ClientAuth }, oneOf: []string{"none", "request", "require"}},
	{name: "tls.client_ca_file", field: func(c *Config) any { return &c.TLS.ClientCAFile }},
	{name: "tls.handshake_timeout_sec", field: func(c *Config) any { return &c.TLS.HandshakeTimeoutSec }, min: 1, max: maxInt},
	{name: "tls.max_handshakes", field: func(c *Config) any { return &c.TLS.MaxHandshakes }, max: maxInt, zero: "unlimited"},
	{name: "tls.max_handshakes_per_address", field: func(c *Config) any { return &c.TLS.MaxHandshakesPerAddress }, max: maxInt, zero: "unlimited"},
	{name: "tls.trusted_addresses", field: func(c *Config) any { return &c.TLS.TrustedAddresses }, each: prefixFault},
	{name: "tls.reload_interval_sec", field: func(c *Config) any { return &c.TLS.ReloadIntervalSec }, max: maxInt, zero: "never"},

	{name: "log.level", env: "REACTOR_LOG_LEVEL", flag: "--log-level", field: func(c *Config) any { return &c.Log.Level }, oneOf: Levels()},
	{name: "log.file", env: "REACTOR_LOG_FILE", field: func(c *Config) any { return &c.Log.File }, ignored: noLogFile},
	{name: "log.max_file_size", field: func(c *Config) any { return &c.Log.MaxFileSize }, max: maxSize, ignored: noLogFile},
	{name: "log.max_files", field: func(c *Config) any { return &c.Log.MaxFiles }, max: maxInt, ignored: noLogFile},

	{name: "http2.enabled", env: "REACTOR_HTTP2_ENABLED", field: func(c *Config) any { return &c.HTTP2.Enabled }},
	{name: "http2.max_concurrent_streams", env: "REACTOR_HTTP2_MAX_CONCURRENT_STREAMS", field: func(c *Config) any { return &c.HTTP2.MaxConcurrentStreams }, min: 1, max: math.MaxUint32},
	{name: "http2.initial_window_size", env: "REACTOR_HTTP2_INITIAL_WINDOW_SIZE", field: func(c *Config) any { return &c.HTTP2.InitialWindowSize }, min: 1, max: math.MaxInt32},
	{name: "http2.max_frame_size", env: "REACTOR_HTTP2_MAX_FRAME_SIZE", field: func(c *Config) any { return &c.HTTP2.MaxFrameSize }, min: 16384, max: 1<<24 - 1},
	{name: "http2.max_header_list_size", env: "REACTOR_HTTP2_MAX_HEADER_LIST_SIZE", field: func(c *Config) any { return &c.HTTP2.MaxHeaderListSize }, min: 1, max: math.MaxUint32},
	{name: "http2.max_window_size", field: func(c *Config) any { return &c.HTTP2.MaxWindowSize }, min: 1, max: math.MaxInt32},
	{name: "http2.window_budget", field: func(c *Config) any { return &c.HTTP2.WindowBudget }, max: maxSize, zero: "unlimited"},
	{name: "http2.flood_observe", field: func(c *Config) any { return &c.HTTP2.FloodObserve }},

	{name: "websocket.ping_interval_sec", field: func(c *Config) any { return &c.WebSocket.PingIntervalSec }, max: maxInt, zero: "off"},
	{name: "websocket.pong_timeout_sec", field: func(c *Config) any { return &c.WebSocket.PongTimeoutSec }, min: 1, max: maxInt},
	{name: "websocket.close_timeout_sec", field: func(c *Config) any { return &c.WebSocket.CloseTimeoutSec }, min: 1, max: maxInt},
	{name: "websocket.max_backlog", field: func(c *Config) any { return &c.WebSocket.MaxBacklog }, min: 4096, max: 1 << 30},
	{name: "websocket.slow_reader", field: func(c *Config) any { return &c.WebSocket.SlowReader }, oneOf: []string{"report", "drop", "close"}},
	{name: "websocket.compression", field: func(c *Config) any { return &c.WebSocket.Compression }},
	{name: "websocket.shutdown_spread_sec", field: func(c *Config) any { return &c.WebSocket.ShutdownSpreadSec }, max: 300, zero: "all at once"},
}

// lookup returns the key of that name, or nil.
func lookup(name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

// isTable reports whether name is a table that holds keys.
func isTable(name string) bool {
	for i := range keys {
		if strings.HasPrefix(keys[i].name, name+".") {
			return true
		}
	}
	return false
}

// last is the name of k inside its table.
func (k *key) last() string {
	return k.name[strings.LastIndexByte(k.name, '.')+1:]
}

// typeName is the type of a setting, by the pointer to it, as a message names
// it.
func typeName(field any) string {
	switch field.(type) {
	case *string:
		return "a string"
	case *bool:
		return "true or false"
	case *int64:
		return "an integer"
	case *[]string:
		return "a list of strings"
	case *[]Listener:
		return "a list of tables with " + names(listenerColumns)
	default:
		return "a list of tables with " + names(certificateColumns)
	}
}

// fault says what is wrong with the value that field points at, or nothing.
// Lists are judged one by one, with textFault and by their columns.
func (k *key) fault(field any) string {
	switch p := field.(type) {
	case *int64:
		if *p < k.min || *p > k.max {
			return fmt.Sprintf("%d is out of range; use %s", *p, k.values())
		}
	case *string:
		return k.textFault(*p)
	}
	return ""
}

// textFault says what is wrong with one text, or nothing.
func (k *key) textFault(text string) string {
	if k.oneOf != nil && !slices.Contains(k.oneOf, text) {
		return fmt.Sprintf("%s is not known; use %s", quote(text), k.values())
	}
	if k.each != nil {
		return k.each(text)
	}
	return ""
}

// values says what k takes.
func (k *key) values() string {
	if k.oneOf != nil {
		n := len(k.oneOf) - 1
		return strings.Join(k.oneOf[:n], ", ") + " or " + k.oneOf[n]
	}
	text := fmt.Sprintf("%d to %d", k.min, k.max)
	if k.zero != "" {
		text += " (0 = " + k.zero + ")"
	}
	return text
}
