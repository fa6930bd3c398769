package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
	"reactor.example/websocket"
)

func TestWebSocketEcho(t *testing.T) { overBoth(t, testWebSocketEcho) }

func testWebSocketEcho(t *testing.T, over version) {
	g := over.echoRig(t, Config{})
	c := g.ws("/ws")
	for _, size := range []int{0, 5, 125, 126, 4000, 70000, 1 << 20} {
		s := strings.Repeat("é", size)[:size/2*2]
		c.text(s)
		ev, m, err := c.next()
		if err != nil || ev != websocket.EventMessage || m.Op != OpText || string(m.Data) != s {
			t.Fatalf("%d bytes came back as %v of %d bytes, %v", size, ev, len(m.Data), err)
		}
	}
	c.message(OpBinary, "\xff\x00")
	c.want(`message binary "\xff\x00"`)
	c.send(string(c.conn.AppendPing(nil, []byte("p"))))
	c.want(`pong "p"`)
	c.sendClose(1000, "bye")
	c.want(`close 1000 ""`)
	c.wantEnd()
	g.await("closed", func(st Stats) bool {
		return st.WebSockets.Active == 0 && (over != overHTTP1 || st.Connections.Active == 0)
	})
	if st := g.stats().WebSockets; st.Total != 1 || st.MessagesIn != 8 || st.MessagesOut != 8 {
		t.Errorf("counters: %+v", st)
	}
}

// What was sent before a Close, or a fault, came is not lost: it leaves in front
// of ours, also where all of it has come at once.
func TestWebSocketAnswersBeforeTheClose(t *testing.T) {
	overBoth(t, testWebSocketAnswersBeforeTheClose)
}

func testWebSocketAnswersBeforeTheClose(t *testing.T, over version) {
	g := over.echoRig(t, Config{})
	for name, last := range map[string]struct{ sent, want string }{
		"close": {"\x88\x82\x00\x00\x00\x00\x03\xe8", `close 1000 ""`},
		"fault": {"\x91\x80\x00\x00\x00\x00", `close 1002 "reserved bit set"`},
	} {
		c := g.ws("/ws")
		hello := c.conn.AppendMessage(nil, OpText, []byte("hello"))
		c.send(string(hello) + string(hello) + last.sent)
		c.wantText("hello")
		c.wantText("hello")
		if got := c.event(); got != last.want {
			t.Errorf("%s: got %s, want %s", name, got, last.want)
		}
	}
}

// Messages of one read are handled in their order, and so are their answers.
func TestWebSocketManyAtOnce(t *testing.T) { overBoth(t, testWebSocketManyAtOnce) }

func testWebSocketManyAtOnce(t *testing.T, over version) {
	g := over.echoRig(t, Config{WorkerThreads: 1})
	c := g.ws("/ws")
	var all []byte
	for i := range 5000 {
		all = c.conn.AppendMessage(all, OpText, fmt.Appendf(nil, "%d", i))
	}
	go c.Write(all)
	for i := range 5000 {
		c.wantText(fmt.Sprint(i))
	}
}

// What the client sends behind its handshake are the first frames.
func TestWebSocketFramesBehindTheHandshake(t *testing.T) {
	t.Parallel()
	g := echoRig(t, Config{})
	p := g.dial()
	c := &wsPeer{peer: p}
	c.conn.Init(&websocket.Config{Client: true}, websocket.Extensions{})
	p.send(upgradeRequest("/ws") + string(c.conn.AppendMessage(nil, OpText, []byte("early"))))
	if a, err := http.ReadResponse(p.r, nil); err != nil || a.StatusCode != 101 {
		t.Fatal(a, err)
	}
	c.wantText("early")
}

// A handshake that is refused, by whom, and what becomes of the connection.
func TestWebSocketHandshake(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", echoSocket)
		s.WebSocketWith("/chat", SocketSettings{Subprotocols: []string{"v2", "v1"}, Origin: AnyOrigin}, echoSocket)
		s.Get("/both", hello)
		s.WebSocket("/both", echoSocket)
		s.Post("/post", echo)
		s.WebSocket("/post", echoSocket)
		guarded := s.Group("/guarded", func(next Handler) Handler {
			return func(w *Response, r *Request) {
				w.Header().Set("x-seen", "yes")
				if r.Header().Get("authorization") == "" {
					w.Text(401, "who are you?")
					return
				}
				next(w, r)
			}
		})
		guarded.WebSocket("/ws", echoSocket)
	})
	ask := func(request string) answer { return g.in(t).ask(request) }
	replace := func(old, with string) string { return strings.Replace(upgradeRequest("/ws"), old, with, 1) }
	for name, tt := range map[string]struct {
		request string
		status  int
	}{
		"no such route":         {upgradeRequest("/nowhere"), 404},
		"a plain GET":           {"GET /ws HTTP/1.1\r\nHost: test\r\n\r\n", 404},
		"GET beside a socket":   {"GET /both HTTP/1.1\r\nHost: test\r\n\r\n", 200},
		"POST is ordinary":      {replace("GET /ws", "POST /post"), 200},
		"another version":       {replace("Version: 13", "Version: 8"), 426},
		"no version":            {replace("Sec-WebSocket-Version: 13\r\n", ""), 426},
		"no key":                {replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400},
		"a bad key":             {replace("dGhl", "####"), 400},
		"no Connection":         {replace("Connection: Upgrade\r\n", ""), 400},
		"no Upgrade":            {replace("Upgrade: websocket\r\n", ""), 400},
		"HTTP/1.0":              {replace("HTTP/1.1", "HTTP/1.0"), 400},
		"content":               {replace("Host: test", "Host: test\r\nContent-Length: 1") + "x", 400},
		"another origin":        {upgradeRequest("/ws", "Origin: https://elsewhere.example"), 403},
		"middleware":            {upgradeRequest("/guarded/ws"), 401},
		"the same origin":       {upgradeRequest("/ws", "Origin: http://test"), 101},
		"any origin":            {upgradeRequest("/chat", "Origin: https://elsewhere.example"), 101},
		"a socket beside a GET": {upgradeRequest("/both"), 101},
		"past the middleware":   {upgradeRequest("/guarded/ws", "Authorization: me"), 101},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := g.in(t).dial()
			p.send(tt.request)
			res, err := http.ReadResponse(p.r, nil)
			if err != nil || res.StatusCode != tt.status {
				t.Fatalf("status %v, %v, want %d", res, err, tt.status)
			}
			if tt.status == 426 && (res.Header.Get("Sec-WebSocket-Version") != "13" || res.Header.Get("Upgrade") != "websocket") {
				t.Errorf("426 with %v", res.Header)
			}
			if strings.Contains(tt.request, "/guarded") && res.Header.Get("X-Seen") != "yes" {
				t.Errorf("the field of the middleware is missing: %v", res.Header)
			}
		})
	}
	if a := ask(replace("Version: 13", "Version: 8")); a.body != "426 Upgrade Required: version is not 13\n" {
		t.Errorf("body %q", a.body)
	}
	_, res, err := g.tryWS("/chat", "Sec-WebSocket-Protocol: v0, v1, v2")
	if err != nil || res.Header.Get("Sec-WebSocket-Protocol") != "v1" {
		t.Errorf("subprotocol: %v, %v", res, err)
	}
	if !slices.Contains(g.srv.Routes(), "WEBSOCKET /ws") {
		t.Errorf("routes: %v", g.srv.Routes())
	}
}

// The callbacks in their order, what they are told, and what the connection
// knows.
func TestWebSocketCallbacks(t *testing.T) { overBoth(t, testWebSocketCallbacks) }

func testWebSocketCallbacks(t *testing.T, over version) {
	type key struct{}
	log := make(chan string, 100)
	g := over.rig(t, Config{}, func(s *Server) {
		s.Use(func(next Handler) Handler {
			return func(w *Response, r *Request) {
				r.SetValue(key{}, "from middleware")
				next(w, r)
			}
		})
		s.WebSocket("/rooms/:room", func(c *WebSocket) {
			agent := c.Request().Header().Get("user-agent")
			c.SendText("sent before the answer")
			c.OnOpen(func() {
				c.SendText("welcome to " + c.Param("room"))
				log <- strings.TrimSpace(fmt.Sprintln("open", agent, c.Value(key{}), c.Request() == nil, c.Pattern(), c.RemoteAddr().IsValid(), c.Context().Err()))
			})
			c.OnMessage(func(m Message) { log <- "message " + m.Text() })
			c.OnPing(func(p []byte) { log <- "ping " + string(p) })
			c.OnPong(func(p []byte) { log <- "pong " + string(p) })
			c.OnError(func(err error) { log <- "error " + err.Error() })
			c.OnClose(func(code CloseCode, reason string) {
				log <- fmt.Sprint("close ", code, reason, c.Context().Err(), c.SendText("late"))
			})
		})
	})
	c := g.ws("/rooms/a%2Fb", "User-Agent: tester")
	c.wantText("sent before the answer")
	c.wantText("welcome to a/b")
	c.text("hello")
	c.send(string(c.conn.AppendPing(nil, []byte("1"))) + string(c.conn.AppendPong(nil, []byte("2"))))
	c.want(`pong "1"`)
	c.sendClose(4001, "enough")
	c.want(`close 4001 ""`)
	c.wantEnd()
	for _, want := range []string{
		"open tester from middleware true /rooms/:room true <nil>", "message hello", "ping 1", "pong 2",
	} {
		if got := receive(t, log, want); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := receive(t, log, "close"); !strings.HasPrefix(got, "close 4001enough") || !strings.HasSuffix(got, ErrSocketClosed.Error()) {
		t.Errorf("got %s", got)
	}
	c = g.ws("/rooms/x")
	c.wantText("sent before the answer")
	c.wantText("welcome to x")
	receive(t, log, "open")
	c.message(OpText, "\xff")
	c.want(`close 1007 "text is not UTF-8"`)
	c.wantEnd()
	for _, want := range []string{"error " + "websocket: text is not UTF-8 (RFC 6455 8.1)", "close 1007text is not UTF-8"} {
		if got := receive(t, log, want); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	c = g.ws("/rooms/x")
	c.wantText("sent before the answer")
	receive(t, log, "open")
	c.reset()
	if got := receive(t, log, "close"); !strings.HasPrefix(got, "close 1006") {
		t.Errorf("got %s", got)
	}
	c = g.ws("/rooms/x")
	receive(t, log, "open")
	c.closeWrite()
	if got := receive(t, log, "close"); !strings.HasPrefix(got, "close 1006") {
		t.Errorf("half-closed: got %s", got)
	}
}

// A callback that blocks holds up its own connection and nobody else, and
// what it has sent leaves at once.
func TestWebSocketCallbackBlocks(t *testing.T) { overBoth(t, testWebSocketCallbackBlocks) }

func testWebSocketCallbackBlocks(t *testing.T, over version) {
	gate := make(chan bool)
	g := over.rig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(m Message) {
				if m.Text() == "block" {
					c.SendText("blocking")
					<-gate
				}
				c.SendText("done " + m.Text())
			})
		})
	})
	slow, quick := g.ws("/ws"), g.ws("/ws")
	slow.text("block")
	slow.text("next")
	slow.wantText("blocking")
	for range 10 {
		quick.text("quick")
		quick.wantText("done quick")
	}
	go slow.Write(slow.conn.AppendMessage(nil, OpText, []byte(strings.Repeat("x", 200<<10)))) // more than a window
	close(gate)
	slow.wantText("done block")
	slow.wantText("done next")
}

// A message that lay in the loop's read buffer is still the same when its
// callback has been moved away and the buffer is in use again.
func TestWebSocketMessageStays(t *testing.T) { overBoth(t, testWebSocketMessageStays) }

func testWebSocketMessageStays(t *testing.T, over version) {
	gate := make(chan bool)
	g := over.rig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(m Message) {
				if m.Data[0] == 'a' {
					c.SendText("here")
					<-gate
				}
				c.Send(m)
			})
		})
	})
	one, two := g.ws("/ws"), g.ws("/ws")
	for _, size := range []int{10, 1000, 50000, 100000} {
		want := strings.Repeat("a", size)
		one.text(want)
		one.wantText("here")
		for range 5 {
			two.text(strings.Repeat("b", 60000))
			two.next()
		}
		gate <- true
		if _, m, _ := one.next(); string(m.Data) != want {
			t.Errorf("%d bytes changed", size)
		}
	}
}

func TestWebSocketSendsFromEverywhere(t *testing.T) { overBoth(t, testWebSocketSendsFromEverywhere) }

func testWebSocketSendsFromEverywhere(t *testing.T, over version) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) { c.OnOpen(func() { conns <- c }) })
	})
	c := g.ws("/ws")
	s := receive(t, conns, "open")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 500 {
				if err := s.SendText(fmt.Sprintf("%d %d", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var next [4]int
	for range 2000 {
		var i, j int
		_, m, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(string(m.Data), &i, &j)
		if next[i] != j {
			t.Fatalf("goroutine %d: message %d came as number %d", i, j, next[i])
		}
		next[i]++
	}
	wg.Wait()
	if err := s.SendText("\xff"); err != ErrNotText {
		t.Errorf("SendText: %v", err)
	}
	s.SendPing([]byte(strings.Repeat("x", 200)))
	if ev, m, _ := c.next(); ev != websocket.EventPing || len(m.Data) != 125 {
		t.Errorf("%v of %d bytes", ev, len(m.Data))
	}
	s.SendClose(4000, "over")
	c.want(`close 4000 "over"`)
	if err := s.SendText("late"); err != ErrSocketClosed {
		t.Errorf("Send after Close: %v", err)
	}
	ctx := s.Context()
	c.sendClose(4000, "")
	c.wantEnd()
	<-ctx.Done()
	if context.Cause(ctx) != ErrSocketClosed {
		t.Errorf("cause: %v", context.Cause(ctx))
	}
}

// After our Close what the client has sent before its answer still comes.
func TestWebSocketClosedByServer(t *testing.T) { overBoth(t, testWebSocketClosedByServer) }

func testWebSocketClosedByServer(t *testing.T, over version) {
	got := make(chan string, 10)
	g := over.rig(t, Config{WebSocket: WebSocketConfig{CloseTimeout: 300 * time.Millisecond}}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnOpen(func() { c.SendClose(1000, "short") })
			c.OnMessage(func(m Message) { got <- m.Text() })
			c.OnClose(func(code CloseCode, reason string) { got <- fmt.Sprint(code, reason) })
		})
	})
	c := g.ws("/ws")
	c.want(`close 1000 "short"`)
	c.conn.Init(&websocket.Config{Client: true}, websocket.Extensions{})
	c.text("on its way")
	c.sendClose(1000, "")
	c.wantEnd()
	if a, b := receive(t, got, "message"), receive(t, got, "close"); a != "on its way" || b != "1000" {
		t.Errorf("got %q, %q", a, b)
	}
	c = g.ws("/ws") // who never answers
	c.want(`close 1000 "short"`)
	if a := receive(t, got, "close"); a != "1006" {
		t.Errorf("got %q", a)
	}
}

func TestWebSocketPanic(t *testing.T) { overBoth(t, testWebSocketPanic) }

func testWebSocketPanic(t *testing.T, over version) {
	closed := make(chan CloseCode, 1)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(Message) { panic("oops") })
			c.OnClose(func(code CloseCode, _ string) { closed <- code })
		})
		s.WebSocket("/open", func(*WebSocket) { panic("oops") })
	})
	c := g.ws("/ws")
	c.text("x")
	c.want(`close 1011 ""`)
	c.sendClose(1011, "")
	c.wantEnd()
	if code := receive(t, closed, "close"); code != 1011 {
		t.Errorf("code %v", code)
	}
	if _, res, err := g.tryWS("/open"); err != nil || res.StatusCode != 500 {
		t.Errorf("before the answer: %v, %v", res, err)
	}
}

func TestWebSocketLimits(t *testing.T) { overBoth(t, testWebSocketLimits) }

func testWebSocketLimits(t *testing.T, over version) {
	g := over.rig(t, Config{MaxWSMessageSize: 1000}, func(s *Server) {
		s.WebSocket("/ws", echoSocket)
		s.WebSocketWith("/small", SocketSettings{MaxMessageBytes: 10}, echoSocket)
	})
	for path, limit := range map[string]int{"/ws": 1000, "/small": 10} {
		c := g.ws(path)
		c.message(OpBinary, strings.Repeat("x", limit))
		c.want(fmt.Sprintf("message binary %.100q", strings.Repeat("x", limit)))
		c.message(OpBinary, strings.Repeat("x", limit+1))
		c.want(`close 1009 "message too long"`)
	}
}

// A client that says nothing is pinged, and closed if it does not answer.
func TestWebSocketPings(t *testing.T) { overBoth(t, testWebSocketPings) }

func testWebSocketPings(t *testing.T, over version) {
	closed := make(chan CloseCode, 1)
	g := over.rig(t, Config{WebSocket: WebSocketConfig{PingInterval: 50 * time.Millisecond, PongTimeout: 200 * time.Millisecond, CloseTimeout: 200 * time.Millisecond}},
		func(s *Server) {
			s.WebSocket("/ws", func(c *WebSocket) {
				c.OnClose(func(code CloseCode, _ string) { closed <- code })
			})
		})
	c := g.ws("/ws")
	for range 3 {
		c.want(`ping ""`)
		c.send(string(c.conn.AppendPong(nil, nil)))
	}
	c.want(`ping ""`)
	c.want(`close 1001 "no answer to a ping"`)
	if code := receive(t, closed, "close"); code != 1006 {
		t.Errorf("code %v", code)
	}
	if n := g.stats().WebSockets.Pings; n != 4 {
		t.Errorf("%d pings", n)
	}
}

func TestWebSocketIdleWithoutPings(t *testing.T) { overBoth(t, testWebSocketIdleWithoutPings) }

func testWebSocketIdleWithoutPings(t *testing.T, over version) {
	g := over.echoRig(t, Config{IdleTimeout: 100 * time.Millisecond, WebSocket: WebSocketConfig{PingInterval: Off, CloseTimeout: 200 * time.Millisecond}})
	c := g.ws("/ws")
	c.want(`close 1001 "idle"`)
	if over == overHTTP1 {
		c.wantEnd()
	} else if _, err := c.r.ReadByte(); err == nil || err.Error() != "RST_STREAM with 8" {
		t.Errorf("no answer to the Close: %v", err)
	}
}

// A client that reads too slowly: what happens to what it is sent.
func TestWebSocketSlowReader(t *testing.T) { overBoth(t, testWebSocketSlowReader) }

func testWebSocketSlowReader(t *testing.T, over version) {
	for _, policy := range []string{"report", "drop", "close"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			conns, drained, closed := make(chan *WebSocket, 1), newSignal(), make(chan CloseCode, 1)
			cfg := Config{WebSocket: WebSocketConfig{MaxBacklog: 100 << 10, SlowReader: policy, CloseTimeout: 300 * time.Millisecond}}
			g := over.rig(t, cfg, func(s *Server) {
				s.WebSocket("/ws", func(c *WebSocket) {
					c.OnOpen(func() { conns <- c })
					// Also whenever the system takes at once what waited for it.
					c.OnDrain(sync.OnceFunc(func() { close(drained) }))
					c.OnClose(func(code CloseCode, _ string) { closed <- code })
				})
			})
			c := g.ws("/ws")
			s := receive(t, conns, "open")
			payload := make([]byte, 10<<10)
			sent := 0
			var err error
			for end := time.Now().Add(patience); time.Now().Before(end); sent++ {
				if err = s.SendBinary(payload); err != nil || policy == "drop" && g.srv.socketDrops.Load() > 0 {
					break
				}
			}
			if want := map[string]error{"report": ErrBacklog, "close": ErrBacklog}[policy]; !errors.Is(err, want) {
				t.Fatalf("after %d: %v", sent, err)
			}
			if s.Backlog() > 100<<10 {
				t.Errorf("backlog of %d bytes", s.Backlog())
			}
			if policy == "close" {
				if err = s.SendBinary(nil); err != ErrSocketClosed {
					t.Errorf("then: %v", err)
				}
				if code := receive(t, closed, "close"); code != 1006 { // it does not even take the Close
					t.Errorf("code %v", code)
				}
				return
			}
			for range sent {
				if ev, m, err := c.next(); ev != websocket.EventMessage || len(m.Data) != len(payload) {
					t.Fatal(ev, err)
				}
			}
			drained.wait(t, "OnDrain")
			if err = s.SendText("again"); err != nil {
				t.Error(err)
			}
			c.wantText("again")
		})
	}
}

// The Close of a client that read too slowly does not come within a frame.
func TestWebSocketSlowReaderClosed(t *testing.T) { overBoth(t, testWebSocketSlowReaderClosed) }

func testWebSocketSlowReaderClosed(t *testing.T, over version) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: WebSocketConfig{MaxBacklog: 100 << 10, SlowReader: "close"}}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) { c.OnOpen(func() { conns <- c }) })
	})
	c := g.ws("/ws")
	s := receive(t, conns, "open")
	payload := make([]byte, 90<<10) // in several blocks
	sent := 0
	var err error
	for end := time.Now().Add(patience); err == nil && time.Now().Before(end); sent++ {
		err = s.SendBinary(payload)
	}
	if err != ErrBacklog {
		t.Fatalf("after %d: %v", sent, err)
	}
	for range sent - 1 {
		if ev, m, err := c.next(); ev != websocket.EventMessage || len(m.Data) != len(payload) {
			t.Fatal(ev, err)
		}
	}
	c.want(`close 1008 "client reads too slowly"`)
}

// A Close that a client does not take, because it does not read at all, does
// not wait for ever.
func TestWebSocketCloseNotTaken(t *testing.T) { overBoth(t, testWebSocketCloseNotTaken) }

func testWebSocketCloseNotTaken(t *testing.T, over version) {
	conns, closed := make(chan *WebSocket, 1), make(chan CloseCode, 1)
	g := over.rig(t, Config{WebSocket: WebSocketConfig{MaxBacklog: 16 << 20, CloseTimeout: 200 * time.Millisecond}}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnOpen(func() { conns <- c })
			c.OnClose(func(code CloseCode, _ string) { closed <- code })
		})
	})
	g.ws("/ws")
	s := receive(t, conns, "open")
	for range 12 {
		if err := s.SendBinary(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	s.SendClose(1000, "")
	if code := receive(t, closed, "close"); code != 1006 {
		t.Errorf("code %v", code)
	}
}

// Everybody is told at shutdown, and late handshakes are refused.
func TestWebSocketShutdown(t *testing.T) { overBoth(t, testWebSocketShutdown) }

func testWebSocketShutdown(t *testing.T, over version) {
	for _, spread := range []time.Duration{0, 200 * time.Millisecond} {
		g := over.echoRig(t, Config{WebSocket: WebSocketConfig{ShutdownSpread: spread}})
		var peers []*wsPeer
		for range 20 {
			peers = append(peers, g.ws("/ws"))
		}
		ended := make(chan error)
		go func() { ended <- g.shutdown() }()
		for _, c := range peers {
			c.want(`close 1001 "server shuts down"`)
			c.sendClose(1001, "")
			c.wantEnd()
		}
		if err := receive(t, ended, "shutdown"); err != nil {
			t.Error(err)
		}
	}
}

// All memory comes back to the loops.
func TestWebSocketBuffersComeBack(t *testing.T) { overBoth(t, testWebSocketBuffersComeBack) }

func testWebSocketBuffersComeBack(t *testing.T, over version) {
	var buffers reactortest.Buffers
	g := over.echoRig(t, Config{Buffers: func(int) Buffers { return &buffers }})
	for range 5 {
		c := g.ws("/ws")
		c.message(OpBinary, strings.Repeat("x", 300<<10))
		c.next()
		c.send(string(c.conn.AppendFragment(nil, OpText, false, []byte("unfinished"))))
		c.reset()
	}
	g.shutdown()
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers did not come back", n)
	}
}
