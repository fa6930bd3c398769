package reactor

import (
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestListenGroupSharesAPortAmongItself(t *testing.T) {
	t.Parallel()
	k := newTestKernel(t)
	const loops = 3
	fds, addr := listenFor(t, listenOptions{Address: "127.0.0.1:0"}, loops)
	if len(fds) != loops {
		t.Fatalf("%d sockets, want %d", len(fds), loops)
	}
	const clients = 90
	for range clients {
		conn, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	total := 0
	for i, fd := range fds {
		accepted := 0
		for {
			conn, _, errno := k.Accept(fd)
			if errno == syscall.EAGAIN {
				break
			}
			if errno != 0 {
				t.Fatalf("Accept: %v", errno)
			}
			k.Close(conn)
			accepted++
		}
		if accepted == 0 {
			t.Errorf("socket %d of %d got none of %d connections", i, loops, clients)
		}
		total += accepted
	}
	if total != clients {
		t.Errorf("accepted %d connections, want %d", total, clients)
	}
}

func TestListenGroupRefusesAPortThatOthersHold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		other listenOptions
		n     int
	}{
		{"one of its own kind", listenOptions{Address: "127.0.0.1:0"}, 2},
		{"one socket", listenOptions{Address: "127.0.0.1:0"}, 1},
		{"one that shares", listenOptions{Address: "127.0.0.1:0", ReusePort: true}, 1},
		{"one for all addresses", listenOptions{Network: "tcp4", Address: ":0"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, addr := listenFor(t, c.other, c.n)
			_, port, _ := net.SplitHostPort(addr.String())
			o := listenOptions{Address: "127.0.0.1:" + port}
			for _, n := range []int{1, 2} {
				if fds, _, err := openListeners(o, n); err == nil || !strings.Contains(err.Error(), "in use") {
					t.Errorf("openListeners = %v, %v, want port in use", fds, err)
				}
			}
		})
	}
}

func TestListenReusePortSharesWithOthers(t *testing.T) {
	t.Parallel()
	first, addr := listenFor(t, listenOptions{Address: "127.0.0.1:0", ReusePort: true}, 2)
	second, _ := listenFor(t, listenOptions{Address: addr.String(), ReusePort: true}, 2)
	if len(first) != 2 || len(second) != 2 {
		t.Errorf("%d and %d sockets, want 2 and 2", len(first), len(second))
	}
}

func TestListenAbstractUnixHasNoFile(t *testing.T) {
	t.Parallel()
	name := "@reactor" + strings.ReplaceAll(filepath.Join(t.TempDir()), "/", "-")
	_, addr := listenFor(t, listenOptions{Network: "unix", Address: name}, 1)
	if addr.String() != name {
		t.Errorf("address %v, want %v", addr, name)
	}
	dialOnce(t, "unix", name)
	if err := unlinkSocket(addr); err != nil {
		t.Errorf("unlinkSocket: %v", err)
	}
}

func TestListenBacklogDefault(t *testing.T) {
	t.Parallel()
	fds, _ := listenFor(t, listenOptions{Address: "127.0.0.1:0"}, 1)
	info, err := unix.GetsockoptTCPInfo(fds[0], unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		t.Fatal(err)
	}
	if info.Sacked < 128 { // of a listener: its backlog, here cut by somaxconn
		t.Errorf("backlog = %d, want the default", info.Sacked)
	}
}
