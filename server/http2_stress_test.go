package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
)

// HTTP/2 with handlers that block, stream and panic, clients that cancel, drop
// connections and upload, and a shutdown in the middle of it all: whatever is
// answered is right to the last byte, and in the end everything has come back.
func TestHTTP2Stress(t *testing.T) {
	before := runtime.NumGoroutine()
	withProcs(t, []int{1, 2, 8}, func(t *testing.T) {
		t.Run("clear", func(t *testing.T) { testHTTP2Stress(t, false) })
		t.Run("TLS", func(t *testing.T) { testHTTP2Stress(t, true) })
	})
	awaitGoroutines(t, before)
}

func testHTTP2Stress(t *testing.T, secure bool) {
	var buffers reactortest.Buffers
	cfg := Config{
		WorkerThreads: 2, InlineBody: 1000, BodyBuffer: 8 << 10, OutputHighWater: 16 << 10, MaxBodySize: Off,
		MaxRequestsInFlight: Off, MaxConnectionsPerAddress: 1000,
		Buffers: func(int) Buffers { return &buffers },
		HTTP2:   HTTP2Config{MaxConcurrentStreams: 20},
	}
	if secure {
		cfg = tlsConfig(t, cfg)
	}
	g := newRig(t, cfg, stressRoutes)
	stop := newSignal()
	var answers, failures atomic.Int64
	var wg sync.WaitGroup
	crowds := make([]*crowd2, 3)
	for i := range crowds {
		crowds[i] = newCrowd2(g, secure)
	}
	for i := range 12 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 2))
			for c := crowds[i%len(crowds)]; ; {
				select {
				case <-stop:
					return
				default:
				}
				switch err := c.exchange(rnd); {
				case err == nil:
					answers.Add(1)
				case errors.Is(err, errWrong):
					t.Errorf("client %d: %v", i, err)
					return
				default:
					failures.Add(1)
				}
				if rnd.IntN(40) == 0 {
					c.drop(rnd)
				}
			}
		})
	}
	<-time.After(stressTime) // it is the chance to fail that grows with it, nothing else
	result := g.beginShutdown(t.Context())
	close(stop)
	wg.Wait()
	for _, c := range crowds {
		c.transport.CloseIdleConnections()
	}
	if err := receive(t, result, "Shutdown returns"); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
	receive(t, g.served, "ListenAndServe returns")
	if answers.Load() == 0 {
		t.Error("not one request was answered")
	}
	g.wantNothingHeld(&buffers)
	t.Logf("%d answers, %d failures", answers.Load(), failures.Load())
}

// wantNothingHeld fails unless a server that has stopped holds nothing any more.
func (g *rig) wantNothingHeld(buffers *reactortest.Buffers) {
	g.t.Helper()
	if n := buffers.Out(); n != 0 {
		g.t.Errorf("%d buffers of %d bytes have not come back", n, buffers.Bytes())
	}
	if n := g.srv.windows.taken.Load(); n != 0 {
		g.t.Errorf("%d octets of windows have not come back", n)
	}
	if n := g.srv.open.Load(); n != 0 {
		g.t.Errorf("%d connections still count", n)
	}
	if n := g.srv.reactor.Away(); n != 0 {
		g.t.Errorf("%d tasks are still away", n)
	}
	for _, sh := range g.srv.shards { // their loops have ended
		if c := &sh.counts; c.active != 0 || c.streams != 0 || c.http2 != 0 || c.conns != 0 {
			g.t.Errorf("counts %+v, want no request, stream or connection", *c)
		}
		if len(sh.collecting)+len(sh.departed) != 0 {
			g.t.Errorf("%d streams are collecting, %d departed", len(sh.collecting), len(sh.departed))
		}
	}
}

// A crowd2 is clients that share connections.
type crowd2 struct {
	client    *http.Client
	transport *http.Transport
	url       func(string) string
	mu        sync.Mutex
	conns     []net.Conn
	halved    atomic.Bool // there were connections whose own direction was ended
}

func newCrowd2(g *rig, secure bool) *crowd2 {
	c := &crowd2{url: g.url}
	c.transport = &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: new(http.Protocols),
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err == nil {
				c.mu.Lock()
				c.conns = append(c.conns, nc)
				c.mu.Unlock()
			}
			return nc, err
		},
	}
	c.transport.Protocols.SetHTTP2(secure)
	c.transport.Protocols.SetUnencryptedHTTP2(!secure)
	if secure {
		c.url = g.secureURL
	}
	c.client = &http.Client{Transport: c.transport, Timeout: patience}
	return c
}

// drop cuts the connections, one way or the other.
func (c *crowd2) drop(rnd *rand.Rand) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, nc := range c.conns {
		switch rnd.IntN(3) {
		case 0:
			nc.(*net.TCPConn).SetLinger(0)
		case 1:
			nc.(*net.TCPConn).CloseWrite()
			c.halved.Store(true)
			continue
		}
		nc.Close()
	}
	c.conns = c.conns[:0]
}

// exchange sends one request of any kind, and checks what comes back.
func (c *crowd2) exchange(rnd *rand.Rand) error {
	seed := rnd.Uint32N(1 << 20)
	id := strconv.Itoa(int(seed))
	switch rnd.IntN(12) {
	case 0:
		return c.do(rnd, "GET", "/blocks/"+id, nil, wantText(id))
	case 1:
		return c.do(rnd, "GET", "/releases/"+id, nil, wantText(id))
	case 2, 3:
		n := rnd.IntN(1 << rnd.IntN(19))
		return c.do(rnd, "GET", "/stream/"+id+"/"+strconv.Itoa(n), nil, wantPattern(seed, n))
	case 4, 5:
		n := rnd.IntN(1 << rnd.IntN(18))
		return c.do(rnd, "POST", "/echo", patternBody(rnd, seed, n), wantPattern(seed, n))
	case 6:
		n := rnd.IntN(1 << rnd.IntN(18))
		return c.do(rnd, "POST", "/check/"+id, patternBody(rnd, seed, n), wantText(fmt.Sprint(n, nil)))
	case 7:
		return c.do(rnd, "POST", "/unread", patternBody(rnd, seed, rnd.IntN(1<<rnd.IntN(18))), wantText("hello"))
	case 8:
		if err := c.do(rnd, "GET", "/panics/"+id, nil, wantText("no answer")); errors.Is(err, errWrong) {
			return err
		}
		return nil
	}
	return c.do(rnd, "GET", "/quick/"+id, nil, wantText(id))
}

// patternBody is a body whose length the client says, or not.
func patternBody(rnd *rand.Rand, seed uint32, n int) io.Reader {
	body := io.LimitReader(newPattern(seed), int64(n))
	if rnd.IntN(2) == 0 {
		return body
	}
	return sizedBody{body, int64(n)}
}

// A sizedBody is one whose length is said before.
type sizedBody struct {
	io.Reader
	length int64
}

// do sends one request. Now and then it is given up somewhere on its way.
func (c *crowd2) do(rnd *rand.Rand, method, path string, body io.Reader, check func(io.Reader) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.url(path), body)
	if err != nil {
		return err
	}
	if sized, ok := body.(sizedBody); ok {
		req.ContentLength = sized.length
	}
	giveUp := rnd.IntN(6)
	if giveUp == 0 {
		go func() { runtime.Gosched(); cancel() }()
	}
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode == 400 && body != nil && c.halved.Load() {
		return errors.New("the body ended with its connection")
	}
	if giveUp == 1 {
		io.CopyN(io.Discard, res.Body, 1)
		return errors.New("given up")
	}
	if err := check(res.Body); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// send sends one request, and wants that answer to it.
func (c *crowd2) send(method, path, body, want string) error {
	req, err := http.NewRequest(method, c.url(path), strings.NewReader(body))
	if err != nil {
		return err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := wantText(want)(res.Body); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}
