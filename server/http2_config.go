package server

// HTTP2Config is the table http2 of the configuration file.
type HTTP2Config struct {
	Disabled             bool   // the file's http2.enabled = false
	MaxConcurrentStreams uint32 // zero means 100
	InitialWindowSize    uint32 // bytes a stream; zero means 65535
	MaxFrameSize         uint32 // bytes; zero means 16384
	MaxHeaderListSize    uint32 // bytes; zero means 65536
	// MaxWindowSize is up to which size the window of a stream grows whose
	// body is being read, in bytes. Zero means 1 MiB.
	MaxWindowSize uint32
	// FloodObserve counts what the flood ledger would cut off, and cuts
	// nothing.
	FloodObserve bool
}

func (h HTTP2Config) withDefaults() HTTP2Config {
	or(&h.MaxConcurrentStreams, 100)
	or(&h.InitialWindowSize, 65535)
	or(&h.MaxFrameSize, 16384)
	or(&h.MaxHeaderListSize, 65536)
	or(&h.MaxWindowSize, 1<<20)
	return h
}

func (h HTTP2Config) faults() (faults ConfigError) {
	if h.Disabled {
		return nil
	}
	if h.InitialWindowSize > 1<<31-1 {
		faults = append(faults, FieldError{"http2.initial_window_size", "must be 1 to 2147483647 (RFC 9113, section 6.5.2)"})
	}
	if h.MaxFrameSize < 16384 || h.MaxFrameSize > 1<<24-1 {
		faults = append(faults, FieldError{"http2.max_frame_size", "must be 16384 to 16777215 (RFC 9113, section 6.5.2)"})
	}
	return faults
}
