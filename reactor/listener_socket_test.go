package reactor_test

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"reactor.example/reactor"
)

// talk checks that an echo answers on c.
func talk(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Error(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello" {
		t.Errorf("received %q, %v", b, err)
	}
}

// serveOn starts an echo on a listener of the given kind.
func serveOn(t *testing.T, cfg reactor.ListenConfig) (*reactor.Group, *reactor.Listener) {
	t.Helper()
	cfg.Open = openEcho
	g := newGroup(t, reactor.Config{Loops: 2})
	ln, err := g.Listen(cfg)
	if err != nil {
		t.Skipf("not on this machine: %v", err)
	}
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	return g, ln
}

func dialTo(t *testing.T, network, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestListenOnUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	g, ln := serveOn(t, reactor.ListenConfig{Network: "unix", Address: path})
	if ln.Addr().String() != path {
		t.Errorf("address = %v, want %v", ln.Addr(), path)
	}
	var conns []net.Conn
	for range 10 {
		c := dialTo(t, "unix", path)
		talk(t, c)
		conns = append(conns, c)
	}
	for _, c := range conns {
		c.Close()
	}
	if err := g.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file of the socket is left behind: %v", err)
	}
}

func TestListenOnBothVersionsOfIP(t *testing.T) {
	t.Parallel()
	_, ln := serveOn(t, reactor.ListenConfig{Address: ":0"})
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	talk(t, dialTo(t, "tcp4", net.JoinHostPort("127.0.0.1", port)))
	c, err := net.Dial("tcp6", net.JoinHostPort("::1", port))
	if err != nil {
		t.Skipf("no IPv6 on this machine: %v", err)
	}
	defer c.Close()
	talk(t, c)
}

func TestListenOnAnInheritedSocket(t *testing.T) {
	t.Parallel()
	theirs, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := theirs.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	_, ln := serveOn(t, reactor.ListenConfig{File: file})
	file.Close()
	theirs.Close()
	for range 20 { // dealt out to both loops
		talk(t, dialTo(t, "tcp", ln.Addr().String()))
	}
}

func TestListenerThatClosesAcceptsWhatIsQueued(t *testing.T) {
	t.Parallel()
	g := newGroup(t, reactor.Config{Loops: 2})
	ln := listen(t, g, reactor.ListenConfig{Address: "127.0.0.1:0", Open: openEcho})
	var conns []net.Conn
	for range 50 { // nobody accepts them yet
		conns = append(conns, dial(t, ln.Addr().String()))
	}
	ln.Close()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	for _, c := range conns {
		talk(t, c)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("the listener still listens")
	}
}

func TestTwoGroupsCannotShareAPortByAccident(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	g := newGroup(t, reactor.Config{Loops: 2})
	if _, err := g.Listen(reactor.ListenConfig{Address: addr, Open: openEcho}); err == nil {
		t.Error("a second group listens on the same port")
	}
}

func TestUnixPeerThatSendsAndClosesIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	g := newGroup(t, reactor.Config{Loops: 1})
	seen, ended := make(chan string, 1), make(chan int, 1)
	listen(t, g, reactor.ListenConfig{Network: "unix", Address: path, Open: func(*reactor.Conn) reactor.Handler {
		text, ends := "", 0
		return &handler{
			peerClosed: func(*reactor.Conn) { ends++ },
			input: func(c *reactor.Conn) {
				if text += consume(c); c.EOF() {
					seen <- text
					c.Close(nil)
				}
			},
			close: func(*reactor.Conn, error) { ended <- ends },
		}
	}})
	c := dialTo(t, "unix", path)
	io.WriteString(c, "last words")
	c.Close() // ends both directions, which looks like a reset
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "last words" {
		t.Errorf("read %q", got)
	}
	if n := <-ended; n != 1 {
		t.Errorf("OnPeerClosed was called %d times, want 1", n)
	}
}
