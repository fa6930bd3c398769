package httpone

import (
	"errors"
	"fmt"
	"math"
)

// Off is the value of a limit in [Config] that switches the limit off.
const Off = -1

// The defaults that a zero in [Config] stands for.
const (
	defaultMaxHeadBytes      = 8192
	defaultMaxTargetBytes    = 8000
	defaultMaxFields         = 256
	defaultMaxLeadingCRLF    = 8
	defaultMaxChunkLineBytes = 1024
	defaultMaxChunkExtBytes  = 16384
	defaultMaxTrailerBytes   = 4096
	defaultMaxBodyBytes      = 1 << 20
)

// maxSectionBytes bounds a head even when its own limit is off: offsets
// inside it are kept in 32 bits.
const maxSectionBytes = 1 << 30

// A Config holds the limits of a connection. Any number of connections share
// one; it must not change while they do. The zero value is safe. In every
// limit zero means the documented default and a negative value ([Off])
// switches the limit off.
type Config struct {
	// MaxHeadBytes limits the request line and field lines together with
	// their line ends, in bytes. A longer head is answered with 431, or with
	// 414 when the limit falls inside the target (RFC 6585, section 5). It
	// bounds what a client can make us buffer. Zero means 8192; off means 1 GiB.
	MaxHeadBytes int

	// MaxTargetBytes limits the request target, in bytes. A longer one is
	// answered with 414 (RFC 9110, section 15.5.15). Zero means 8000, the
	// least that RFC 9112, section 3 recommends.
	MaxTargetBytes int

	// MaxFields limits the number of field lines of a head, and of a trailer
	// section, each on its own. More are answered with 431. Zero means 256.
	MaxFields int

	// MaxLeadingCRLF limits the empty lines that are skipped before a request
	// line (RFC 9112, section 2.2). More are answered with 400. Zero means 8.
	MaxLeadingCRLF int

	// MaxChunkLineBytes limits one chunk-size line, extensions included and
	// line end excluded, in bytes. A longer one is answered with 400. Zero
	// means 1024.
	MaxChunkLineBytes int

	// MaxChunkExtBytes limits the chunk extensions of one body together, in
	// bytes (RFC 9112, section 7.1.1). Every 128 bytes of data earn one byte
	// back, so that long uploads with signed chunks live. More is answered
	// with 400. Zero means 16384.
	MaxChunkExtBytes int

	// MaxTrailerBytes limits the trailer section, in bytes. A longer one is
	// answered with 431. Zero means 4096; off means 1 GiB.
	MaxTrailerBytes int

	// MaxBodyBytes limits the body of a request, in bytes of content.
	// More is answered with 413: at once when Content-Length or a chunk size
	// declares it, before any of that data is delivered. [Conn.LimitBody]
	// overrules it for one request. Zero means 1 MiB.
	MaxBodyBytes int64

	// Remember tells Next to keep the octets of a head of up to 1 KiB without
	// credentials in the Request, so that one in the same words need not be parsed
	// again. See [Request.Keep].
	Remember bool
}

// Validate reports every fault of the configuration at once, nil if there is
// none. The zero value has none.
func (cfg *Config) Validate() error {
	var faults []error
	atLeast := func(name string, v, floor int) {
		if v > 0 && v < floor {
			faults = append(faults, fmt.Errorf("httpone: %s is %d, must be at least %d", name, v, floor))
		}
	}
	atMost := func(name string, v, ceiling int) {
		if v > ceiling {
			faults = append(faults, fmt.Errorf("httpone: %s is %d, must be at most %d", name, v, ceiling))
		}
	}
	atLeast("MaxHeadBytes", cfg.MaxHeadBytes, 64)
	atMost("MaxHeadBytes", cfg.MaxHeadBytes, maxSectionBytes)
	atLeast("MaxChunkLineBytes", cfg.MaxChunkLineBytes, 16)
	atMost("MaxChunkLineBytes", cfg.MaxChunkLineBytes, maxSectionBytes)
	atMost("MaxChunkExtBytes", cfg.MaxChunkExtBytes, maxSectionBytes)
	atMost("MaxLeadingCRLF", cfg.MaxLeadingCRLF, math.MaxUint8)
	atMost("MaxTrailerBytes", cfg.MaxTrailerBytes, maxSectionBytes)
	return errors.Join(faults...)
}

// limit resolves one limit: v itself, its default, or no limit.
func limit(v, byDefault int) int {
	switch {
	case v > 0:
		return v
	case v < 0:
		return math.MaxInt
	}
	return byDefault
}

// sectionLimit is limit for a section that is kept whole.
func sectionLimit(v, byDefault int) int {
	return min(limit(v, byDefault), maxSectionBytes)
}

// bodyLimit resolves MaxBodyBytes.
func (cfg *Config) bodyLimit() int64 {
	switch {
	case cfg.MaxBodyBytes > 0:
		return cfg.MaxBodyBytes
	case cfg.MaxBodyBytes < 0:
		return math.MaxInt64
	}
	return defaultMaxBodyBytes
}
