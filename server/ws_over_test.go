package server

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// A version is how the WebSockets of a test are carried: every test of
// handlers runs over all.
type version string

const (
	overHTTP1 version = "HTTP/1.1" // RFC 6455
	overHTTP2 version = "HTTP/2"   // RFC 8441
	overTLS   version = "HTTP/2 over TLS"
)

// overBoth runs the same test over both versions of HTTP, and over the later
// one also with encryption.
func overBoth(t *testing.T, test func(t *testing.T, over version)) {
	t.Parallel()
	for _, over := range []version{overHTTP1, overHTTP2, overTLS} {
		t.Run(string(over), func(t *testing.T) {
			t.Parallel()
			test(t, over)
		})
	}
}

// rig starts a server whose WebSockets are opened over that version.
func (over version) rig(t testing.TB, cfg Config, register func(s *Server)) *rig {
	t.Helper()
	if over == overTLS {
		cfg = tlsConfig(t, cfg)
	}
	g := newRig(t, cfg, register)
	if over != overHTTP1 {
		c, err := g.openTwo()
		if err != nil {
			t.Fatal(err)
		}
		g.over2 = c
	}
	return g
}

// echoRig is a rig whose /ws echoes.
func (over version) echoRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	return over.rig(t, cfg, func(s *Server) { s.WebSocket("/ws", echoSocket) })
}

// tryTunnel opens a WebSocket by an extended CONNECT, on the rig's connection.
func (g *rig) tryTunnel(path string, fields ...string) (*peer, *http.Response, error) {
	list := []string{"sec-websocket-version", "13"}
	for _, f := range fields {
		if name, value, _ := strings.Cut(f, ": "); strings.EqualFold(name, list[0]) {
			list[1] = value
		} else {
			list = append(list, name, value)
		}
	}
	st, err := g.over2.open(path, "test", list...)
	if err != nil {
		return nil, nil, err
	}
	return &peer{Conn: st, t: g.t, r: bufio.NewReaderSize(st, 32<<10)}, &http.Response{StatusCode: st.status}, nil
}

// What only streams can be: several WebSockets and requests on one connection,
// and each of them ends by itself.
func TestWebSocketsShareAConnection(t *testing.T) {
	t.Parallel()
	closed := make(chan CloseCode, 100)
	g := overHTTP2.rig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/", hello)
		s.WebSocket("/ws", func(c *WebSocket) {
			echoSocket(c)
			c.OnClose(func(code CloseCode, _ string) { closed <- code })
		})
	})
	var peers []*wsPeer
	for range 50 {
		peers = append(peers, g.ws("/ws"))
	}
	for i, c := range peers {
		c.text(strings.Repeat("x", 1000*i))
	}
	for i, c := range peers {
		if _, m, err := c.next(); err != nil || len(m.Data) != 1000*i {
			t.Fatalf("%d: %d bytes, %v", i, len(m.Data), err)
		}
	}
	st := g.stats()
	if st.Connections.TotalAccepted != 1 || st.WebSockets.Active != 50 || st.Connections.ActiveStreams != 50 || st.Requests.Active != 0 {
		t.Errorf("%+v %+v %+v", st.Connections, st.WebSockets, st.Requests)
	}
	for i, c := range peers[:25] {
		if i%2 == 0 {
			c.reset()
		} else {
			c.sendClose(1000, "")
			c.want(`close 1000 ""`)
			c.wantEnd()
		}
	}
	for i := range 25 {
		if code := receive(t, closed, "close"); code != 1000 && code != 1006 {
			t.Errorf("%d: code %v", i, code)
		}
	}
	for _, c := range peers[25:] {
		c.text("still")
		c.wantText("still")
	}
	g.over2.nc.Close()
	for range 25 {
		if code := receive(t, closed, "close"); code != 1006 {
			t.Errorf("code %v", code)
		}
	}
	g.await("nothing left", func(st Stats) bool {
		return st.WebSockets.Active == 0 && st.Connections.ActiveStreams == 0 && st.WebSockets.Total == 50
	})
}

// Who has no WebSocket route does not offer extended CONNECT, and one that
// fits no route is answered like any request.
func TestExtendedConnectIsRefused(t *testing.T) {
	t.Parallel()
	none := overHTTP2.rig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	if _, _, err := none.tryTunnel("/"); err == nil || none.over2.err != nil || none.over2.extends {
		t.Errorf("without a route: %v, %v, offered: %v", err, none.over2.err, none.over2.extends)
	}
	g := overHTTP2.rig(t, Config{}, func(s *Server) {
		s.Get("/", hello)
		s.WebSocket("/ws", echoSocket)
		s.WebSocket("/broken", func(*WebSocket) { panic("oops") })
	})
	if _, _, err := g.tryTunnel("/nowhere"); err != nil || !g.over2.extends {
		t.Errorf("with a route: %v, offered: %v", err, g.over2.extends)
	}
	if st, err := g.over2.open("/ws", "test", ":protocol", "connect-udp"); err != nil || st.status != 501 {
		t.Errorf("another protocol: %v, %v", st.status, err)
	}
	for _, tt := range []struct {
		path   string
		fields []string
		status int
	}{
		{"/nowhere", nil, 404},
		{"/", nil, 405},
		{"/ws", []string{"Sec-WebSocket-Version: 8"}, 426},
		{"/ws", []string{"Origin: https://elsewhere.example"}, 403},
		{"/broken", nil, 500},
		{"/ws", nil, 200},
	} {
		_, res, err := g.tryTunnel(tt.path, tt.fields...)
		if err != nil || res.StatusCode != tt.status {
			t.Errorf("%s %v: %v, %v, want %d", tt.path, tt.fields, res, err, tt.status)
		}
	}
}

// A WebSocket that was never opened, because its client was gone or its answer
// replaced, still has its OnClose.
func TestWebSocketNeverOpened(t *testing.T) {
	overBoth(t, func(t *testing.T, over version) {
		closed, opening, gate := make(chan CloseCode, 1), newSignal(), newSignal()
		g := over.rig(t, Config{}, func(s *Server) {
			onClose := func(c *WebSocket) { c.OnClose(func(code CloseCode, _ string) { closed <- code }) }
			s.WebSocket("/late", func(c *WebSocket) {
				onClose(c)
				close(opening)
				<-gate
			})
			s.Group("/panics", func(next Handler) Handler {
				return func(w *Response, r *Request) { next(w, r); panic("behind it") }
			}).WebSocket("/ws", onClose)
		})
		if over == overHTTP1 {
			p := g.dial()
			p.send(upgradeRequest("/late"))
			opening.wait(t, "open")
			p.reset()
			g.await("the client's end", func(st Stats) bool { return st.Connections.Active == 0 })
		} else {
			go g.tryTunnel("/late")
			opening.wait(t, "open")
			g.over2.mu.Lock()
			g.over2.frame(twoReset, 0, 1, []byte{0, 0, 0, 8})
			g.over2.mu.Unlock()
			if _, res, err := g.tryTunnel("/nowhere"); err != nil || res.StatusCode != 404 { // behind it
				t.Errorf("%v, %v", res, err)
			}
		}
		close(gate)
		if code := receive(t, closed, "close"); code != 1006 {
			t.Errorf("code %v", code)
		}
		if _, res, err := g.tryWS("/panics/ws"); err != nil || res.StatusCode != 500 {
			t.Errorf("%v, %v", res, err)
		}
		if code := receive(t, closed, "close"); code != 1006 {
			t.Errorf("code %v", code)
		}
		if st := g.stats().WebSockets; st.Total != 0 || st.Active != 0 {
			t.Errorf("counted: %+v", st)
		}
	})
}

// What a handler does not take the client has to keep: the window of its stream
// is closed, and the others go on.
func TestTunnelWindowBoundsWhatIsHeld(t *testing.T) {
	t.Parallel()
	gate, got := newSignal(), make(chan int, 1000)
	g := overHTTP2.rig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(m Message) {
				<-gate
				got <- len(m.Data)
			})
		})
		s.WebSocket("/echo", echoSocket)
	})
	slow, quick := g.ws("/ws"), g.ws("/echo")
	st := slow.Conn.(*twoStream)
	const n, size = 300, 10 << 10
	go func() {
		for range n {
			slow.Write(slow.conn.AppendMessage(nil, OpBinary, make([]byte, size)))
		}
	}()
	closed := func() bool {
		g.over2.mu.Lock()
		defer g.over2.mu.Unlock()
		return st.room == 0
	}
	for range 1000 { // while it fills its window
		quick.text("still here")
		quick.wantText("still here")
		if closed() {
			break
		}
	}
	if !closed() {
		t.Error("the window of a stream that nobody reads stays open")
	}
	if held := g.srv.Connections(0)[0].Held; held > 200<<10 {
		t.Errorf("%d bytes are held for a window of %d", held, g.over2.initial)
	}
	close(gate)
	for range n {
		if l := receive(t, got, "message"); l != size {
			t.Fatalf("%d bytes", l)
		}
	}
}

// Behind a fault only the server's direction is ended, and what still comes is
// thrown away; the client then ends its own, and no stream is reset.
func TestTunnelHalfClosed(t *testing.T) {
	t.Parallel()
	g := overHTTP2.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", echoSocket)
	})
	faulty, other := g.ws("/ws"), g.ws("/ws")
	faulty.send(string(faulty.conn.AppendMessage(nil, OpText, []byte("\xff"))) + "behind it")
	faulty.want(`close 1007 "text is not UTF-8"`)
	faulty.wantEnd()
	faulty.send("and more")
	other.text("goes on")
	other.wantText("goes on")
	g.over2.mu.Lock()
	reset := faulty.Conn.(*twoStream).reset
	g.over2.mu.Unlock()
	if reset != 0 {
		t.Errorf("the stream was reset with %d", reset-1)
	}
	faulty.closeWrite()
	g.await("the end of one", func(st Stats) bool { return st.WebSockets.Active == 1 && st.Connections.ActiveStreams == 1 })
}
