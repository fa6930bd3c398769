package server

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Certificates are swapped on disk while clients of both protocols are at work, on
// connections that stay and on new ones: no request fails, and the new one is served,
// whether the server is told or looks by itself.
func TestTLSCertificatesAreSwappedUnderLoad(t *testing.T) {
	t.Parallel()
	t.Run("told", func(t *testing.T) { testSwap(t, Off) })
	t.Run("watched", func(t *testing.T) { testSwap(t, 5*time.Millisecond) })
}

func testSwap(t *testing.T, interval time.Duration) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := writePair(t, dir, 1)
	cfg := Config{TLS: TLSConfig{Enabled: true, CertFile: cert, KeyFile: key, ReloadInterval: interval}}
	g := newRig(t, cfg, func(s *Server) {
		s.Get("/", hello)
		s.Get("/large", func(w *Response, _ *Request) { w.Text(200, strings.Repeat("large", 8<<10)) })
	})
	load := g.startLoad()
	for serial := int64(2); serial < 6; serial++ {
		writePair(t, dir, serial)
		if interval == Off {
			if err := g.srv.Reload(g.srv.cfg); err != nil {
				t.Errorf("reload: %v", err)
			}
		}
		g.awaitSerial(serial)
		load.awaitMore(30)
	}
	if err := os.WriteFile(cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := g.srv.Reload(g.srv.cfg); err == nil || !strings.Contains(err.Error(), cert) {
		t.Errorf("reload of a broken file: %v, want an error that names it", err)
	}
	other := g.srv.cfg
	other.WorkerThreads++
	var restart *RestartError
	if err := g.srv.Reload(other); !errors.As(err, &restart) || !strings.Contains(err.Error(), cert) {
		t.Errorf("Reload = %v, want to hear of the certificate and of worker_threads", err)
	}
	load.awaitMore(30)
	g.awaitSerial(5) // what was there stays
	load.end()
}

// awaitSerial opens connections until that certificate is served.
func (g *rig) awaitSerial(serial int64) {
	g.t.Helper()
	for end := time.Now().Add(patience); ; {
		c := g.dialTLS("http/1.1")
		got := c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
		if c.Close(); got == serial {
			return
		}
		if time.Now().After(end) {
			g.t.Fatalf("certificate %d is served, want %d", got, serial)
		}
	}
}

// A tlsLoad is clients that ask all the time.
type tlsLoad struct {
	t       testing.TB
	answers atomic.Int64
	stop    signal
	clients sync.WaitGroup
}

func (g *rig) startLoad() *tlsLoad {
	load := &tlsLoad{t: g.t, stop: newSignal()}
	for i := range 8 {
		load.clients.Go(func() {
			c := &crowd2{client: tlsClient(load.t, i%2 == 0), url: g.secureURL}
			for {
				select {
				case <-load.stop:
					return
				default:
				}
				err := c.send("GET", "/", "", "hello")
				if err == nil {
					err = c.send("GET", "/large", "", strings.Repeat("large", 8<<10))
				}
				if err != nil {
					load.t.Errorf("client %d: %v", i, err)
					return
				}
				if load.answers.Add(2); i >= 4 {
					c.client.CloseIdleConnections()
				}
			}
		})
	}
	return load
}

// awaitMore waits for n answers more.
func (l *tlsLoad) awaitMore(n int64) {
	l.t.Helper()
	least, end := l.answers.Load()+n, time.Now().Add(patience)
	for ; l.answers.Load() < least; runtime.Gosched() {
		if time.Now().After(end) {
			l.t.Fatal("no answers come any more")
		}
	}
}

func (l *tlsLoad) end() {
	close(l.stop)
	l.clients.Wait()
}
