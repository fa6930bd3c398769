package httpone

// An Event is what [Conn.Next] found.
type Event uint8

// The events, in the order in which one request produces them.
const (
	// EventNeedMore: nothing more can be understood before more octets come.
	EventNeedMore Event = iota
	// EventHead: a complete head; the request is filled in.
	EventHead
	// EventData: a part of the body is in Request.Data.
	EventData
	// EventEnd: the request is complete, Request.Trailers is valid. It comes
	// once for every request, also for one without a body.
	EventEnd
	// EventPaused: the request is complete and its reply is not finished, or
	// the connection carries another protocol now. Nothing was looked at.
	EventPaused
	// EventClosed: no further request is served. What comes is to be thrown
	// away. It also stands beside every error.
	EventClosed
)

// String returns the name of the event, for traces.
func (e Event) String() string {
	switch e {
	case EventNeedMore:
		return "need-more"
	case EventHead:
		return "head"
	case EventData:
		return "data"
	case EventEnd:
		return "end"
	case EventPaused:
		return "paused"
	case EventClosed:
		return "closed"
	}
	return "no event"
}

// A Conn is the server side of one HTTP/1.x connection: received octets go
// into Next, replies come out of the Append methods. It holds no buffer and
// no request, so that an idle connection costs its few words only. It must be
// used by one goroutine at a time. The zero value is not ready: call Init.
type Conn struct {
	cfg  *Config
	fail *ProtocolError // why the connection failed, sticky

	remain int64 // octets of the body, or of its current chunk, still to come
	allow  int64 // octets of content the request may still bring
	owed   int64 // octets of content the reply still owes to its Content-Length

	extBytes  int32 // octets of chunk extensions, less what data earned back
	lineBytes int32 // octets of the current chunk line
	emptyRead uint8 // empty lines skipped before the next request

	state   State
	reply   replyState
	framing replyFraming
	chunk   chunkPhase
	flags   connFlags
}

// connFlags are facts about the current request and its reply.
type connFlags uint8

const (
	flagLast    connFlags = 1 << iota // the connection ends with this reply
	flagChunked                       // the request body is chunked
	flagWaits                         // the client waits for a 100 before it sends
	flagSwitch                        // the reply opens a tunnel
	flagRequest                       // there is a complete head to reply to
)

var defaultConfig Config

// Init makes c a fresh connection with the limits of cfg, which it keeps; nil
// means the defaults.
func (c *Conn) Init(cfg *Config) {
	if cfg == nil {
		cfg = &defaultConfig
	}
	*c = Conn{cfg: cfg, state: StateIdle, reply: replyWaiting}
}

// NewConn returns a fresh connection. It is Init for those who want a value.
func NewConn(cfg *Config) Conn {
	var c Conn
	c.Init(cfg)
	return c
}

// State returns where the connection stands.
func (c *Conn) State() State { return c.state }

// Next looks at the octets that were received and not yet consumed, and
// returns what it found and how many of them to drop. b must begin where the
// previous call's n ended; until n is not 0 it may only grow. Call again until
// the event is EventNeedMore, EventPaused or EventClosed. Event and error do
// not depend on the pieces in which the octets arrive.
//
// The same r must be given from the first octet of a head until the reply is
// finished; between requests another one will do. Request.Data is a part of b
// and valid until the next call; b is not kept otherwise.
//
// The error is a [*ProtocolError]. An octet that has no place and a limit
// that is passed are found at that very octet, what the fields of a head mean
// together at its end. The error comes again from every later call. Hot path.
func (c *Conn) Next(b []byte, r *Request) (ev Event, n int, err error) {
	var perr *ProtocolError
	switch c.state {
	case StateIdle:
		ev, n, perr = c.nextRequest(b, r)
	case StateHead:
		ev, n, perr = c.nextHead(b, r)
	case StateBody, StateDrain:
		r.Data = nil
		if c.flags&flagChunked != 0 {
			ev, n, perr = c.nextChunked(b, r)
		} else {
			ev, n, perr = c.nextPlain(b, r)
		}
	case StateReply, StateTunnel:
		r.Data = nil
		return EventPaused, 0, nil
	default:
		if c.fail == nil {
			return EventClosed, len(b), nil
		}
		perr = c.fail
	}
	if perr != nil {
		c.failed(perr)
		return EventClosed, n, perr
	}
	return ev, n, nil
}

// failed makes err the reason why the connection ends.
func (c *Conn) failed(err *ProtocolError) {
	if c.fail == nil {
		c.fail = err
		c.move(evFail)
	}
}

// nextRequest skips the empty lines before a request line (RFC 9112, section
// 2.2: at least one) and begins a head.
func (c *Conn) nextRequest(b []byte, r *Request) (Event, int, *ProtocolError) {
	skipped := 0
	for len(b) > 0 && b[0] == '\r' {
		if int(c.emptyRead) >= limit(c.cfg.MaxLeadingCRLF, defaultMaxLeadingCRLF) {
			return 0, skipped, errLeadingCRLF
		}
		if len(b) == 1 {
			return EventNeedMore, skipped, nil
		}
		if b[1] != '\n' {
			return 0, skipped, errLineEnd
		}
		b = b[2:]
		skipped += 2
		c.emptyRead += uint8(min(1, 255-c.emptyRead))
	}
	if len(b) == 0 {
		return EventNeedMore, skipped, nil
	}
	c.emptyRead = 0
	c.move(evOctet)
	if r.repeats(b, c.cfg) {
		c.begin(r)
		return EventHead, skipped + len(r.memo.octets), nil
	}
	r.renew()
	ev, n, err := c.nextHead(b, r)
	return ev, skipped + n, err
}

// nextHead goes on with a head.
func (c *Conn) nextHead(b []byte, r *Request) (Event, int, *ProtocolError) {
	h := &r.section
	most := sectionLimit(c.cfg.MaxHeadBytes, defaultMaxHeadBytes)
	done, err := h.scanHead(b[:min(len(b), most)], c.cfg)
	if !done {
		r.dropFields()
	}
	switch {
	case err != nil:
		return 0, 0, err
	case !done && len(b) > most && h.phase == inTarget:
		return 0, 0, errTargetLong
	case !done && len(b) > most:
		return 0, 0, errHeadLong
	case !done:
		return EventNeedMore, 0, nil
	}
	text, fields := h.cut(b[:h.pos], r.Fields)
	r.Method, r.Target, r.Minor = text[:h.method], text[h.target:h.targetEnd], int(h.minor)
	r.Fields = fields
	if err = r.interpret(); err != nil {
		return 0, 0, err
	}
	if c.cfg.Remember {
		r.remember(b[:h.pos], c.cfg)
	}
	c.begin(r)
	return EventHead, int(h.pos), nil
}

// begin takes over what the head of r says about its body and its reply.
func (c *Conn) begin(r *Request) {
	c.flags, c.chunk = flagRequest, atSize
	c.remain, c.allow = r.ContentLength, c.cfg.bodyLimit()
	if r.Chunked {
		c.flags |= flagChunked
		c.remain, c.extBytes, c.lineBytes = 0, 0, 0
	}
	if r.ExpectContinue {
		c.flags |= flagWaits
	}
	if !r.KeepAlive {
		c.flags |= flagLast
	}
	c.move(evHead)
}

// nextPlain goes on with a body whose length is known.
func (c *Conn) nextPlain(b []byte, r *Request) (Event, int, *ProtocolError) {
	switch {
	case c.remain > c.allow:
		return 0, 0, errBodyLong
	case c.remain == 0:
		return c.endBody(), 0, nil
	case len(b) == 0:
		return EventNeedMore, 0, nil
	}
	return EventData, c.deliver(b, r), nil
}

// deliver hands out as much of b as belongs to the body or chunk at hand.
func (c *Conn) deliver(b []byte, r *Request) int {
	n := int(min(int64(len(b)), c.remain))
	r.Data = b[:n:n]
	c.remain -= int64(n)
	c.allow -= int64(n)
	c.flags &^= flagWaits // it does not wait any more
	return n
}

// endBody notes that the request is complete.
func (c *Conn) endBody() Event {
	c.flags &^= flagWaits
	if c.state == StateDrain {
		c.nextExchange()
	}
	c.move(evBodyEnd)
	return EventEnd
}

// LimitBody replaces Config.MaxBodyBytes for what is still to come of the
// body of the current request: n bytes of content, no limit when negative.
// Call it after EventHead, before the first Next that follows; that one
// returns the error when the head declares more.
func (c *Conn) LimitBody(n int64) {
	if n < 0 {
		n = 1<<63 - 1
	}
	c.allow = n
}

// EOF tells the connection that no more input comes. It returns nil when that
// is no fault of the message (between requests, after a complete one, in a
// tunnel) and otherwise an error as Next does (RFC 9112, section 8). A
// complete request is still to be answered.
func (c *Conn) EOF() error {
	switch c.state {
	case StateHead:
		c.failed(errTruncatedHead)
	case StateBody, StateDrain:
		if c.bodyPending() {
			c.failed(errTruncated)
		}
	}
	if c.fail != nil {
		return c.fail
	}
	return nil
}

// bodyPending reports whether octets of the request are still to come.
func (c *Conn) bodyPending() bool {
	return (c.state == StateBody || c.state == StateDrain) &&
		(c.remain > 0 || c.flags&flagChunked != 0)
}
