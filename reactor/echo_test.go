package reactor_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"testing"

	"reactor.example/reactor"
)

type echo struct{}

func (echo) OnInput(c *reactor.Conn) {
	if c.EOF() {
		c.CloseAfterFlush()
		return
	}
	b := c.Input()
	c.Write(b)
	c.Consume(len(b))
}
func (echo) OnDrain(*reactor.Conn)        {}
func (echo) OnBlocked(*reactor.Conn)      {}
func (echo) OnDeadline(*reactor.Conn)     {}
func (echo) OnPeerClosed(*reactor.Conn)   {}
func (echo) OnClose(*reactor.Conn, error) {}

func TestEcho(t *testing.T) {
	g, err := reactor.New(reactor.Config{Loops: 2})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: func(*reactor.Conn) reactor.Handler { return echo{} }})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		br := bufio.NewReader(c)
		for i := range 10 {
			fmt.Fprintf(c, "hello %d\n", i)
			got, err := br.ReadString('\n')
			if err != nil || got != fmt.Sprintf("hello %d\n", i) {
				t.Fatal(got, err)
			}
		}
		c.Close()
	}
	if err := g.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
}
