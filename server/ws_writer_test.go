package server

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"reactor.example/reactor/reactortest"
	"reactor.example/websocket"
)

// connsOf is a socket that gives its connections to the test.
func connsOf(conns chan<- *WebSocket) func(c *WebSocket) {
	return func(c *WebSocket) { c.OnOpen(func() { conns <- c }) }
}

// inParts has the peer see the parts of messages, instead of whole ones.
func (c *wsPeer) inParts(deflates bool) {
	var ext websocket.Extensions
	if deflates {
		d := websocket.Deflate{Enabled: true}
		ext, _ = d.Accept([]Field{{Name: "sec-websocket-extensions", Value: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"}})
	}
	c.conn.Init(&websocket.Config{Client: true, MaxMessageBytes: websocket.Off, Stream: true}, ext)
}

// write writes s in pieces.
func write(w io.Writer, s string, piece int) error {
	for len(s) > 0 {
		n := min(piece, len(s))
		if k, err := io.WriteString(w, s[:n]); k != n || err != nil {
			return fmt.Errorf("%d of %d bytes: %w", k, n, err)
		}
		s = s[n:]
	}
	return nil
}

// What is written comes as one message, whatever the pieces.
func TestMessageWriter(t *testing.T) { overAll(t, testMessageWriter) }

func testMessageWriter(t *testing.T, over version, deflates bool) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: deflating}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	s := receive(t, conns, "open")
	messages := 0
	for _, size := range []int{0, 1, 200, fragmentBytes - 1, fragmentBytes, fragmentBytes + 1, 300_000} {
		for op, payload := range map[OpCode]string{OpBinary: noise(size), OpText: strings.Repeat("é€😀", size/9+1)[:size/9*9]} {
			for _, piece := range []int{1, 1000, size + 1} {
				if piece == 1 && size > fragmentBytes+1 {
					continue
				}
				wrote := make(chan error, 1)
				go func() {
					w := s.NewWriter(op)
					err := write(w, payload, piece)
					wrote <- errors.Join(err, w.Close())
				}()
				ev, m, err := c.next()
				if ev != websocket.EventMessage || m.Op != op || string(m.Data) != payload || err != nil {
					t.Fatalf("%v of %d bytes in pieces of %d: %v %v, %d bytes, %v", op, size, piece, ev, m.Op, len(m.Data), err)
				}
				if err := receive(t, wrote, "Close"); err != nil {
					t.Error(err)
				}
				messages++
			}
		}
	}
	if out := g.stats().WebSockets.MessagesOut; int(out) != messages {
		t.Errorf("%d messages are counted, want %d", out, messages)
	}
}

// A short message leaves whole; of a text no fragment ends inside a character;
// Flush sends what there is.
func TestMessageWriterFragments(t *testing.T) { overAll(t, testMessageWriterFragments) }

func testMessageWriterFragments(t *testing.T, over version, deflates bool) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: deflating}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	c.inParts(deflates)
	s := receive(t, conns, "open")
	want := func(first, last bool, data string) {
		t.Helper()
		ev, m, err := c.next()
		if ev != websocket.EventPart || m.First != first || m.Last != last || string(m.Data) != data || err != nil {
			t.Fatalf("got %v %v %v %.100q, %v; want %v %v %.100q", ev, m.First, m.Last, m.Data, err, first, last, data)
		}
	}
	w := s.NewWriter(OpText)
	io.WriteString(w, "short, ")
	io.WriteString(w, "whole")
	w.Close()
	want(true, true, "short, whole")
	w = s.NewWriter(OpText)
	for i, piece := range []string{"one \xe2\x82", "\xac two \xf0\x9f", "\x98", "\x80", " three"} {
		io.WriteString(w, piece)
		if err := w.Flush(); err != nil {
			t.Error(i, err)
		}
	}
	want(true, false, "one ")
	want(false, false, "€ two ")
	want(false, false, "😀")
	want(false, false, " three")
	if err := errors.Join(w.Flush(), w.Close()); err != nil {
		t.Error(err)
	}
	want(false, true, "")
	go func() {
		w := s.NewWriter(OpText)
		write(w, strings.Repeat("€", 100_000), 1000)
		w.Close()
	}()
	if deflates {
		return // what the frames hold cannot be told from the parts
	}
	r := io.MultiReader(strings.NewReader(string(c.in)), c.r)
	for n, last := 0, false; !last; {
		head := make([]byte, 4)
		if _, err := io.ReadFull(r, head); err != nil {
			t.Fatal(err)
		}
		last = head[0]&0x80 != 0
		frame := make([]byte, int(head[2])<<8|int(head[3]))
		if _, err := io.ReadFull(r, frame); err != nil || head[1] != 126 || !utf8.Valid(frame) {
			t.Fatalf("behind %d bytes: a frame of %x and %d bytes that are no text, %v", n, head, len(frame), err)
		}
		if n += len(frame); last && n != 300_000 {
			t.Errorf("%d bytes", n)
		}
	}
}

// While a message is sent in fragments pings come in between; other messages, of
// topics too, and other writers wait behind it, in order.
func TestMessageWriterAndOthers(t *testing.T) { overAll(t, testMessageWriterAndOthers) }

func testMessageWriterAndOthers(t *testing.T, over version, deflates bool) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: deflating}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	s := receive(t, conns, "open")
	s.Subscribe("news")
	w := s.NewWriter(OpText)
	io.WriteString(w, "first ")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SendText("second"), s.SendPing([]byte("now"))); err != nil {
		t.Fatal(err)
	}
	c.want(`ping "now"`)
	g.srv.PublishText("news", strings.Repeat("news ", 50))
	g.await("the news are there", func(Stats) bool { return s.Backlog() > len("second")+10 })
	another := make(chan error, 1)
	go func() {
		w := s.NewWriter(OpText)
		io.WriteString(w, "third")
		another <- errors.Join(w.Flush(), w.Close())
	}()
	c.send(string(c.conn.AppendPing(nil, []byte("to you"))))
	c.want(`pong "to you"`)
	io.WriteString(w, "end")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	c.wantText("first end")
	c.wantText("second")
	c.wantText(strings.Repeat("news ", 50))
	c.wantText("third")
	if err := receive(t, another, "the other writer"); err != nil {
		t.Error(err)
	}
	c.text("and still")
	s.SendText("over")
	c.wantText("over")
}

// A callback that writes to a client which does not read waits: what is held is
// bounded, and others on the loop go on. Then everything comes.
func TestMessageWriterSlowClient(t *testing.T) { overAll(t, testMessageWriterSlowClient) }

func testMessageWriterSlowClient(t *testing.T, over version, deflates bool) {
	const total, parts = bulk, 32
	piece := noise(total / parts)
	conns, wrote := make(chan *WebSocket, 1), make(chan error, 1)
	g := over.rig(t, Config{WorkerThreads: 1, BodyBuffer: 64 << 10, WebSocket: deflating}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(Message) {
				conns <- c
				w := c.NewWriter(OpBinary)
				for range parts {
					if err := write(w, piece, total); err != nil {
						t.Error(err)
					}
				}
				wrote <- w.Close()
			})
		})
		s.WebSocket("/echo", echoSocket)
	})
	c, quick := g.open("/ws", deflates), g.ws("/echo")
	c.text("go")
	s := receive(t, conns, "the callback")
	for range turns {
		quick.text("quick")
		quick.wantText("quick")
		if n := s.Backlog(); n > 100<<10 {
			t.Fatalf("backlog of %d bytes", n)
		}
		for _, st := range g.srv.Connections(0) {
			if st.Held > 400<<10 {
				t.Fatalf("%d bytes are held", st.Held)
			}
		}
	}
	if len(wrote) > 0 {
		t.Error("a message that nobody has read was written to its end")
	}
	c.inParts(deflates)
	got, want := sha256.New(), sha256.New()
	for range parts {
		io.WriteString(want, piece)
	}
	for last := false; !last; {
		ev, m, err := c.next()
		if ev != websocket.EventPart || err != nil {
			t.Fatal(ev, err)
		}
		got.Write(m.Data)
		last = m.Last
	}
	if string(got.Sum(nil)) != string(want.Sum(nil)) {
		t.Error("other bytes came than were written")
	}
	if err := receive(t, wrote, "Close"); err != nil {
		t.Error(err)
	}
}

// A client that goes away, closes, or breaks a rule ends a Write that waits for
// it; the writer then says so for ever.
func TestMessageWriterClientGone(t *testing.T) { overBoth(t, testMessageWriterClientGone) }

func testMessageWriterClientGone(t *testing.T, over version) {
	for name, end := range map[string]func(c *wsPeer){
		"reset": func(c *wsPeer) { c.reset() },
		"Close": func(c *wsPeer) {
			c.sendClose(1000, "")
			io.Copy(io.Discard, c.r) // or it would not be read: output comes first
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conns := make(chan *WebSocket, 1)
			g := over.rig(t, Config{}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
			c := g.ws("/ws")
			s := receive(t, conns, "open")
			wrote := make(chan error, 1)
			w := s.NewWriter(OpBinary)
			go func() {
				piece := make([]byte, 1<<20)
				for {
					if _, err := w.Write(piece); err != nil {
						wrote <- err
						return
					}
				}
			}()
			g.await("something waits", func(Stats) bool { return s.Backlog() > 100<<10 })
			go end(c)
			if err := receive(t, wrote, "the end of Write"); err != ErrSocketClosed {
				t.Errorf("Write: %v, want %v", err, ErrSocketClosed)
			}
			if _, err := w.Write(nil); err != ErrSocketClosed || w.Flush() != err || w.Close() != err {
				t.Errorf("then: %v", err)
			}
			w.Abort()
		})
	}
}

// A client that reads nothing does not hold a callback for ever.
func TestMessageWriterStalledClient(t *testing.T) { overBoth(t, testMessageWriterStalledClient) }

func testMessageWriterStalledClient(t *testing.T, over version) {
	wrote := make(chan error, 1)
	cfg := WebSocketConfig{PingInterval: 50 * time.Millisecond, PongTimeout: 50 * time.Millisecond, CloseTimeout: 50 * time.Millisecond}
	g := over.rig(t, Config{WebSocket: cfg}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(Message) {
				w := c.NewWriter(OpBinary)
				_, err := w.Write(make([]byte, 64<<20))
				wrote <- err
			})
		})
	})
	c := g.ws("/ws")
	c.text("go")
	if err := receive(t, wrote, "the end of Write"); err != ErrSocketClosed {
		t.Errorf("Write: %v, want %v", err, ErrSocketClosed)
	}
	g.await("the end", func(st Stats) bool { return st.WebSockets.Active == 0 })
}

// Abort takes back what has not been sent; otherwise the client must not take
// the message for whole. Behind Close it does nothing.
func TestMessageWriterAbort(t *testing.T) { overAll(t, testMessageWriterAbort) }

func testMessageWriterAbort(t *testing.T, over version, deflates bool) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: deflating}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	s := receive(t, conns, "open")
	over1 := func(w *MessageWriter, want error) {
		t.Helper()
		if _, err := w.Write([]byte("x")); err != want || w.Flush() != want || w.Close() != want {
			t.Errorf("afterwards: %v, want %v", err, want)
		}
	}
	w := s.NewWriter(OpText)
	io.WriteString(w, "never sent")
	w.Abort()
	w.Abort()
	over1(w, ErrMessageOver)
	w = s.NewWriter(OpText)
	io.WriteString(w, "never sent \xff")
	if err := w.Close(); err != ErrNotText {
		t.Errorf("Close: %v, want %v", err, ErrNotText)
	}
	over1(w, ErrNotText)
	w = s.NewWriter(OpText)
	io.WriteString(w, "sent")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	w.Abort()
	over1(w, ErrMessageOver)
	c.wantText("sent")
	for _, how := range []func(w *MessageWriter) error{
		func(w *MessageWriter) error { w.Abort(); return ErrMessageOver },
		func(w *MessageWriter) error { io.WriteString(w, "\xe2\x82"); w.Close(); return ErrNotText },
	} {
		c = g.open("/ws", deflates)
		s = receive(t, conns, "open")
		w = s.NewWriter(OpText)
		io.WriteString(w, "sent")
		if err := w.Flush(); err != nil {
			t.Error(err)
		}
		s.SendText("behind it")
		over1(w, how(w))
		c.want(`close 1011 "message given up"`)
		c.sendClose(1011, "")
		if err := s.SendText("late"); err != ErrSocketClosed {
			t.Errorf("Send: %v", err)
		}
	}
}

// Abort wakes a Write that waits.
func TestMessageWriterAbortsWrite(t *testing.T) { overBoth(t, testMessageWriterAbortsWrite) }

func testMessageWriterAbortsWrite(t *testing.T, over version) {
	conns := make(chan *WebSocket, 1)
	g := over.rig(t, Config{WebSocket: WebSocketConfig{CloseTimeout: 100 * time.Millisecond}}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	g.ws("/ws")
	s := receive(t, conns, "open")
	w, wrote := s.NewWriter(OpBinary), make(chan error, 1)
	go func() {
		_, err := w.Write(make([]byte, 64<<20))
		wrote <- err
	}()
	g.await("something waits", func(Stats) bool { return s.Backlog() > 100<<10 })
	w.Abort()
	if err := receive(t, wrote, "the end of Write"); err != ErrMessageOver {
		t.Errorf("Write: %v, want %v", err, ErrMessageOver)
	}
}

// A Close waits for the message that is being written, but not for ever; nor does
// a shutdown. No other message begins.
func TestMessageWriterAndClose(t *testing.T) { overAll(t, testMessageWriterAndClose) }

func testMessageWriterAndClose(t *testing.T, over version, deflates bool) {
	for _, shutdown := range []bool{false, true} {
		for _, finishes := range []bool{true, false} {
			conns := make(chan *WebSocket, 1)
			cfg := deflating
			cfg.CloseTimeout = patience
			if !finishes {
				cfg.CloseTimeout = 300 * time.Millisecond
			}
			g := over.rig(t, Config{WebSocket: cfg}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
			c := g.open("/ws", deflates)
			s := receive(t, conns, "open")
			w := s.NewWriter(OpText)
			io.WriteString(w, "begun ")
			w.Flush()
			s.SendText("behind")
			want, ended := `close 4000 "enough"`, make(chan error, 1)
			if shutdown {
				want = `close 1001 "server shuts down"`
				go func() { ended <- g.shutdown() }()
				g.await("the shutdown", func(Stats) bool { return s.SendPing(nil) != nil })
			} else if err := s.SendClose(4000, "enough"); err != nil {
				t.Error(err)
			}
			if _, err := s.NewWriter(OpText).Write(nil); err != ErrSocketClosed {
				t.Errorf("another message: %v", err)
			}
			if finishes {
				io.WriteString(w, "and ended")
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			}
			got := c.event()
			for strings.HasPrefix(got, "ping") {
				got = c.event()
			}
			if finishes {
				if wantText := `message text "begun and ended"`; got != wantText {
					t.Errorf("got %s, want %s", got, wantText)
				}
				c.wantText("behind")
				got = c.event()
			}
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if _, err := w.Write(nil); finishes && err != ErrMessageOver || !finishes && err != ErrSocketClosed {
				t.Errorf("Write behind it: %v", err)
			}
			c.sendClose(4000, "")
			c.wantEnd()
			if shutdown {
				if err := receive(t, ended, "shutdown"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// A callback that panics while it writes has its message cut.
func TestMessageWriterPanic(t *testing.T) { overBoth(t, testMessageWriterPanic) }

func testMessageWriterPanic(t *testing.T, over version) {
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnMessage(func(Message) {
				w := c.NewWriter(OpText)
				io.WriteString(w, "begun")
				w.Flush()
				panic("oops")
			})
		})
	})
	c := g.ws("/ws")
	c.text("go")
	c.want(`close 1011 ""`)
	c.sendClose(1011, "")
	c.wantEnd()
}

// In the function that opens the connection nobody takes what is written: some
// of it can wait, and no more.
func TestMessageWriterBeforeTheAnswer(t *testing.T) { overBoth(t, testMessageWriterBeforeTheAnswer) }

func testMessageWriterBeforeTheAnswer(t *testing.T, over version) {
	wrote := make(chan error, 1)
	g := over.rig(t, Config{}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			w := c.NewWriter(OpText)
			io.WriteString(w, "early")
			w.Close()
		})
		s.WebSocket("/much", func(c *WebSocket) {
			_, err := c.NewWriter(OpBinary).Write(make([]byte, 10<<20))
			wrote <- err
		})
	})
	g.ws("/ws").wantText("early")
	c := g.ws("/much")
	if err := receive(t, wrote, "Write"); err != ErrBacklog {
		t.Errorf("Write: %v, want %v", err, ErrBacklog)
	}
	c.want(`close 1011 "message given up"`)
}

// Writers, sends and publications of many goroutines do not get mixed up.
func TestMessageWriterStress(t *testing.T) { overAll(t, testMessageWriterStress) }

func testMessageWriterStress(t *testing.T, over version, deflates bool) {
	const each = eachSends
	conns := make(chan *WebSocket, 1)
	cfg := deflating
	cfg.MaxBacklog = 16 << 20
	g := over.rig(t, Config{WebSocket: cfg, BodyBuffer: 16 << 10}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	s := receive(t, conns, "open")
	s.Subscribe("news")
	body := strings.Repeat("body ", 20_000)
	var all sync.WaitGroup
	for who := range 2 {
		all.Go(func() {
			for i := range each {
				w := s.NewWriter(OpText)
				err := write(w, fmt.Sprintf("w%d %d %s", who, i, body[:i*len(body)/each]), 5000)
				if err = errors.Join(err, w.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		for i := range each {
			if err := errors.Join(s.SendText(fmt.Sprintf("s0 %d %s", i, body[:100*i])), s.SendPing(nil)); err != nil {
				t.Error(err)
			}
		}
	})
	all.Go(func() {
		for i := range each {
			g.srv.PublishText("news", fmt.Sprintf("p0 %d %s", i, body[:100*i]))
		}
	})
	next := map[string]int{}
	for got := 0; got < 4*each; {
		ev, m, err := c.next()
		if err != nil || ev != websocket.EventMessage && ev != websocket.EventPing {
			t.Fatalf("behind %d messages: %v, %v", got, ev, err)
		}
		if ev == websocket.EventPing {
			continue
		}
		who, rest, _ := strings.Cut(string(m.Data), " ")
		number, rest, _ := strings.Cut(rest, " ")
		i := next[who]
		length := map[byte]int{'w': i * len(body) / each, 's': 100 * i, 'p': 100 * i}[who[0]]
		if number != fmt.Sprint(i) || rest != body[:length] {
			t.Fatalf("%s: message %s of %d bytes, want %d of %d", who, number, len(rest), i, length)
		}
		next[who]++
		got++
	}
	all.Wait()
}

// Both directions of large messages at once, in one callback.
func TestStreamEcho(t *testing.T) { overAll(t, testStreamEcho) }

func testStreamEcho(t *testing.T, over version, deflates bool) {
	const parts, size = echoParts, 100_000
	payload := noise(size + parts)
	var buffers reactortest.Buffers
	g := over.rig(t, Config{WebSocket: deflating, WorkerThreads: 1, Buffers: func(int) Buffers { return &buffers }}, func(s *Server) {
		s.WebSocketWith("/ws", SocketSettings{MaxMessageBytes: Off}, func(c *WebSocket) {
			c.OnStream(func(op OpCode, r io.Reader) {
				w := c.NewWriter(op)
				defer w.Abort()
				if _, err := io.Copy(w, r); err != nil {
					t.Error(err)
					return
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	})
	c := g.open("/ws", deflates)
	sends := c.conn // a copy: the other one is for what comes
	c.inParts(deflates)
	go func() {
		op := OpBinary
		for i := range parts {
			c.Write(sends.AppendFragment(nil, op, i == parts-1, []byte(payload[i:size+i])))
			op = websocket.OpContinuation
		}
	}()
	got, want := sha256.New(), sha256.New()
	for i := range parts {
		io.WriteString(want, payload[i:size+i])
	}
	for last := false; !last; {
		ev, m, err := c.next()
		if ev != websocket.EventPart || err != nil {
			t.Fatal(ev, err)
		}
		got.Write(m.Data)
		last = m.Last
	}
	if string(got.Sum(nil)) != string(want.Sum(nil)) {
		t.Error("other bytes came back")
	}
	c.Close()
	g.shutdown()
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers did not come back", n)
	}
}

// However fast a message is written, what the client sends has its turn: its
// pings are answered and its Close, between the fragments.
func TestMessageWriterHearsTheClient(t *testing.T) { overAll(t, testMessageWriterHearsTheClient) }

func testMessageWriterHearsTheClient(t *testing.T, over version, deflates bool) {
	conns, wrote := make(chan *WebSocket, 1), make(chan error, 1)
	g := over.rig(t, Config{WebSocket: deflating}, func(s *Server) { s.WebSocket("/ws", connsOf(conns)) })
	c := g.open("/ws", deflates)
	c.inParts(deflates)
	s := receive(t, conns, "open")
	go func() {
		w := s.NewWriter(OpBinary)
		piece := []byte(noise(1 << 20))
		for {
			if _, err := w.Write(piece); err != nil {
				wrote <- err
				return
			}
		}
	}()
	until := func(want websocket.Event) websocket.Message {
		t.Helper()
		for {
			ev, m, err := c.next()
			if err != nil || ev != websocket.EventPart && ev != want {
				t.Fatalf("%v %v %q, %v; want %v", ev, m.Code, m.Data, err, want)
			}
			if ev == want {
				return m
			}
		}
	}
	until(websocket.EventPart)
	for i := range 5 {
		c.send(string(c.conn.AppendPing(nil, fmt.Append(nil, i))))
		if m := until(websocket.EventPong); string(m.Data) != fmt.Sprint(i) {
			t.Errorf("pong %q, want %d", m.Data, i)
		}
	}
	c.sendClose(4001, "")
	if m := until(websocket.EventClose); m.Code != 4001 {
		t.Errorf("close %v", m.Code)
	}
	c.wantEnd()
	if err := receive(t, wrote, "the end of Write"); err != ErrSocketClosed {
		t.Errorf("Write: %v, want %v", err, ErrSocketClosed)
	}
}
