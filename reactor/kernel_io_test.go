package reactor

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The other half of the contract of Kernel: accept, read and write.

func TestKernelAcceptTellsThePeer(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	for _, c := range []struct{ name, network, listen, dial string }{
		{"IPv4", "tcp4", "127.0.0.1:0", "127.0.0.1"},
		{"IPv6", "tcp6", "[::1]:0", "::1"},
		{"both, IPv4 peer", "tcp", ":0", "127.0.0.1"},
		{"both, IPv6 peer", "tcp", ":0", "::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.dial == "::1" && !haveIPv6() {
				t.Skip("this machine has no IPv6")
			}
			listener, addr := listenOn(t, c.network, c.listen)
			port := addr.(*net.TCPAddr).AddrPort().Port()
			conn, err := net.Dial("tcp", netip.AddrPortFrom(netip.MustParseAddr(c.dial), port).String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fd, peer, errno := k.Accept(listener)
			if errno != 0 {
				t.Fatalf("Accept: %v", errno)
			}
			defer k.Close(fd)
			if want := conn.LocalAddr().(*net.TCPAddr).AddrPort(); peer != want {
				t.Errorf("peer = %v, want %v", peer, want)
			}
		})
	}
}

func haveIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func TestKernelAcceptOverUnixHasNoAddress(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "unix", filepath.Join(t.TempDir(), "s"))
	k.RegisterListener(listener, 1)
	conn, err := net.Dial("unix", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fd, peer, errno := k.Accept(listener)
	if errno != 0 || peer != (netip.AddrPort{}) {
		t.Fatalf("Accept = %v, %v, want the zero address", peer, errno)
	}
	k.Close(fd)
}

func TestKernelAcceptedSocketsAreReadyForUse(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	k.RegisterListener(listener, 1)
	fd, _ := connectTo(t, k, listener, addr)
	defer k.Close(fd)
	if v, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY); v == 0 || err != nil {
		t.Errorf("TCP_NODELAY = %v, %v, want it set", v, err)
	}
	if v, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); v&unix.FD_CLOEXEC == 0 || err != nil {
		t.Errorf("descriptor flags = %x, %v, want close-on-exec", v, err)
	}
	if v, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); v&unix.O_NONBLOCK == 0 || err != nil {
		t.Errorf("file flags = %x, %v, want non-blocking", v, err)
	}
}

func TestKernelWritevKeepsTheOrder(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	var bufs [][]byte
	var want bytes.Buffer
	for i := range 200 { // more than one call takes, and empty ones among them
		b := bytes.Repeat([]byte{byte(i)}, i%7*i)
		bufs = append(bufs, b)
		want.Write(b)
	}
	go func() {
		for len(bufs) > 0 {
			n, errno := k.Writev(fd, bufs)
			if errno != 0 {
				t.Errorf("Writev: %v", errno)
				break
			}
			bufs = skipBytes(bufs, n)
		}
		k.ShutdownWrite(fd)
	}()
	got, err := io.ReadAll(peer)
	if !bytes.Equal(got, want.Bytes()) || err != nil {
		t.Errorf("peer got %d bytes, %v, want %d in order", len(got), err, want.Len())
	}
}

// skipBytes drops n bytes, and what is empty, from the front.
func skipBytes(bufs [][]byte, n int) [][]byte {
	for len(bufs) > 0 && n >= len(bufs[0]) {
		n -= len(bufs[0])
		bufs = bufs[1:]
	}
	if n > 0 {
		bufs[0] = bufs[0][n:]
	}
	return bufs
}

func TestKernelWritevOfNothing(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, _ := connectPair(t, k)
	if n, errno := k.Writev(fd, [][]byte{nil, {}}); n != 0 || errno != 0 {
		t.Errorf("Writev = %d, %v, want 0", n, errno)
	}
	fillOutput(t, k, fd)
	if n, errno := k.Writev(fd, [][]byte{{1}, {2}}); n != 0 || errno != syscall.EAGAIN {
		t.Errorf("Writev = %d, %v, want EAGAIN", n, errno)
	}
}

func TestKernelOneCallIsBounded(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	big := make([]byte, 4*maxIO)
	go io.Copy(io.Discard, peer)
	for _, write := range []func() (int, Errno){
		func() (int, Errno) { return k.Write(fd, big) },
		func() (int, Errno) { return k.Writev(fd, [][]byte{big, big}) },
	} {
		if n, errno := write(); n > maxIO || errno != 0 && errno != syscall.EAGAIN {
			t.Errorf("wrote %d bytes, %v, want at most %d", n, errno, maxIO)
		}
	}
}

func TestKernelSendfileTakesWhatFits(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	content := make([]byte, 16<<20) // more than a socket's buffers hold
	for i := range content {
		content[i] = byte(i >> 8 * i)
	}
	file := tempFile(t, content)

	const skipped = 100
	offset := int64(skipped)
	for full := false; !full; {
		n, errno := k.Sendfile(fd, file, offset, len(content))
		offset += int64(n)
		full = errno == syscall.EAGAIN
		if errno != 0 && !full || n == 0 && !full {
			t.Fatalf("Sendfile = %d, %v at %d, want progress or EAGAIN", n, errno, offset)
		}
	}
	if offset >= int64(len(content)) {
		t.Fatalf("all %d bytes went into a connection that nobody reads", offset)
	}

	received := make(chan []byte, 1)
	go func() {
		b, _ := io.ReadAll(peer)
		received <- b
	}()
	for offset < int64(len(content)) {
		n, errno := k.Sendfile(fd, file, offset, len(content)-int(offset))
		offset += int64(n)
		if errno == syscall.EAGAIN {
			k.WantWrite(fd, 1)
			awaitFlags(t, k, 1, Writable)
		} else if errno != 0 {
			t.Fatalf("Sendfile: %v", errno)
		}
	}
	if n, errno := k.Sendfile(fd, file, offset, 1); n != 0 || errno != 0 {
		t.Errorf("Sendfile = %d, %v at the end of the file, want 0", n, errno)
	}
	k.ShutdownWrite(fd)
	if got := <-received; !bytes.Equal(got, content[skipped:]) {
		t.Errorf("peer got %d bytes, want the file from %d on, %d bytes", len(got), skipped, len(content)-skipped)
	}
}

func tempFile(t testing.TB, content []byte) (fd int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return int(f.Fd())
}
