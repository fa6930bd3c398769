package reactortest_test

import (
	"fmt"
	"testing"
	"time"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// A greeter answers each name with a greeting, and lets nobody be silent for
// more than ten seconds.
type greeter struct{ reactor.NopHandler }

func (greeter) OnInput(c *reactor.Conn) {
	c.SetDeadline(c.Loop().Now() + 10*time.Second)
	b := c.Input()
	if len(b) == 0 || b[len(b)-1] != '.' {
		return
	}
	c.Write([]byte("Hello, " + string(b)))
	c.Consume(len(b))
}

func (greeter) OnDeadline(c *reactor.Conn) { c.Close(nil) }

// The test of a handler says what happens when. This one runs in no time.
func Example() {
	t := new(testing.T) // the one of the test function
	lab := reactortest.NewLab(t, reactortest.Config{
		Open: func(*reactor.Conn) reactor.Handler { return greeter{} },
	})
	p := lab.Dial()
	p.Send("Ad")
	lab.Run()
	p.Send("a.")
	p.SetRoom(8) // the kernel takes no more than that for now
	lab.Run()
	fmt.Println(p.Received())
	p.SetRoom(-1)
	lab.Run()
	fmt.Println(p.Received())
	lab.Advance(9 * time.Second)
	fmt.Println(p.Closed())
	lab.Advance(2 * time.Second)
	fmt.Println(p.Closed())
	lab.Close()
	// Output:
	// Hello, A
	// da.
	// false
	// true
}
