package server

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	reactortls "reactor.example/tls"
)

// writePair makes a certificate for localhost with that serial number, and writes
// it and its key into dir.
func writePair(t testing.TB, dir string, serial int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, b []byte) string {
		file := filepath.Join(dir, name)
		// A rename, so that nobody ever reads half of it.
		if err := os.WriteFile(file+".new", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", pkcs8)
}

// tlsConfig is cfg with TLS on the first listener.
func tlsConfig(t testing.TB, cfg Config) Config {
	t.Helper()
	cfg.TLS.Enabled = true
	cfg.TLS.CertFile, cfg.TLS.KeyFile = writePair(t, t.TempDir(), 1)
	return cfg
}

// tlsClient speaks one of the protocols over TLS.
func tlsClient(t testing.TB, http2 bool) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: new(http.Protocols)}
	tr.Protocols.SetHTTP1(!http2)
	tr.Protocols.SetHTTP2(http2)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// secureURL is the address of path over https.
func (g *rig) secureURL(path string) string { return "https://" + g.srv.Addr().String() + path }

// dialTLS opens a connection with the given protocol.
func (g *rig) dialTLS(protocols ...string) *tls.Conn {
	g.t.Helper()
	c := tls.Client(g.dial().Conn, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols})
	if err := c.Handshake(); err != nil {
		g.t.Fatalf("handshake: %v", err)
	}
	return c
}

func TestTLSReachesTheSameHandlersByBothProtocols(t *testing.T) {
	t.Parallel()
	g := newRig(t, tlsConfig(t, Config{}), func(s *Server) {
		s.Get("/hello", func(w *Response, r *Request) {
			state := r.TLS()
			w.Text(200, fmt.Sprint(r.Proto(), " ", r.Scheme(), " ", state != nil && state.Version == tls.VersionTLS13))
		})
		s.Handle("/http", FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.Proto, " ", r.TLS != nil)
		})))
		s.Post("/echo", func(w *Response, r *Request) { io.Copy(w, r.Body) })
		s.Get("/large", func(w *Response, _ *Request) { w.Bytes(200, "", []byte(strings.Repeat("ab", 200<<10))) })
	})
	for proto, c := range map[string]*http.Client{"HTTP/1.1": tlsClient(t, false), "HTTP/2.0": tlsClient(t, true)} {
		if got := fetch(t, c, "GET", g.secureURL("/hello"), ""); got != proto+" https true" {
			t.Errorf("%s: /hello = %q", proto, got)
		}
		if got := fetch(t, c, "GET", g.secureURL("/http"), ""); got != proto+" true" {
			t.Errorf("%s: /http = %q", proto, got)
		}
		big := strings.Repeat("0123456789", 90<<10)
		if got := fetch(t, c, "POST", g.secureURL("/echo"), big); got != big {
			t.Errorf("%s: /echo gave %d bytes of %d", proto, len(got), len(big))
		}
		if got := fetch(t, c, "GET", g.secureURL("/large"), ""); got != strings.Repeat("ab", 200<<10) {
			t.Errorf("%s: /large gave %d bytes", proto, len(got))
		}
	}
	if st := g.stats(); st.Connections.TotalAccepted != 2 || st.TLS.Done != 2 || st.Connections.ActiveHTTP1 != 1 || st.Connections.ActiveHTTP2 != 1 {
		t.Errorf("got %+v, %+v; want one connection of each protocol", st.Connections, st.TLS)
	}
	if err := g.shutdown(); err != nil {
		t.Error(err)
	}
}

// Records that are cut anywhere, and requests that share one.
func TestTLSPiecesMakeNoDifference(t *testing.T) {
	t.Parallel()
	g := newRig(t, tlsConfig(t, Config{}), func(s *Server) { s.Get("/", hello); s.Post("/", echo) })
	c := g.dialTLS("http/1.1")
	go func() {
		for _, b := range []byte("GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc") {
			c.Write([]byte{b})
		}
		io.WriteString(c, strings.Repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 50))
		c.CloseWrite()
	}()
	r := bufio.NewReader(c)
	for i := range 52 {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("response %d: %v", i, err)
		}
		b, _ := io.ReadAll(res.Body)
		if want := map[bool]string{true: "abc", false: "hello"}[i == 1]; string(b) != want {
			t.Fatalf("response %d is %q, want %q", i, b, want)
		}
	}
	if rest, err := io.ReadAll(r); len(rest) > 0 || err != nil {
		t.Errorf("the end is %q, %v; want close_notify", rest, err)
	}
}

func TestTLSPortAnswersPlainHTTP(t *testing.T) {
	t.Parallel()
	g := newRig(t, tlsConfig(t, Config{}), nil)
	a := g.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	if a.StatusCode != 400 || !strings.Contains(a.body, "https") {
		t.Errorf("got %d %q, want a 400 that speaks of https", a.StatusCode, a.body)
	}
	c := g.dial()
	c.send("\x00\x01\x02\x03")
	c.wantEnd()
	g.await("the connections to end", func(st Stats) bool { return st.Connections.Active == 0 })
}

func TestPlainPortEndsATLSClient(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, nil)
	c := tls.Client(g.dial().Conn, &tls.Config{InsecureSkipVerify: true})
	if err := c.Handshake(); err == nil {
		t.Error("handshake with a plain port")
	}
	g.await("the connection to end", func(st Stats) bool { return st.Connections.Active == 0 })
}

func TestTLSFaultsOfFilesKeepTheServerFromStarting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, _ := writePair(t, dir, 1)
	_, otherKey := writePair(t, t.TempDir(), 2)
	for name, files := range map[string][2]string{
		"missing":    {filepath.Join(dir, "nothing.pem"), otherKey},
		"mismatched": {cert, otherKey},
	} {
		srv, err := New(Config{BindPort: Ephemeral, TLS: TLSConfig{Enabled: true, CertFile: files[0], KeyFile: files[1]}})
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.ListenAndServe(t.Context()); err == nil || !strings.Contains(err.Error(), files[0]) {
			t.Errorf("%s: %v, want an error that names %s", name, err, files[0])
		}
	}
}

func TestTLSConnectionIsTakenOver(t *testing.T) {
	t.Parallel()
	g := newRig(t, tlsConfig(t, Config{}), func(s *Server) {
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
	c := g.dialTLS("http/1.1")
	io.WriteString(c, "GET /up HTTP/1.1\r\nHost: x\r\n\r\nunread ")
	io.WriteString(c, "and more\n")
	if b, err := io.ReadAll(c); string(b) != "got unread and more\n" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestRedirectListenerSendsToHTTPS(t *testing.T) {
	t.Parallel()
	cfg := tlsConfig(t, Config{BindPort: Ephemeral})
	cfg.Listeners = []Listener{{Host: "127.0.0.1", Port: Ephemeral, RedirectHTTPS: 8443}, {Host: "127.0.0.1", Port: Ephemeral, RedirectHTTPS: 443}}
	g := newRig(t, cfg, func(s *Server) { s.Get("/", hello) })
	for i, want := range []string{"https://example.test:8443/a%20b?c=d", "https://example.test/a%20b?c=d"} {
		nc, err := net.Dial("tcp", g.srv.Addrs()[i+1].String())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		io.WriteString(nc, "GET /a%20b?c=d HTTP/1.1\r\nHost: example.test:80\r\nConnection: close\r\n\r\n")
		res, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 308 || res.Header.Get("Location") != want {
			t.Errorf("got %d %q, want 308 %q", res.StatusCode, res.Header.Get("Location"), want)
		}
	}
}

func TestProtocolsOfAListenerAreItsOwn(t *testing.T) {
	t.Parallel()
	cfg := tlsConfig(t, Config{BindPort: Ephemeral})
	shared := cfg.TLS
	cfg.Listeners = []Listener{{Host: "127.0.0.1", Port: Ephemeral, TLS: &shared, Protocols: []string{"http/1.1"}}}
	g := newRig(t, cfg, nil)
	if got := g.dialTLS("h2", "http/1.1").ConnectionState().NegotiatedProtocol; got != "h2" {
		t.Errorf("first listener: %q, want h2", got)
	}
	c, err := tls.Dial("tcp", g.srv.Addrs()[1].String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("second listener: %q, want http/1.1", got)
	}
}

// A client that says nothing costs no handshake, and is sent away in time.
func TestTLSSilentClientIsSentAway(t *testing.T) {
	t.Parallel()
	cfg := tlsConfig(t, Config{})
	cfg.TLS.HandshakeTimeout = 100 * time.Millisecond
	g := newRig(t, cfg, nil)
	g.dial().wantEnd()
	half := g.dial()
	half.send("\x16\x03\x01\x02\x00\x01")
	half.wantEnd()
	if st := g.stats().TLS; st.Done != 0 {
		t.Errorf("%+v, want no handshake", st)
	}
}

func TestTLSRefusesSuitesThatHTTP2Forbids(t *testing.T) {
	t.Parallel()
	if !reactortls.BadForHTTP2(tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA) {
		t.Fatal("the suite is not on the list")
	}
	g := newRig(t, tlsConfig(t, Config{}), nil)
	c := tls.Client(g.dial().Conn, &tls.Config{
		InsecureSkipVerify: true, NextProtos: []string{"h2"}, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
	})
	if err := c.Handshake(); err != nil {
		t.Fatalf("handshake: %v", err)
	}
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	// GOAWAY with INADEQUATE_SECURITY (RFC 9113, section 9.2.2).
	if !strings.Contains(string(b), "\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c") {
		t.Errorf("got %x, want GOAWAY with code 12", b)
	}
}
