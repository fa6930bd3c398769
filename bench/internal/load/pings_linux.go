package load

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"reactor.example/bench/internal/wswire"
)

// AnswerPings answers what pings come without payload on the WebSockets of the
// set, which are in clear, on a goroutine of its own, until stop is called.
// What is no such ping is left to Lost.
func (s *Idle) AnswerPings() (stop func(), err error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	for _, c := range s.clients {
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(c.fd)}
		if err := syscall.EpollCtl(ep, syscall.EPOLL_CTL_ADD, c.fd, &ev); err != nil {
			_ = syscall.Close(ep)
			return nil, os.NewSyscallError("epoll_ctl", err)
		}
	}
	var over atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		var events [256]syscall.EpollEvent
		for !over.Load() {
			n, _ := syscall.EpollWait(ep, events[:], lookAround)
			for _, ev := range events[:max(n, 0)] {
				if !pong(int(ev.Fd)) {
					_ = syscall.EpollCtl(ep, syscall.EPOLL_CTL_DEL, int(ev.Fd), nil)
				}
			}
		}
	})
	return func() {
		over.Store(true)
		wg.Wait()
		_ = syscall.Close(ep)
	}, nil
}

// pong answers a ping and reports whether it was one.
func pong(fd int) bool {
	const finalPing = 0x80 | wswire.OpPing
	var b [2]byte
	n, _, err := syscall.Recvfrom(fd, b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return true
	}
	if err != nil || n < len(b) || b != [2]byte{finalPing, 0} {
		return false
	}
	if _, errno := read(fd, b[:]); errno != 0 {
		return false
	}
	answer := wswire.AppendFrame(nil, wswire.OpPong, nil, false)
	_, errno := write(fd, answer)
	return errno == 0
}
