package server

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"reactor.example/reactor"
)

// flipped is a transport that turns over every bit, in both directions: the
// simplest thing that can stand between a connection and its protocol.
type flipped struct {
	transport
	base int // of the output, what is flipped already
}

// flip returns p with all bits turned over, in an array of its own.
func flip(p []byte) []byte {
	q := make([]byte, len(p))
	for i, b := range p {
		q[i] = ^b
	}
	return q
}

func (f *flipped) Input() []byte { return flip(f.transport.Input()) }

func (f *flipped) Buffer() []byte {
	b := f.transport.Buffer()
	f.base = len(b)
	return b
}

func (f *flipped) SetBuffer(b []byte) {
	copy(b[f.base:], flip(b[f.base:]))
	f.transport.SetBuffer(b)
}

func (f *flipped) WriteRef(b []byte) { f.transport.WriteRef(flip(b)) }

func (f *flipped) WriteOwned(b []byte, owner reactor.Owner) {
	f.WriteRef(b)
	owner.Release()
}

func (f *flipped) Detach() (net.Conn, error) {
	nc, err := f.transport.Detach()
	if err != nil {
		return nil, err
	}
	return flippedConn{nc}, nil
}

// flippedConn is the same for who holds a net.Conn.
type flippedConn struct{ net.Conn }

func (c flippedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	copy(p, flip(p[:n]))
	return n, err
}

func (c flippedConn) Write(p []byte) (int, error) { return c.Conn.Write(flip(p)) }

func (c flippedConn) CloseWrite() error {
	return c.Conn.(interface{ CloseWrite() error }).CloseWrite()
}

// A layered is a protocol whose events come from a layer, not from the
// connection.
type layered struct{ protocol }

func (l layered) OnInput(*reactor.Conn)              { l.protocol.OnInput(nil) }
func (l layered) OnDrain(*reactor.Conn)              { l.protocol.OnDrain(nil) }
func (l layered) OnBlocked(*reactor.Conn)            { l.protocol.OnBlocked(nil) }
func (l layered) OnDeadline(*reactor.Conn)           { l.protocol.OnDeadline(nil) }
func (l layered) OnPeerClosed(*reactor.Conn)         { l.protocol.OnPeerClosed(nil) }
func (l layered) OnClose(_ *reactor.Conn, err error) { l.protocol.OnClose(nil, err) }

// newFlippedRig starts a server whose connections are flipped, and a client
// that knows.
func newFlippedRig(t *testing.T, register func(s *Server)) (*rig, *http.Client) {
	t.Helper()
	g := newRig(t, Config{}, func(s *Server) {
		s.layer = func(sh *shard, c *reactor.Conn) reactor.Handler {
			return layered{newHTTP1(sh, &flipped{transport: c}, 0)}
		}
		register(s)
	})
	tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		c, err := g.tryDial()
		if err != nil {
			return nil, err
		}
		return flippedConn{c.Conn}, nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return g, &http.Client{Transport: tr, Timeout: patience}
}

func TestProtocolIsServedThroughALayer(t *testing.T) {
	t.Parallel()
	g, client := newFlippedRig(t, func(s *Server) {
		s.Get("/hello", hello)
		s.Post("/echo", func(w *Response, r *Request) { io.Copy(w, r.Body) })
		s.Get("/ref", func(w *Response, _ *Request) { w.Bytes(200, "", bytes.Repeat([]byte("ab"), 100<<10)) })
	})
	big := strings.Repeat("0123456789", 100<<10)
	for range 3 {
		if got := fetch(t, client, "GET", g.url("/hello"), ""); got != "hello" {
			t.Fatalf("/hello = %q", got)
		}
		if got := fetch(t, client, "POST", g.url("/echo"), big[:1000000]); got != big[:1000000] {
			t.Fatalf("/echo gave %d bytes back", len(got))
		}
		if got := fetch(t, client, "GET", g.url("/ref"), ""); got != strings.Repeat("ab", 100<<10) {
			t.Fatalf("/ref gave %d bytes", len(got))
		}
	}
	if st := g.stats(); st.Connections.TotalAccepted != 1 {
		t.Errorf("%d connections, want 1 that persists", st.Connections.TotalAccepted)
	}
	// The layered connection is idle now; the drain has to reach it.
	if err := g.shutdown(); err != nil {
		t.Error(err)
	}
}

func TestLayerIsPassedOnByATakeover(t *testing.T) {
	t.Parallel()
	g, _ := newFlippedRig(t, func(s *Server) {
		s.Get("/up", func(w *Response, _ *Request) {
			nc, err := w.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer nc.Close()
			line, err := bufio.NewReader(nc).ReadString('\n')
			if err != nil {
				t.Error(err)
			}
			io.WriteString(nc, "got "+line)
		})
	})
	c := flippedConn{g.dial().Conn}
	io.WriteString(c, "GET /up HTTP/1.1\r\nHost: x\r\n\r\nunread\n")
	if b, err := io.ReadAll(c); string(b) != "got unread\n" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
}

// fetch asks with client and returns the body.
func fetch(t *testing.T, client *http.Client, method, url, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d, %v", url, res.StatusCode, err)
	}
	return string(b)
}
