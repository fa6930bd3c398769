package server

import (
	"strings"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
)

// endings are connections whose output nobody takes, and that serve no request.
var endings = []struct {
	name, send string
	fin        bool
}{
	{name: "a fault of HTTP/1", send: "nonsense\r\n\r\n"},
	{name: "the last response of HTTP/1", send: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
	{name: "a response of HTTP/1 and FIN", send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", fin: true},
	{name: "the rest of a body of HTTP/1", send: "POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 20000)},
	{name: "a fault of HTTP/2", send: http2Preface + twoBytes(twoSettings, 0, 0, "") + twoBytes(twoData, 0, 0, "")},
	{name: "a response of HTTP/2 and FIN", send: http2Preface + twoBytes(twoSettings, 0, 0, "") + twoGet(1, "/"), fin: true},
	{name: "HTTP/2 that asks for nothing", send: http2Preface + twoBytes(twoSettings, 0, 0, "")},
}

// newEnding opens a connection that comes to such an end, with room for no more
// than a few octets.
func newEnding(t *testing.T, cfg Config, send string, fin bool) (*reactortest.Lab, *reactortest.Peer) {
	t.Helper()
	lab, _ := newLab(t, cfg, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 10_000)) })
		s.With(Settings{Stream: true}).Post("/early", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 10_000)) })
	})
	p := lab.Dial()
	p.SetRoom(5)
	p.Send(send)
	if fin {
		p.CloseWrite()
	}
	lab.Settle()
	return lab, p
}

// Where no least rate is asked for, a client that takes nothing at all is idle.
func TestClockOutputThatNobodyTakesEndsWithTheIdleTime(t *testing.T) {
	t.Parallel()
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			lab, p := newEnding(t, Config{MinRate: Off, IdleTimeout: time.Minute, LingerTimeout: 2 * time.Second}, e.send, e.fin)
			for range 5 { // it takes a little now and then
				lab.Advance(50 * time.Second)
				p.SetRoom(1)
				lab.Run()
				if p.Closed() {
					t.Fatal("closed although something was taken")
				}
			}
			lab.Advance(50 * time.Second)
			if p.Closed() {
				t.Fatal("closed before a minute was over")
			}
			// A look behind the last octet, and a minute from then on.
			lab.Advance(80 * time.Second)
			if !p.Closed() {
				t.Error("a client that takes nothing keeps its connection for ever")
			}
		})
	}
}

// Who switches that off as well wants nobody to be cut.
func TestClockOutputThatNobodyTakesStaysIfNothingBoundsIt(t *testing.T) {
	t.Parallel()
	for _, e := range endings {
		lab, p := newEnding(t, Config{MinRate: Off, IdleTimeout: Off, RequestTimeout: Off}, e.send, e.fin)
		lab.Advance(time.Hour)
		if p.Closed() {
			t.Errorf("%s: closed", e.name)
		}
		p.SetRoom(-1)
		lab.Run()
		p.Reset()
		lab.Run()
	}
}

// A client that has just connected may have its first request under way when
// the server begins to go: it is answered. Who says nothing is not waited for.
func TestClockFreshConnectionsMayStillAskWhenTheServerGoes(t *testing.T) {
	t.Parallel()
	lab, s := newLab(t, Config{}, func(s *Server) { s.Get("/", hello) })
	one, two, half, used, silent := lab.Dial(), lab.Dial(), lab.Dial(), lab.Dial(), lab.Dial()
	used.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	half.Send(http2Preface[:5])
	lab.Settle()
	lab.Do(s.shards[0].beginDrain)
	lab.Settle()
	if !used.Closed() || one.Closed() || two.Closed() || half.Closed() || silent.Closed() {
		t.Fatalf("closed: used %v, fresh %v %v %v %v, want the used one only",
			used.Closed(), one.Closed(), two.Closed(), half.Closed(), silent.Closed())
	}
	lab.Advance(900 * time.Millisecond)
	one.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	two.Send(http2Preface + twoBytes(twoSettings, 0, 0, "") + twoGet(1, "/"))
	half.Send(http2Preface[5:] + twoBytes(twoSettings, 0, 0, "") + twoGet(1, "/"))
	lab.Settle()
	if got := one.Received(); !strings.Contains(got, "\r\nConnection: close\r\n") || !strings.HasSuffix(got, "hello") {
		t.Errorf("HTTP/1 is answered by %q", got)
	}
	for _, p := range []*reactortest.Peer{two, half} {
		if got := p.Received(); !strings.Contains(got, twoBytes(twoData, twoEndStream, 1, "hello")) || !strings.Contains(got, "\x00\x00\x08\x07") {
			t.Errorf("HTTP/2 is answered by %q, want hello and GOAWAY", got)
		}
	}
	lab.Advance(200 * time.Millisecond)
	if !silent.Closed() || silent.Received() != "" {
		t.Error("the silent one is still waited for, or was told something")
	}
	for _, p := range []*reactortest.Peer{one, two, half} {
		p.CloseWrite()
	}
	lab.Settle()
}
