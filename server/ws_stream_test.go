package server

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
	"reactor.example/websocket"
)

// fragments are the frames of a message in fragments of that size; between them,
// if it is not empty, is a ping with that payload.
func (c *wsPeer) fragments(op OpCode, payload string, size int, ping string) string {
	var b []byte
	for {
		n := min(size, len(payload))
		part := payload[:n]
		payload = payload[n:]
		b = c.conn.AppendFragment(b, op, len(payload) == 0, []byte(part))
		if op = websocket.OpContinuation; len(payload) == 0 {
			return string(b)
		}
		if ping != "" {
			b = c.conn.AppendPing(b, []byte(ping))
		}
	}
}

// part sends the first part of a message, or another one, but not the last.
func (c *wsPeer) part(op OpCode, payload string) {
	c.t.Helper()
	c.send(string(c.conn.AppendFragment(nil, op, false, []byte(payload))))
}

// rest sends the last part of a message.
func (c *wsPeer) rest(payload string) {
	c.t.Helper()
	c.send(string(c.conn.AppendFragment(nil, websocket.OpContinuation, true, []byte(payload))))
}

// open opens a WebSocket at path whose messages are compressed, or not.
func (g *rig) open(path string, deflates bool) *wsPeer {
	g.t.Helper()
	if deflates {
		return g.deflating(path)
	}
	return g.ws(path)
}

// overAll is overBoth with and without compression.
func overAll(t *testing.T, test func(t *testing.T, over version, deflates bool)) {
	overBoth(t, func(t *testing.T, over version) {
		for _, deflates := range []bool{false, true} {
			t.Run(fmt.Sprint("deflate=", deflates), func(t *testing.T) {
				t.Parallel()
				test(t, over, deflates)
			})
		}
	})
}

// deflating switches compression on, which only clients that offer it get.
var deflating = WebSocketConfig{Compression: true}

// A received is what a callback of OnStream has made of a message.
type received struct {
	op   OpCode
	text string
	err  error
}

// readsAll is a socket that reads every message to its end.
func readsAll(got chan<- received) func(c *WebSocket) {
	return func(c *WebSocket) {
		c.OnStream(func(op OpCode, r io.Reader) {
			b, err := io.ReadAll(r)
			got <- received{op, string(b), err}
		})
	}
}

// noise is n bytes that do not get shorter, the same ones every time.
func noise(n int) string {
	b := make([]byte, 0, n+sha256.Size)
	for sum := sha256.Sum256(nil); len(b) < n; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	return string(b[:n])
}

// Messages of all sizes, in one frame or many, with pings in between, are read
// as they were sent.
func TestStreamReceives(t *testing.T) { overAll(t, testStreamReceives) }

func testStreamReceives(t *testing.T, over version, deflates bool) {
	got := make(chan received, 1)
	g := over.rig(t, Config{WebSocket: deflating, BodyBuffer: 8 << 10}, func(s *Server) { s.WebSocket("/ws", readsAll(got)) })
	c := g.open("/ws", deflates)
	n := 0
	for _, size := range []int{0, 1, 2, 125, 126, 127, 128, 4096, 70_000, largeBytes} {
		for op, payload := range map[OpCode]string{OpBinary: noise(size), OpText: strings.Repeat("aé€😀", size/10+1)[:size/10*10]} {
			for _, part := range []int{size + 1, size/3 + 1, 1000} {
				frames := c.fragments(op, payload, part, "")
				go io.WriteString(c, frames)
				if m := receive(t, got, "message"); m.op != op || m.text != payload || m.err != nil {
					t.Fatalf("%v of %d bytes in parts of %d: got %v, %d bytes, %v", op, size, part, m.op, len(m.text), m.err)
				}
				n++
			}
		}
	}
	go io.WriteString(c, c.fragments(OpBinary, noise(5000), 1000, "still there"))
	for range 4 {
		c.want(`pong "still there"`)
	}
	if m := receive(t, got, "message"); m.text != noise(5000) {
		t.Errorf("between pings: %d bytes, %v", len(m.text), m.err)
	}
	if in := g.stats().WebSockets.MessagesIn; int(in) != n+1 {
		t.Errorf("%d messages are counted, want %d", in, n+1)
	}
	c.sendClose(1000, "")
	c.want(`close 1000 ""`)
}

// Where a conversation is cut changes nothing: at every octet, and at all.
func TestStreamAtEverySplit(t *testing.T) { overAll(t, testStreamAtEverySplit) }

func testStreamAtEverySplit(t *testing.T, over version, deflates bool) {
	got := make(chan received, 2)
	g := over.rig(t, Config{WebSocket: deflating, WorkerThreads: 1}, func(s *Server) { s.WebSocket("/ws", readsAll(got)) })
	const text, whole = "aé€😀z", "whole"
	talk := func(c *wsPeer) string {
		return c.fragments(OpText, text, 3, "p") + string(c.conn.AppendMessage(nil, OpBinary, []byte(whole)))
	}
	check := func(c *wsPeer, how any) {
		t.Helper()
		for range (len(text) - 1) / 3 {
			c.want(`pong "p"`)
		}
		for _, want := range []received{{OpText, text, nil}, {OpBinary, whole, nil}} {
			if m := receive(t, got, "message"); m != want {
				t.Fatalf("%v: got %+v, want %+v", how, m, want)
			}
		}
	}
	c := g.open("/ws", deflates)
	for at := range len(talk(c)) {
		frames := talk(c)
		c.send(frames[:at])
		c.send(frames[at:])
		check(c, at)
	}
	frames := talk(c)
	for i := range len(frames) {
		c.send(frames[i : i+1])
	}
	check(c, "all")
}

// While a callback waits for the rest of its message pings are answered; OnPing
// and OnPong follow behind it, before the next message.
func TestStreamControlFramesBetween(t *testing.T) { overBoth(t, testStreamControlFramesBetween) }

func testStreamControlFramesBetween(t *testing.T, over version) {
	log := make(chan string, 100)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				log <- "begin"
				b, err := io.ReadAll(r)
				log <- fmt.Sprint("end ", string(b), err)
			})
			c.OnPing(func(p []byte) { log <- "ping " + string(p) })
			c.OnPong(func(p []byte) { log <- "pong " + string(p) })
		})
	})
	c := g.ws("/ws")
	wantLog := func(all ...string) {
		t.Helper()
		for _, want := range all {
			if got := receive(t, log, want); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		}
	}
	c.part(OpText, "one ")
	wantLog("begin")
	c.send(string(c.conn.AppendPing(nil, []byte("1"))) + string(c.conn.AppendPong(nil, []byte("2"))))
	c.want(`pong "1"`)
	c.part(websocket.OpContinuation, "two ")
	c.send(string(c.conn.AppendPing(nil, []byte("3"))))
	c.want(`pong "3"`)
	if len(log) > 0 {
		t.Fatalf("%s while the callback was away", <-log)
	}
	c.rest("three")
	c.text("next")
	wantLog("end one two three<nil>", "ping 1", "pong 2", "ping 3", "begin", "end next<nil>")
	c.part(OpText, "many")
	wantLog("begin")
	for i := range 3 * maxHeard {
		c.send(string(c.conn.AppendPing(nil, fmt.Append(nil, i))))
		c.want(fmt.Sprintf("pong %q", fmt.Sprint(i)))
	}
	c.rest("")
	wantLog("end many<nil>")
	for i := 2 * maxHeard; i < 3*maxHeard; i++ {
		wantLog(fmt.Sprint("ping ", i))
	}
	c.send(string(c.conn.AppendPing(nil, []byte("last"))))
	wantLog("ping last")
}

// A callback that does not read stops its client: what is held is bounded, and
// others on the loop go on. Then everything comes.
func TestStreamSlowCallback(t *testing.T) { overAll(t, testStreamSlowCallback) }

func testStreamSlowCallback(t *testing.T, over version, deflates bool) {
	const total, parts = bulk, 32
	gate, begun, sum := newSignal(), newSignal(), make(chan [sha256.Size]byte, 1)
	g := over.rig(t, Config{WorkerThreads: 1, BodyBuffer: 16 << 10, WebSocket: deflating}, func(s *Server) {
		s.WebSocketWith("/ws", SocketSettings{MaxMessageBytes: Off}, func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				close(begun)
				<-gate
				h := sha256.New()
				if n, err := io.Copy(h, r); n != total || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
				sum <- [sha256.Size]byte(h.Sum(nil))
			})
		})
		s.WebSocket("/echo", echoSocket)
	})
	c, quick := g.open("/ws", deflates), g.ws("/echo")
	want := sha256.New()
	piece := []byte(noise(total / parts))
	for range parts {
		want.Write(piece)
	}
	var sent atomic.Int64
	go func() {
		op := OpBinary
		for i := range parts {
			n, err := c.Write(c.conn.AppendFragment(nil, op, i == parts-1, piece))
			if op = websocket.OpContinuation; err != nil {
				t.Error(err)
				return
			}
			sent.Add(int64(n))
		}
	}()
	begun.wait(t, "the callback")
	for range turns {
		quick.text("quick")
		quick.wantText("quick")
		for _, st := range g.srv.Connections(0) {
			if st.Held > 400<<10 {
				t.Fatalf("%d bytes are held", st.Held)
			}
		}
	}
	if n := sent.Load(); n > total*3/4 {
		t.Errorf("a client whose message nobody reads has sent %d bytes", n)
	}
	close(gate)
	if got := receive(t, sum, "message"); got != [sha256.Size]byte(want.Sum(nil)) {
		t.Error("other bytes came than were sent")
	}
}

// A message that ends too early ends its callback with an error, behind what has
// come; the connection then ends as always.
func TestStreamEndsEarly(t *testing.T) { overAll(t, testStreamEndsEarly) }

func testStreamEndsEarly(t *testing.T, over version, deflates bool) {
	const limit = 1000
	tooLong := strings.Repeat("x", 600)
	for name, tt := range map[string]struct {
		end   func(c *wsPeer)
		first string // of the message
		fault CloseCode
		code  CloseCode // for OnClose
	}{
		"reset":      {func(c *wsPeer) { c.reset() }, "first", 0, 1006},
		"FIN":        {func(c *wsPeer) { c.closeWrite() }, "first", 0, 1006},
		"Close":      {func(c *wsPeer) { c.sendClose(4000, "") }, "first", 0, 4000},
		"bad UTF-8":  {func(c *wsPeer) { c.part(websocket.OpContinuation, "\xff") }, "first", 1007, 1007},
		"cut UTF-8":  {func(c *wsPeer) { c.rest("\xe2\x82") }, "first", 1007, 1007},
		"too long":   {func(c *wsPeer) { c.rest(tooLong) }, tooLong, 1009, 1009},
		"unexpected": {func(c *wsPeer) { c.send("\x81\x80\x00\x00\x00\x00") }, "first", 1002, 1002},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard, begun, log := make(chan received, 1), newSignal(), make(chan string, 2)
			g := over.rig(t, Config{MaxWSMessageSize: limit, WebSocket: deflating}, func(s *Server) {
				s.WebSocket("/ws", func(c *WebSocket) {
					c.OnStream(func(op OpCode, r io.Reader) {
						b := make([]byte, len(tt.first))
						io.ReadFull(r, b)
						close(begun)
						rest, err := io.ReadAll(r)
						heard <- received{op, string(append(b, rest...)), err}
						if _, again := r.Read(b); again != err {
							t.Errorf("then %v", again)
						}
					})
					c.OnError(func(err error) { log <- err.Error() })
					c.OnClose(func(code CloseCode, _ string) { log <- fmt.Sprint(code) })
				})
			})
			c := g.open("/ws", deflates)
			c.part(OpText, tt.first)
			begun.wait(t, "the callback")
			tt.end(c)
			m := receive(t, heard, "message")
			var fault *websocket.CloseError
			switch {
			case tt.fault == 0 && m.err != ErrSocketClosed:
				t.Errorf("Read: %v, want %v", m.err, ErrSocketClosed)
			case tt.fault != 0 && (!errors.As(m.err, &fault) || fault.Code != tt.fault):
				t.Errorf("Read: %v, want %v", m.err, tt.fault)
			case tt.fault != 1009 && m.text != tt.first || !strings.HasPrefix(m.text, tt.first) || len(m.text) > limit:
				t.Errorf("read %d bytes, %.100q", len(m.text), m.text)
			}
			if tt.fault != 0 {
				if got := receive(t, log, "OnError"); got != fault.Error() {
					t.Errorf("OnError: %s", got)
				}
				if got := c.event(); !strings.HasPrefix(got, fmt.Sprint("close ", tt.fault)) {
					t.Errorf("the client got %s", got)
				}
			}
			if got := receive(t, log, "OnClose"); got != fmt.Sprint(tt.code) {
				t.Errorf("OnClose: %s, want %v", got, tt.code)
			}
		})
	}
}

// What a limit counts is what a message becomes; without one what is held is
// bounded nevertheless, and the loop serves others meanwhile.
func TestStreamBomb(t *testing.T) { overBoth(t, testStreamBomb) }

func testStreamBomb(t *testing.T, over version) {
	const size = bombBytes
	counts, gate := make(chan any, 4), newSignal()
	g := over.rig(t, Config{WorkerThreads: 1, MaxWSMessageSize: 100_000, WebSocket: deflating}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				n, err := io.Copy(io.Discard, r)
				counts <- n <= 100_000
				counts <- err
			})
		})
		s.WebSocketWith("/free", SocketSettings{MaxMessageBytes: Off}, func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				<-gate
				n, err := io.Copy(io.Discard, r)
				counts <- n == size
				counts <- err
			})
		})
		s.WebSocketWith("/unread", SocketSettings{MaxMessageBytes: Off}, func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {})
		})
		s.WebSocket("/echo", echoSocket)
	})
	c := g.deflating("/ws")
	bomb := c.conn.AppendMessage(nil, OpBinary, make([]byte, size))
	go c.Write(bomb)
	if within := receive(t, counts, "the end"); within != true {
		t.Error("more than the limit was read")
	}
	var fault *websocket.CloseError
	if err, _ := receive(t, counts, "the end").(error); !errors.As(err, &fault) || fault.Code != 1009 {
		t.Errorf("got %v, want 1009", err)
	}
	quick := g.ws("/echo")
	free := g.deflating("/free")
	go free.Write(bomb)
	unread := g.deflating("/unread")
	go unread.Write(bomb)
	for range turns / 2 {
		quick.text("quick")
		quick.wantText("quick")
		for _, st := range g.srv.Connections(0) {
			if st.Held > 1<<20 {
				t.Fatalf("%d bytes are held", st.Held)
			}
		}
	}
	close(gate)
	if whole := receive(t, counts, "the end"); whole != true {
		t.Error("without a limit not everything came")
	}
	if err := receive(t, counts, "the end"); err != nil {
		t.Error(err)
	}
	unread.sendClose(1000, "")
	unread.want(`close 1000 ""`)
}

// What a callback does not read is thrown away, the next message is whole, and a
// reader that was kept reads nothing of it.
func TestStreamUnreadRest(t *testing.T) { overAll(t, testStreamUnreadRest) }

func testStreamUnreadRest(t *testing.T, over version, deflates bool) {
	got, kept, waited := make(chan string, 10), make(chan io.Reader, 10), make(chan error, 1)
	g := over.rig(t, Config{BodyBuffer: 4096, WebSocket: deflating}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			first := true
			c.OnStream(func(_ OpCode, r io.Reader) {
				b := make([]byte, 3)
				io.ReadFull(r, b)
				if first {
					first = false
					go func() {
						_, err := io.Copy(io.Discard, r)
						waited <- err
					}()
				}
				got <- string(b)
				kept <- r
			})
		})
	})
	c := g.open("/ws", deflates)
	c.part(OpText, "one")
	if s := receive(t, got, "callback"); s != "one" {
		t.Errorf("got %q", s)
	}
	if err := receive(t, waited, "a Read that waits"); err != ErrFinished {
		t.Errorf("Read of another goroutine: %v, want %v", err, ErrFinished)
	}
	go c.send(c.fragments(websocket.OpContinuation, strings.Repeat("rest", 100_000), 10_000, "") +
		string(c.conn.AppendMessage(nil, OpText, []byte("two and more"))) +
		string(c.conn.AppendMessage(nil, OpBinary, []byte(noise(300_000)))) +
		string(c.conn.AppendMessage(nil, OpText, []byte("six"))))
	for _, want := range []string{"two", noise(3), "six"} {
		if s := receive(t, got, want); s != want {
			t.Errorf("got %q, want %q", s, want)
		}
	}
	for range 3 {
		r := <-kept
		if n, err := r.Read(make([]byte, 10)); n != 0 || err != ErrFinished {
			t.Errorf("behind the callback: %d, %v, want %v", n, err, ErrFinished)
		}
	}
}

// A callback that panics in the middle of a message is a Close with 1011.
func TestStreamPanic(t *testing.T) { overBoth(t, testStreamPanic) }

func testStreamPanic(t *testing.T, over version) {
	closed, kept := make(chan CloseCode, 1), make(chan io.Reader, 1)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				r.Read(make([]byte, 1))
				kept <- r
				panic("oops")
			})
			c.OnClose(func(code CloseCode, _ string) { closed <- code })
		})
	})
	c := g.ws("/ws")
	c.part(OpText, "some")
	c.want(`close 1011 ""`)
	if _, err := (<-kept).Read(make([]byte, 1)); err != ErrFinished {
		t.Errorf("Read: %v", err)
	}
	c.sendClose(1011, "")
	if code := receive(t, closed, "close"); code != 1011 {
		t.Errorf("code %v", code)
	}
}

// At shutdown a client may finish its message, before it answers the Close; if it
// does not, the callback is told.
func TestStreamShutdown(t *testing.T) { overBoth(t, testStreamShutdown) }

func testStreamShutdown(t *testing.T, over version) {
	for _, finishes := range []bool{true, false} {
		got, begun := make(chan received, 1), make(chan bool, 1)
		timeout := patience
		if !finishes {
			timeout = 200 * time.Millisecond
		}
		g := over.rig(t, Config{WebSocket: WebSocketConfig{CloseTimeout: timeout}}, func(s *Server) {
			s.WebSocket("/ws", func(c *WebSocket) {
				c.OnStream(func(op OpCode, r io.Reader) {
					begun <- true
					b, err := io.ReadAll(r)
					got <- received{op, string(b), err}
				})
			})
		})
		c := g.ws("/ws")
		c.part(OpText, "first ")
		receive(t, begun, "the callback")
		ended := make(chan error, 1)
		go func() { ended <- g.shutdown() }()
		c.want(`close 1001 "server shuts down"`)
		want := received{OpText, "first ", ErrSocketClosed}
		if finishes {
			// Our Conn has seen a Close: the frames are made by another one.
			c.conn.Init(&websocket.Config{Client: true}, websocket.Extensions{})
			c.rest("rest")
			c.sendClose(1001, "")
			want = received{OpText, "first rest", nil}
		}
		if m := receive(t, got, "message"); m != want {
			t.Errorf("got %+v, want %+v", m, want)
		}
		if err := receive(t, ended, "shutdown"); err != nil {
			t.Error(err)
		}
	}
}

// A client that falls silent in the middle of a message is pinged, and ends.
func TestStreamSilentClient(t *testing.T) { overBoth(t, testStreamSilentClient) }

func testStreamSilentClient(t *testing.T, over version) {
	got := make(chan received, 1)
	cfg := WebSocketConfig{PingInterval: 50 * time.Millisecond, PongTimeout: 200 * time.Millisecond, CloseTimeout: 200 * time.Millisecond}
	g := over.rig(t, Config{WebSocket: cfg}, func(s *Server) { s.WebSocket("/ws", readsAll(got)) })
	c := g.ws("/ws")
	c.part(OpText, "some")
	for range 2 {
		c.want(`ping ""`)
		c.send(string(c.conn.AppendPong(nil, nil)))
	}
	c.want(`ping ""`)
	c.want(`close 1001 "no answer to a ping"`)
	if m := receive(t, got, "message"); m.text != "some" || m.err != ErrSocketClosed {
		t.Errorf("got %+v", m)
	}
}

// All memory comes back, however a message ends.
func TestStreamBuffersComeBack(t *testing.T) { overAll(t, testStreamBuffersComeBack) }

func testStreamBuffersComeBack(t *testing.T, over version, deflates bool) {
	var buffers reactortest.Buffers
	ended := make(chan bool, 10)
	g := over.rig(t, Config{BodyBuffer: 8 << 10, Buffers: func(int) Buffers { return &buffers }, WebSocket: deflating}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				io.CopyN(io.Discard, r, 1000)
				c.SendText("go on")
				io.Copy(io.Discard, r)
				ended <- true
			})
		})
		s.WebSocket("/leaves", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				c.SendText("go on")
				ended <- true
			})
		})
	})
	for _, path := range []string{"/ws", "/leaves"} {
		for range 3 {
			c := g.open(path, deflates)
			sent := make(chan bool, 1)
			go func() {
				c.send(c.fragments(OpBinary, noise(100_000), 10_000, ""))
				sent <- true
			}()
			c.wantText("go on")
			receive(t, ended, "the callback")
			receive(t, sent, "the rest")
			c.part(OpBinary, noise(3000))
			c.wantText("go on")
			c.reset()
			receive(t, ended, "the callback")
		}
	}
	g.shutdown()
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers did not come back", n)
	}
}

// OnStream goes before OnMessage, and is for connections that begin with it.
func TestStreamOrMessage(t *testing.T) { overBoth(t, testStreamOrMessage) }

func testStreamOrMessage(t *testing.T, over version) {
	got := make(chan string, 10)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/both", func(c *WebSocket) {
			c.OnMessage(func(m Message) { got <- "message" })
			c.OnStream(func(_ OpCode, r io.Reader) {
				got <- "stream"
				c.OnStream(func(OpCode, io.Reader) { got <- "another" })
			})
		})
		s.WebSocket("/late", func(c *WebSocket) {
			c.OnMessage(func(m Message) {
				got <- "message"
				c.OnStream(func(OpCode, io.Reader) { got <- "late" })
			})
		})
		s.WebSocket("/none", func(c *WebSocket) {
			c.OnStream(func(OpCode, io.Reader) {
				got <- "stream"
				c.OnStream(nil)
			})
		})
	})
	for path, want := range map[string][]string{
		"/both": {"stream", "another"}, "/late": {"message", "message"}, "/none": {"stream"},
	} {
		c := g.ws(path)
		c.text("1")
		c.text("2")
		for _, w := range want {
			if s := receive(t, got, w); s != w {
				t.Errorf("%s: got %s, want %s", path, s, w)
			}
		}
		c.sendClose(1000, "")
		c.want(`close 1000 ""`)
	}
}

// A message that is read is the client's bytes, whatever the reader's slices.
func TestStreamReads(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnStream(func(_ OpCode, r io.Reader) {
				var b bytes.Buffer
				for i := 0; ; i++ {
					p := make([]byte, i%7)
					n, err := r.Read(p)
					b.Write(p[:n])
					if err == io.EOF {
						break
					}
				}
				got <- b.String()
			})
		})
	})
	c := g.ws("/ws")
	c.send(c.fragments(OpBinary, noise(10_000), 777, ""))
	if s := receive(t, got, "message"); s != noise(10_000) {
		t.Errorf("%d bytes, or other ones", len(s))
	}
}
