package server

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// notTLS is a record that cannot be opened, and more behind it that is never
// looked at.
var notTLS = "\x17\x03\x03\x00\x20" + strings.Repeat("x", 32) + strings.Repeat("y", 200_000)

// slowReader is a client of TLS whose kernel takes little, and the connection
// below it.
func slowReader(t *testing.T, g *rig, proto string) (*tls.Conn, net.Conn) {
	t.Helper()
	raw := g.dial().Conn
	raw.(*net.TCPConn).SetReadBuffer(4 << 10)
	c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{proto}})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return c, raw
}

// A client that is slow to read gets to see why its connection has ended, behind
// what was sent to it before.
func TestTLSAlertReachesAClientThatIsSlowToRead(t *testing.T) {
	t.Parallel()
	for path, proto := range map[string]string{"/large": "http/1.1", "/writes": "h2"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			written := make(chan error, 1)
			g := newRig(t, tlsConfig(t, Config{WorkerThreads: 2, LingerTimeout: patience}), func(s *Server) {
				s.Get("/large", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 60_000)) })
				s.With(Settings{Blocking: Always}).Get("/writes", func(w *Response, r *Request) {
					w.Write(make([]byte, 60_000))
					w.Flush()
					<-r.Context().Done() // the client has ended its direction, or gone
					var err error
					for err == nil {
						_, err = w.Write(make([]byte, 100_000))
					}
					written <- err
				})
			})
			c, raw := slowReader(t, g, proto)
			if proto == "h2" {
				io.WriteString(c, http2Preface+twoBytes(twoSettings, 0, 0, "")+twoGet(1, path))
			} else {
				io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n\r\n")
			}
			var first [1]byte
			if _, err := io.ReadFull(c, first[:]); err != nil {
				t.Fatal(err)
			}
			g.await("the rest is under way", func(st Stats) bool { return st.Loops[0].BytesOut+st.Loops[1].BytesOut > 60_000 })
			go io.WriteString(raw, notTLS)
			n, err := io.Copy(io.Discard, c)
			if err == nil || !strings.Contains(err.Error(), "bad record MAC") {
				t.Errorf("behind %d bytes: %v, want the alert bad_record_mac", n, err)
			}
			raw.Close()
			g.await("the end", func(st Stats) bool { return st.Connections.Active == 0 })
			if path == "/writes" {
				if err := receive(t, written, "the handler ends"); err != ErrClientGone {
					t.Errorf("the handler's write = %v, want ErrClientGone", err)
				}
			}
		})
	}
}

// Who does not read at all is not waited for.
func TestTLSAlertIsWaitedForWithinABound(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"http/1.1", "h2"} {
		g := newRig(t, tlsConfig(t, Config{LingerTimeout: 20 * time.Millisecond}), nil)
		_, raw := slowReader(t, g, proto)
		io.WriteString(raw, notTLS[:5+32])
		g.await("the end", func(st Stats) bool { return st.Connections.TotalAccepted == 1 && st.Connections.Active == 0 })
	}
}
