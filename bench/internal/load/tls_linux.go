package load

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// tlsConfig returns the client's settings: TLS 1.3 alone, a full handshake
// each time, and X25519, so that every server does the same work; P-256 is for
// those that know nothing else. Certificates are not verified: this generator
// speaks to loopback only, and its time is better spent on load.
func tlsConfig(p Proto) *tls.Config {
	alpn := "http/1.1"
	if p == HTTP2 {
		alpn = "h2"
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, NextProtos: []string{alpn},
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},
	}
}

// checkALPN fails unless the server agreed on what p needs. HTTP/1.1 is what
// remains without an agreement.
func checkALPN(p Proto, st tls.ConnectionState) error {
	if got := st.NegotiatedProtocol; p == HTTP2 && got != "h2" || p != HTTP2 && got == "h2" {
		return errors.New("load: the server did not agree on the protocol")
	}
	return nil
}

// errAgain is what a tlsSocket reports when its socket has nothing: crypto/tls
// forgives errors that are temporary, and goes on where it was at the next
// call.
type errAgain struct{}

func (errAgain) Error() string   { return "load: nothing to read yet" }
func (errAgain) Timeout() bool   { return true }
func (errAgain) Temporary() bool { return true }

// A tlsSocket is a TLS connection over a descriptor, for one loop or one
// Client. It is the net.Conn that crypto/tls reads and writes.
type tlsSocket struct {
	fd      int
	conn    *tls.Conn
	wait    bool   // wait where the socket would block
	short   bool   // the last read took all that there was
	pending []byte // ciphertext that the socket had no room for
}

// newTLSSocket makes a handshake on fd, which may block or not, and waits for
// its end. It goes on waiting until its owner resets wait.
func newTLSSocket(fd int, config *tls.Config, p Proto) (*tlsSocket, error) {
	s := &tlsSocket{fd: fd, wait: true}
	s.conn = tls.Client(s, config)
	if err := s.conn.Handshake(); err != nil {
		return nil, err
	}
	return s, checkALPN(p, s.conn.ConnectionState())
}

// Read implements io.Reader for crypto/tls.
func (s *tlsSocket) Read(b []byte) (int, error) {
	if s.short && !s.wait {
		return 0, errAgain{}
	}
	for {
		n, errno := read(s.fd, b)
		switch {
		case errno == syscall.EINTR:
		case errno == syscall.EAGAIN && s.wait:
			if err := await(s.fd, pollIn); err != nil {
				return 0, err
			}
		case errno == syscall.EAGAIN:
			return 0, errAgain{}
		case errno != 0:
			return 0, errno
		case n == 0:
			return 0, io.EOF
		default:
			s.short = n < len(b)
			return n, nil
		}
	}
}

// Write implements io.Writer for crypto/tls. It takes all of b.
func (s *tlsSocket) Write(b []byte) (int, error) {
	s.pending = append(s.pending, b...)
	if !s.flush() {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

// flush writes what is pending, as far as the socket has room. It reports
// whether the connection lives on.
func (s *tlsSocket) flush() bool {
	for len(s.pending) > 0 {
		n, errno := write(s.fd, s.pending)
		switch {
		case errno == 0:
			s.pending = s.pending[:copy(s.pending, s.pending[n:])]
		case errno == syscall.EINTR:
		case errno == syscall.EAGAIN && s.wait:
			if await(s.fd, pollOut) != nil {
				return false
			}
		case errno == syscall.EAGAIN:
			return true // an event will say when there is room
		default:
			return false
		}
	}
	return true
}

// Close implements net.Conn. The descriptor is closed by whoever opened it.
func (*tlsSocket) Close() error                     { return nil }
func (*tlsSocket) LocalAddr() net.Addr              { return nil }
func (*tlsSocket) RemoteAddr() net.Addr             { return nil }
func (*tlsSocket) SetDeadline(time.Time) error      { return nil }
func (*tlsSocket) SetReadDeadline(time.Time) error  { return nil }
func (*tlsSocket) SetWriteDeadline(time.Time) error { return nil }

// secure makes the handshake of c. The loop waits for it: this happens before
// counting begins, and afterwards only where a server ends connections. It
// reports whether c lives on.
func (l *loop) secure(c *conn) bool {
	s, err := newTLSSocket(c.fd, c.g.config, c.g.spec.Proto)
	if err != nil {
		l.fail(c, &l.errs.Connect)
		return false
	}
	s.wait = false
	c.tls = s
	return true
}

// read reads plaintext into b. It returns 0 and no error at the end of the
// stream. Hot path.
func (c *conn) read(b []byte) (int, syscall.Errno) {
	if c.tls == nil {
		return read(c.fd, b)
	}
	n, err := c.tls.conn.Read(b)
	switch {
	case n > 0 || err == io.EOF: //nolint:errorlint // crypto/tls returns it bare
		return n, 0
	case err == errAgain{}:
		return 0, syscall.EAGAIN
	}
	return 0, syscall.ECONNRESET
}

// write writes some of b, which is not empty. Hot path.
func (c *conn) write(b []byte) (int, syscall.Errno) {
	if c.tls == nil {
		return write(c.fd, b)
	}
	if _, err := c.tls.conn.Write(b); err != nil {
		return 0, syscall.EPIPE
	}
	return len(b), 0
}

// unsent reports whether something waits for room in the socket. Hot path.
func (c *conn) unsent() bool { return len(c.rest) > 0 || c.tls != nil && len(c.tls.pending) > 0 }

// Events of poll.
const (
	pollIn  = 0x1
	pollOut = 0x4
)

// await waits until fd is ready for an event, for as long as patience.
func await(fd int, event int16) error {
	entry := struct {
		fd      int32
		events  int16
		revents int16
	}{int32(fd), event, 0}
	limit := syscall.NsecToTimespec(int64(patience))
	for {
		n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&entry)), 1, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
		switch {
		case errno == syscall.EINTR:
		case errno != 0:
			return os.NewSyscallError("ppoll", errno)
		case n == 0:
			return os.ErrDeadlineExceeded
		default:
			return nil
		}
	}
}
