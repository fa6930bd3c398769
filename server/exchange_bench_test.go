package server

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"reactor.example/reactor"
)

// A loopKernel always has the same request for its one loop to read, until
// left requests have been answered. So what is measured is the server alone:
// no system call, no client.
type loopKernel struct {
	reactor.Kernel // nil: what is not written here is not called
	request        []byte
	accepts        int
	left           int
	keys           []uint64
	start          time.Time
	over           chan struct{}
	wake           chan struct{}
}

const benchConns = 64

// Listen implements reactor.ListeningKernel.
func (k *loopKernel) Listen(reactor.ListenConfig) (int, net.Addr, error) {
	return 99, &net.TCPAddr{}, nil
}

func (k *loopKernel) RegisterListener(_ int, key uint64) reactor.Errno {
	k.keys = append(k.keys, key)
	return 0
}

func (k *loopKernel) Register(_ int, key uint64) reactor.Errno {
	k.keys = append(k.keys, key)
	return 0
}

func (k *loopKernel) Accept(int) (int, netip.AddrPort, reactor.Errno) {
	if k.accepts == benchConns {
		return 0, netip.AddrPort{}, syscall.EAGAIN
	}
	k.accepts++
	return 100 + k.accepts, netip.AddrPort{}, 0
}

func (k *loopKernel) Wait(evs []reactor.Event, timeout time.Duration) (n int, _ reactor.Errno) {
	switch {
	case k.accepts == 0 && len(k.keys) > 0:
		evs[0] = reactor.Event{Key: k.keys[0], Flags: reactor.Readable}
		return 1, 0
	case k.accepts > 0 && k.left > 0:
		for _, key := range k.keys[1:] {
			evs[n] = reactor.Event{Key: key, Flags: reactor.Readable}
			n++
		}
		k.left -= n
		return n, 0
	case timeout != 0:
		if k.accepts > 0 && k.over != nil {
			close(k.over)
			k.over = nil
		}
		<-k.wake
	}
	return 0, 0
}

func (k *loopKernel) Wake() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *loopKernel) Read(_ int, b []byte) (int, reactor.Errno)  { return copy(b, k.request), 0 }
func (k *loopKernel) Write(_ int, b []byte) (int, reactor.Errno) { return len(b), 0 }
func (k *loopKernel) Now() time.Duration                         { return time.Since(k.start) }
func (k *loopKernel) Wall() time.Time                            { return time.Now() }
func (k *loopKernel) Close(int)                                  {}
func (k *loopKernel) Destroy()                                   {}

// BenchmarkExchange is what a request costs from the octets to the octets:
// parse, route, hand-off, handler and encoding, without system calls.
func BenchmarkExchange(b *testing.B) {
	for _, bm := range []struct{ name, request string }{
		{"short", "GET /text HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"},
		{"browser", "GET /text?q=1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n" +
			"Accept: text/html,application/xhtml+xml\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\nCookie: a=b\r\n\r\n"},
		{"param", "GET /param/12345 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"},
	} {
		b.Run("request="+bm.name, func(b *testing.B) { benchExchange(b, bm.request) })
	}
}

func benchExchange(b *testing.B, request string) {
	k := &loopKernel{request: []byte(request), left: b.N, start: time.Now(), over: make(chan struct{}), wake: make(chan struct{}, 1)}
	over := k.over
	group, err := reactor.New(reactor.Config{Loops: 1, Kernel: func(int) (reactor.Kernel, error) { return k, nil }})
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	benchRoutes(s)
	s.serveOn(group)
	if _, err := group.Listen(reactor.ListenConfig{Open: plainDoor(s).accept}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := group.Start(); err != nil {
		b.Fatal(err)
	}
	<-over
	b.StopTimer()
	group.Close()
}
