package server

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A large Write is sent from the handler's own memory, which is the handler's
// again when Write returns.
func TestLargeWriteDoesNotKeepItsSlice(t *testing.T) {
	const pieces, size = 8, 2*lendLimit + 1
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) {
			io.WriteString(w, "head")
			p := make([]byte, size)
			for i := range pieces {
				for k := range p {
					p[k] = byte('a' + i)
				}
				if n, err := w.Write(p); n != size || err != nil {
					t.Errorf("Write = %d, %v", n, err)
				}
			}
			io.WriteString(w, "tail")
		})
	})
	res, err := http.Get(g.url("/"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte("head")
	for i := range pieces {
		want = append(want, bytes.Repeat([]byte{byte('a' + i)}, size)...)
	}
	if want = append(want, "tail"...); !bytes.Equal(got, want) {
		t.Errorf("received %d bytes, or other ones than the %d that were written", len(got), len(want))
	}
}

// A client that goes away while a large Write waits for it ends that Write.
func TestLargeWriteEndsWhenTheClientLeaves(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			w.Flush()
			close(begun)
			_, err := w.Write(make([]byte, 64<<20))
			ended <- err
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	<-begun
	c.reset()
	if err := <-ended; err != ErrClientGone {
		t.Errorf("Write = %v, want %v", err, ErrClientGone)
	}
}

// A large Write to a request whose answer has no body sends nothing, and waits for
// nobody: also behind more than a connection holds of other answers.
func TestLargeWriteToHead(t *testing.T) {
	t.Parallel()
	ahead := strings.Repeat("x", 100_000)
	for _, before := range []int{0, 1, 8} {
		g := newRig(t, Config{}, func(s *Server) {
			s.Get("/", func(w *Response, _ *Request) {
				for range before {
					io.WriteString(w, ahead)
				}
				if n, err := w.Write(make([]byte, 2*lendLimit)); n != 2*lendLimit || err != nil {
					t.Errorf("Write = %d, %v", n, err)
				}
			})
		})
		if got := g.ask("HEAD / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"); got.StatusCode != 200 || len(got.body) > 0 {
			t.Errorf("got %+v", got)
		}
		c := g.dialTwo()
		c.send(twoHead(1, twoEndStream, "HEAD", "/"))
		if status, body := c.whole(1); status != 200 || body != "" {
			t.Errorf("HTTP/2: %d, %q", status, body)
		}
	}
}

// Long strings are referred to, short ones and slices copied, and all arrive in
// their order, whole or streamed.
func TestLongStringsAndSlicesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	for _, least := range []int{refLimit, 64<<10 + 1, 1 << 20, 5 << 20} {
		var pieces []string
		total := 0
		for i := 0; total < least; i++ {
			size := []int{1, refLimit - 1, refLimit, 50_000, lendLimit + 1, 350_000}[i%6]
			pieces = append(pieces, strings.Repeat(string(rune('a'+i%26)), size))
			total += size
		}
		want := strings.Join(pieces, "")
		serve := func(w *Response, _ *Request) {
			own := make([]byte, 0, 350_000)
			for i, p := range pieces {
				n, err := 0, error(nil)
				if i%4 == 3 {
					own = append(own[:0], p...)
					n, err = w.Write(own)
				} else {
					n, err = io.WriteString(w, p)
				}
				if n != len(p) || err != nil {
					t.Errorf("wrote %d, %v, want %d", n, err, len(p))
				}
			}
		}
		g := newRig(t, Config{}, func(s *Server) {
			s.Get("/", serve)
			s.With(Settings{Blocking: Always}).Get("/away", serve)
		})
		for _, path := range []string{"/", "/away"} {
			got := g.ask("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
			if got.body != want {
				t.Errorf("HTTP/1: received %d bytes, or other ones than the %d that were written", len(got.body), len(want))
			}
			c := g.dialTwo(twoSetting(4, 1<<30)) // SETTINGS_INITIAL_WINDOW_SIZE
			c.send(twoBytes(twoWindow, 0, 0, twoNumber(1<<30)) + twoGet(1, path))
			if status, body := c.whole(1); status != 200 || body != want {
				t.Errorf("HTTP/2: %d, received %d bytes, or other ones than the %d that were written", status, len(body), len(want))
			}
		}
	}
}

// A handler that writes one long string after the other is held back by a client
// that does not read, and ends with it.
func TestLongStringsWaitForTheClient(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			text := strings.Repeat("x", 1<<20)
			w.Flush()
			var err error
			for n := 0; n < 1000 && err == nil; n++ {
				_, err = io.WriteString(w, text)
			}
			ended <- err
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	if _, err := c.r.Peek(1); err != nil {
		t.Fatal(err)
	}
	c.reset()
	if err := <-ended; err != ErrClientGone {
		t.Errorf("WriteString = %v, want %v", err, ErrClientGone)
	}
}

// A few octets between long strings take no large block each.
func TestShortPiecesBetweenLongStringsAreHeldInLittle(t *testing.T) {
	t.Parallel()
	var p pipe
	held := 0
	for range 100 {
		p.referTo(strings.Repeat("x", refLimit))
		p.write([]byte("short"))
		held += cap(p.last().b)
	}
	if held > 2*p.n {
		t.Errorf("%d bytes are held in %d", p.n, held)
	}
	p.reset()
}
