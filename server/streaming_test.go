package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A pattern is an endless stream that differs at every place and by its
// seed, so that a piece of another stream, or of another place, is noticed.
type pattern struct {
	block []byte // repeated; its length is a prime
	at    int
}

func newPattern(seed uint32) *pattern {
	seed %= 251
	if known, ok := patternBlocks.Load(seed); ok {
		return &pattern{block: known.([]byte)}
	}
	block := make([]byte, 65521)
	x := seed
	for i := range block {
		x = x*1664525 + 1013904223
		block[i] = byte(x >> 24)
	}
	patternBlocks.Store(seed, block)
	return &pattern{block: block}
}

// patternBlocks are the blocks made so far, by their seed.
var patternBlocks sync.Map

// Read implements io.Reader.
func (p *pattern) Read(b []byte) (int, error) {
	for n := 0; n < len(b); {
		k := copy(b[n:], p.block[p.at:])
		n += k
		p.at = (p.at + k) % len(p.block)
	}
	return len(b), nil
}

// Write implements io.Writer: it compares.
func (p *pattern) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		want := p.block[p.at:min(len(p.block), p.at+len(b)-n)]
		if !bytes.Equal(b[n:n+len(want)], want) {
			return n, errPattern
		}
		n += len(want)
		p.at = (p.at + len(want)) % len(p.block)
	}
	return len(b), nil
}

var errPattern = errors.New("a byte is not of this stream")

// heap is the memory in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A client that does not read stops the handler that writes to it, at the
// cost of a bounded buffer; when it reads on, so does the handler write on.
func TestSlowReaderCostsABoundedBuffer(t *testing.T) {
	const size = 64 << 20
	var written atomic.Int64
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/stream", func(w *Response, _ *Request) {
			p := newPattern(1)
			b := make([]byte, 10000)
			for left := size; left > 0; {
				n := min(left, len(b))
				p.Read(b[:n])
				m, err := w.Write(b[:n])
				written.Add(int64(m))
				left -= m
				if err != nil {
					t.Errorf("Write: %v", err)
					return
				}
			}
		})
	})
	before := heap()
	c := g.dial()
	c.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
	if _, err := c.r.Peek(100); err != nil {
		t.Fatal(err)
	}
	awaitStandstill(t, g, &written)
	if n := written.Load(); n > 24<<20 {
		t.Errorf("the handler has written %d bytes to a client that reads nothing", n)
	}
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("the heap has grown by %d bytes for a client that reads nothing", grown)
	}
	res, err := c.body("GET")
	if err != nil {
		t.Fatal(err)
	}
	p := newPattern(1)
	if n, err := io.Copy(p, res); n != size || err != nil {
		t.Errorf("%d bytes came, error %v, want %d", n, err, size)
	}
	c.wantOpen("/")
}

// An upload waits for a handler that does not read, and costs a bounded
// buffer.
func TestUploadWaitsForTheHandler(t *testing.T) {
	for _, framing := range []string{"Content-Length", "chunked"} {
		t.Run(framing, func(t *testing.T) { testUpload(t, framing == "chunked") })
	}
}

func testUpload(t *testing.T, inChunks bool) {
	const size, piece = 64 << 20, 64 << 10
	begun, read := newSignal(), newSignal()
	g := newRig(t, Config{WorkerThreads: 1, MaxBodySize: Off}, func(s *Server) {
		s.Get("/", hello)
		s.Post("/", func(w *Response, r *Request) {
			close(begun)
			<-read
			n, err := io.Copy(newPattern(2), r.Body)
			w.Text(200, fmt.Sprint(n, err))
		})
	})
	before := heap()
	c := g.dial()
	var sent atomic.Int64
	result := make(chan error, 1)
	go func() {
		head, front, back, end := "Content-Length: "+itoa(size), "", "", ""
		if inChunks {
			head, front, back, end = "Transfer-Encoding: chunked", hex(piece)+"\r\n", "\r\n", "0\r\n\r\n"
		}
		_, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: h\r\n"+head+"\r\n\r\n")
		p, b := newPattern(2), make([]byte, piece)
		for n := 0; n < size && err == nil; n += piece {
			p.Read(b)
			_, err = io.WriteString(c, front+string(b)+back)
			sent.Add(piece)
		}
		io.WriteString(c, end)
		result <- err
	}()
	begun.wait(t, "the handler begins")
	awaitStandstill(t, g, &sent)
	if grown := int64(heap()) - int64(before); grown > 16<<20 {
		t.Errorf("the heap has grown by %d bytes for a body that nobody reads", grown)
	}
	close(read)
	c.answer("POST").want(t, 200, itoa(size)+" <nil>")
	if err := receive(t, result, "the upload ends"); err != nil {
		t.Errorf("upload: %v", err)
	}
	c.wantOpen("/")
}

// awaitStandstill returns when n does not move while the loop serves many
// other requests.
func awaitStandstill(t testing.TB, g *rig, n *atomic.Int64) {
	t.Helper()
	c := g.dial()
	for stood, last := 0, int64(-1); stood < 100; {
		c.wantOpen("/")
		if now := n.Load(); now == last {
			stood++
		} else {
			stood, last = 0, now
		}
	}
}

// Both directions at once, line by line: each answer comes before the next
// line is sent.
func TestFullDuplexEcho(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", hello)
		s.With(Settings{Stream: true}).Post("/", func(w *Response, r *Request) {
			w.Flush()
			lines := bufio.NewReader(r.Body)
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				io.WriteString(w, strings.ToUpper(line))
				w.Flush()
			}
		})
	})
	for _, chunks := range []bool{true, false} {
		c := g.dial()
		const line = "line\n"
		if chunks {
			c.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
		} else {
			c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + itoa(100*len(line)) + "\r\n\r\n")
		}
		body, err := c.body("POST")
		if err != nil {
			t.Fatal(err)
		}
		back := bufio.NewReader(body)
		for i := range 100 {
			if chunks {
				c.send("5\r\n" + line + "\r\n")
			} else {
				c.send(line)
			}
			if got, err := back.ReadString('\n'); got != "LINE\n" {
				t.Fatalf("line %d came back as %q, %v", i, got, err)
			}
		}
		if chunks {
			c.send("0\r\n\r\n")
		}
		if rest, err := io.ReadAll(back); len(rest) > 0 || err != nil {
			t.Errorf("end of the stream: %q, %v", rest, err)
		}
		c.wantOpen("/")
	}
}

// Streams that go on longer than all timeouts are fine as long as they move.
func TestHonestStreamsOutliveTheRequestTimeout(t *testing.T) {
	t.Parallel()
	cfg := Config{RequestTimeout: 100 * time.Millisecond, IdleTimeout: 100 * time.Millisecond, MinRateGrace: 100 * time.Millisecond, MinRate: 10}
	g := newRig(t, cfg, func(s *Server) {
		s.With(Settings{Stream: true}).Post("/", func(w *Response, r *Request) {
			w.Flush()
			io.Copy(flusher{w}, r.Body)
		})
	})
	c := g.dial()
	c.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
	body, err := c.body("POST")
	if err != nil {
		t.Fatal(err)
	}
	var b [10]byte
	end := time.Now().Add(time.Second) // ten times as long as everything
	for time.Now().Before(end) {
		c.send("a\r\n0123456789\r\n")
		if _, err := io.ReadFull(body, b[:]); err != nil || string(b[:]) != "0123456789" {
			t.Fatalf("echo = %q, %v", b, err)
		}
		runtime.Gosched()
	}
	c.send("0\r\n\r\n")
	if rest, err := io.ReadAll(body); len(rest) > 0 || err != nil {
		t.Errorf("end of the stream: %q, %v", rest, err)
	}
}

// flusher flushes after every write.
type flusher struct{ w *Response }

func (f flusher) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.w.Flush()
	return n, err
}

// A client that goes away in mid-stream is told to whoever reads, writes or
// waits for it, and nothing of it stays.
func TestClientsThatGoAwayInMidStream(t *testing.T) {
	before := runtime.NumGoroutine()
	ends := make(chan error, 1)
	g := newRig(t, Config{WorkerThreads: 1, MaxBodySize: Off}, func(s *Server) {
		s.Get("/", hello)
		s.Post("/reads", func(w *Response, r *Request) {
			_, err := io.Copy(io.Discard, r.Body)
			ends <- err
		})
		s.Post("/writes", func(w *Response, r *Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					ends <- err
					return
				}
			}
		})
		s.Post("/waits", func(w *Response, r *Request) {
			ctx := r.Context()
			w.Interim(103)
			<-ctx.Done()
			ends <- context.Cause(ctx)
		})
	})
	for _, path := range []string{"/reads", "/writes", "/waits"} {
		for range 10 {
			c := g.dial()
			c.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n" + strings.Repeat("x", 100000))
			if path != "/reads" {
				c.r.Peek(1)
			}
			c.reset()
			if err := receive(t, ends, path+" ends"); err != ErrClientGone {
				t.Errorf("%s: %v, want ErrClientGone", path, err)
			}
		}
	}
	g.await("nothing is left", func(st Stats) bool { return st.Requests.Active == 0 && st.Connections.Active == 0 })
	if got := len(g.onLoop(0).exchanges); got < 1 || got > 3 {
		t.Errorf("%d exchanges were made for one request at a time", got)
	}
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	receive(t, g.served, "ListenAndServe returns")
	awaitGoroutines(t, before)
}
