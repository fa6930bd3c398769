package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
)

// Idle is a set of connections that have exchanged something once and then do
// nothing. Of those with TLS only the descriptors are kept: nobody will read
// from them again.
type Idle struct{ clients []*Client }

// handshakes is how many connections with TLS are made at a time: they take
// processor time on both ends.
const handshakes = 16

// OpenIdle makes n connections to addr with one exchange of r on each, one
// after another, or some at a time if they begin with TLS. WebSocket begins with
// the opening handshake upgrade.
func OpenIdle(ctx context.Context, addr string, m Mode, n int, upgrade []byte, r Request) (*Idle, error) {
	workers := 1
	if m.TLS {
		workers = min(handshakes, n)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parts := make([]Idle, workers)
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			buf := make([]byte, bufferSize)
			for k := range share(n, i, workers) {
				if ctx.Err() != nil {
					return
				}
				if err := parts[i].add(addr, m, buf, upgrade, r); err != nil {
					cancel(fmt.Errorf("load: idle connection %d of %d: %w", k*workers+i+1, n, err))
				}
			}
		})
	}
	wg.Wait()
	set := new(Idle)
	for i := range parts {
		set.clients = append(set.clients, parts[i].clients...)
	}
	if err := context.Cause(ctx); err != nil {
		set.Close()
		return nil, err
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
