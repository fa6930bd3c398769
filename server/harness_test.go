package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It decides nothing:
// a test that reaches it has failed already.
const patience = 30 * time.Second

// A rig is a server on a free port, ended with its test.
type rig struct {
	t      testing.TB
	srv    *Server
	cancel context.CancelFunc
	served chan error // what ListenAndServe returned
	// over2 is the connection on which WebSockets are opened over HTTP/2; nil if
	// each has one of its own, over HTTP/1.1.
	over2 *twoConn
}

// newRig starts a server with cfg and the routes that register adds.
func newRig(t testing.TB, cfg Config, register func(s *Server)) *rig {
	t.Helper()
	if cfg.BindHost == "" {
		cfg.BindPort = Ephemeral
	}
	srv, err := New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	if register != nil {
		register(srv)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g := &rig{t: t, srv: srv, cancel: cancel, served: make(chan error, 1)}
	go func() { g.served <- srv.ListenAndServe(ctx) }()
	t.Cleanup(func() {
		// A cancelled context cuts what a failed test has left.
		over, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		srv.Shutdown(over)
		cancel()
	})
	select {
	case <-srv.Ready():
	case err := <-g.served:
		t.Fatalf("ListenAndServe: %v", err)
	}
	return g
}

// plainDoor is a door of s for HTTP/1 and HTTP/2 without encryption.
func plainDoor(s *Server) *door {
	d, err := s.newDoor(&Listener{})
	if err != nil {
		panic(err)
	}
	return d
}

// url is the address of path on the server.
func (g *rig) url(path string) string { return "http://" + g.srv.Addr().String() + path }

// in is the rig as a subtest of its test uses it.
func (g *rig) in(t testing.TB) *rig {
	inner := *g
	inner.t = t
	return &inner
}

// dial opens a connection.
func (g *rig) dial() *peer {
	g.t.Helper()
	return g.dialTo(g.srv.Addr())
}

// tryDial is dial for any goroutine.
func (g *rig) tryDial() (*peer, error) { return g.tryDialTo(g.srv.Addr()) }

// dialTo is dial for any listener of the server.
func (g *rig) dialTo(a net.Addr) *peer {
	g.t.Helper()
	c, err := g.tryDialTo(a)
	if err != nil {
		g.t.Fatalf("dial: %v", err)
	}
	g.t.Cleanup(func() { c.Close() })
	return c
}

func (g *rig) tryDialTo(a net.Addr) (*peer, error) {
	nc, err := net.DialTimeout(a.Network(), a.String(), patience)
	if err != nil {
		return nil, err
	}
	nc.SetDeadline(time.Now().Add(patience))
	return &peer{Conn: nc, t: g.t, r: bufio.NewReader(nc)}, nil
}

// get asks for path on a connection of its own.
func (g *rig) get(path string) answer {
	g.t.Helper()
	return g.ask("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
}

// ask sends one request on a connection of its own.
func (g *rig) ask(request string) answer {
	g.t.Helper()
	c := g.dial()
	defer c.Close()
	return c.ask(request)
}

// shutdown ends the server and returns what that said.
func (g *rig) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return g.srv.Shutdown(ctx)
}

// stats asks the server for its counters.
func (g *rig) stats() Stats { return g.srv.Stats() }

// await waits until the server's counters fulfil cond. It asks again and
// again, so it is for what comes soon.
func (g *rig) await(what string, cond func(Stats) bool) {
	g.t.Helper()
	for end := time.Now().Add(patience); ; runtime.Gosched() {
		st := g.stats()
		if cond(st) {
			return
		}
		if time.Now().After(end) {
			g.t.Fatalf("%s: still not so: %+v", what, st)
		}
	}
}

// A peer is the other end of a connection.
type peer struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

// send writes s as it is.
func (c *peer) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// ask sends a request and reads the answer.
func (c *peer) ask(request string) answer {
	c.t.Helper()
	c.send(request)
	method, _, _ := strings.Cut(request, " ")
	return c.answer(method)
}

// get asks for path and keeps the connection.
func (c *peer) get(path string) answer {
	c.t.Helper()
	return c.ask("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n")
}

// answer reads the response to a request of that method.
func (c *peer) answer(method string) answer {
	c.t.Helper()
	a, err := c.tryAnswer(method)
	if err != nil {
		c.t.Fatalf("reading the answer to %s: %v", method, err)
	}
	return a
}

// tryAnswer is answer for any goroutine.
func (c *peer) tryAnswer(method string) (answer, error) {
	req, _ := http.NewRequest(method, "/", nil)
	res, err := http.ReadResponse(c.r, req)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(res.Body)
	return answer{Response: res, body: string(body)}, err
}

// closeWrite ends the client's direction.
func (c *peer) closeWrite() {
	c.t.Helper()
	if err := c.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		c.t.Fatalf("CloseWrite: %v", err)
	}
}

// reset closes the connection with a RST.
func (c *peer) reset() {
	if tc, ok := c.Conn.(*net.TCPConn); ok {
		tc.SetLinger(0)
	}
	c.Close()
}

// wantEnd reads to the end of the stream, of which nothing may be left.
func (c *peer) wantEnd() {
	c.t.Helper()
	if rest, err := io.ReadAll(c.r); err != nil || len(rest) > 0 {
		c.t.Errorf("end of the connection: %d bytes %.80q and error %v, want none", len(rest), rest, err)
	}
}

// wantOpen fails unless the connection still serves a request for path.
func (c *peer) wantOpen(path string) {
	c.t.Helper()
	if a := c.get(path); a.StatusCode != 200 {
		c.t.Errorf("next request on the connection: status %d, want 200", a.StatusCode)
	}
}

// An answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
}

// want fails unless the answer has that status and body.
func (a answer) want(t testing.TB, status int, body string) {
	t.Helper()
	if a.StatusCode != status || a.body != body {
		t.Errorf("answer = %d %.200q, want %d %.200q", a.StatusCode, a.body, status, body)
	}
}

// a signal is closed once.
type signal chan struct{}

func newSignal() signal { return make(signal) }

// wait waits for the signal and fails when it does not come.
func (s signal) wait(t testing.TB, what string) {
	t.Helper()
	select {
	case <-s:
	case <-time.After(patience):
		t.Fatalf("%s: did not happen", what)
	}
}

// receive takes a value from ch and fails when there is none.
func receive[T any](t testing.TB, ch <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("%s: did not happen", what)
	}
	return v
}

// awaitGoroutines waits until no more than n goroutines are left. The tests
// that call it do not run in parallel.
func awaitGoroutines(t testing.TB, n int) {
	t.Helper()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > n; runtime.Gosched() {
		if time.Now().After(end) {
			var b bytes.Buffer
			buf := make([]byte, 1<<20)
			b.Write(buf[:runtime.Stack(buf, true)])
			t.Fatalf("%d goroutines are left, want at most %d:\n%s", runtime.NumGoroutine(), n, &b)
		}
	}
}

// withProcs runs fn as a subtest at each number of Ps. It is not for parallel
// tests.
func withProcs(t *testing.T, procs []int, fn func(t *testing.T)) {
	for _, n := range procs {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", n), func(t *testing.T) {
			before := runtime.GOMAXPROCS(n)
			t.Cleanup(func() { runtime.GOMAXPROCS(before) })
			fn(t)
		})
	}
}

// hello answers with a short text.
func hello(w *Response, _ *Request) { w.Text(200, "hello") }

// echo answers with the body that it has read.
func echo(w *Response, r *Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		w.Text(400, err.Error())
		return
	}
	w.Bytes(200, "application/octet-stream", b)
}

// awaitTick waits until the loops of g have had time to notice a deadline of
// no more than a few milliseconds: it makes a connection of its own and waits
// until the server closes it for being idle.
func awaitTick(t testing.TB, g *rig) {
	t.Helper()
	tick := newRig(t, Config{IdleTimeout: 200 * time.Millisecond}, nil)
	c := tick.dial()
	c.wantEnd()
}

// body reads the head of the response to a request of that method and
// returns its body, to be read while it comes.
func (c *peer) body(method string) (io.Reader, error) {
	req, _ := http.NewRequest(method, "/", nil)
	res, err := http.ReadResponse(c.r, req)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// onLoop returns a copy of a shard as its loop sees it.
func (g *rig) onLoop(i int) (copied struct{ exchanges []*exchange }) {
	done := make(chan bool)
	sh := g.srv.shards[i]
	if sh.loop.Post(func() { copied.exchanges = append(copied.exchanges, sh.exchanges...); close(done) }) {
		<-done
	}
	return copied
}
