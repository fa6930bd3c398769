package load

import (
	"context"
	"errors"
	"fmt"
	"syscall"
)

// Idle is a set of connections that have exchanged something once and then do
// nothing. Of those with TLS only the descriptors are kept: nobody will read
// from them again.
type Idle struct{ clients []*Client }

// OpenIdle makes n connections to addr, one after another, with one exchange
// of r on each. WebSocket begins with the opening handshake upgrade.
func OpenIdle(ctx context.Context, addr string, m Mode, n int, upgrade []byte, r Request) (*Idle, error) {
	set := &Idle{clients: make([]*Client, 0, n)}
	buf := make([]byte, bufferSize)
	for range n {
		err := ctx.Err()
		if err == nil {
			err = set.add(addr, m, buf, upgrade, r)
		}
		if err != nil {
			err = fmt.Errorf("load: idle connection %d of %d: %w", len(set.clients)+1, n, err)
			set.Close()
			return nil, err
		}
	}
	return set, nil
}

// add makes one more connection.
func (s *Idle) add(addr string, m Mode, buf, upgrade []byte, r Request) error {
	c, err := Dial(addr, m, buf)
	if err != nil {
		return err
	}
	if m.Proto == WebSocket {
		err = c.Upgrade(upgrade)
	}
	if err == nil {
		err = c.Do(r, nil)
	}
	if err != nil {
		return errors.Join(err, c.Close())
	}
	s.clients = append(s.clients, &Client{fd: c.fd})
	return nil
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
