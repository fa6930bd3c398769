package reactor_test

import (
	"sync"
	"testing"

	"reactor.example/reactor"
)

// What Go starts never waits for anything else that Go started, before the group
// runs, while it runs, and when it has ended.
func TestGoRunsAllAtOnce(t *testing.T) {
	t.Parallel()
	g, err := reactor.New(reactor.Config{Loops: 1, MaxAwayIdle: 2})
	if err != nil {
		t.Fatal(err)
	}
	meet := func() {
		const n = 8
		var here, over sync.WaitGroup
		here.Add(n)
		over.Add(n)
		for range n {
			g.Go(func() {
				here.Done()
				here.Wait()
				over.Done()
			})
		}
		over.Wait()
	}
	meet()
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		meet()
	}
	g.Close()
	meet()
}
