package server

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
)

// A heldConn keeps what is written behind the first write until it is let go.
type heldConn struct {
	net.Conn
	begun bool
	held  bytes.Buffer
}

func (c *heldConn) Write(p []byte) (int, error) {
	if !c.begun {
		c.begun = true
		return c.Conn.Write(p)
	}
	return c.held.Write(p)
}

// SetWriteDeadline does nothing: crypto/tls lets nothing leave behind close_notify.
func (c *heldConn) SetWriteDeadline(time.Time) error { return nil }

// The end of the handshake, a request, close_notify and FIN may come in one
// piece, while the handshake is still being computed: the request is answered.
func TestTLSRequestAndFINBesideTheEndOfTheHandshake(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"http/1.1", "h2"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			g := newRig(t, tlsConfig(t, Config{}), func(s *Server) { s.Get("/", hello) })
			for range 10 {
				held := &heldConn{Conn: g.dial().Conn}
				c := tls.Client(held, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{proto}})
				request := "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
				if proto == "h2" {
					request = http2Preface + twoBytes(twoSettings, 0, 0, "") + twoGet(1, "/")
				}
				io.WriteString(c, request) // behind the handshake
				c.CloseWrite()
				if held.held.Len() == 0 {
					t.Fatal("nothing was held")
				}
				held.Conn.Write(held.held.Bytes())
				held.Conn.(*net.TCPConn).CloseWrite()
				b, err := io.ReadAll(c)
				if err != nil || !bytes.Contains(b, []byte("hello")) {
					t.Fatalf("answer %q, %v", b, err)
				}
			}
		})
	}
}

// A client that ends its direction in the middle of its handshake is not waited
// for.
func TestTLSFINInsideTheHandshakeEndsIt(t *testing.T) {
	t.Parallel()
	cfg := tlsConfig(t, Config{})
	cfg.TLS.HandshakeTimeout = 10 * patience
	g := newRig(t, cfg, nil)
	c := g.dial()
	held := &heldConn{Conn: c.Conn}
	go tls.Client(held, &tls.Config{InsecureSkipVerify: true, CurvePreferences: []tls.CurveID{tls.X25519}}).Handshake()
	g.await("the handshake has begun", func(st Stats) bool { return st.TLS.InProgress == 1 })
	c.closeWrite()
	g.await("the handshake has ended", func(st Stats) bool { return st.TLS.Failed == 1 && st.Connections.Active == 0 })
}

// A client that has connected and never says a word has nothing to lose.
func TestTLSSilentClientDoesNotHoldUpTheShutdown(t *testing.T) {
	t.Parallel()
	cfg := tlsConfig(t, Config{ShutdownDrainTimeout: 10 * patience})
	cfg.TLS.HandshakeTimeout = 10 * patience
	g := newRig(t, cfg, nil)
	c := g.dial()
	g.await("the connection", func(st Stats) bool { return st.Connections.TotalAccepted == 1 })
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	c.wantEnd()
}

// What one response may hold of the server's own memory does not grow with its
// size: it is encrypted as the client takes it.
func TestTLSLargeResponseIsSealedAsItLeaves(t *testing.T) {
	t.Parallel()
	var buffers reactortest.Buffers
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB
	g := newRig(t, tlsConfig(t, Config{WorkerThreads: 1, Buffers: func(int) Buffers { return &buffers }}), func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.Bytes(200, "", body) })
		s.Get("/small", hello)
	})
	c := g.dialTLS("http/1.1")
	ask := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n" }
	io.WriteString(c, ask("/")+ask("/")+ask("/small"))
	p := &peer{Conn: c, t: t, r: bufio.NewReader(c)}
	for range 2 {
		if _, err := p.r.Peek(1); err != nil {
			t.Fatal(err)
		}
		if n := buffers.Bytes(); n > 1<<20 {
			t.Errorf("%d bytes of buffers are in use for one response", n)
		}
		if a := p.answer("GET"); a.body != string(body) {
			t.Fatalf("got %d bytes of %d, or others", len(a.body), len(body))
		}
	}
	p.answer("GET").want(t, 200, "hello")
	c.Close()
	if err := g.shutdown(); err != nil {
		t.Error(err)
	}
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers have not come back", n)
	}
}
