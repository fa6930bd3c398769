package reactor_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"reactor.example/reactor"
)

type echo struct{ reactor.NopHandler }

func (echo) OnInput(c *reactor.Conn) {
	c.Write(c.Input())
	c.Consume(len(c.Input()))
	if c.EOF() {
		c.CloseAfterFlush()
	}
}

// An echo: what comes goes back, and the connection closes when the peer does.
func Example() {
	g, err := reactor.New(reactor.Config{})
	if err != nil {
		log.Fatal(err)
	}
	open := func(*reactor.Conn) reactor.Handler { return echo{} }
	ln, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: open})
	if err != nil {
		log.Fatal(err)
	}
	if err := g.Start(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(ask(ln.Addr(), "hello"))
	fmt.Println(g.Shutdown(context.Background()))
	// Output:
	// hello
	// <nil>
}

// ask sends a text, ends its direction, and returns all that comes back.
func ask(addr net.Addr, text string) string {
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	io.WriteString(c, text)
	c.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(c)
	return string(answer)
}

// A messenger reads messages with their length in front, 4 bytes in network
// order, and sends them back in capitals.
type messenger struct{ reactor.NopHandler }

const maxMessage = 1 << 20

func (messenger) OnInput(c *reactor.Conn) {
	for {
		b := c.Input()
		if len(b) < 4 {
			break
		}
		n := int(binary.BigEndian.Uint32(b))
		if n > maxMessage { // or a peer could fill our memory
			c.Close(nil)
			return
		}
		if len(b) < 4+n {
			break // the rest comes with another call
		}
		out := binary.BigEndian.AppendUint32(c.Buffer(), uint32(n))
		c.SetBuffer(append(out, bytes.ToUpper(b[4:4+n])...))
		c.Consume(4 + n)
	}
	if c.EOF() {
		c.CloseAfterFlush()
	}
}

// Messages with a length in front may come in pieces, and several at once.
func Example_lengthPrefix() {
	g, err := reactor.New(reactor.Config{Loops: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	open := func(*reactor.Conn) reactor.Handler { return messenger{} }
	ln, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: open})
	if err != nil {
		log.Fatal(err)
	}
	if err := g.Start(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", ask(ln.Addr(), "\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x05hello"))
	// Output:
	// "\x00\x00\x00\x03ABC\x00\x00\x00\x00\x00\x00\x00\x05HELLO"
}

// A sleeper answers by a task, which may block: the loop goes on without it.
type sleeper struct{ reactor.NopHandler }

func (sleeper) OnInput(c *reactor.Conn) {
	if !c.EOF() {
		return
	}
	nap := &nap{conn: c, text: string(c.Input())} // a copy: the input does not live long
	c.Consume(len(nap.text))
	c.Loop().Schedule(nap)
}

// A nap is a task.
type nap struct {
	conn *reactor.Conn
	text string
}

// Run may block, and touches nothing that belongs to the loop.
func (t *nap) Run(reactor.Hold) {
	time.Sleep(20 * time.Millisecond)
	t.text += ", slept well"
}

// Done is on the loop again. The connection may be closed by now; then Write
// does nothing.
func (t *nap) Done(reactor.Result) {
	t.conn.Write([]byte(t.text))
	t.conn.CloseAfterFlush()
}

// Drop is called instead if the loop has ended meanwhile.
func (t *nap) Drop() {}

// Eight tasks sleep at the same time on one loop, which stays awake.
func Example_task() {
	g, err := reactor.New(reactor.Config{Loops: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	open := func(*reactor.Conn) reactor.Handler { return sleeper{} }
	ln, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: open})
	if err != nil {
		log.Fatal(err)
	}
	if err := g.Start(); err != nil {
		log.Fatal(err)
	}
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() { fmt.Println(ask(ln.Addr(), fmt.Sprint(i))) })
	}
	clients.Wait()
	// Unordered output:
	// 0, slept well
	// 1, slept well
	// 2, slept well
	// 3, slept well
	// 4, slept well
	// 5, slept well
	// 6, slept well
	// 7, slept well
}
