package reactor

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// What follows is the contract of Kernel, checked on whatever system the tests
// run on.

func newTestKernel(t testing.TB) Kernel {
	t.Helper()
	k, err := NewKernel()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Destroy)
	return k
}

// listenOn opens one listener for the test.
func listenOn(t testing.TB, network, address string) (fd int, addr net.Addr) {
	t.Helper()
	fds, addr, err := openListeners(listenOptions{Network: network, Address: address}, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fds[0]) })
	return fds[0], addr
}

// connectPair makes a connection over loopback: our descriptor and the peer.
func connectPair(t testing.TB, k Kernel) (fd int, peer *net.TCPConn) {
	t.Helper()
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	fd, peer = connectTo(t, k, listener, addr)
	t.Cleanup(func() { k.Close(fd) })
	return fd, peer
}

// connectTo leaves it to the caller to close the descriptor.
func connectTo(t testing.TB, k Kernel, listener int, addr net.Addr) (fd int, peer *net.TCPConn) {
	t.Helper()
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fd, _, errno := k.Accept(listener)
	if errno != 0 {
		t.Fatalf("Accept: %v", errno)
	}
	peer, _ = conn.(*net.TCPConn)
	return fd, peer
}

// awaitFlags waits until all of the flags were reported for the key, at most some
// seconds, and returns all that were.
func awaitFlags(t testing.TB, k Kernel, key uint64, want EventFlags) EventFlags {
	t.Helper()
	var evs [16]Event
	var got EventFlags
	for until := k.Now() + 10*time.Second; k.Now() < until; {
		n, errno := k.Wait(evs[:], time.Second)
		if errno != 0 {
			t.Fatalf("Wait: %v", errno)
		}
		for _, ev := range evs[:n] {
			if ev.Key == key {
				got |= ev.Flags
			}
		}
		if got&want == want {
			return got
		}
	}
	t.Fatalf("flags = %04b, want %04b in them", got, want)
	return 0
}

// pendingFlags returns the flags of what there is for a key without waiting.
func pendingFlags(t testing.TB, k Kernel, key uint64) EventFlags {
	t.Helper()
	var evs [16]Event
	n, errno := k.Wait(evs[:], 0)
	if errno != 0 {
		t.Fatalf("Wait: %v", errno)
	}
	var got EventFlags
	for _, ev := range evs[:n] {
		if ev.Key == key {
			got |= ev.Flags
		}
	}
	return got
}

func registerConn(t testing.TB, k Kernel, fd int, key uint64) {
	t.Helper()
	if errno := k.Register(fd, key); errno != 0 {
		t.Fatalf("Register: %v", errno)
	}
}

func sendText(t testing.TB, peer net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(peer, text); err != nil {
		t.Fatal(err)
	}
}

// fillOutput writes until the kernel takes no more, and returns how much it took.
func fillOutput(t testing.TB, k Kernel, fd int) int {
	t.Helper()
	b := make([]byte, 64<<10)
	for total := 0; ; {
		n, errno := k.Write(fd, b)
		if errno == syscall.EAGAIN {
			return total
		}
		if errno != 0 {
			t.Fatalf("Write: %v", errno)
		}
		total += n
	}
}

func TestKernelReadableComesOncePerEdge(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 42)
	sendText(t, peer, "one")
	awaitFlags(t, k, 42, Readable)
	if flags := pendingFlags(t, k, 42); flags&Readable != 0 {
		t.Errorf("flags = %04b with nothing new, want no Readable", flags)
	}
	sendText(t, peer, "two")
	awaitFlags(t, k, 42, Readable)
	b := make([]byte, 16)
	if n, errno := k.Read(fd, b); string(b[:n]) != "onetwo" || errno != 0 {
		t.Errorf("Read = %q, %v, want onetwo", b[:n], errno)
	}
	if n, errno := k.Read(fd, b); n != 0 || errno != syscall.EAGAIN {
		t.Errorf("Read = %d, %v, want EAGAIN", n, errno)
	}
}

func TestKernelWhatWasThereBeforeRegisterIsReported(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	sendText(t, peer, "early")
	peer.CloseWrite()
	registerConn(t, k, fd, 1)
	awaitFlags(t, k, 1, Readable|PeerClosed)
}

func TestKernelWritableAfterEAGAIN(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	pendingFlags(t, k, 1) // room from the start is news on some systems
	total := fillOutput(t, k, fd)
	if errno := k.WantWrite(fd, 1); errno != 0 {
		t.Fatalf("WantWrite: %v", errno)
	}
	if flags := pendingFlags(t, k, 1); flags&Writable != 0 {
		t.Errorf("flags = %04b while the peer reads nothing, want no Writable", flags)
	}
	go io.CopyN(io.Discard, peer, int64(total))
	awaitFlags(t, k, 1, Writable)
	if n, errno := k.Write(fd, []byte("more")); n != 4 || errno != 0 {
		t.Errorf("Write = %d, %v, want 4", n, errno)
	}
}

// The original's kqueue suite: read and write on one descriptor.
func TestKernelReadableAndWritableOnOneDescriptor(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	total := fillOutput(t, k, fd)
	k.WantWrite(fd, 1)
	go func() {
		io.WriteString(peer, "question")
		io.CopyN(io.Discard, peer, int64(total))
	}()
	awaitFlags(t, k, 1, Readable|Writable)
}

func TestKernelFINLeavesTheOtherDirectionOpen(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	sendText(t, peer, "last words")
	peer.CloseWrite()
	if flags := awaitFlags(t, k, 1, Readable|PeerClosed); flags&Broken != 0 {
		t.Errorf("flags = %04b for a FIN, want no Broken", flags)
	}
	b := make([]byte, 64)
	if n, errno := k.Read(fd, b); string(b[:n]) != "last words" || errno != 0 {
		t.Errorf("Read = %q, %v, want what came before the FIN", b[:n], errno)
	}
	if n, errno := k.Read(fd, b); n != 0 || errno != 0 {
		t.Errorf("Read = %d, %v, want the end of the stream", n, errno)
	}
	if _, errno := k.Write(fd, []byte("answer")); errno != 0 {
		t.Fatalf("Write after the peer's FIN: %v", errno)
	}
	k.ShutdownWrite(fd)
	if got, err := io.ReadAll(peer); string(got) != "answer" || err != nil {
		t.Errorf("peer got %q, %v, want the answer and the end", got, err)
	}
}

func TestKernelResetIsBroken(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	peer.SetLinger(0)
	peer.Close()
	awaitFlags(t, k, 1, Broken)
	if _, errno := k.Read(fd, make([]byte, 1)); errno != syscall.ECONNRESET {
		t.Errorf("Read = %v, want ECONNRESET", errno)
	}
}

// The original's kqueue suite: end of file on the write filter.
func TestKernelResetWhileWaitingToWriteIsBroken(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	pendingFlags(t, k, 1)
	fillOutput(t, k, fd)
	k.WantWrite(fd, 1)
	peer.SetLinger(0)
	peer.Close()
	awaitFlags(t, k, 1, Broken)
}

// The original's kqueue suite: no SIGPIPE on a dead peer.
func TestKernelWriteToDeadPeerIsAnError(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	peer.SetLinger(0)
	peer.Close()
	awaitFlags(t, k, 1, Broken)
	for range 3 {
		_, errno := k.Write(fd, []byte("anybody there?"))
		if errno != syscall.EPIPE && errno != syscall.ECONNRESET {
			t.Errorf("Write = %v, want EPIPE or ECONNRESET", errno)
		}
	}
}

func TestKernelKeyOfAClosedDescriptorNeverComesBack(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	var evs [16]Event
	for round := range uint64(50) {
		old, peer := connectTo(t, k, listener, addr)
		registerConn(t, k, old, 1000+round)
		sendText(t, peer, "unread")
		k.Close(old) // its news has not been fetched
		fd, peer := connectTo(t, k, listener, addr)
		registerConn(t, k, fd, 2000+round)
		sendText(t, peer, "hello")
		for fresh := false; !fresh; {
			n, errno := k.Wait(evs[:], 10*time.Second)
			if n == 0 || errno != 0 {
				t.Fatalf("round %d: Wait = %d, %v, want an event", round, n, errno)
			}
			for _, ev := range evs[:n] {
				if ev.Key != 2000+round {
					t.Fatalf("round %d: event of key %d, which is closed", round, ev.Key)
				}
				fresh = fresh || ev.Flags&Readable != 0
			}
		}
		k.Close(fd)
	}
}

func TestKernelListenerIsLevelTriggered(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	if errno := k.RegisterListener(listener, 9); errno != 0 {
		t.Fatalf("RegisterListener: %v", errno)
	}
	for range 2 {
		conn, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	for waiting := 2; waiting > 0; waiting-- {
		awaitFlags(t, k, 9, Readable)
		awaitFlags(t, k, 9, Readable) // still
		fd, _, errno := k.Accept(listener)
		if errno != 0 {
			t.Fatalf("Accept: %v", errno)
		}
		k.Close(fd)
	}
	if flags := pendingFlags(t, k, 9); flags != 0 {
		t.Errorf("flags = %04b with nobody waiting, want none", flags)
	}
	if _, _, errno := k.Accept(listener); errno != syscall.EAGAIN {
		t.Errorf("Accept = %v, want EAGAIN", errno)
	}
}

func TestKernelPausedListenerIsSilentUntilRegisteredAgain(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	k.RegisterListener(listener, 9)
	k.Unregister(listener)
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if flags := pendingFlags(t, k, 9); flags != 0 {
		t.Errorf("flags = %04b while paused, want none", flags)
	}
	if errno := k.RegisterListener(listener, 10); errno != 0 {
		t.Fatalf("RegisterListener: %v", errno)
	}
	awaitFlags(t, k, 10, Readable)
}

func TestKernelUnregisteredConnectionIsSilent(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	fd, peer := connectPair(t, k)
	registerConn(t, k, fd, 1)
	fillOutput(t, k, fd)
	k.WantWrite(fd, 1)
	k.Unregister(fd)
	sendText(t, peer, "hello")
	peer.SetLinger(0)
	peer.Close()
	if flags := pendingFlags(t, k, 1); flags != 0 {
		t.Errorf("flags = %04b, want none", flags)
	}
}

func TestKernelMoreEventsThanRoomComeLater(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	const count = 5
	for key := range uint64(count) {
		fd, peer := connectPair(t, k)
		registerConn(t, k, fd, key)
		sendText(t, peer, "x")
	}
	seen := map[uint64]bool{}
	var evs [1]Event
	for len(seen) < count {
		n, errno := k.Wait(evs[:], 10*time.Second)
		if n == 0 || errno != 0 {
			t.Fatalf("Wait = %d, %v with %d of %d seen", n, errno, len(seen), count)
		}
		if evs[0].Flags&Readable != 0 {
			seen[evs[0].Key] = true
		}
	}
}

// The original's kqueue suite: a hundred connections come and go, and five more
// are served well.
func TestKernelServesAfterChurn(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	listener, addr := listenOn(t, "tcp4", "127.0.0.1:0")
	for key := range uint64(100) {
		fd, peer := connectTo(t, k, listener, addr)
		registerConn(t, k, fd, key)
		if key%2 == 0 {
			sendText(t, peer, "and gone")
		}
		peer.Close()
		k.Close(fd)
	}
	for key := range uint64(5) {
		fd, peer := connectTo(t, k, listener, addr)
		registerConn(t, k, fd, 1000+key)
		sendText(t, peer, "ping")
		awaitFlags(t, k, 1000+key, Readable)
		b := make([]byte, 8)
		n, _ := k.Read(fd, b)
		k.Write(fd, b[:n])
		if _, err := io.ReadFull(peer, b[:4]); string(b[:4]) != "ping" || err != nil {
			t.Errorf("peer got %q, %v, want its ping", b[:4], err)
		}
		k.Close(fd)
	}
}

func TestKernelRegisterRefusesABadDescriptor(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	const none = 1 << 20
	if errno := k.Register(none, 1); errno != syscall.EBADF {
		t.Errorf("Register = %v, want EBADF", errno)
	}
	if errno := k.RegisterListener(none, 1); errno != syscall.EBADF {
		t.Errorf("RegisterListener = %v, want EBADF", errno)
	}
	k.Unregister(none)
}
