package server

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// newLab serves on a scripted kernel with a virtual clock. Its handlers must
// not wait for anything but the client.
func newLab(t *testing.T, cfg Config, register func(s *Server)) (*reactortest.Lab, *Server) {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if register != nil {
		register(s)
	}
	lab := reactortest.NewLab(t, reactortest.Config{Open: func(c *reactor.Conn) reactor.Handler { return plainDoor(s).accept(c) }})
	s.serveOn(lab.Group)
	t.Cleanup(s.logs.close)
	return lab, s
}

func TestClockIdleConnectionIsClosed(t *testing.T) {
	t.Parallel()
	lab, _ := newLab(t, Config{IdleTimeout: time.Minute, RequestTimeout: Off}, func(s *Server) { s.Get("/", hello) })
	fresh, used := lab.Dial(), lab.Dial()
	lab.Advance(30 * time.Second)
	used.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Run()
	if got := used.Received(); !strings.HasSuffix(got, "hello") {
		t.Fatalf("got %q", got)
	}
	lab.Advance(29 * time.Second)
	if fresh.Closed() || used.Closed() {
		t.Error("closed before a minute was over")
	}
	lab.Advance(2 * time.Second)
	if !fresh.Closed() || used.Closed() {
		t.Errorf("after a minute: closed %v, %v, want the idle one only", fresh.Closed(), used.Closed())
	}
	lab.Advance(30 * time.Second)
	if !used.Closed() || used.Received() != "" {
		t.Error("not closed a minute after its request, or not in silence")
	}
}

func TestClockSilentConnectionHasTheTimeOfARequest(t *testing.T) {
	t.Parallel()
	lab, _ := newLab(t, Config{RequestTimeout: 10 * time.Second}, nil)
	p := lab.Dial()
	lab.Advance(9 * time.Second)
	if p.Closed() {
		t.Error("closed before 10 s were over")
	}
	lab.Advance(2 * time.Second)
	if !p.Closed() || p.Received() != "" {
		t.Error("not closed after 10 s, or not in silence")
	}
}

func TestClockHeadThatTricklesIsRefused(t *testing.T) {
	t.Parallel()
	lab, _ := newLab(t, Config{RequestTimeout: 10 * time.Second}, nil)
	p := lab.Dial()
	lab.Advance(9 * time.Second) // the time before the first octet does not count
	p.Send("GET / HTTP/1.1\r\n")
	for range 9 {
		lab.Advance(time.Second)
		p.Send("X: y\r\n")
	}
	lab.Run()
	if got := p.Received(); got != "" {
		t.Fatalf("too early: %q", got)
	}
	lab.Advance(1100 * time.Millisecond)
	if got := p.Received(); !strings.HasPrefix(got, "HTTP/1.1 408 ") || !strings.Contains(got, "\r\nConnection: close\r\n") {
		t.Errorf("got %q", got)
	}
	p.CloseWrite()
	lab.Run()
	if !p.Closed() {
		t.Error("not closed behind the answer")
	}
}

func TestClockBodyBelowTheLeastRateIsRefused(t *testing.T) {
	t.Parallel()
	read := make(chan error, 1)
	lab, _ := newLab(t, Config{MinRate: 100, MinRateGrace: 10 * time.Second}, func(s *Server) {
		s.With(Settings{Stream: true, Blocking: Always}).Post("/", func(_ *Response, r *Request) {
			_, err := readAll(r)
			read <- err
		})
	})
	p := lab.Dial()
	p.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
	awaitReader(lab)
	for range 3 {
		p.Send(strings.Repeat("x", 2000)) // 200 a second is fine
		lab.Run()
		awaitReader(lab)
		lab.Advance(10 * time.Second)
	}
	p.Send("x")
	lab.Run()
	awaitReader(lab)
	lab.Advance(11 * time.Second)
	lab.Settle()
	if err := <-read; err != ErrTooSlow {
		t.Errorf("Read = %v", err)
	}
	if got := p.Received(); !strings.HasPrefix(got, "HTTP/1.1 408 ") {
		t.Errorf("got %q", got)
	}
}

// awaitReader runs the loop until the one handler there is has read all of its
// body that is here, and waits for more.
func awaitReader(lab *reactortest.Lab) {
	for waits := false; !waits; runtime.Gosched() {
		lab.Do(func() {
			lab.Loop.Conns(func(c *reactor.Conn) {
				if ex := c.Handler().(*http1).ex; ex != nil {
					ex.mu.Lock()
					waits = ex.body.waiting && !ex.pumping
					ex.mu.Unlock()
				}
			})
		})
	}
}

func TestClockResponseThatIsNotTakenIsCut(t *testing.T) {
	t.Parallel()
	lab, _ := newLab(t, Config{MinRate: 100, MinRateGrace: 10 * time.Second}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 1<<20)) })
	})
	p := lab.Dial()
	p.SetRoom(1000)
	p.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Run()
	for range 3 {
		p.SetRoom(2000) // taken at twice the least rate
		lab.Advance(10 * time.Second)
	}
	if p.Closed() {
		t.Fatal("cut although it was taken fast enough")
	}
	p.SetRoom(1)
	lab.Advance(11 * time.Second)
	if !p.Closed() {
		t.Error("one octet in ten seconds keeps the connection")
	}
}

func TestClockWriteTimeoutOfARoute(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	lab, _ := newLab(t, Config{}, func(s *Server) {
		s.With(Settings{WriteTimeout: 3 * time.Second, Blocking: Always}).Get("/", func(_ *Response, r *Request) {
			<-r.Context().Done()
			ended <- r.Context().Err()
		})
	})
	p := lab.Dial()
	p.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Advance(2 * time.Second)
	if p.Closed() {
		t.Fatal("closed too early")
	}
	lab.Advance(1100 * time.Millisecond)
	lab.Settle()
	if !p.Closed() {
		t.Error("not closed when its time was over")
	}
	if err := <-ended; err == nil {
		t.Error("the context lives on")
	}
}

func TestRegistryKnowsStateAndAge(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	lab, s := newLab(t, Config{}, func(s *Server) {
		g := s.With(Settings{Blocking: Always})
		g.Get("/", func(*Response, *Request) { <-gate })
		g.Post("/", func(*Response, *Request) { <-gate })
	})
	const head = " / HTTP/1.1\r\nHost: x\r\n"
	sent := []string{
		"",
		"GET" + head,
		"POST" + head + "Content-Length: 10\r\n\r\nhello",
		"GET" + head + "\r\n",
		"POST" + head + "Content-Length: 100000\r\n\r\n" + strings.Repeat("x", 5000),
		"nonsense\r\n\r\n",
	}
	var peers []*reactortest.Peer
	for _, text := range sent {
		p := lab.Dial()
		p.Send(text)
		peers = append(peers, p)
		lab.Run()
		lab.Advance(time.Second)
	}
	states := []string{"idle", "head", "body", "handler", "stream", "linger"}
	held := []int64{0, int64(len(sent[1])), 5, 0, 5000, 0}
	var list []ConnState
	lab.Do(func() { list = s.shards[0].connections(100) })
	if len(list) != len(states) {
		t.Fatalf("%d connections, want %d", len(list), len(states))
	}
	for i, c := range list {
		age := time.Duration(len(states)-i) * time.Second
		if c.State != states[i] || c.Age < age || c.Age > age+100*time.Millisecond || c.Remote != peers[i].Addr() || c.Held != held[i] {
			t.Errorf("connection %d is %+v, want %s for %v, holding %d", i, c, states[i], age, held[i])
		}
	}
	lab.Do(func() { list = s.shards[0].connections(2) })
	if len(list) != 2 {
		t.Errorf("%d connections, want no more than 2", len(list))
	}
	close(gate)
	lab.Settle()
}

func TestRegistryAsksEveryLoop(t *testing.T) {
	t.Parallel()
	var within []ConnState
	g := newRig(t, Config{WorkerThreads: 2}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) { within = s.Connections(0) })
	})
	if list := g.srv.Connections(0); len(list) != 0 {
		t.Errorf("connections %v before there was one", list)
	}
	for range 8 {
		c := g.dial()
		c.get("/")
	}
	list := g.srv.Connections(0)
	if len(list) != 8 || len(within) != 8 {
		t.Fatalf("%d connections, %d seen by the last handler, want 8", len(list), len(within))
	}
	for i := range list[1:] {
		if list[i].ID >= list[i+1].ID {
			t.Errorf("not in the order of IDs: %v", list)
		}
	}
}
