package server

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// The original's suite "http2", as far as it is about the server. What it says
// of streams and fields is tested in package httptwo, of the configuration in
// cli/internal/config.

// wantSettings reads the frame that every server of HTTP/2 begins with (RFC
// 9113, section 3.4).
func wantSettings(t *testing.T, r io.Reader) {
	t.Helper()
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || head[3] != 0x4 || !bytes.Equal(head[4:], make([]byte, 5)) {
		t.Errorf("got % x, %v, want SETTINGS", head, err)
	}
}

func TestALPNDecidesTheProtocol(t *testing.T) {
	t.Parallel()
	g := newRig(t, tlsConfig(t, Config{}), func(s *Server) {
		s.Get("/", func(w *Response, r *Request) { w.Text(200, r.Proto()) })
	})
	for name, tt := range map[string]struct {
		offered []string
		want    string
	}{
		"h2":             {[]string{"h2"}, "h2"},
		"h2 before all":  {[]string{"http/1.1", "h2"}, "h2"},
		"http/1.1":       {[]string{"http/1.1"}, "http/1.1"},
		"nothing":        {nil, ""},
		"something else": {[]string{"spdy/3"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := g.in(t).dialTLS(tt.offered...)
			c.SetDeadline(time.Now().Add(patience))
			if got := c.ConnectionState().NegotiatedProtocol; got != tt.want {
				t.Fatalf("chose %q, want %q", got, tt.want)
			}
			if tt.want == "h2" {
				io.WriteString(c, http2Preface+twoBytes(twoSettings, 0, 0, ""))
				wantSettings(t, c)
				return
			}
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
			if b, err := io.ReadAll(c); err != nil || !strings.HasSuffix(string(b), "HTTP/1.1") {
				t.Errorf("got %q, %v", b, err)
			}
		})
	}
}

func TestPrefaceDecidesTheProtocol(t *testing.T) {
	t.Parallel()
	if len(http2Preface) != 24 {
		t.Fatalf("the preface has %d octets, want 24", len(http2Preface))
	}
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	t.Run("a whole preface", func(t *testing.T) {
		c := g.in(t).dial()
		c.send(http2Preface + twoBytes(twoSettings, 0, 0, ""))
		wantSettings(t, c)
	})
	t.Run("a preface in pieces", func(t *testing.T) {
		c := g.in(t).dial()
		for i := range http2Preface {
			c.send(http2Preface[i : i+1])
		}
		c.send(twoBytes(twoSettings, 0, 0, ""))
		wantSettings(t, c)
	})
	t.Run("HTTP/1", func(t *testing.T) {
		g.in(t).get("/").want(t, 200, "hello")
	})
	t.Run("too short to tell", func(t *testing.T) {
		c := g.in(t).dial()
		c.send("P")
		c.ask("OST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").want(t, 405, "405 Method Not Allowed\n")
	})
	t.Run("another line after the first", func(t *testing.T) {
		g.in(t).ask("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n").want(t, 400, "400 Bad Request\n")
	})
}

// Nothing of a request has been parsed then.
func TestPrefaceThatStopsIsLate(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	strict := newRig(t, Config{RequestTimeout: 50 * time.Millisecond}, nil)
	for _, n := range []int{1, 10, len(http2Preface) - 1} {
		strict.ask(http2Preface[:n]).want(t, 408, "408 Request Timeout\n")
		c := g.dial()
		c.send(http2Preface[:n])
		c.closeWrite()
		if b, err := io.ReadAll(c); len(b) != 0 || err != nil {
			t.Errorf("%d octets and the end: %q, %v", n, b, err)
		}
	}
	g.get("/").want(t, 200, "hello")
}

func TestHTTP2CanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	off := HTTP2Config{Disabled: true}
	newRig(t, Config{HTTP2: off}, nil).ask(http2Preface).want(t, 400, "400 Bad Request\n")
	g := newRig(t, tlsConfig(t, Config{HTTP2: off}), nil)
	c := tls.Client(g.dial().Conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}})
	if err := c.Handshake(); err != nil || c.ConnectionState().NegotiatedProtocol != "http/1.1" {
		t.Errorf("chose %q, %v", c.ConnectionState().NegotiatedProtocol, err)
	}
}

// suite2 is the server of the original's cases over HTTP/2 in cleartext.
func suite2(t *testing.T) *rig {
	t.Helper()
	return newRig(t, Config{MaxBodySize: 64 << 10}, func(s *Server) {
		s.Use(func(next Handler) Handler {
			return func(w *Response, r *Request) {
				w.Header().Set("X-Middleware", "ran")
				next(w, r)
			}
		})
		s.Get("/", hello)
		s.Post("/", echo)
	})
}

func TestHTTP2Get(t *testing.T) {
	t.Parallel()
	res, body := suite2(t).two(twoClient(t), "GET", "/", nil)
	if res.StatusCode != 200 || body != "hello" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
}

func TestHTTP2Post(t *testing.T) {
	t.Parallel()
	g, c := suite2(t), twoClient(t)
	for _, n := range []int{0, 5, 32 << 10} {
		want := strings.Repeat("x", n)
		if res, body := g.two(c, "POST", "/", strings.NewReader(want)); res.StatusCode != 200 || body != want {
			t.Errorf("%d bytes: %d with %d bytes", n, res.StatusCode, len(body))
		}
	}
}

func TestHTTP2MissIs404(t *testing.T) {
	t.Parallel()
	if res, _ := suite2(t).two(twoClient(t), "GET", "/missing", nil); res.StatusCode != 404 {
		t.Errorf("status %d, want 404", res.StatusCode)
	}
}

func TestHTTP2MiddlewareRuns(t *testing.T) {
	t.Parallel()
	if res, _ := suite2(t).two(twoClient(t), "GET", "/", nil); res.Header.Get("X-Middleware") != "ran" {
		t.Errorf("fields %v", res.Header)
	}
}

func TestHTTP2ThreeRequestsOnOneConnection(t *testing.T) {
	t.Parallel()
	g, c := suite2(t), twoClient(t)
	for i := range 3 {
		if _, body := g.two(c, "POST", "/", strings.NewReader(fmt.Sprint(i))); body != fmt.Sprint(i) {
			t.Errorf("request %d: %q", i, body)
		}
	}
	if n := g.stats().Connections.TotalAccepted; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestHTTP2GarbageInsteadOfAPrefaceHarmsNobody(t *testing.T) {
	t.Parallel()
	g := suite2(t)
	for _, garbage := range []string{
		twoBytes(twoSettings, 0, 0, ""), strings.Repeat("\xff", 100), http2Preface + strings.Repeat("\xff", 100),
	} {
		c := g.dial()
		c.send(garbage)
		c.closeWrite()
		io.Copy(io.Discard, c)
	}
	if _, body := g.two(twoClient(t), "GET", "/", nil); body != "hello" {
		t.Errorf("got %q", body)
	}
}

func TestHTTP2TenClientsOfFiveRequests(t *testing.T) {
	t.Parallel()
	g := suite2(t)
	var all sync.WaitGroup
	for i := range 10 {
		c := twoClient(t)
		all.Go(func() {
			for j := range 5 {
				want := fmt.Sprint(i, " ", j)
				if err := tryEcho(c, g.url("/"), want, 2); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestHTTP2BesideHTTP1(t *testing.T) {
	t.Parallel()
	g := suite2(t)
	var all sync.WaitGroup
	for i := range 12 {
		c, version := twoClient(t), 2
		if i%2 == 1 {
			c, version = &http.Client{Transport: new(http.Transport), Timeout: patience}, 1
		}
		all.Go(func() {
			defer c.CloseIdleConnections()
			if err := tryEcho(c, g.url("/"), fmt.Sprint(i), version); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// tryEcho posts body and wants it back, by that version of HTTP. Any goroutine.
func tryEcho(c *http.Client, url, body string, version int) error {
	res, err := c.Post(url, "text/plain", strings.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || string(got) != body || res.ProtoMajor != version {
		return fmt.Errorf("echo of %q: %q by %s, %v", body, got, res.Proto, err)
	}
	return nil
}
