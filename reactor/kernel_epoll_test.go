//go:build linux

package reactor

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestEpollTimeoutsRoundUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		timeout time.Duration
		want    int
	}{
		{-1, -1},
		{0, 0},
		{1, 1},
		{time.Millisecond, 1},
		{time.Millisecond + 1, 2},
		{1<<63 - 1, 1<<31 - 1},
	} {
		if got := wholeMillis(c.timeout); got != c.want {
			t.Errorf("wholeMillis(%v) = %d, want %d", c.timeout, got, c.want)
		}
	}
}

func TestEpollBothDirectionsClosedIsBroken(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	k.ShutdownWrite(fd)
	peer.CloseWrite()
	awaitFlags(t, k, 1, Broken)
}

func TestEpollNoAlloc(t *testing.T) {
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	evs := make([]Event, 64)
	b := make([]byte, 64)
	bufs := [][]byte{b[:10], b[10:]}
	file := tempFile(t, b)
	go io.Copy(peer, peer)
	if n := testing.AllocsPerRun(200, func() {
		k.Write(fd, b)
		k.Writev(fd, bufs)
		k.Sendfile(fd, file, 0, len(b))
		k.WantWrite(fd, 1)
		for left := 3 * len(b); left > 0; {
			n, errno := k.Read(fd, b)
			left -= n
			if errno == syscall.EAGAIN {
				k.Wait(evs, -1)
			} else if errno != 0 {
				t.Fatalf("Read: %v", errno)
			}
		}
		k.Wake()
		k.Wait(evs, time.Second)
		k.Unregister(fd)
		k.Register(fd, 1)
	}); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func TestEpollAcceptNoAlloc(t *testing.T) {
	k := newTestKernel(t)
	listener, _ := listenOn(t, "tcp4", "127.0.0.1:0")
	addr, err := unix.Getsockname(listener)
	if err != nil {
		t.Fatal(err)
	}
	fds := make([]int, 0, 2*110)
	for range 110 {
		fd, err := newSocket(unix.AF_INET)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Connect(fd, addr); err != nil && err != unix.EINPROGRESS {
			t.Fatal(err)
		}
		fds = append(fds, fd)
	}
	if n := testing.AllocsPerRun(100, func() {
		fd, _, errno := k.Accept(listener)
		if errno != 0 {
			t.Fatalf("Accept: %v", errno)
		}
		fds = append(fds, fd)
	}); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
	for _, fd := range fds {
		k.Close(fd)
	}
}

// brief waits as a loop with Ps to spare does: without the scheduler for a
// while, and with it if nothing has come.
type brief struct{ Kernel }

func (k brief) Wait(evs []Event, timeout time.Duration) (int, Errno) {
	if n, errno := k.Kernel.Wait(evs, briefWait); n > 0 || errno != 0 {
		return n, errno
	}
	return k.Kernel.Wait(evs, timeout)
}

// hybrid waits as a loop without Ps to spare does: it looks, lets other
// goroutines run, and then blocks.
type hybrid struct{ Kernel }

func (k hybrid) Wait(evs []Event, timeout time.Duration) (int, Errno) {
	if n, errno := k.Kernel.Wait(evs, 0); n > 0 || errno != 0 {
		return n, errno
	}
	runtime.Gosched()
	return k.Kernel.Wait(evs, timeout)
}

// nested waits in the Go runtime's own poller, in which the epoll descriptor is
// registered, and so needs no thread. It stands here only to be compared.
type nested struct {
	*epollKernel
	raw syscall.RawConn
}

func newNested(b *testing.B) *nested {
	k := newTestKernel(b).(*epollKernel)
	fd, err := unix.Dup(k.epfd)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		b.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	b.Cleanup(func() { file.Close() })
	raw, err := file.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	return &nested{k, raw}
}

func (k *nested) Wait(evs []Event, _ time.Duration) (n int, errno Errno) {
	if len(evs) > len(k.events) {
		k.events = make([]unix.EpollEvent, len(evs))
	}
	k.raw.Read(func(uintptr) bool {
		n, errno = rawEpollWait(k.epfd, k.events[:len(evs)], 0)
		return n > 0 || errno != 0
	})
	return translate(evs, k.events[:n]), errno
}

// BenchmarkEpollWait echoes between clients, each with a goroutine, and a bare
// loop.
func BenchmarkEpollWait(b *testing.B) {
	for _, conns := range []int{1, 64} {
		b.Run(fmt.Sprintf("conns=%d/way=hybrid", conns), func(b *testing.B) {
			echoWith(b, hybrid{newTestKernel(b)}, conns)
		})
		b.Run(fmt.Sprintf("conns=%d/way=brief", conns), func(b *testing.B) {
			echoWith(b, brief{newTestKernel(b)}, conns)
		})
		b.Run(fmt.Sprintf("conns=%d/way=nested", conns), func(b *testing.B) {
			echoWith(b, newNested(b), conns)
		})
	}
}

func echoWith(b *testing.B, k Kernel, conns int) {
	fds := make([]int, conns)
	for i := range fds {
		fd, peer := connectPair(b, k)
		fds[i] = fd
		registerConn(b, k, fd, uint64(i))
		go func() { // answers until it is closed
			buf := make([]byte, 16)
			for {
				n, err := peer.Read(buf)
				if err != nil {
					return
				}
				peer.Write(buf[:n])
			}
		}()
		k.Write(fd, make([]byte, 16))
	}
	evs := make([]Event, 256)
	buf := make([]byte, 64)
	b.ResetTimer()
	for done := 0; done < b.N; {
		n, _ := k.Wait(evs, -1)
		for _, ev := range evs[:n] {
			if got, _ := k.Read(fds[ev.Key], buf); got > 0 {
				k.Write(fds[ev.Key], buf[:got])
				done++
			}
		}
	}
}
