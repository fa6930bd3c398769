package server

// reply is the response as far as the handler has written it. It is guarded
// by the mutex of its exchange.
//
//	open ── Text, JSON, Bytes ──▶ whole      one head, one body, one write
//	  │
//	  └──── Write ──▶ open, with buf ── Flush, or more than fits ──▶ streaming
//
// A response that is still open when the handler returns is sent whole.
type reply struct {
	status   int // zero until set
	fields   []Field
	trailers []Field
	length   int64 // declared by SetLength, if hasLength; or unknownLength
	noDate   bool

	stage     replyStage
	hasLength bool
	waiting   bool // the handler waits in Write

	whole   []byte   // the body of a whole response; not copied
	buf     pipe     // written and not taken by the loop
	fast    bool     // the client keeps up
	written int64    // bytes given to Write in all
	taken   []*block // loop only: scratch of pumpReply
}

// unknownLength as a declared length says that the body shall be sent as one
// whose length is not known, even if it is.
const unknownLength = -1

type replyStage uint8

const (
	replyOpen      replyStage = iota // the head can still change
	replyWhole                       // complete
	replyStreaming                   // the head is the loop's
	replyTakenOver                   // hijacked
)

// reset makes r ready for the next response. It writes field by field: as a
// whole, r would pass the collector's write barrier with every request. Hot
// path.
func (r *reply) reset() {
	clear(r.fields)
	clear(r.trailers)
	r.fields, r.trailers, r.taken = r.fields[:0], r.trailers[:0], r.taken[:0]
	r.whole = nil
	r.buf.reset()
	r.status, r.length, r.written = 0, 0, 0
	r.stage = replyOpen
	r.noDate, r.hasLength, r.waiting, r.fast = false, false, false, false
}

// statusOr200 is the status that is or will be sent.
func (r *reply) statusOr200() int {
	if r.status == 0 {
		return 200
	}
	return r.status
}

// bodyless reports that a response of that status has no body (RFC 9110,
// section 6.4.1).
func bodyless(status int) bool {
	return status == 204 || status == 205 || status == 304 || status < 200
}

// begun reports that the handler has said something.
func (r *reply) begun() bool { return r.stage != replyOpen || r.status != 0 || r.written > 0 }

// admits returns why n bytes more of a streamed body are not allowed, or nil.
func (r *reply) admits(n int) error {
	switch {
	case r.stage == replyWhole, r.stage == replyTakenOver:
		return ErrWritten
	case n > 0 && bodyless(r.statusOr200()):
		return ErrNoBody
	case r.hasLength && r.length != unknownLength && r.written+int64(n) > r.length:
		return ErrLength
	}
	return nil
}

// setDefault sets a field unless the handler has set it.
func (r *reply) setDefault(name, value string) {
	for i := range r.fields {
		if r.fields[i].Name == name {
			return
		}
	}
	r.fields = append(r.fields, Field{name, value})
}
