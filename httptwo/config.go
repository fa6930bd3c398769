package httptwo

import (
	"errors"
	"fmt"
	"math"
	"time"

	"reactor.example/httptwo/internal/frame"
)

// Off is the value of a limit in [Config] that switches the limit off.
const Off = -1

// The defaults that a zero in [Config] stands for.
const (
	defaultMaxConcurrentStreams = 100
	defaultInitialWindowSize    = 65535
	defaultMaxHeaderListSize    = 65536
	defaultMaxFields            = 256
	defaultConnWindow           = 1 << 20
	defaultStreamWindow         = 1 << 20
	defaultSettingsTimeout      = 10 * time.Second
	defaultHeaderTimeout        = 10 * time.Second
	defaultPingTimeout          = 15 * time.Second
	defaultStallTimeout         = 30 * time.Second
	defaultMinRate              = 240
)

// tableBytes is what the client's compressor may use: SETTINGS_HEADER_TABLE_SIZE
// stays at its default, and so bounds what a connection makes us keep.
const tableBytes = 4096

// A Config holds what sessions announce and where their limits are. Any number
// of sessions share one, as long as they belong to one goroutine at a time, as
// those of an event loop do: they keep what they can reuse in it. Make one for
// each loop. It must not change or be copied once a session has been given it.
// The zero value is safe: in every field zero means the documented default.
type Config struct {
	// MaxConcurrentStreams is how many streams a client may have open at once
	// (RFC 9113, section 5.1.2). A stream counts until it is closed and the
	// caller has given it to [Session.Release]. One more is refused with
	// REFUSED_STREAM. Zero means 100.
	MaxConcurrentStreams uint32

	// InitialWindowSize is how many bytes of a body a client may send on a
	// stream before anything was consumed (RFC 9113, section 6.9.2), at most
	// 2^31-1. Zero means 65535.
	InitialWindowSize uint32

	// MaxFrameSize is the longest payload of a frame that a client may send, in
	// bytes, 16384 to 16777215 (RFC 9113, section 4.2). Next never needs more
	// than one frame at a time. Zero means 16384.
	MaxFrameSize uint32

	// MaxHeaderListSize limits the fields of a request, in bytes of names and
	// values and 32 for each field (RFC 9113, section 6.5.2). A larger list
	// comes with [Stream.TooLarge] set, for a 431. One that takes more than
	// twice as many bytes on the wire ends the connection. Zero means 65536.
	MaxHeaderListSize uint32

	// MaxFields limits the number of fields of a request, and of its trailers,
	// each on its own. More are treated like a list that is too large. Zero
	// means 256, Off no limit.
	MaxFields int

	// StreamWindow is up to how many bytes the receive window of a stream is
	// raised while its body is being consumed. Zero means 1 MiB; a value below
	// InitialWindowSize means that it is never raised.
	StreamWindow uint32

	// ConnWindow is up to how many bytes the receive window of the connection
	// is raised. It is 65535 at first and raised only while bodies are being
	// consumed, or when one stream would else keep the others waiting. Zero
	// means 1 MiB; a value below 65535 means that it is never raised.
	ConnWindow uint32

	// Windows, unless nil, is asked before windows are raised: a bound for all
	// connections of a process together.
	Windows WindowBudget

	// EnableConnectProtocol announces extended CONNECT (RFC 8441).
	EnableConnectProtocol bool

	// SettingsTimeout is how long a client may take to acknowledge our
	// settings before the connection ends with SETTINGS_TIMEOUT (RFC 9113,
	// section 6.5.3). Zero means 10 s, negative no timeout.
	SettingsTimeout time.Duration

	// HeaderTimeout is how long the preface with the client's first settings,
	// a field block in parts, and any single frame but DATA may take from
	// their first byte to the last. Then the connection ends. Zero means 10 s,
	// negative no timeout.
	HeaderTimeout time.Duration

	// PingTimeout is how long a client may take to answer [Session.Ping]
	// before the connection ends. Zero means 15 s, negative no timeout.
	PingTimeout time.Duration

	// StallTimeout is how long a stream with data to send may be held up by a
	// closed window, to a second or so. When fewer than MinRate bytes a second left in that time,
	// the stream is reset: a window that is opened by one byte now and then
	// does not help. Zero means 30 s, negative no timeout.
	StallTimeout time.Duration

	// MinRate is the least rate, in bytes a second, at which a client has to
	// open the windows of a stream. Zero means 240, Off that one byte is
	// enough.
	MinRate int

	// Ledger holds the limits on work that a client can cause for little.
	Ledger Ledger

	// Counters, unless nil, counts what the limits caught.
	Counters *Counters

	// Buffers lends the buffers for frames that wait to be sent. Nil means
	// that they are allocated.
	Buffers Buffers

	loop *loopState // made by the first Init
}

// Buffers lends and takes back byte slices. It is used from the goroutine of
// the session only.
type Buffers interface {
	// Get returns a slice of length and capacity at least n, with any content.
	Get(n int) []byte
	// Put takes back what Get returned, in whatever length it has now.
	Put(b []byte)
}

// A WindowBudget bounds how much all receive windows together are raised above
// their first sizes. Sessions call it from their own goroutines.
type WindowBudget interface {
	// Take asks for n bytes and reports whether they are granted.
	Take(n int) bool
	// Give returns n bytes that were granted.
	Give(n int)
}

// loopState is what the sessions of one loop share: resolved limits, and what
// they need only while they are busy.
type loopState struct {
	limits  headerLimits
	ledger  [numLimits]int32
	streams *Stream // free ones
	free    int     // how many
	scheds  []*sched
	lists   [][]*Stream
	buffers Buffers
}

// Bounds of what a loop keeps for reuse.
const (
	maxSpareBuffers = 64
	maxSpareBytes   = 64 << 10
	maxFreeStreams  = 1024
	maxFreeScheds   = 64
	maxSpareLists   = 64
)

// shared returns what the sessions of the configuration share.
func (cfg *Config) shared() *loopState {
	if cfg.loop == nil {
		l := &loopState{}
		l.limits = headerLimits{
			maxListBytes:    int(min(cfg.maxHeaderListSize(), 1<<30)),
			maxFields:       intLimit(cfg.MaxFields, defaultMaxFields),
			tableBytes:      tableBytes,
			extendedConnect: cfg.EnableConnectProtocol,
		}
		l.ledger = cfg.Ledger.resolve()
		if l.buffers = cfg.Buffers; l.buffers == nil {
			l.buffers = new(spareBuffers)
		}
		cfg.loop = l
	}
	return cfg.loop
}

// Validate reports every fault of the configuration at once, nil if there is
// none. The zero value has none.
func (cfg *Config) Validate() error {
	var faults []error
	refuse := func(is bool, format string, args ...any) {
		if is {
			faults = append(faults, fmt.Errorf("httptwo: "+format, args...))
		}
	}
	window := func(name string, v uint32) {
		refuse(v > frame.MaxWindowSize, "%s is %d, must be at most %d", name, v, frame.MaxWindowSize)
	}
	window("InitialWindowSize", cfg.InitialWindowSize)
	window("StreamWindow", cfg.StreamWindow)
	window("ConnWindow", cfg.ConnWindow)
	size := cfg.MaxFrameSize
	refuse(size != 0 && (size < frame.MinMaxFrameSize || size > frame.MaxMaxFrameSize),
		"MaxFrameSize is %d, must be %d to %d", size, frame.MinMaxFrameSize, frame.MaxMaxFrameSize)
	refuse(cfg.MaxConcurrentStreams > math.MaxInt32, "MaxConcurrentStreams is %d, must be at most %d", cfg.MaxConcurrentStreams, math.MaxInt32)
	for l, v := range cfg.Ledger.values() {
		refuse(v > maxLedgerLimit, "Ledger: limit %v is %d, must be at most %d", Limit(l), v, maxLedgerLimit)
	}
	return errors.Join(faults...)
}

func or[T comparable](v, byDefault T) T {
	var zero T
	if v == zero {
		return byDefault
	}
	return v
}

// intLimit resolves a limit that a negative value switches off.
func intLimit(v, byDefault int) int {
	if v < 0 {
		return math.MaxInt
	}
	return or(v, byDefault)
}

func (cfg *Config) maxStreams() int {
	return int(min(or(cfg.MaxConcurrentStreams, defaultMaxConcurrentStreams), math.MaxInt32))
}

func (cfg *Config) initialWindow() int32 {
	return int32(or(cfg.InitialWindowSize, defaultInitialWindowSize))
}
func (cfg *Config) maxFrameSize() uint32 { return or(cfg.MaxFrameSize, frame.MinMaxFrameSize) }

func (cfg *Config) maxHeaderListSize() uint32 {
	return or(cfg.MaxHeaderListSize, defaultMaxHeaderListSize)
}
func (cfg *Config) connWindow() int32   { return int32(or(cfg.ConnWindow, defaultConnWindow)) }
func (cfg *Config) streamWindow() int32 { return int32(or(cfg.StreamWindow, defaultStreamWindow)) }

// spareBuffers stands in for Config.Buffers.
type spareBuffers struct{ spare [][]byte }

func (b *spareBuffers) Get(n int) []byte {
	if last := len(b.spare) - 1; last >= 0 && cap(b.spare[last]) >= n {
		got := b.spare[last]
		b.spare[last] = nil
		b.spare = b.spare[:last]
		return got[:cap(got)]
	}
	return make([]byte, n)
}

func (b *spareBuffers) Put(p []byte) {
	if len(b.spare) < maxSpareBuffers && cap(p) <= maxSpareBytes {
		b.spare = append(b.spare, p)
	}
}
