package server

import (
	"io"
	"strings"
	"testing"
	"time"
)

func TestPersistence(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	for _, tc := range []struct {
		name, request string
		keep          bool
		connection    string // the Connection field of the answer
	}{
		{"9.3: HTTP/1.1 persists", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", true, ""},
		{"9.3: HTTP/1.1 with keep-alive persists", "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", true, ""},
		{"9.3: close is heeded and said", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false, "close"},
		{"9.3: close among other options", "GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n", false, "close"},
		{"9.3: HTTP/1.0 does not persist", "GET / HTTP/1.0\r\nHost: h\r\n\r\n", false, "close"},
		{"9.3: HTTP/1.0 with keep-alive persists and is told", "GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", true, "keep-alive"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := g.in(t)
			c := g.dial()
			a := c.ask(tc.request)
			a.want(t, 200, "hello")
			if got := a.Header.Get("Connection"); got != tc.connection && !(tc.connection == "close" && a.Close) {
				t.Errorf("Connection = %q, want %q", got, tc.connection)
			}
			if tc.keep {
				c.wantOpen("/")
			} else {
				c.wantEnd()
			}
		})
	}
}

func TestHandlerMayEndTheConnection(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			w.Header().Set("Connection", "close")
			w.Text(200, "bye")
		})
	})
	c := g.dial()
	a := c.get("/")
	a.want(t, 200, "bye")
	if !a.Close {
		t.Error("the answer does not say Connection: close")
	}
	c.wantEnd()
}

// RFC 9112, section 9.3.2: the answers come in the order of the requests,
// whatever their handlers do.
func TestPipelinedAnswersKeepTheirOrder(t *testing.T) {
	t.Parallel()
	release := newSignal()
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/quick/:n", func(w *Response, r *Request) { w.Text(200, "quick "+r.Param("n")) })
		s.Get("/blocking/:n", func(w *Response, r *Request) {
			<-release
			w.Text(200, "blocking "+r.Param("n"))
		})
		s.With(Settings{Blocking: Always}).Get("/away/:n", func(w *Response, r *Request) {
			w.Text(200, "away "+r.Param("n"))
		})
		s.Get("/streaming/:n", func(w *Response, r *Request) {
			io.WriteString(w, "streaming ")
			w.Flush()
			io.WriteString(w, r.Param("n"))
		})
		s.Post("/echo", echo)
		s.Get("/release", func(w *Response, _ *Request) { close(release) })
	})
	paths := []string{
		"quick/0", "blocking/1", "streaming/2", "quick/3", "away/4", "blocking/5",
		"streaming/6", "streaming/7", "quick/8", "blocking/9",
	}
	var b strings.Builder
	for _, p := range paths {
		b.WriteString("GET /" + p + " HTTP/1.1\r\nHost: h\r\n\r\n")
		b.WriteString("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + itoa(len(p)) + "\r\n\r\n" + p)
		b.WriteString("GET /missing HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	c := g.dial()
	c.send(b.String())
	c.answer("GET").want(t, 200, "quick 0")
	c.answer("POST").want(t, 200, paths[0])
	c.answer("GET").want(t, 404, "404 Not Found\n")
	g.get("/release").want(t, 200, "")
	for _, p := range paths[1:] {
		c.answer("GET").want(t, 200, strings.Replace(p, "/", " ", 1))
		c.answer("POST").want(t, 200, p)
		c.answer("GET").want(t, 404, "404 Not Found\n")
	}
}

func TestNothingIsServedBehindAClose(t *testing.T) {
	t.Parallel()
	served := make(chan string, 8)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/:n", func(w *Response, r *Request) {
			served <- r.Param("n")
			w.Text(200, r.Param("n"))
		})
	})
	c := g.dial()
	c.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" +
		strings.Repeat("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n", 1000))
	c.answer("GET").want(t, 200, "1")
	c.answer("GET").want(t, 200, "2")
	c.wantEnd()
	if n := len(served); n != 2 {
		t.Errorf("%d requests were served, want 2", n)
	}
}

// RFC 9112, section 9.6: what the client still sends must not turn into a
// reset that overtakes the answer, also if it comes while the handler is at
// work and nothing is read.
func TestInputDuringTheLastRequestDoesNotResetTheAnswer(t *testing.T) {
	t.Parallel()
	begun, release := newSignal(), newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.With(Settings{Blocking: Always}).Get("/", func(w *Response, _ *Request) {
			close(begun)
			<-release
			w.Text(200, "hello")
		})
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	begun.wait(t, "the handler begins")
	c.send(strings.Repeat("x", 64<<10))
	close(release)
	c.answer("GET").want(t, 200, "hello")
	c.wantEnd()
}

// A client that has ended its own direction is still answered.
func TestHalfClosedClientsAreAnswered(t *testing.T) {
	t.Parallel()
	release := newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/quick", hello)
		s.Get("/slow", func(w *Response, r *Request) {
			<-release
			if err := r.Context().Err(); err != nil {
				t.Errorf("context of a half-closed client: %v, want nil", err)
			}
			w.Text(200, "slow")
		})
		s.Post("/echo", echo)
		s.Get("/large", func(w *Response, _ *Request) { w.Write(make([]byte, 1<<20)) })
	})
	t.Run("with FIN right behind the request", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
		c.closeWrite()
		c.answer("GET").want(t, 200, "hello")
		c.wantEnd()
	})
	t.Run("with several requests before the FIN", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(strings.Repeat("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n", 20) +
			"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
		c.closeWrite()
		for range 20 {
			c.answer("GET").want(t, 200, "hello")
		}
		c.answer("POST").want(t, 200, "abc")
		c.wantEnd()
	})
	t.Run("with a large answer", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
		c.closeWrite()
		if a := c.answer("GET"); len(a.body) != 1<<20 {
			t.Errorf("%d bytes, want %d", len(a.body), 1<<20)
		}
		c.wantEnd()
	})
	t.Run("while the handler is at work", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
		c.closeWrite()
		close(release)
		c.answer("GET").want(t, 200, "slow")
		c.answer("GET").want(t, 200, "hello")
		c.wantEnd()
	})
	t.Run("but not one that stops in mid-request", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send("GET /quick HTTP/1.1\r\nHo")
		c.closeWrite()
		c.answer("GET").want(t, 400, "400 Bad Request\n")
		c.wantEnd()
	})
}

// The time to linger is for what the client sends, not for how long it takes
// the answer.
func TestLingeringDoesNotCutALargeAnswer(t *testing.T) {
	t.Parallel()
	const size = 32 << 20
	g := newRig(t, Config{LingerTimeout: time.Millisecond, LingerBytes: 1 << 20}, func(s *Server) {
		large := make([]byte, size)
		s.Get("/close", func(w *Response, _ *Request) { w.Bytes(200, "", large) })
		s.Post("/drain", func(w *Response, _ *Request) { w.Bytes(200, "", large) })
		s.Get("/", hello)
	})
	for _, request := range []string{
		"GET /close HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nstray input",
		"POST /drain HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\npart",
	} {
		c := g.dial()
		c.send(request)
		if _, err := c.r.Peek(1); err != nil { // it has begun
			t.Fatal(err)
		}
		awaitTick(t, g)
		if a := c.answer("GET"); len(a.body) != size {
			t.Errorf("%d bytes of the answer, want %d", len(a.body), size)
		}
	}
}

// A body that ends exactly where the buffer is full is complete, also if
// nobody has read it: the connection then waits for its next request and
// not for the rest of this one.
func TestUnreadBodyOfExactlyTheBuffer(t *testing.T) {
	t.Parallel()
	const size = 4096
	g := newRig(t, Config{BodyBuffer: size, InlineBody: 1, RequestTimeout: 300 * time.Millisecond, LingerTimeout: time.Millisecond},
		func(s *Server) {
			s.Post("/", func(w *Response, r *Request) {
				var b [1]byte
				io.ReadFull(r.Body, b[:]) // some of it is here
				w.Text(200, "unread")
			})
		})
	for range 4 {
		c := g.dial()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4096\r\n\r\n" + strings.Repeat("x", size))
		c.answer("POST").want(t, 200, "unread")
		c.send("GET / HT")
		c.answer("GET").want(t, 408, "408 Request Timeout\n")
		c.wantEnd()
	}
}

// A client that does not read and goes on sending costs no memory when its
// connection only waits for the output to leave.
func TestClosingConnectionReadsNothingMore(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 1, LingerBytes: 1, OutputHighWater: 64 << 20}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 8<<20)) })
	})
	c := g.dial()
	c.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + strings.Repeat("x", 1000))
	if _, err := c.r.Peek(1); err != nil {
		t.Fatal(err)
	}
	sent := 0
	c.SetWriteDeadline(time.Now().Add(300 * time.Millisecond)) // the kernel's buffers are full long before
	for chunk := make([]byte, 64<<10); ; {
		n, err := c.Write(chunk)
		sent += n
		if err != nil {
			break
		}
	}
	if in := g.stats().Loops[0].BytesIn; in > 1<<20 {
		t.Errorf("the server has read %d of %d bytes behind the last request", in, sent)
	}
}
