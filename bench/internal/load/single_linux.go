package load

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"reactor.example/bench/internal/httpwire"
)

// patience bounds each blocking read and write of the single connections.
const patience = 30 * time.Second

// A Client is one connection that blocks, for everything that is not about
// speed. It belongs to one goroutine.
type Client struct {
	fd     int
	buf    []byte
	parser httpwire.Parser
}

// Dial connects to addr, which is on loopback. Clients that take turns on one
// goroutine may share buf; nil makes one.
func Dial(addr string, buf []byte) (*Client, error) {
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
	return &Client{fd: fd, buf: buf}, nil
}

// Close ends the connection.
func (c *Client) Close() error { return syscall.Close(c.fd) }

// Abort makes a Do or Upload that is under way fail. Any goroutine may call it
// until Close.
func (c *Client) Abort() { _ = syscall.Shutdown(c.fd, syscall.SHUT_RDWR) }

// Do sends r and reads its answer; the first bytes of the connection's input
// (up to the size of its buffer) go to peek, if that is set.
func (c *Client) Do(r Request, peek func([]byte)) error {
	if err := c.writeAll(r.Wire); err != nil {
		return err
	}
	return c.answer(r.Body, peek)
}

// Upload sends head and then n bytes of body from the connection's buffer, and
// reads the answer as Do does. A server that answers early and closes is
// reported with its status.
func (c *Client) Upload(head []byte, n int64, peek func([]byte)) error {
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

// answer reads one response and checks it.
func (c *Client) answer(want int64, peek func([]byte)) error {
	for {
		n, err := syscall.Read(c.fd, c.buf)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EAGAIN {
			return fmt.Errorf("load: read: no answer for %v", patience)
		}
		if err != nil {
			return fmt.Errorf("load: read: %w", err)
		}
		if n == 0 {
			done, err := c.parser.End()
			if !done {
				return errors.Join(err, io.ErrUnexpectedEOF)
			}
			return c.check(want)
		}
		if peek != nil {
			peek(c.buf[:n])
		}
		_, done, err := c.parser.Feed(c.buf[:n])
		if err != nil {
			return err
		}
		if done {
			return c.check(want)
		}
	}
}

// check judges the answer that is complete.
func (c *Client) check(want int64) error {
	got := c.parser.Response()
	if got.Status != 200 {
		return fmt.Errorf("load: answered with status %d", got.Status)
	}
	if want >= 0 && got.Body != want {
		return fmt.Errorf("load: a body of %d bytes, want %d", got.Body, want)
	}
	return nil
}

// Idle is a set of connections that have exchanged something once and then do
// nothing.
type Idle struct{ clients []*Client }

// OpenIdle makes n connections to addr, one after another, with one exchange
// of r on each.
func OpenIdle(addr string, n int, r Request) (*Idle, error) {
	set := &Idle{clients: make([]*Client, 0, n)}
	buf := make([]byte, bufferSize)
	for range n {
		c, err := Dial(addr, buf)
		if err == nil {
			set.clients = append(set.clients, c)
			err = c.Do(r, nil)
		}
		if err != nil {
			set.Close()
			return nil, fmt.Errorf("load: idle connection %d of %d: %w", len(set.clients), n, err)
		}
	}
	return set, nil
}

// Lost returns how many of the connections the server has ended since, or has
// sent something on.
func (s *Idle) Lost() (n int) {
	var b [1]byte
	for _, c := range s.clients {
		_, _, err := syscall.Recvfrom(c.fd, b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		if err != syscall.EAGAIN {
			n++
		}
	}
	return n
}

// Close ends all connections.
func (s *Idle) Close() {
	for _, c := range s.clients {
		_ = c.Close()
	}
	s.clients = nil
}
