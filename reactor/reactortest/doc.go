// Package reactortest runs a loop of package reactor without sockets, without
// a clock and without waiting, so that a test can say exactly what happens
// and in which order.
//
// A [Lab] is a group of one loop over a scripted [Kernel]. The loop stands
// still until the test lets it go on:
//
//	lab := reactortest.NewLab(t, reactortest.Config{Open: open})
//	p := lab.Dial()            // somebody connects
//	p.Send("hel")              // and sends half a message,
//	lab.Run()                  // the loop handles that and wants to sleep,
//	lab.Advance(time.Minute)   // a minute passes in no time,
//	p.Reset()                  // and the connection breaks.
//	lab.Run()
//	got := p.Received()
//
// The [Peer] at the other end decides how much is read and written at once,
// when the kernel's buffer is full, and how it all ends. Events can be
// delayed, repeated, torn apart, reordered and forged. With [Config.Chaos]
// the kernel does all of this by itself, as a seed says; a test that fails
// prints the seed, and setting REACTORTEST_SEED to it runs the same again: to
// the last system call if no task leaves the loop, and otherwise as far as the
// scheduling of goroutines does not matter.
//
// Tasks run on real goroutines. The watcher that moves a loop on when a task
// keeps it looks only when the test calls [Lab.Look], so a hand-off happens
// where the test wants it. Whatever runs away from the loop is awaited by
// [Lab.Settle].
//
// At the end of the test a Lab is closed, and fails the test if a connection
// was not closed or a buffer not given back. [CheckLeaks] looks for goroutines
// and descriptors that a test leaves behind.
package reactortest
