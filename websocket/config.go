package websocket

import (
	"errors"
	"fmt"
	"math"
)

// Off is the value of a limit in [Config] that switches the limit off.
const Off = -1

// The defaults that a zero in [Config] stands for.
const (
	defaultMaxMessageBytes  = 16 << 20
	defaultMaxControlFrames = 1024
)

// A Config holds the limits of a connection. Any number of connections share
// one; it must not change while they do. The zero value is safe. In every
// limit zero means the documented default and a negative value ([Off])
// switches the limit off.
type Config struct {
	// MaxMessageBytes limits a message, all its fragments together and
	// inflated, in bytes; one of exactly so many is fine. A larger one ends
	// the connection with 1009, as soon as the header of a frame says so
	// (RFC 6455, section 10.4). It bounds what a peer can make us buffer.
	// Zero means 16 MiB.
	MaxMessageBytes int64

	// MaxFrameBytes limits the payload of one data frame, in bytes. A larger
	// one ends the connection with 1009. Zero means no limit but
	// MaxMessageBytes.
	MaxFrameBytes int64

	// MaxControlFrames limits the work that a peer can cause without saying
	// anything: it is the number of pings, pongs and empty fragments in a
	// row, beyond which the connection ends with 1008. A fragment or message
	// that is not empty, and [Conn.Refund], earn room for more. Zero means
	// 1024.
	MaxControlFrames int

	// Stream hands messages out in parts, as they arrive, instead of whole:
	// see EventPart. MaxMessageBytes holds for them, too.
	Stream bool

	// Client makes the connection the client's end: frames must not be
	// masked, and what is sent is (RFC 6455, section 5.1).
	Client bool

	// Buffers is where messages are collected; nil is the heap. It is used by
	// the goroutine that uses the connection.
	Buffers Buffers
}

// Buffers is where a connection takes the memory that an unfinished message
// needs. An implementation may count, and charge a connection or the process.
type Buffers interface {
	// Get returns a slice of length and capacity at least n, with any
	// content.
	Get(n int) []byte
	// Put takes back what Get returned, in whatever length it has now. The
	// caller has no reference left.
	Put(b []byte)
}

// Validate reports every fault of the configuration at once, nil if there is
// none. The zero value has none.
func (cfg *Config) Validate() error {
	var faults []error
	if cfg.MaxControlFrames > math.MaxInt32 {
		faults = append(faults, fmt.Errorf("websocket: MaxControlFrames is %d, must be at most %d",
			cfg.MaxControlFrames, math.MaxInt32))
	}
	if cfg.MaxMessageBytes > maxMessage {
		faults = append(faults, fmt.Errorf("websocket: MaxMessageBytes is %d, must be at most %d",
			cfg.MaxMessageBytes, int64(maxMessage)))
	}
	return errors.Join(faults...)
}

// maxMessage bounds a message that is collected, even without a limit: its
// length has to fit an int, with room to double.
const maxMessage = math.MaxInt / 4

// messageLimit resolves MaxMessageBytes. Hot path.
func (cfg *Config) messageLimit() int64 {
	switch {
	case cfg.MaxMessageBytes > 0:
		return min(cfg.MaxMessageBytes, maxMessage)
	case cfg.MaxMessageBytes == 0:
		return defaultMaxMessageBytes
	case cfg.Stream:
		return math.MaxInt64
	}
	return maxMessage
}

// frameLimit resolves MaxFrameBytes. Hot path.
func (cfg *Config) frameLimit() int64 {
	if cfg.MaxFrameBytes > 0 {
		return cfg.MaxFrameBytes
	}
	return math.MaxInt64
}

// controlLimit resolves MaxControlFrames. Hot path.
func (cfg *Config) controlLimit() int32 {
	switch {
	case cfg.MaxControlFrames > 0:
		return int32(min(cfg.MaxControlFrames, math.MaxInt32))
	case cfg.MaxControlFrames < 0:
		return math.MaxInt32
	}
	return defaultMaxControlFrames
}

// get takes a buffer of at least n bytes, empty.
func (cfg *Config) get(n int) []byte {
	if cfg.Buffers == nil {
		return make([]byte, 0, n)
	}
	return cfg.Buffers.Get(n)[:0]
}

// put gives a buffer back.
func (cfg *Config) put(b []byte) {
	if cfg.Buffers != nil && cap(b) > 0 {
		cfg.Buffers.Put(b)
	}
}
