package tls

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
)

// A Phase is where in its life a session is.
//
//	PhaseHello ──> PhaseHandshaking ──> PhaseOpen ──> PhaseClosed
//	     │                 │                               ^
//	     └─────────────────┴───────────────────────────────┘
type Phase int32

// The phases, in order; none is entered twice.
const (
	PhaseHello       Phase = iota // waits for a complete ClientHello
	PhaseHandshaking              // a goroutine runs the handshake
	PhaseOpen                     // data flows; no goroutine
	PhaseClosed                   // failed, aborted or detached; see Session.Err
)

func (p Phase) String() string {
	switch p {
	case PhaseHello:
		return "hello"
	case PhaseHandshaking:
		return "handshaking"
	case PhaseOpen:
		return "open"
	case PhaseClosed:
		return "closed"
	}
	return "unknown"
}

// A Session is the server's end of one TLS connection: ciphertext in,
// plaintext out, and back. It does no I/O. Its methods are for one goroutine
// at a time. It is made by [Acceptor.NewSession].
//
// Until it is open, what the client sends goes to [Session.Feed]; then to
// [Session.Open]. Whenever notify was called, and after Feed and Open,
// [Session.AppendOutput] has what is to be sent.
type Session struct {
	// Set when made, never changed.
	a      *Acceptor
	remote netip.Addr
	notify func()

	// Any goroutine, atomic. The goroutine of the handshake writes it last.
	phase atomic.Int32

	// Written by the goroutine of the handshake before phase; afterwards, and
	// otherwise, of the session's goroutine only.
	conn      *tls.Conn
	pipe      pipe
	protocol  string
	err       error
	sentClose bool

	// The session's goroutine only. Nil before the first octet, and when open.
	hs *handshake
}

// Phase returns where in its life the session is. Any goroutine may call it.
func (s *Session) Phase() Phase { return Phase(s.phase.Load()) }

// Err returns why the session is closed, nil while it is not: an [*AlertError],
// a [*NotTLSError], a [*RefusedError], what [Session.Abort] was given,
// [ErrDetached], or an error of crypto/tls.
func (s *Session) Err() error {
	if s.Phase() != PhaseClosed {
		return nil
	}
	return s.err
}

// Feed takes ciphertext that comes before the session is open, and returns how
// much of it was taken; b is not kept. A handshake begins once a ClientHello
// is complete. Less than len(b) with a nil error means that what may be kept is
// full: feed the rest after notify was called.
//
// An error closes the session: a [*NotTLSError] if this is not TLS, a
// [*RefusedError] if a bound of [Config] is reached, an [*AlertError] for a
// malformed record; AppendOutput has the alert. What goes wrong later is found
// with Phase and Err.
func (s *Session) Feed(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, s.Err()
	}
	switch s.Phase() {
	case PhaseHello:
		return s.feedHello(b)
	case PhaseHandshaking:
		return s.hs.feed(b), nil
	case PhaseOpen: // since the caller looked
		return s.pipe.store(b), nil
	}
	return 0, s.err
}

func (s *Session) feedHello(b []byte) (n int, err error) {
	if s.hs == nil {
		if b[0] != recordHandshake {
			return 0, s.refuse(notTLS(b[0]))
		}
		key, refused := s.a.slots.take(s.remote)
		if refused != nil {
			s.a.counts.refused.Add(1)
			s.close(refused)
			return 0, refused
		}
		s.hs = &handshake{s: s, key: key}
	}
	n = s.pipe.store(b)
	if in := s.pipe.in; len(in) > 1 && in[1] != 3 { // major version, the same since SSL 3.0
		s.dropHello()
		return n, s.refuse(errNotTLS)
	}
	done, alert := s.hs.hello.scan(s.pipe.in)
	if !done && alert == 0 && s.pipe.stored() == maxPendingBytes {
		alert = alertInternalError
	}
	switch {
	case alert != 0:
		s.dropHello()
		s.pipe.out = append(s.pipe.out, recordAlert, 3, 1, 0, 2, 2, alert)
		return n, s.refuse(&AlertError{Code: alert})
	case done:
		s.pipe.in = s.hs.hello.split(s.pipe.in)
		s.conn = tls.Server(&s.pipe, s.a.snapshot.Load().config)
		s.hs.begin()
	}
	return n, nil
}

// FeedEOF says that nothing comes behind what was fed. A handshake that needs no more
// goes on; one that waits for more fails with [io.ErrUnexpectedEOF]. Once the session
// is open it does nothing.
func (s *Session) FeedEOF() {
	switch s.Phase() {
	case PhaseHello:
		s.dropHello()
		s.close(io.ErrUnexpectedEOF)
	case PhaseHandshaking:
		s.hs.feedEOF()
	}
}

// refuse closes a session that never began a handshake.
func (s *Session) refuse(err error) error {
	s.a.counts.malformed.Add(1)
	s.close(err)
	return err
}

func notTLS(first byte) *NotTLSError {
	if 'A' <= first && first <= 'Z' {
		return errPlainHTTP
	}
	return errNotTLS
}

// dropHello gives back what the octets of an unfinished hello hold.
func (s *Session) dropHello() {
	if s.hs == nil {
		return
	}
	s.a.slots.give(s.hs.key)
	s.hs = nil
	s.pipe.dropInput()
}

func (s *Session) close(err error) {
	s.err = err
	s.phase.Store(int32(PhaseClosed))
}

// AppendOutput appends to dst the ciphertext that the handshake or reading
// has produced: flights, tickets, alerts, answers to a KeyUpdate. Call it after
// notify was called, after Feed and after Open, also when they failed, and
// send it before anything that is sealed later. Hot path.
func (s *Session) AppendOutput(dst []byte) []byte {
	if s.settled() {
		return s.takeOutput(dst)
	}
	s.hs.mu.Lock()
	defer s.hs.mu.Unlock()
	return s.takeOutput(dst)
}

// HasOutput reports whether AppendOutput has something to append. Hot path.
func (s *Session) HasOutput() bool {
	if s.settled() {
		return len(s.pipe.out) > 0
	}
	s.hs.mu.Lock()
	defer s.hs.mu.Unlock()
	return len(s.pipe.out) > 0
}

func (s *Session) takeOutput(dst []byte) []byte {
	if len(s.pipe.out) > 0 {
		dst = append(dst, s.pipe.out...)
		s.pipe.out = nil
	}
	return dst
}

// settled reports whether no goroutine of a handshake can touch the session,
// and drops a handshake that is done.
func (s *Session) settled() bool {
	if s.hs != nil && s.Phase() == PhaseOpen {
		s.hs = nil
	}
	return s.hs == nil
}

// Open decrypts all of b and appends the plaintext to dst; b is not kept: the
// begin of a record whose rest is still to come is kept inside. A nil error
// means that there is no more to decrypt for now. io.EOF means that the client
// said close_notify: it will send nothing more, but can still be sent to. Any
// other error closes the session, and the plaintext before it is still valid;
// AppendOutput has the alert. Plaintext and an error may come together.
//
// Call it once with a nil b as soon as the session is open: data may have come
// along with the end of the handshake. Hot path.
func (s *Session) Open(dst, b []byte) (plain []byte, err error) {
	if s.Phase() != PhaseOpen {
		return dst, s.notOpen()
	}
	s.settled()
	s.pipe.src = b
	for err == nil {
		dst, err = s.read(dst)
	}
	s.pipe.src = nil
	switch err {
	case errWouldBlock:
		return dst, nil
	case io.EOF:
		s.pipe.dropInput()
		return dst, io.EOF
	}
	s.pipe.dropInput()
	s.close(typed(err, 0))
	return dst, s.err
}

// minReadBytes is the room from which it is worth while to decrypt right into
// the caller's slice.
const minReadBytes = 512

// read appends what one Read of crypto/tls gives. A slice that has no room is
// not made to grow before it is known that there is something to read.
func (s *Session) read(dst []byte) ([]byte, error) {
	ahead := len(s.pipe.src) + s.pipe.stored()
	if cap(dst)-len(dst) < minReadBytes && ahead >= minReadBytes {
		dst = slices.Grow(dst, min(ahead, maxPlaintextBytes))
	}
	if cap(dst)-len(dst) < minReadBytes {
		var few [minReadBytes]byte
		n, err := s.conn.Read(few[:])
		return append(dst, few[:n]...), s.blocks(n, len(few), err)
	}
	room := cap(dst) - len(dst)
	n, err := s.conn.Read(dst[len(dst):cap(dst)])
	return dst[:len(dst)+n], s.blocks(n, room, err)
}

// blocks returns err, or foresees what the next Read would return, which costs
// as much as a short record does: plaintext that left room was the last of its
// record, and no other has begun.
func (s *Session) blocks(n, room int, err error) error {
	if err == nil && n < room && s.pipe.isDry() {
		return errWouldBlock
	}
	return err
}

// Seal encrypts p as records that it appends to dst, behind what AppendOutput
// would give. On an error dst is returned as it was. Hot path.
func (s *Session) Seal(dst, p []byte) ([]byte, error) {
	if s.Phase() != PhaseOpen || s.sentClose {
		return dst, s.notOpen()
	}
	if len(p) == 0 {
		return s.AppendOutput(dst), nil
	}
	if cap(dst)-len(dst) < len(p)+recordOverhead {
		dst = slices.Grow(dst, len(p)+len(p)/32+len(s.pipe.out)+2*recordOverhead)
	}
	s.begin(dst)
	_, err := s.conn.Write(p)
	sealed := s.finish()
	if err != nil {
		s.close(typed(err, 0))
		return dst, s.err
	}
	return sealed, nil
}

// recordOverhead is what a record adds to its data, with the suites of today:
// header, type and tag.
const recordOverhead = recordHeaderBytes + 1 + 16

// begin lets the pipe write to dst, behind the output that is due before.
func (s *Session) begin(dst []byte) {
	s.pipe.dst = s.AppendOutput(dst)
	s.pipe.sealing = true
}

func (s *Session) finish() []byte {
	dst := s.pipe.dst
	s.pipe.dst, s.pipe.sealing = nil, false
	return dst
}

// AppendClose appends the close_notify alert (RFC 8446, section 6.1), the
// first time that it is called on an open session, and nothing afterwards.
// Nothing can be sealed behind it; the client's data can still be opened.
func (s *Session) AppendClose(dst []byte) []byte {
	if s.Phase() != PhaseOpen || s.sentClose {
		return dst
	}
	s.sentClose = true
	s.begin(dst)
	_ = s.conn.CloseWrite() // fails only if an alert was sent already
	return s.finish()
}

// notOpen is the error of a call that needs an open session.
func (s *Session) notOpen() error {
	if s.Phase() == PhaseClosed && s.err != nil {
		return s.err
	}
	return ErrNotOpen
}

// Protocol returns the protocol that ALPN chose, one of Config.NextProtos; ""
// if none was, or the session is not open.
func (s *Session) Protocol() string {
	if s.Phase() < PhaseOpen {
		return ""
	}
	return s.protocol
}

// State returns the parameters of the session, or nil if its handshake is not
// done. It is a new copy, which may be kept for ever.
func (s *Session) State() *tls.ConnectionState {
	if s.conn == nil || s.Phase() < PhaseOpen || !s.settled() {
		return nil
	}
	state := s.conn.ConnectionState()
	return &state
}

// Detach takes an open session over to conn, whose octets it was fed so far:
// the result reads from and writes to conn as crypto/tls does it, blocking,
// with the deadlines of conn. Send what AppendOutput has before. Plaintext that
// Open returned is not read again. The session is closed with [ErrDetached].
// If it is not open, Detach returns nil.
func (s *Session) Detach(conn net.Conn) net.Conn {
	if s.Phase() != PhaseOpen {
		return nil
	}
	s.settled()
	s.pipe.conn = conn
	s.close(ErrDetached)
	return s.conn
}

// Abort says that the connection is gone, for err. A handshake that runs ends
// soon, and notify is not called again, but for a call that has begun. Nothing
// is sent. Abort may be called at any time and more than once.
func (s *Session) Abort(err error) {
	if err == nil {
		err = errAborted
	}
	switch s.Phase() {
	case PhaseHello:
		s.dropHello()
		s.close(err)
		return
	case PhaseHandshaking:
		if s.hs.abort(err) {
			return
		}
	}
	if s.Phase() == PhaseOpen {
		s.settled()
		s.pipe.dropInput()
		s.pipe.out = nil
		s.close(err)
	}
}
