package reactor_test

import (
	"io"
	"net"
	"testing"

	"reactor.example/reactor"
)

// onLoop keeps tasks on the loop, also in race builds.
func onLoop() bool { return false }

// benchRoundTrip sends small messages over one connection, in groups of depth.
func benchRoundTrip(b *testing.B, depth int, open func(*reactor.Conn) reactor.Handler) {
	_, addr := serve(b, reactor.Config{StartAway: onLoop}, open)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	msg := make([]byte, 4*depth)
	b.ReportAllocs()
	b.SetBytes(int64(len(msg)))
	for b.Loop() {
		if _, err := c.Write(msg); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(c, msg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	b.Run("handler=callback", func(b *testing.B) { benchRoundTrip(b, 1, openEcho) })
	b.Run("handler=task", func(b *testing.B) {
		benchRoundTrip(b, 1, func(*reactor.Conn) reactor.Handler { return new(taskEcho) })
	})
}

// A chain runs a task n times on its loop, one after the other, each in its own
// way.
type chain struct {
	loop *reactor.Loop
	left int
	away bool
	run  func(reactor.Hold)
	over chan struct{}
}

func (t *chain) Run(h reactor.Hold) { t.run(h) }
func (t *chain) Drop()              {}

func (t *chain) Done(reactor.Result) {
	if t.left--; t.left == 0 {
		t.over <- struct{}{}
		return
	}
	if t.away {
		t.loop.ScheduleAway(t)
	} else {
		t.loop.Schedule(t)
	}
}

// BenchmarkTask is what a task costs: on the loop, moved in its middle by
// Release, and away from its beginning.
func BenchmarkTask(b *testing.B) {
	for _, c := range []struct {
		name string
		away bool
		run  func(reactor.Hold)
	}{
		{"way=loop", false, func(reactor.Hold) {}},
		{"way=moved", false, reactor.Hold.Release},
		{"way=away", true, func(reactor.Hold) {}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g, _ := serve(b, reactor.Config{StartAway: onLoop}, openEcho)
			l := g.Loops()[0]
			t := &chain{loop: l, away: c.away, run: c.run, over: make(chan struct{})}
			b.ReportAllocs()
			const batch = 1000
			for b.Loop() {
				l.Post(func() {
					t.left = batch + 1
					t.Done(reactor.Result{})
				})
				<-t.over
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/task")
		})
	}
}

// BenchmarkPost is a function posted from elsewhere, and its answer.
func BenchmarkPost(b *testing.B) {
	g, _ := serve(b, reactor.Config{}, openEcho)
	l := g.Loops()[0]
	answer := make(chan struct{})
	fn := func() { answer <- struct{}{} }
	b.Run("answer=awaited", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l.Post(fn)
			<-answer
		}
	})
	b.Run("answer=none", func(b *testing.B) {
		nothing := func() {}
		b.ReportAllocs()
		for b.Loop() {
			l.Post(nothing)
		}
	})
}
