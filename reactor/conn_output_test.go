package reactor_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
	"reactor.example/reactor/reactortest"
)

// newLabWithWater makes a lab with the given marks.
func newLabWithWater(t *testing.T, high, low int, h reactor.Handler) *reactortest.Lab {
	t.Helper()
	return reactortest.NewLab(t, reactortest.Config{
		Open:    func(*reactor.Conn) reactor.Handler { return h },
		Reactor: reactor.Config{HighWater: high, LowWater: low},
	})
}

// fileOf makes a file with the text in it.
func fileOf(t *testing.T, text string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOutputLeavesInItsOrderHoweverItWasWritten(t *testing.T) {
	t.Parallel()
	for _, maxWrite := range []int{0, 1, 7} {
		lab := newLab(t, &handler{})
		p, c := accepted(lab)
		p.SetMaxWrite(maxWrite)
		p.SetRoom(10)
		f := fileOf(t, "0123456789")
		lab.Do(func() {
			c.Write([]byte("copied "))
			c.WriteRef([]byte("referred "))
			c.SetBuffer(append(c.Buffer(), "appended "...))
			c.WriteFile(f, 2, 5)
			c.WriteRef([]byte(" referred too"))
			c.WriteRef(nil)
			c.Write([]byte(" end"))
		})
		var got strings.Builder
		for range 60 {
			lab.Settle()
			got.WriteString(p.Received())
			p.SetRoom(3)
		}
		want := "copied referred appended 23456 referred too end"
		if got.String() != want {
			t.Errorf("at most %d bytes a write: received %q, want %q", maxWrite, got.String(), want)
		}
		lab.Do(func() {
			if c.Pending() != 0 {
				t.Errorf("pending = %d, want 0", c.Pending())
			}
		})
		if _, err := f.Stat(); err == nil {
			t.Error("the file is still open")
		}
	}
}

func TestWriteLargerThanAnyBufferArrivesWhole(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	text := strings.Repeat("0123456789abcdef", 200<<10) // 3.2 MB
	lab.Do(func() {
		for rest := text; rest != ""; rest = rest[min(len(rest), 100_001):] {
			c.Write([]byte(rest[:min(len(rest), 100_001)]))
		}
	})
	if got := p.Received(); got != text {
		t.Errorf("received %d bytes, want %d, the same", len(got), len(text))
	}
}

func TestOutputThatGrowsStaysInMemoryOfTheBuffers(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	p.SetRoom(0)
	lab.Do(func() { c.Write(make([]byte, 300<<10)) })
	if n := lab.Buffers.Bytes(); n < 300<<10 {
		t.Errorf("%d bytes of output pend in %d bytes of buffers", 300<<10, n)
	}
}

func TestWriteOnAClosedConnectionGoesNowhere(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	_, c := accepted(lab)
	lab.Do(func() { c.Close(nil) })
	f := fileOf(t, "x")
	lab.Do(func() {
		c.Write([]byte("a"))
		c.WriteRef([]byte("b"))
		c.SetBuffer(append(c.Buffer(), 'c'))
		c.WriteFile(f, 0, 1)
		c.CloseAfterFlush()
		c.CloseWrite()
		c.PauseReading()
		c.ResumeReading()
		c.SetDeadline(lab.Loop.Now() + 1)
		c.Close(io.EOF)
		if c.Pending() != 0 || c.Input() != nil || c.LocalAddr().IsValid() {
			t.Error("a closed connection still has something")
		}
		if _, err := c.Detach(); err != reactor.ErrClosed {
			t.Errorf("Detach = %v, want ErrClosed", err)
		}
	})
	if _, err := f.Stat(); err == nil {
		t.Error("the file of a closed connection is still open")
	}
}

func TestCloseAfterFlushClosesAlsoBehindAFIN(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	lab.Do(func() { c.Write([]byte("bye")); c.CloseWrite() })
	if got := p.Received(); got != "bye" || !p.Ended() || p.Closed() {
		t.Fatalf("received %q, ended = %v, closed = %v, want bye and a FIN", got, p.Ended(), p.Closed())
	}
	lab.Do(func() { c.Write([]byte("too late")); c.CloseAfterFlush() })
	if got := p.Received(); got != "" || !p.Closed() {
		t.Errorf("received %q, closed = %v, want nothing more and closed", got, p.Closed())
	}
}

func TestCloseAfterFlushWaitsForASlowReader(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	p.SetRoom(3)
	lab.Do(func() { c.Write([]byte("goodbye")); c.CloseAfterFlush() })
	if p.Received() != "goo" || p.Closed() {
		t.Fatal("closed before the output was gone")
	}
	p.SetRoom(-1)
	lab.Run()
	if got := p.Received(); got != "dbye" || !p.Closed() {
		t.Errorf("received %q, closed = %v, want the rest and closed", got, p.Closed())
	}
}

func TestOnBlockedIsCalledOnceUntilTheKernelTakesMore(t *testing.T) {
	t.Parallel()
	blocked := 0
	lab := newLab(t, &handler{blocked: func(c *reactor.Conn) {
		blocked++
		c.Write([]byte("still ")) // must not turn into an endless loop
	}})
	p, c := accepted(lab)
	p.SetRoom(2)
	lab.Do(func() { c.Write([]byte("abcd")) })
	lab.Do(func() { c.Write([]byte("efgh ")) })
	if blocked != 1 {
		t.Errorf("OnBlocked was called %d times, want 1", blocked)
	}
	p.SetRoom(-1)
	lab.Run()
	if got := p.Received(); got != "abcdstill efgh " || blocked != 1 {
		t.Errorf("received %q, OnBlocked called %d times", got, blocked)
	}
}

func TestCloseInOnBlockedIsTheEnd(t *testing.T) {
	t.Parallel()
	h := &handler{
		blocked: func(c *reactor.Conn) { c.Close(nil) },
		drain:   func(*reactor.Conn) { t.Error("OnDrain after Close") },
	}
	lab := newLabWithWater(t, 1000, 900, h)
	p, c := accepted(lab)
	p.SetRoom(500)
	lab.Do(func() { c.Write(make([]byte, 1200)) })
	if !p.Closed() {
		t.Error("still open")
	}
}

func TestOutputAboveTheHighWaterMarkStopsReadingUntilTheLowOne(t *testing.T) {
	t.Parallel()
	var read, order []string
	h := &handler{
		input: func(c *reactor.Conn) { read = append(read, consume(c)) },
		drain: func(c *reactor.Conn) {
			order = append(order, "drain")
			if n := c.Pending(); n > 100 || c.Congested() {
				t.Errorf("OnDrain with %d bytes pending, congested = %v", n, c.Congested())
			}
		},
		blocked: func(*reactor.Conn) { order = append(order, "blocked") },
	}
	lab := newLabWithWater(t, 1000, 100, h)
	p, c := accepted(lab)
	p.SetRoom(0)
	lab.Do(func() { c.Write(make([]byte, 1000)) })
	p.Send("one")
	lab.Run()
	lab.Do(func() { c.Write(make([]byte, 1)) })
	p.Send("two")
	lab.Run()
	if got := strings.Join(read, " "); got != "one" {
		t.Fatalf("read %q while congested, want only what came before", got)
	}
	p.SetRoom(900) // leaves 101
	lab.Run()
	if len(read) != 1 {
		t.Fatal("read again above the low water mark")
	}
	p.SetRoom(1)
	lab.Run()
	if got := strings.Join(read, " "); got != "one two" {
		t.Errorf("read %q, want nothing lost: no event comes for it again", got)
	}
	if got, want := strings.Join(order, " "), "blocked blocked blocked drain"; got != want {
		t.Errorf("callbacks: %s, want %s", got, want)
	}
}

func TestWriterThatGoesOnInOnDrainDoesNotStarveOthers(t *testing.T) {
	t.Parallel()
	const pieces = 200
	written, after := 0, -1
	piece := make([]byte, 2000)
	lab := reactortest.NewLab(t, reactortest.Config{
		Reactor: reactor.Config{HighWater: 1000, LowWater: 100},
		Open: func(*reactor.Conn) reactor.Handler {
			return &handler{
				drain: func(c *reactor.Conn) {
					if written++; written < pieces {
						c.Write(piece)
					} else {
						c.CloseAfterFlush()
					}
				},
				input: func(c *reactor.Conn) { consume(c); after = written },
			}
		},
	})
	p, c := accepted(lab)
	q, _ := accepted(lab)
	q.Send("x") // while p reads all that it is given at once
	lab.Do(func() { c.Write(piece) })
	if got := len(p.Received()); got != pieces*len(piece) || !p.Closed() {
		t.Errorf("received %d bytes, want %d; closed = %v", got, pieces*len(piece), p.Closed())
	}
	lab.Do(func() { written, after = 0, -1 })
	p, c = accepted(lab)
	lab.Loop.Post(func() { c.Write(piece) })
	lab.Step()
	q.Send("x")
	lab.Run()
	if after < 0 || after > 20 || !p.Closed() {
		t.Errorf("the other connection was served after %d of %d pieces", after, pieces)
	}
}

func TestWriteErrorEndsTheConnectionWithIt(t *testing.T) {
	t.Parallel()
	var reason error
	lab := newLab(t, &handler{close: func(_ *reactor.Conn, err error) { reason = err }})
	p, c := accepted(lab)
	p.FailWrite(unix.EPIPE)
	lab.Do(func() { c.Write([]byte("x")) })
	if reason != unix.EPIPE || !p.Closed() {
		t.Errorf("reason = %v, closed = %v, want EPIPE and closed", reason, p.Closed())
	}
}

func TestFileShorterThanPromisedEndsTheConnection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cut  bool // after it was read ahead
	}{{"from the start", false}, {"cut while it is sent", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var reason error
			lab := newLab(t, &handler{close: func(_ *reactor.Conn, err error) { reason = err }})
			p, conn := accepted(lab)
			f := fileOf(t, "only ten b")
			name := f.Name()
			if c.cut {
				p.SetRoom(5)
			}
			lab.Do(func() {
				if c.cut {
					conn.WriteFile(f, 0, 10)
				} else {
					conn.WriteFile(f, 0, 1000)
				}
			})
			lab.Settle()
			if c.cut {
				if err := os.Truncate(name, 5); err != nil {
					t.Fatal(err)
				}
				p.SetRoom(-1)
				lab.Settle()
			}
			if reason != io.ErrUnexpectedEOF || !p.Closed() {
				t.Errorf("reason = %v, closed = %v, want io.ErrUnexpectedEOF and closed", reason, p.Closed())
			}
			if _, err := f.Stat(); err == nil {
				t.Error("the file is still open")
			}
		})
	}
}

func TestFileIsClosedWhenTheConnectionEndsWhileItIsReadAhead(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	f := fileOf(t, strings.Repeat("x", 3<<20))
	lab.Do(func() {
		c.Write([]byte("head"))
		c.WriteFile(f, 0, 3<<20)
	})
	lab.Do(func() { c.Close(nil) }) // the read-ahead may be away, or home
	lab.Settle()
	if _, err := f.Stat(); err == nil || !p.Closed() {
		t.Errorf("file open = %v, connection closed = %v", err == nil, p.Closed())
	}
}

func TestFileLargerThanOneReadAheadArrivesWhole(t *testing.T) {
	t.Parallel()
	lab := newLab(t, &handler{})
	p, c := accepted(lab)
	text := strings.Repeat("0123456789abcdef", 300<<10) // 4.8 MB
	f := fileOf(t, text)
	lab.Do(func() { c.WriteFile(f, 3, int64(len(text)-3)); c.CloseAfterFlush() })
	lab.Settle()
	if got := p.Received(); got != text[3:] || !p.Closed() {
		t.Errorf("received %d bytes, want %d, the same; closed = %v", len(got), len(text)-3, p.Closed())
	}
}
