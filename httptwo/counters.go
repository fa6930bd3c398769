package httptwo

import "iter"

// Counters counts what went wrong on the sessions that share it. They are
// plain numbers: one goroutine at a time, as the sessions.
type Counters struct {
	// Limits counts by limit of the ledger how often it was passed. When the
	// ledger only observes, counting begins anew each time.
	Limits [numLimits]uint64
	// Refused counts streams above MaxConcurrentStreams.
	Refused uint64
	// HeaderLists counts requests with more fields than MaxHeaderListSize or
	// MaxFields allow.
	HeaderLists uint64
	// StreamErrors counts streams that we have reset for an error of the
	// client, refused ones among them.
	StreamErrors uint64
	// ConnErrors counts connections that ended for an error of the client,
	// floods among them.
	ConnErrors uint64
	// Stalled counts streams that were reset because a window stayed closed.
	Stalled uint64
}

// All yields every counter by the name that statistics show it under.
func (c *Counters) All() iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		for l, n := range c.Limits {
			if !yield(limitNames[l], n) {
				return
			}
		}
		_ = yield("refused_streams", c.Refused) && yield("header_lists", c.HeaderLists) &&
			yield("stream_errors", c.StreamErrors) && yield("connection_errors", c.ConnErrors) &&
			yield("stalled_streams", c.Stalled)
	}
}
