package reactor

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// listenFor opens listeners that are closed with the test.
func listenFor(t *testing.T, o listenOptions, n int) ([]int, net.Addr) {
	t.Helper()
	fds, addr, err := openListeners(o, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, fd := range fds {
			syscall.Close(fd)
		}
	})
	return fds, addr
}

// refuseListen expects an error with all of the words, in one line.
func refuseListen(t *testing.T, o listenOptions, words ...string) error {
	t.Helper()
	fds, _, err := openListeners(o, 1)
	if err == nil {
		syscall.Close(fds[0])
		t.Fatalf("listening on %s %s went well, want an error", o.Network, o.Address)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q, want %q in it", err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q, want one line", err)
	}
	return err
}

func dialOnce(t *testing.T, network, address string) {
	t.Helper()
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestListenAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		network, address string
		dial             []string // hosts that must reach it
	}{
		{"tcp", "127.0.0.1:0", []string{"127.0.0.1"}},
		{"", "127.0.0.1:0", []string{"127.0.0.1"}},
		{"tcp4", ":0", []string{"127.0.0.1"}},
		{"tcp", "0.0.0.0:0", []string{"127.0.0.1"}},
		{"tcp", "localhost:0", []string{"127.0.0.1"}},
		{"tcp", "[::ffff:127.0.0.1]:0", []string{"127.0.0.1"}},
		{"tcp", ":0", []string{"127.0.0.1", "::1"}},
		{"tcp", "[::]:0", []string{"::1"}},
		{"tcp", "[::1]:0", []string{"::1"}},
		{"tcp6", ":0", []string{"::1"}},
	} {
		t.Run(c.network+" "+c.address, func(t *testing.T) {
			v6 := strings.Contains(strings.Join(c.dial, " "), ":")
			if v6 && !haveIPv6() {
				t.Skip("this machine has no IPv6")
			}
			_, addr := listenFor(t, listenOptions{Network: c.network, Address: c.address}, 1)
			port := addr.(*net.TCPAddr).Port
			for _, host := range c.dial {
				dialOnce(t, "tcp", net.JoinHostPort(host, fmt.Sprint(port)))
			}
		})
	}
}

func TestListenTCP6LeavesIPv4Alone(t *testing.T) {
	t.Parallel()
	if !haveIPv6() {
		t.Skip("this machine has no IPv6")
	}
	_, addr := listenFor(t, listenOptions{Network: "tcp6", Address: "[::]:0"}, 1)
	port := addr.(*net.TCPAddr).Port
	listenFor(t, listenOptions{Network: "tcp4", Address: fmt.Sprintf("0.0.0.0:%d", port)}, 1)
}

func TestListenSocketsAreReadyForUse(t *testing.T) {
	t.Parallel()
	fds, _ := listenFor(t, listenOptions{Address: "127.0.0.1:0"}, 1)
	if v, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFD, 0); v&unix.FD_CLOEXEC == 0 || err != nil {
		t.Errorf("descriptor flags = %x, %v, want close-on-exec", v, err)
	}
	if v, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFL, 0); v&unix.O_NONBLOCK == 0 || err != nil {
		t.Errorf("file flags = %x, %v, want non-blocking", v, err)
	}
}

func TestListenPortInUse(t *testing.T) {
	t.Parallel()
	_, addr := listenFor(t, listenOptions{Address: "127.0.0.1:0"}, 1)
	err := refuseListen(t, listenOptions{Address: addr.String()}, addr.String(), "in use", "choose another port")
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("error %v is not EADDRINUSE", err)
	}
}

func TestListenErrorsSayHowToMendThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		network, address string
		words            []string
	}{
		{"udp", "127.0.0.1:0", []string{"unknown network", "use tcp"}},
		{"tcp", "8080", []string{"host:port"}},
		{"tcp", "::1:8080", []string{"brackets"}},
		{"tcp", "127.0.0.1:70000", []string{"not a port", "65535"}},
		{"tcp", "127.0.0.1:nosuch", []string{"not a port"}},
		{"tcp", "no.such.host.invalid:80", []string{"check the name"}},
		{"tcp", "192.0.2.1:0", []string{"no interface", "leave the host empty"}},
		{"tcp4", "[::1]:0", []string{"tcp4", "use tcp"}},
		{"tcp6", "127.0.0.1:0", []string{"tcp6", "use tcp"}},
		{"tcp", "[fe80::1]:0", []string{"zone"}},
		{"tcp", "[fe80::1%nosuch0]:0", []string{"nosuch0", "zone"}},
		{"unix", "", []string{"empty"}},
		{"unix", filepath.Join(dir, strings.Repeat("x", 200)), []string{"bytes", "shorter"}},
		{"unix", filepath.Join(dir, "no", "such"), []string{"create the directory"}},
		{"unix", plain, []string{"not a socket", "remove it"}},
	} {
		t.Run(c.network+" "+c.address[:min(len(c.address), 20)], func(t *testing.T) {
			err := refuseListen(t, listenOptions{Network: c.network, Address: c.address}, c.words...)
			var le *ListenError
			if !errors.As(err, &le) || le.Network != c.network || le.Address != c.address {
				t.Errorf("error %#v, want a ListenError for %s %s", err, c.network, c.address)
			}
		})
	}
}

func TestListenAdviceForWhatATestCannotProvoke(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		network string
		errno   Errno
		want    string
	}{
		{"tcp", unix.EACCES, "ports below 1024"},
		{"tcp", unix.EPERM, "ports below 1024"},
		{"unix", unix.EACCES, "write to the directory"},
		{"tcp", unix.EMFILE, "ulimit"},
		{"tcp6", unix.EAFNOSUPPORT, "tcp4"},
		{"tcp", unix.EIO, ""},
	} {
		o := listenOptions{Network: c.network, Address: "somewhere:80"}
		err := o.fail(os.NewSyscallError("bind", c.errno))
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "somewhere:80") {
			t.Errorf("error %q, want %q in it", err, c.want)
		}
	}
}

func TestListenUnixModeAndUnlink(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	for _, mode := range []os.FileMode{0, 0o660} {
		fds, addr, err := openListeners(listenOptions{Network: "unix", Address: path, UnixMode: mode}, 4)
		if err != nil {
			t.Fatal(err)
		}
		if len(fds) != 1 || addr.String() != path {
			t.Errorf("%d sockets on %v, want one on %s", len(fds), addr, path)
		}
		info, err := os.Stat(path)
		want := mode
		if mode == 0 {
			want = 0o600
		}
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("mode %v, %v, want %v", info.Mode().Perm(), err, want)
		}
		dialOnce(t, "unix", path)
		syscall.Close(fds[0])
		if err := unlinkSocket(addr); err != nil {
			t.Errorf("unlinkSocket: %v", err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file is still there: %v", err)
		}
	}
}

func TestListenUnixTakesOverAStaleSocketOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	o := listenOptions{Network: "unix", Address: path}
	fds, _, err := openListeners(o, 1)
	if err != nil {
		t.Fatal(err)
	}
	refuseListen(t, o, path, "another program answers")
	syscall.Close(fds[0]) // as a crash does: the file stays
	listenFor(t, o, 1)
	dialOnce(t, "unix", path)
}

func TestListenUnixKeepsTheFileOfAnHeir(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "socket")
	fds, addr, err := openListeners(listenOptions{Network: "unix", Address: path}, 1)
	if err != nil {
		t.Fatal(err)
	}
	heir, _, err := inheritListener(fds[0])
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(heir)
	syscall.Close(fds[0])
	if err := unlinkSocket(addr); err != nil {
		t.Errorf("unlinkSocket: %v", err)
	}
	dialOnce(t, "unix", path)
}

func TestInheritListener(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	file, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fd, addr, err := inheritListener(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if addr.String() != ln.Addr().String() {
		t.Errorf("address %v, want %v", addr, ln.Addr())
	}
	conn, _ := connectTo(t, k, fd, addr)
	k.Close(conn)
	if _, _, errno := k.Accept(fd); errno != syscall.EAGAIN {
		t.Errorf("Accept = %v, want EAGAIN: the socket must be non-blocking", errno)
	}
}

func TestInheritListenerRefusesOtherThings(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	stream, _ := connectPair(t, k)
	datagram, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(datagram)
	for _, c := range []struct {
		name string
		fd   int
		want string
	}{
		{"not open", 1 << 20, "not open"},
		{"a file", tempFile(t, nil), "not a socket"},
		{"a datagram socket", datagram, "not a stream"},
		{"a connection", stream, "not listening"},
	} {
		if _, _, err := inheritListener(c.fd); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
}
