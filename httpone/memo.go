package httpone

import "bytes"

// maxRemembered is how long a head may be, in octets, to be remembered.
const maxRemembered = 1 << 10

// A memo is the head that a Request still holds the meaning of. Clients that
// keep a connection tend to ask in the same words again: to compare them costs
// a small part of what it costs to understand them.
type memo struct {
	octets []byte  // as they were received; empty when nothing is remembered
	cfg    *Config // whose limits the head has kept
}

// Keep makes r ready for another request like Reset, but remembers the head if
// Config.Remember told Next to. When the next head is the same, octet for octet,
// it is not parsed again and nothing is allocated: Repeated is then set, and
// strings and Fields are those of the last time. So a caller who changes Fields
// calls Reset instead.
func (r *Request) Keep() {
	if len(r.memo.octets) == 0 {
		r.Reset()
		return
	}
	r.renewBody()
}

// repeats reports whether b begins with the head that r remembers, and makes r
// ready for it. Hot path.
func (r *Request) repeats(b []byte, cfg *Config) bool {
	n := len(r.memo.octets)
	if n == 0 || len(b) < n || r.memo.cfg != cfg || !bytes.Equal(b[:n], r.memo.octets) {
		return false
	}
	r.renewBody()
	r.Repeated = true
	return true
}

// remember keeps the octets of a head that r holds the meaning of. One with
// credentials is not kept: nobody shall learn from the time that a comparison
// takes, nor find them in memory for longer than they are needed. Hot path.
func (r *Request) remember(head []byte, cfg *Config) {
	if len(head) <= maxRemembered && !r.private {
		r.memo.octets, r.memo.cfg = append(r.memo.octets, head...), cfg
	}
}

// renewBody forgets the body of the last request. Hot path.
func (r *Request) renewBody() {
	r.Data = nil
	if len(r.Trailers) > 0 {
		clear(r.Trailers)
		r.Trailers = r.Trailers[:0]
	}
}
