package server

import (
	"net"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Off switches a limit or a deadline off where a zero Config field would mean
// its default.
const Off = -1

// Ephemeral as a port asks the operating system for a free one; Server.Addr
// tells which it was.
const Ephemeral = -1

// Config is everything that a Server can be told. The zero value of each
// field is the documented, safe default; Off switches a bound off where that
// makes sense. A Config is read by New and Reload and is not kept: changing
// it later changes nothing.
//
// The names follow the configuration file: BindHost is bind_host,
// IdleTimeout is idle_timeout_sec, and nested structs are nested tables.
type Config struct {
	// BindHost is the address of the first listener: an IPv4 or IPv6 literal
	// or a host name, or "unix:" and a path. Empty means 127.0.0.1.
	BindHost string
	// BindPort is the TCP port of the first listener. Zero means 8080,
	// Ephemeral any free port.
	BindPort int
	// Listeners are served besides the first one.
	Listeners []Listener
	// ReusePort shares the TCP ports with other processes that ask for the
	// same. Without it a port that anybody else holds is an error.
	ReusePort bool

	// WorkerThreads is the number of event loops. Zero means one for each
	// CPU that Go may use (GOMAXPROCS at start, at most the number of CPUs).
	WorkerThreads int

	// MaxConnections bounds the open connections. One more is answered with
	// 503 and closed. Zero means 10000, Off no bound.
	MaxConnections int
	// MaxConnectionsPerAddress bounds those of one client address. Zero and
	// Off mean no bound of its own.
	MaxConnectionsPerAddress int
	// MaxRequestsInFlight bounds the handlers that run away from the loops
	// at one time. A request above it is answered with 503 and Retry-After.
	// Zero means 65536, Off no bound.
	MaxRequestsInFlight int

	// IdleTimeout closes a connection that waits for its next request. Where
	// there is no MinRate it also closes one that serves no request any more,
	// and none of whose output is taken for so long. Zero means 300 s, Off
	// never.
	IdleTimeout time.Duration
	// RequestTimeout bounds the arrival of a request: its head, and its body
	// as long as no handler reads it. Zero means 30 s, Off never.
	RequestTimeout time.Duration
	// ShutdownDrainTimeout is the one budget of a graceful shutdown, 300 s
	// at most. Zero means 30 s, Off ends at once.
	ShutdownDrainTimeout time.Duration
	// MinRate is the least rate, in bytes a second, at which a body has to
	// arrive while a handler reads it, and at which a client has to take its
	// response, both after a grace of MinRateGrace. Zero means 240, Off no
	// least rate.
	MinRate int
	// MinRateGrace is how long a stream may stay below MinRate at first.
	// Zero means 10 s.
	MinRateGrace time.Duration

	// MaxHeaderSize bounds the request line and the field lines together, in
	// bytes; beyond is 431. Zero means 8192, Off no bound but 16 MiB.
	MaxHeaderSize int
	// MaxTargetSize bounds the request target, in bytes; beyond is 414. Zero
	// means 8000 or what MaxHeaderSize leaves, if that is less.
	MaxTargetSize int
	// MaxHeaderFields bounds the number of field lines; beyond is 431. Zero
	// means 128.
	MaxHeaderFields int
	// MaxBodySize bounds a request body, in bytes; beyond is 413. A route
	// may set its own. Zero means 1 MiB, Off no bound.
	MaxBodySize int64
	// MaxWSMessageSize bounds a WebSocket message after inflating, in bytes.
	// Zero means 16 MiB, Off no bound.
	MaxWSMessageSize int64
	// InlineBody is the size up to which a request body is collected before
	// its handler starts. Zero means 16 KiB.
	InlineBody int
	// BodyBuffer bounds what is held of a larger body that no handler has
	// read yet, and of a streamed response that has not been passed on yet,
	// in bytes; a client that does not keep up with a response gets a quarter
	// of it. It bounds streamed WebSocket messages likewise. Zero means 256 KiB.
	BodyBuffer int
	// OutputHighWater is the pending output, in bytes, above which nothing
	// more is read from a connection until it has fallen to a quarter. Zero
	// means 64 KiB.
	OutputHighWater int
	// LingerBytes and LingerTimeout bound what is read and discarded after
	// an early answer, so that the client gets to see it. LingerTimeout also
	// bounds how long it has to take the alert for a fault of TLS. Zero means
	// 256 KiB and 2 s.
	LingerBytes   int
	LingerTimeout time.Duration

	// ServerHeader is the value of the Server field; empty sends none.
	ServerHeader string
	// HealthEndpoint and StatsEndpoint serve /health and /stats.
	HealthEndpoint bool
	StatsEndpoint  bool

	TLS       TLSConfig
	HTTP2     HTTP2Config
	WebSocket WebSocketConfig

	// Logger receives the log records, through a bounded ring and one
	// goroutine, never from a loop. Nil is silent.
	Logger *zap.Logger
	// Observer is told of connections and requests; see Observer.
	Observer Observer
	// Buffers makes what the loop of that index takes its memory from. Nil
	// means free lists of the loop's own, bounded.
	Buffers func(loop int) Buffers
}

// withDefaults returns c with every zero field replaced by its default and
// every Off by the value that the code reads as unbounded.
func (c Config) withDefaults() Config {
	orString(&c.BindHost, "127.0.0.1")
	or(&c.BindPort, 8080)
	or(&c.MaxConnections, 10000)
	or(&c.MaxRequestsInFlight, 65536)
	or(&c.IdleTimeout, 300*time.Second)
	or(&c.RequestTimeout, 30*time.Second)
	or(&c.ShutdownDrainTimeout, 30*time.Second)
	or(&c.MinRate, 240)
	or(&c.MinRateGrace, 10*time.Second)
	or(&c.MaxHeaderSize, 8192)
	or(&c.MaxTargetSize, 8000)
	or(&c.MaxHeaderFields, 128)
	or(&c.MaxBodySize, 1<<20)
	or(&c.MaxWSMessageSize, 16<<20)
	or(&c.InlineBody, 16<<10)
	or(&c.BodyBuffer, 256<<10)
	or(&c.OutputHighWater, 64<<10)
	or(&c.LingerBytes, 256<<10)
	or(&c.LingerTimeout, 2*time.Second)
	c.TLS = c.TLS.withDefaults()
	c.HTTP2 = c.HTTP2.withDefaults()
	c.WebSocket = c.WebSocket.withDefaults()
	if c.MaxHeaderSize < 0 {
		c.MaxHeaderSize = 16 << 20
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Listeners = slices.Clone(c.Listeners)
	for i := range c.Listeners {
		if t := c.Listeners[i].TLS; t != nil {
			filled := t.withDefaults()
			c.Listeners[i].TLS = &filled
		}
	}
	return c
}

func or[N int | int64 | uint32 | time.Duration](field *N, value N) {
	if *field == 0 {
		*field = value
	}
}

func orString(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// A FieldError is one fault of a Config.
type FieldError struct {
	Key    string // the key in the configuration file, for example "http2.max_frame_size"
	Reason string // what is wrong and how to mend it
}

// Error names the field of Config, and the key behind it.
func (e FieldError) Error() string { return fieldName(e.Key) + " (" + e.Key + "): " + e.Reason }

// fieldName is the field of Config that goes with a key: IdleTimeout for
// idle_timeout_sec, TLS.CertFile for tls.cert_file.
func fieldName(key string) string {
	parts := strings.FieldsFunc(strings.TrimSuffix(key, "_sec"), func(r rune) bool { return r == '_' || r == '.' })
	for i, part := range parts {
		switch part {
		case "tls", "http2", "ws", "ca", "https":
			part = strings.ToUpper(part)
		case "websocket":
			part = "WebSocket"
		}
		parts[i] = strings.ToUpper(part[:1]) + part[1:]
	}
	name := strings.Join(parts, "")
	if table, _, ok := strings.Cut(key, "."); ok {
		table = fieldName(table)
		name = table + "." + name[len(table):]
	}
	return name
}

// A ConfigError lists every fault of a Config, in the order of its fields.
type ConfigError []FieldError

func (e ConfigError) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Error()
	}
	return "server: invalid configuration: " + strings.Join(lines, "; ")
}

// Validate reports every fault of c at once, as a ConfigError, or nil.
func (c Config) Validate() error {
	var faults ConfigError
	refuse := func(bad bool, key, reason string) {
		if bad {
			faults = append(faults, FieldError{key, reason})
		}
	}
	d := c.withDefaults()
	refuse(d.BindPort < Ephemeral || d.BindPort > 65535, "bind_port", "must be 0 to 65535")
	refuse(!validHost(d.BindHost), "bind_host", "must be an IP address, a host name or unix: and a path")
	for _, l := range d.Listeners {
		faults = append(faults, l.faults()...)
	}
	refuse(d.MaxConnections < Off, "max_connections", "must be 0 (unlimited) or more")
	refuse(d.WorkerThreads < 0 || d.WorkerThreads > 1024, "worker_threads", "must be 0 (automatic) to 1024")
	refuse(d.IdleTimeout < 0 && c.IdleTimeout != Off, "idle_timeout_sec", "must be 0 (off) or more")
	refuse(d.ShutdownDrainTimeout > 300*time.Second || d.ShutdownDrainTimeout < 0 && c.ShutdownDrainTimeout != Off,
		"shutdown_drain_timeout_sec", "must be 0 to 300 seconds")
	refuse(d.RequestTimeout < 0 && c.RequestTimeout != Off, "request_timeout_sec", "must be 0 (off) or more")
	refuse(d.MinRate < Off, "min_rate", "must be 0 (off) or more")
	refuse(d.MinRateGrace < 0, "min_rate_grace_sec", "must be at least 1 second")
	refuse(d.MaxConnectionsPerAddress < Off, "max_connections_per_address", "must be 0 (unlimited) or more")
	refuse(d.MaxTargetSize < 1, "max_target_size", "must be at least 1 byte")
	refuse(d.MaxHeaderFields < 1, "max_header_fields", "must be at least 1")
	refuse(d.LingerBytes < Off, "linger_bytes", "must be 0 or more")
	refuse(d.LingerTimeout < 0, "linger_timeout_sec", "must be at least 1 second")
	refuse(d.MaxHeaderSize < 128, "max_header_size", "must be at least 128 bytes, or 0 for no limit")
	refuse(d.MaxBodySize < Off, "max_body_size", "must be 0 (unlimited) or more")
	refuse(d.MaxWSMessageSize < Off, "max_ws_message_size", "must be 0 (unlimited) or more")
	refuse(d.MaxRequestsInFlight < Off, "max_requests_in_flight", "must be 0 (unlimited) or more")
	refuse(d.InlineBody < 0 || d.InlineBody > 16<<20, "inline_body", "must be 0 to 16777216 bytes")
	refuse(d.BodyBuffer < 4096, "body_buffer", "must be at least 4096 bytes")
	refuse(d.OutputHighWater < 4096, "output_high_water", "must be at least 4096 bytes")
	faults = append(faults, d.HTTP2.faults()...)
	faults = append(faults, d.TLS.faults("tls")...)
	faults = append(faults, d.WebSocket.faults()...)
	if faults == nil {
		return nil
	}
	return faults
}

// validHost reports whether host can name a listener. A name that looks
// like a mistyped address ("127.0.0", "0177.0.0.1") is refused rather than
// resolved.
func validHost(host string) bool {
	if path, ok := strings.CutPrefix(host, "unix:"); ok {
		return path != ""
	}
	if base, _, _ := strings.Cut(host, "%"); net.ParseIP(base) != nil {
		return true
	}
	letters := false
	for _, r := range host {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r == '_':
			letters = true
		case '0' <= r && r <= '9', r == '-', r == '.':
		default:
			return false
		}
	}
	return letters && len(host) <= 253
}
