package load

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"syscall"
	"time"

	"reactor.example/bench/internal/hist"
	"reactor.example/bench/internal/wswire"
)

// A Farewell is how a server ended the WebSockets of a set.
type Farewell struct {
	Told    hist.Histogram // from the beginning to a Close with the code awaited
	Other   int            // closed with another code, or sent something else first
	Untold  int            // ended without a Close
	Unended int            // told, but not ended in good order after our Close
}

// maxGoodbye bounds a control frame of a server, in bytes (RFC 6455, section
// 5.5).
const maxGoodbye = 2 + 125

// A leaver is a WebSocket of which the end is awaited.
type leaver struct {
	fd   int
	got  []byte
	told bool // its Close has come, and was answered
	over bool // nothing more is awaited
}

// Farewell begins with begin and waits until the server has ended all WebSockets
// of the set, each with a Close that has the given code, which is answered; or
// for as long as patience. The set is to be closed all the same.
func (s *Idle) Farewell(ctx context.Context, code uint16, begin func() error) (*Farewell, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	defer func() { _ = syscall.Close(ep) }()
	leavers := make([]leaver, len(s.clients))
	for i, c := range s.clients {
		leavers[i].fd = c.fd
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)}
		if err := errors.Join(syscall.SetNonblock(c.fd, true), syscall.EpollCtl(ep, syscall.EPOLL_CTL_ADD, c.fd, &ev)); err != nil {
			return nil, os.NewSyscallError("epoll_ctl", err)
		}
	}
	from := time.Now()
	if err := begin(); err != nil {
		return nil, err
	}
	f, left := new(Farewell), len(leavers)
	var events [256]syscall.EpollEvent
	for left > 0 && ctx.Err() == nil && time.Since(from) < patience {
		n, err := syscall.EpollWait(ep, events[:], lookAround)
		if err != nil && err != syscall.EINTR {
			return nil, os.NewSyscallError("epoll_wait", err)
		}
		for _, ev := range events[:max(n, 0)] {
			if c := &leavers[ev.Fd]; f.hear(c, code, from) {
				_ = syscall.EpollCtl(ep, syscall.EPOLL_CTL_DEL, c.fd, nil)
				c.over = true
				left--
			}
		}
	}
	for i := range leavers {
		switch c := &leavers[i]; {
		case c.over:
		case c.told:
			f.Unended++
		default:
			f.Untold++
		}
	}
	return f, ctx.Err()
}

// hear reads what the server says, answers its Close, and reports whether it
// was the end.
func (f *Farewell) hear(c *leaver, code uint16, from time.Time) (ended bool) {
	var b [maxGoodbye + 1]byte
	n, errno := read(c.fd, b[:])
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return false
	case errno != 0 || n == 0:
		if !c.told {
			f.Untold++
		} else if errno != 0 {
			f.Unended++
		}
		return true
	}
	c.got = append(c.got, b[:n]...)
	if len(c.got) < 2 || len(c.got) < 2+int(c.got[1]) && len(c.got) <= maxGoodbye {
		return false
	}
	const finalClose = 0x80 | wswire.OpClose
	got := c.got
	if c.told || got[0] != finalClose || len(got) != 2+int(got[1]) || got[1] < 2 || binary.BigEndian.Uint16(got[2:]) != code {
		f.Other++
		return true
	}
	c.told = true
	f.Told.Record(time.Since(from))
	answer := wswire.AppendFrame(nil, wswire.OpClose, got[2:4], false)
	_, _ = write(c.fd, answer) // a fresh socket has room; an error is seen by the next read
	return false
}
