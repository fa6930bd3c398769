package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/websocket"
)

// roomRig is a server whose /ws subscribes to the topic "room".
func roomRig(t testing.TB, over version, cfg Config) *rig {
	t.Helper()
	return over.rig(t, cfg, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnOpen(func() { c.Subscribe("room") })
			c.OnMessage(func(m Message) {
				switch {
				case m.Text() == "leave":
					c.Unsubscribe("room")
					c.SendText("left")
				default:
					s.Publish("room", m)
				}
			})
		})
	})
}

// awaitSubscribers waits until the topic has n subscribers.
func (g *rig) awaitSubscribers(n int) {
	g.t.Helper()
	g.await(fmt.Sprint(n, " subscribers"), func(Stats) bool { return g.srv.Subscribers("room") == n })
}

// Everybody gets everything, in the same order on all loops, also large
// messages.
func TestTopics(t *testing.T) { overBoth(t, testTopics) }

func testTopics(t *testing.T, over version) {
	g := roomRig(t, over, Config{WorkerThreads: 3})
	const members, messages = 100, 50
	peers := make([]*wsPeer, members)
	for i := range peers {
		peers[i] = g.ws("/ws")
	}
	g.awaitSubscribers(members)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			for j := range messages {
				g.srv.PublishText("room", fmt.Sprintf("%d %d", i, j)+strings.Repeat(" ", j%3*3000))
			}
		})
	}
	wg.Wait()
	first := make([]string, 2*messages)
	for i, c := range peers {
		for j := range first {
			_, m, err := c.next()
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first[j] = string(m.Data)
			} else if first[j] != string(m.Data) {
				t.Fatalf("member %d: message %d is %.20q, the first member got %.20q", i, j, m.Data, first[j])
			}
		}
	}
	if err := g.srv.PublishText("room", "\xff"); err != ErrNotText {
		t.Errorf("no text: %v", err)
	}
	if err := g.srv.PublishText("nobody", "hello?"); err != nil {
		t.Errorf("no subscriber: %v", err)
	}
}

// Who leaves, by whatever way, gets nothing more and leaves nothing behind.
func TestTopicsLeave(t *testing.T) { overBoth(t, testTopicsLeave) }

func testTopicsLeave(t *testing.T, over version) {
	g := roomRig(t, over, Config{WorkerThreads: 2})
	stay, leave, vanish := g.ws("/ws"), g.ws("/ws"), g.ws("/ws")
	g.awaitSubscribers(3)
	leave.text("leave")
	leave.wantText("left")
	vanish.reset()
	g.awaitSubscribers(1)
	stay.text("anybody?")
	stay.wantText("anybody?")
	leave.text("leave") // twice is once
	leave.wantText("left")
	stay.sendClose(1000, "")
	g.awaitSubscribers(0)
	g.srv.topics.mu.Lock()
	defer g.srv.topics.mu.Unlock()
	if n := len(g.srv.topics.byName); n != 0 {
		t.Errorf("%d topics are left", n)
	}
}

// Members come and go while messages are published.
func TestTopicsStress(t *testing.T) {
	t.Parallel()
	g := roomRig(t, overHTTP1, Config{WorkerThreads: 2})
	stop := make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				g.srv.PublishText("room", "tick")
			}
		}
	})
	var members sync.WaitGroup
	for i := range 4 {
		members.Go(func() {
			for j := range 25 {
				c, _, err := g.tryWS("/ws")
				if err != nil {
					t.Error(err)
					return
				}
				for range 10 {
					if _, _, err = c.next(); err != nil {
						t.Error(i, j, err)
					}
				}
				c.reset()
			}
		})
	}
	members.Wait()
	close(stop)
	wg.Wait()
	g.awaitSubscribers(0)
}

// One who never reads loses messages, is told once, and holds up nobody.
func TestTopicsSlowMember(t *testing.T) { overBoth(t, testTopicsSlowMember) }

func testTopicsSlowMember(t *testing.T, over version) {
	lost := make(chan error, 100)
	g := over.rig(t, Config{WorkerThreads: 1, WebSocket: WebSocketConfig{MaxBacklog: 64 << 10}}, func(s *Server) {
		s.WebSocket("/ws", func(c *WebSocket) {
			c.OnOpen(func() { c.Subscribe("room") })
			c.OnError(func(err error) { lost <- err })
		})
	})
	slow, quick := g.ws("/ws"), g.ws("/ws")
	g.awaitSubscribers(2)
	text := strings.Repeat("x", 10000)
	for end := time.Now().Add(patience); g.srv.socketDrops.Load() < 10; {
		if time.Now().After(end) {
			t.Fatal("nothing is ever lost")
		}
		g.srv.PublishText("room", text)
		quick.wantText(text)
	}
	if err := receive(t, lost, "OnError"); err != ErrBacklog || len(lost) > 0 {
		t.Errorf("%v, and %d more", err, len(lost))
	}
	for last := ""; last != "end"; { // it gets what was kept, and then what is new
		g.srv.PublishText("room", "end")
		quick.wantText("end")
		ev, m, err := slow.next()
		if err != nil || ev != websocket.EventMessage {
			t.Fatal(ev, err)
		}
		last = string(m.Data)
	}
}
