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
	// WindowBudget bounds by how much the receive windows of all connections
	// together are raised above their first sizes, in bytes: so many clients
	// that upload at once do not make the server hold so many large windows.
	// When it is spent, windows stay at the size that they have. Zero means
	// 256 MiB, and Off is no bound.
	WindowBudget int64
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
	or(&h.WindowBudget, 256<<20)
	return h
}

func (h HTTP2Config) faults() (faults ConfigError) {
	if h.Disabled {
		return nil
	}
	if h.InitialWindowSize > 1<<31-1 {
		faults = append(faults, FieldError{"http2.initial_window_size", "must be 1 to 2147483647 (RFC 9113, section 6.5.2)"})
	}
	if h.MaxWindowSize > 1<<31-1 {
		faults = append(faults, FieldError{"http2.max_window_size", "must be 1 to 2147483647 (RFC 9113, section 6.9.1)"})
	}
	if h.MaxFrameSize < 16384 || h.MaxFrameSize > 1<<24-1 {
		faults = append(faults, FieldError{"http2.max_frame_size", "must be 16384 to 16777215 (RFC 9113, section 6.5.2)"})
	}
	return faults
}
