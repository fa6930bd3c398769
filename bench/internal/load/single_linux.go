package load

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/wswire"
)

// patience bounds each blocking read and write of the single connections.
const patience = 30 * time.Second

// A Client is one connection that blocks, for everything that is not about
// speed. It belongs to one goroutine.
type Client struct {
	fd     int
	buf    []byte
	parser httpwire.Parser
	tls    *tlsSocket    // nil in clear
	h2     *h2wire.Conn  // HTTP/2 only
	ws     wswire.Parser // WebSocket only, after Upgrade
	proto  Proto
}

// Dial connects to addr, which is on loopback. Clients that take turns on one
// goroutine may share buf; nil makes one. WebSocket needs Upgrade next.
func Dial(addr string, m Mode, buf []byte) (*Client, error) {
	to, err := sockaddr(addr)
	if err != nil {
		return nil, err
	}
	fd, err := dialWait(to, patience)
	if err != nil {
		return nil, err
	}
	if buf == nil {
		buf = make([]byte, bufferSize)
	}
	c := &Client{fd: fd, buf: buf, proto: m.Proto}
	if m.TLS {
		if c.tls, err = newTLSSocket(fd, tlsConfig(m.Proto), m.Proto); err != nil {
			_ = c.Close()
			return nil, fmt.Errorf("load: TLS: %w", err)
		}
	}
	if m.Proto == HTTP2 {
		c.h2 = new(h2wire.Conn)
		c.h2.Start(streamWindow, 4)
	}
	return c, nil
}

// Close ends the connection.
func (c *Client) Close() error { return syscall.Close(c.fd) }

// Abort makes a Do or Upload that is under way fail. Any goroutine may call it
// until Close.
func (c *Client) Abort() { _ = syscall.Shutdown(c.fd, syscall.SHUT_RDWR) }

// Do sends r and reads its answer; the first bytes of the connection's input
// (up to the size of its buffer) go to peek, if that is set.
func (c *Client) Do(r Request, peek func([]byte)) error {
	switch c.proto {
	case HTTP2:
		return c.doStream(r, peek)
	case WebSocket:
		return c.doMessage(r)
	}
	if err := c.writeAll(r.Wire); err != nil {
		return err
	}
	return c.answer(r.Body, peek)
}

// Upload sends head and then n bytes of body from the connection's buffer, and
// reads the answer as Do does. With HTTP/2 head is the first header block of
// the connection. A server that answers early and closes is reported with its
// status.
func (c *Client) Upload(head []byte, n int64, peek func([]byte)) error {
	if c.proto == HTTP2 {
		return c.uploadStream(head, n, peek)
	}
	err := c.writeAll(head)
	for left := n; left > 0 && err == nil; {
		k := min(left, int64(len(c.buf)))
		err = c.writeAll(c.buf[:k])
		left -= k
	}
	answerErr := c.answer(-1, peek)
	if err != nil && answerErr == nil {
		return fmt.Errorf("load: upload cut off, but answered: %w", err)
	}
	return errors.Join(err, answerErr)
}

func (c *Client) writeAll(b []byte) error {
	if c.tls != nil {
		if _, err := c.tls.conn.Write(b); err != nil {
			return fmt.Errorf("load: write: %w", err)
		}
		return nil
	}
	for len(b) > 0 {
		n, err := syscall.Write(c.fd, b)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EAGAIN {
			return fmt.Errorf("load: write: no room for %v", patience)
		}
		if err != nil {
			return fmt.Errorf("load: write: %w", err)
		}
		b = b[n:]
	}
	return nil
}

// read reads something into the buffer. It returns nothing and no error at the
// end of the stream.
func (c *Client) read() ([]byte, error) {
	for {
		var n int
		var err error
		if c.tls != nil {
			if n, err = c.tls.conn.Read(c.buf); n > 0 || err == io.EOF { //nolint:errorlint // crypto/tls returns it bare
				err = nil
			}
		} else {
			n, err = syscall.Read(c.fd, c.buf)
		}
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return nil, fmt.Errorf("load: read: no answer for %v", patience)
		case err != nil:
			return nil, fmt.Errorf("load: read: %w", err)
		}
		return c.buf[:n], nil
	}
}

// answer reads one response of HTTP/1.1 and checks it.
func (c *Client) answer(want int64, peek func([]byte)) error {
	for {
		b, err := c.read()
		if err != nil {
			return err
		}
		if len(b) == 0 {
			done, err := c.parser.End()
			if !done {
				return errors.Join(err, io.ErrUnexpectedEOF)
			}
			return c.check(want)
		}
		if peek != nil {
			peek(b)
		}
		_, done, err := c.parser.Feed(b)
		if err != nil {
			return err
		}
		if done {
			return c.check(want)
		}
	}
}

// check judges the response of HTTP/1.1 that is complete.
func (c *Client) check(want int64) error {
	got := c.parser.Response()
	return judge(answer{status: got.Status, body: got.Body}, want)
}

// judge returns what is wrong with an answer.
func judge(got answer, want int64) error {
	if got.status != 200 {
		return fmt.Errorf("load: answered with status %d", got.status)
	}
	if want >= 0 && got.body != want {
		return fmt.Errorf("load: a body of %d bytes, want %d", got.body, want)
	}
	return nil
}
