package reactor_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// What the original server's suites basic, race and kqueue ask of the layer of
// loops. Each connects as often as the original does; none may fail.

// once sends a text on a new connection and wants it back.
func once(addr, text string) error {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	b := make([]byte, len(text))
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	if string(b) != text {
		return fmt.Errorf("received %q, want %q", b, text)
	}
	return nil
}

// atOnce calls fn n times at the same time.
func atOnce(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := fn(i); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// still checks that the server answers after what a test has done to it.
func still(t *testing.T, addr string) {
	t.Helper()
	for range 5 {
		if err := once(addr, "still there"); err != nil {
			t.Error(err)
		}
	}
}

func TestBasicSingleConnectionIsServed(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, openEcho)
	if err := once(addr, "hello"); err != nil {
		t.Error(err)
	}
}

func TestBasicBodyOf512BytesComesBack(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, openEcho)
	if err := once(addr, strings.Repeat("x", 512)); err != nil {
		t.Error(err)
	}
}

func TestBasicFiveClientsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	for i := range 5 {
		if err := once(addr, fmt.Sprint("client ", i)); err != nil {
			t.Error(err)
		}
	}
}

func TestBasicTenClientsAtOnce(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	atOnce(t, 10, func(i int) error { return once(addr, fmt.Sprint("client ", i)) })
}

func TestBasicConnectAndDropThreeTimesDoesNoHarm(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, openEcho)
	for range 3 {
		dial(t, addr).Close()
	}
	still(t, addr)
}

func TestRaceLoopsStartRunAndStop(t *testing.T) {
	reactortest.CheckLeaks(t)
	for range 20 {
		g, err := reactor.New(reactor.Config{Loops: 3})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Start(); err != nil {
			t.Fatal(err)
		}
		if err := g.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRaceTenStaggeredRequestsAllComplete(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	before := make(chan struct{})
	close(before)
	var all sync.WaitGroup
	for i := range 10 { // each begins when the one before it has
		begun, wait := make(chan struct{}), before
		all.Go(func() {
			<-wait
			close(begun)
			if err := once(addr, fmt.Sprint("request ", i)); err != nil {
				t.Error(err)
			}
		})
		before = begun
	}
	all.Wait()
}

func TestRaceFiftyInstantDisconnects(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	atOnce(t, 50, func(i int) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		if i%2 == 0 {
			c.(*net.TCPConn).SetLinger(0)
		}
		return c.Close()
	})
	still(t, addr)
}

func TestRaceThirtyHalfRequestsThenClose(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, func(*reactor.Conn) reactor.Handler { return messenger{} })
	atOnce(t, 30, func(int) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		io.WriteString(c, "\x00\x00\x00\x10half")
		return c.Close()
	})
	if err := once(addr, "\x00\x00\x00\x02OK"); err != nil {
		t.Error(err)
	}
}

func TestRaceTwentyClientsTimesTenConnections(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 3}, openEcho)
	atOnce(t, 20, func(int) error {
		for range 10 {
			if err := once(addr, "x"); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestRaceFortyWriteThenClose(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	atOnce(t, 40, func(int) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		io.WriteString(c, "written before the connection is registered, perhaps")
		return c.Close()
	})
	still(t, addr)
}

func TestRaceTwentyFiveSendAndCloseCycles(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	for i := range 25 {
		if err := once(addr, fmt.Sprint("cycle ", i)); err != nil {
			t.Error(err)
		}
	}
}

func TestKqueueIdleTimeoutFiresInTime(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{deadline: func(c *reactor.Conn) { c.Close(nil) }})
	p, c := accepted(lab)
	lab.Do(func() { c.SetDeadline(lab.Loop.Now() + 3*time.Second) })
	if lab.Advance(2999 * time.Millisecond); p.Closed() {
		t.Error("closed before 3 s were over")
	}
	if lab.Advance(100 * time.Millisecond); !p.Closed() {
		t.Error("not closed within 0.1 s after 3 s")
	}
}

func TestKqueueEndOfStreamIsSeenWhileOutputIsBlocked(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	_, addr := serve(t, reactor.Config{}, func(c *reactor.Conn) reactor.Handler {
		c.Write(make([]byte, 32<<20)) // more than the kernel takes
		return &handler{peerClosed: func(*reactor.Conn) { close(ended) }}
	})
	c := dial(t, addr)
	c.(*net.TCPConn).CloseWrite()
	<-ended
}

func TestKqueueWakeUpsUnderLoad(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, reactor.Config{Loops: 2}, openEcho)
	ran := make(chan int, 4*500)
	atOnce(t, 8, func(i int) error {
		if i%2 == 0 {
			for n := range 500 {
				if !g.Loops()[n%2].Post(func() { ran <- n }) {
					return reactor.ErrStopped
				}
			}
			return nil
		}
		for range 20 {
			if err := once(addr, "load"); err != nil {
				return err
			}
		}
		return nil
	})
	for range cap(ran) {
		<-ran
	}
}

func TestKqueueReadAndWriteOnOneDescriptor(t *testing.T) {
	t.Parallel()
	_, addr := serve(t, reactor.Config{}, openEcho)
	c := dial(t, addr)
	const size = 4 << 20
	go io.Copy(c, io.LimitReader(zeros{}, size))
	if n, err := io.CopyN(io.Discard, c, size); err != nil {
		t.Errorf("%d bytes came back: %v", n, err)
	}
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestKqueueHundredConnectionsComeAndGo(t *testing.T) {
	t.Parallel()
	g, addr := serve(t, reactor.Config{}, openEcho)
	for range 100 {
		if err := once(addr, "churn"); err != nil {
			t.Error(err)
		}
	}
	still(t, addr)
	if s := g.Loops()[0].Stats(); s.Accepted < 105 || s.Connections > 105 {
		t.Errorf("accepted = %d, open = %d", s.Accepted, s.Connections)
	}
}

func TestKqueueTimerRearms(t *testing.T) {
	t.Parallel()
	fired := 0
	lab := newLab(t, &handler{deadline: func(c *reactor.Conn) {
		fired++
		c.SetDeadline(c.Loop().Now() + time.Second)
	}})
	_, c := accepted(lab)
	lab.Do(func() { c.SetDeadline(lab.Loop.Now() + time.Second) })
	if lab.Advance(11 * time.Second); fired < 9 || fired > 11 {
		t.Errorf("fired %d times in 11 s, want about 10", fired)
	}
}
