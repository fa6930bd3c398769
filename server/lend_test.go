package server

import (
	"bytes"
	"io"
	"net/http"
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

// A large Write to a request whose answer has no body sends nothing.
func TestLargeWriteToHead(t *testing.T) {
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			if n, err := w.Write(make([]byte, 2*lendLimit)); n != 2*lendLimit || err != nil {
				t.Errorf("Write = %d, %v", n, err)
			}
		})
	})
	if got := g.ask("HEAD / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"); got.StatusCode != 200 || len(got.body) > 0 {
		t.Errorf("got %+v", got)
	}
}
