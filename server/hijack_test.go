package server

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
)

// A connection that was taken over is the handler's: unread input first, and
// the server knows it no more.
func TestHijack(t *testing.T) {
	withProcs(t, []int{1, 2}, func(t *testing.T) {
		taken := make(chan net.Conn, 1)
		g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
			s.Get("/", hello)
			s.Get("/take", func(w *Response, r *Request) {
				nc, err := w.Hijack()
				if err != nil {
					t.Errorf("Hijack = %v", err)
					return
				}
				for name, err := range map[string]error{"Text": w.Text(200, "no"), "Flush": w.Flush(), "Interim": w.Interim(103)} {
					if err != ErrWritten {
						t.Errorf("%s behind Hijack = %v, want ErrWritten", name, err)
					}
				}
				if _, err := w.Hijack(); err != ErrWritten {
					t.Errorf("second Hijack = %v, want ErrWritten", err)
				}
				taken <- nc
				if strings.Contains(r.RawQuery(), "panic") {
					panic("behind Hijack")
				}
			})
			s.Get("/late", func(w *Response, _ *Request) {
				w.Text(200, "late")
				if _, err := w.Hijack(); err != ErrWritten {
					t.Errorf("Hijack behind Text = %v, want ErrWritten", err)
				}
			})
		})
		for _, query := range []string{"", "?panic"} {
			c := g.dial()
			c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /take" + query + " HTTP/1.1\r\nHost: h\r\n\r\nleft over\n")
			c.answer("GET").want(t, 200, "hello")
			nc := receive(t, taken, "the connection is taken over")
			in := bufio.NewReader(nc)
			if line, err := in.ReadString('\n'); line != "left over\n" {
				t.Errorf("first from the connection: %q, %v", line, err)
			}
			c.send("ping\n")
			if line, err := in.ReadString('\n'); line != "ping\n" {
				t.Errorf("then: %q, %v", line, err)
			}
			io.WriteString(nc, "pong\n")
			if line, err := c.r.ReadString('\n'); line != "pong\n" {
				t.Errorf("the client got %q, %v", line, err)
			}
			nc.Close()
			c.wantEnd()
		}
		g.get("/late").want(t, 200, "late")
		g.await("nothing is left", func(st Stats) bool { return st.Connections.Active == 0 && st.Requests.Active == 0 })
	})
}

// A handler whose predecessor's answer has not left yet can still take the
// connection over, or is told why not, and answers.
func TestHijackBehindPendingOutput(t *testing.T) {
	t.Parallel()
	results := make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/large", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 200<<10)) })
		s.Get("/take", func(w *Response, _ *Request) {
			nc, err := w.Hijack()
			results <- err
			if err == nil {
				io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken")
				nc.Close()
				return
			}
			w.Text(200, "taken")
		})
	})
	c := g.dial()
	c.send(strings.Repeat("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", 40) + "GET /take HTTP/1.1\r\nHost: h\r\n\r\n")
	for range 40 {
		if a := c.answer("GET"); len(a.body) != 200<<10 {
			t.Fatalf("%d bytes", len(a.body))
		}
	}
	c.answer("GET").want(t, 200, "taken")
	receive(t, results, "Hijack returns")
}

// A CONNECT that a handler accepts opens no tunnel of ours: the connection
// ends behind the answer.
func TestAcceptedConnectEndsTheConnection(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Route("CONNECT", "example.com:443", func(w *Response, _ *Request) { w.Status(200) })
		s.Route("CONNECT", "example.com:444", func(w *Response, _ *Request) { w.Text(200, "content has no place here") })
		s.Route("CONNECT", "example.com:445", func(w *Response, _ *Request) { w.Text(403, "no") })
	})
	connect := func(port string) *peer {
		c := g.dial()
		c.send("CONNECT example.com:" + port + " HTTP/1.1\r\nHost: example.com:" + port + "\r\n\r\n")
		return c
	}
	c := connect("443")
	if a := c.answer("CONNECT"); a.StatusCode != 200 {
		t.Errorf("CONNECT = %d", a.StatusCode)
	}
	c.wantEnd()
	c = connect("444")
	if a := c.answer("GET"); a.StatusCode != 500 {
		t.Errorf("CONNECT with content = %d %q, want 500", a.StatusCode, a.body)
	}
	connect("445").answer("GET").want(t, 403, "no")
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/s"
	g := newRig(t, Config{BindHost: "unix:" + path, WorkerThreads: 2}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) {
			w.JSON(200, []bool{r.RemoteAddr().IsValid(), r.LocalAddr().IsValid()})
		})
	})
	for range 5 {
		g.get("/").want(t, 200, "[false,false]")
	}
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	if _, err := net.Dial("unix", path); err == nil {
		t.Error("the socket is still there")
	}
}

func TestSeveralListeners(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{Listeners: []Listener{{Host: "127.0.0.1", Port: Ephemeral}, {Host: "unix:" + t.TempDir() + "/s"}}},
		func(s *Server) { s.Get("/", hello) })
	if n := len(g.srv.Addrs()); n != 3 {
		t.Fatalf("%d addresses, want 3", n)
	}
	for _, a := range g.srv.Addrs() {
		nc, err := net.Dial(a.Network(), a.String())
		if err != nil {
			t.Errorf("dial %v: %v", a, err)
			continue
		}
		c := &peer{Conn: nc, t: t, r: bufio.NewReader(nc)}
		c.wantOpen("/")
		c.Close()
	}
}
