package reactor_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"reactor.example/reactor"
)

// These tests use real sockets: what the scripted ones assume of the system is
// to be true.

func TestEchoOfMoreThanAllBuffersHold(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{HighWater: 64 << 10}, openEcho)
	c := dial(t, addr)
	text := bytes.Repeat([]byte("0123456789abcdef"), 512<<10) // 8 MiB
	go func() {
		c.Write(text)
		c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, text) {
		t.Errorf("%d bytes came back (%v), want %d, the same", len(got), err, len(text))
	}
}

func TestMessageLargerThanAnyReadArrivesWhole(t *testing.T) {
	t.Parallel()
	const size = 3 << 20 // kept by the connection until it is complete
	_, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		return &handler{input: func(c *reactor.Conn) {
			if len(c.Input()) == size {
				c.Consume(size)
				c.Write([]byte("whole"))
				c.CloseAfterFlush()
			}
		}}
	})
	c := dial(t, addr)
	c.Write(make([]byte, size))
	if got, err := io.ReadAll(c); string(got) != "whole" || err != nil {
		t.Errorf("received %q, %v", got, err)
	}
}

func TestFirehoseDoesNotStarveAnother(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		return &handler{input: func(c *reactor.Conn) {
			if b := c.Input(); len(b) == 1 {
				c.Write(b)
			}
			c.Consume(len(c.Input()))
		}}
	})
	hose, other := dial(t, addr), dial(t, addr)
	stop := make(chan struct{})
	var flow sync.WaitGroup
	flow.Go(func() {
		for b := make([]byte, 1<<20); ; {
			select {
			case <-stop:
				return
			default:
				hose.Write(b)
			}
		}
	})
	for range 100 {
		other.Write([]byte{'x'})
		if _, err := io.ReadFull(other, make([]byte, 1)); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	flow.Wait()
}

func TestHalfClosedClientIsAnswered(t *testing.T) {
	t.Parallel()
	closed := make(chan int, 1)
	_, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		peerClosed := 0
		return &handler{
			peerClosed: func(*reactor.Conn) { peerClosed++ },
			input: func(c *reactor.Conn) {
				if c.EOF() {
					c.Write([]byte("and goodbye"))
					c.CloseAfterFlush()
					return
				}
				c.Write([]byte(consume(c) + " back "))
			},
			close: func(*reactor.Conn, error) { closed <- peerClosed },
		}
	})
	c := dial(t, addr)
	io.WriteString(c, "hello")
	c.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(c)
	if err != nil || string(got) != "hello back and goodbye" {
		t.Errorf("received %q, %v", got, err)
	}
	if n := <-closed; n != 1 {
		t.Errorf("OnPeerClosed was called %d times, want 1", n)
	}
}

func TestServerMayHalfCloseAndReadOn(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	_, addr := serve(t, reactor.Config{}, func(c *reactor.Conn) reactor.Handler {
		text := ""
		c.Write([]byte("all I have to say"))
		c.CloseWrite()
		return &handler{input: func(c *reactor.Conn) {
			text += consume(c)
			if c.EOF() {
				c.Close(nil)
				seen <- text
			}
		}}
	})
	c := dial(t, addr)
	if got, err := io.ReadAll(c); err != nil || string(got) != "all I have to say" {
		t.Fatalf("received %q, %v", got, err)
	}
	io.WriteString(c, "but I go on")
	c.(*net.TCPConn).CloseWrite()
	if got := <-seen; got != "but I go on" {
		t.Errorf("the server read %q", got)
	}
}

func TestResetClosesAConnectionThatIsPaused(t *testing.T) {
	t.Parallel()
	reason := make(chan error, 1)
	_, addr := serve(t, reactor.Config{}, func(c *reactor.Conn) reactor.Handler {
		c.Write([]byte("x"))
		return &handler{
			input:      func(c *reactor.Conn) { c.PauseReading() },
			peerClosed: func(*reactor.Conn) { t.Error("OnPeerClosed for a reset") },
			close:      func(_ *reactor.Conn, err error) { reason <- err },
		}
	})
	c := dial(t, addr)
	io.WriteString(c, "x")
	io.ReadFull(c, make([]byte, 1))
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
	if err := <-reason; !errors.Is(err, reactor.ErrReset) && err != syscall.ECONNRESET {
		t.Errorf("reason = %v, want a reset", err)
	}
}

func TestPauseAndResumeUnderEdgesLoseNothing(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	_, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		got := 0
		return &handler{input: func(c *reactor.Conn) {
			got += len(consume(c))
			if got == size {
				c.Write([]byte("all"))
				c.CloseAfterFlush()
				return
			}
			c.PauseReading()
			c.Loop().Post(c.ResumeReading)
		}}
	})
	c := dial(t, addr)
	go c.Write(make([]byte, size))
	if got, err := io.ReadAll(c); string(got) != "all" {
		t.Errorf("received %q, %v", got, err)
	}
}

func TestFileAndMemoryInOneResponseToASlowReader(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("0123456789abcdef", 256<<10) // 4 MiB
	name := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	ref := []byte(strings.Repeat("referred", 100<<10))
	_, addr := serve(t, reactor.Config{}, func(c *reactor.Conn) reactor.Handler {
		f, err := os.Open(name)
		if err != nil {
			t.Error(err)
			return nil
		}
		c.Write([]byte("head "))
		c.WriteFile(f, 0, int64(len(body)))
		c.WriteRef(ref)
		c.Write([]byte(" tail"))
		c.CloseAfterFlush()
		return &handler{}
	})
	c := dial(t, addr)
	var got bytes.Buffer
	for b := make([]byte, 5000); ; {
		n, err := c.Read(b)
		got.Write(b[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := "head " + body + string(ref) + " tail"; got.String() != want {
		t.Errorf("received %d bytes, want %d, the same", got.Len(), len(want))
	}
}

func TestDetachGivesABlockingConnWithTheUnreadInputFirst(t *testing.T) {
	t.Parallel()
	conns := make(chan net.Conn, 1)
	g, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		return &handler{
			input: func(c *reactor.Conn) {
				if !strings.HasPrefix(string(c.Input()), "upgrade ") {
					return
				}
				c.Consume(len("upgrade "))
				c.Write([]byte("x"))
				if _, err := c.Detach(); err != reactor.ErrPending {
					t.Errorf("Detach with pending output = %v, want ErrPending", err)
				}
				c.Loop().Post(func() { // after the flush
					nc, err := c.Detach()
					if err != nil {
						t.Error(err)
					}
					conns <- nc
					if !c.Closed() || c.Input() != nil {
						t.Error("the Conn is not closed after Detach")
					}
				})
			},
			close: func(*reactor.Conn, error) { t.Error("OnClose after Detach") },
		}
	})
	c := dial(t, addr)
	io.WriteString(c, "upgrade and more")
	nc := <-conns
	defer nc.Close()
	io.WriteString(c, " and yet more")
	c.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(nc)
	if err != nil || string(got) != "and more and yet more" {
		t.Errorf("the detached connection read %q, %v", got, err)
	}
	if err := nc.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Error(err)
	}
	io.WriteString(nc, "y")
	if err := nc.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(c); err != nil || string(got) != "xy" {
		t.Errorf("received %q, %v", got, err)
	}
	if err := g.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestWriteToAPeerThatHasGoneRaisesNoSignal(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, func(*reactor.Conn) reactor.Handler {
		return &handler{input: func(c *reactor.Conn) {
			c.Write(make([]byte, 1<<20))
			c.Consume(len(c.Input()))
		}}
	})
	for range 10 {
		c := dial(t, addr)
		io.WriteString(c, "x")
		c.Close()
	}
	c := dial(t, addr)
	io.WriteString(c, "x")
	if _, err := io.ReadFull(c, make([]byte, 1<<20)); err != nil {
		t.Error(err)
	}
}

func TestConnKnowsItsAddresses(t *testing.T) {
	t.Parallel()
	type addrs struct{ local, remote string }
	got := make(chan addrs, 1)
	_, addr := serve(t, reactor.Config{}, func(c *reactor.Conn) reactor.Handler {
		got <- addrs{c.LocalAddr().String(), c.RemoteAddr().String()}
		return &handler{}
	})
	c := dial(t, addr)
	if a, want := <-got, (addrs{addr, c.LocalAddr().String()}); a != want {
		t.Errorf("addresses = %v, want %v", a, want)
	}
}
