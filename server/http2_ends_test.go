package server

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"reactor.example/reactor/reactortest"
)

// A client that asks for heads and reads nothing: no more waits for it than for
// any other client, since the server stops to read its requests.
func TestHTTP2ClientThatDoesNotReadIsNotRead(t *testing.T) {
	t.Parallel()
	var buffers reactortest.Buffers
	g := newRig(t, Config{
		WorkerThreads: 1, Buffers: func(int) Buffers { return &buffers },
		HTTP2: HTTP2Config{MaxConcurrentStreams: 10_000},
	}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.Header().Set("x-long", strings.Repeat("x", 2000)) })
	})
	c := g.dialTwo()
	c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	stream, requests := uint32(1), 0
	c.SetWriteDeadline(time.Now().Add(2 * time.Second))
	var err error
	for ; err == nil && requests < 100_000; requests += 50 {
		var batch strings.Builder
		for range 50 {
			batch.WriteString(twoHead(stream, twoEndStream, "HEAD", "/"))
			stream += 2
		}
		_, err = io.WriteString(c, batch.String())
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d requests were read although no answer was, %v", requests, err)
	}
	// One read of the loop holds some 2,000 requests, which ask for 4 MiB.
	if n := buffers.Bytes(); n > 8<<20 {
		t.Errorf("%d bytes wait for a client that does not read", n)
	}
	c.reset()
	g.await("the end", func(st Stats) bool { return st.Connections.ActiveHTTP2 == 0 && st.Requests.Active == 0 })
}

// What a handler reads when its body is complete already opens the window of the
// connection all the same, long before the response ends.
func TestHTTP2WindowOpensBehindTheEndOfABody(t *testing.T) {
	t.Parallel()
	gate := newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.With(Settings{Stream: true}).Post("/", func(w *Response, r *Request) {
			io.Copy(io.Discard, r.Body)
			gate.wait(t, "gate")
		})
	})
	c := g.dialTwo()
	var send strings.Builder
	send.WriteString(twoHead(1, 0, "POST", "/"))
	for range 4 {
		send.WriteString(twoBytes(twoData, 0, 1, strings.Repeat("x", 15000)))
	}
	c.send(send.String() + twoBytes(twoData, twoEndStream, 1, "x"))
	if f := c.until(twoWindow, 0); len(f.payload) != 4 {
		t.Errorf("WINDOW_UPDATE of %d octets", len(f.payload))
	}
	close(gate)
	if status, _ := c.whole(1); status != 200 {
		t.Errorf("status %d, want 200", status)
	}
}

// A client that ends its direction is answered, but a response that streams is
// told that nobody may be there, as over HTTP/1.1.
func TestHTTP2EndOfTheClientCancelsWhatStreams(t *testing.T) {
	t.Parallel()
	cause := make(chan error, 1)
	gate := newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/streams", func(w *Response, r *Request) {
			w.Flush()
			<-r.Context().Done()
			cause <- context.Cause(r.Context())
		})
		s.Get("/waits", func(w *Response, r *Request) {
			gate.wait(t, "gate")
			w.Text(200, "answered")
		})
		s.With(Settings{Stream: true}).Post("/body", func(w *Response, r *Request) {
			_, err := io.ReadAll(r.Body)
			cause <- err
		})
	})
	c := g.dialTwo()
	c.send(twoGet(1, "/streams") + twoGet(3, "/waits") + twoHead(5, 0, "POST", "/body"))
	c.status(1)
	g.await("three handlers", func(st Stats) bool { return st.Requests.Active == 3 })
	c.closeWrite()
	for range 2 {
		if err := receive(t, cause, "the handlers hear of it"); err != ErrClientGone && err != io.ErrUnexpectedEOF {
			t.Errorf("cause %v", err)
		}
	}
	close(gate)
	if status, body := c.whole(3); status != 200 || body != "answered" {
		t.Errorf("got %d %q", status, body)
	}
	c.wantOver()
}

// The end of the client's direction in the middle of a frame ends the connection,
// without any timeout.
func TestHTTP2EndInsideAFrame(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{RequestTimeout: Off, IdleTimeout: Off}, func(s *Server) { s.Get("/", hello) })
	c := g.dialTwo()
	c.send(twoGet(1, "/")[:20])
	c.closeWrite()
	c.wantOver()
	g.await("the end", func(st Stats) bool { return st.Connections.ActiveHTTP2 == 0 })
}

// Closed windows cost nothing: a loop with data to send and no window sleeps.
func TestHTTP2ClosedWindowDoesNotSpin(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/whole", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 200<<10)) })
		s.Get("/streams", func(w *Response, _ *Request) { io.WriteString(w, strings.Repeat("x", 500<<10)) })
	})
	stalled := g.dialTwo(twoSetting(4, 0)) // SETTINGS_INITIAL_WINDOW_SIZE
	stalled.send(twoGet(1, "/whole") + twoGet(3, "/streams"))
	stalled.until(twoHeaders, -1)
	stalled.until(twoHeaders, -1)
	all := g.dialTwo() // the window of the connection is closed in the end
	all.send(twoGet(1, "/whole") + twoGet(3, "/streams"))
	for n := 0; n < 65535; {
		n += len(all.until(twoData, -1).payload)
	}
	before := g.stats().Loops[0].Iterations
	awaitTick(t, g)
	if n := g.stats().Loops[0].Iterations - before; n > 100 {
		t.Errorf("%d iterations of the loop with nothing to do", n)
	}
	stalled.reset()
	all.reset()
	g.await("the end", func(st Stats) bool { return st.Requests.Active == 0 })
}

// A large Write lends its memory; a reset in the middle gives it back.
func TestHTTP2ResetEndsALargeWrite(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/large", func(w *Response, _ *Request) {
			_, err := w.Write(make([]byte, 8*lendLimit))
			ended <- err
		})
		s.Get("/", hello)
	})
	c := g.dialTwo()
	c.send(twoGet(1, "/large"))
	c.until(twoData, 1)
	c.send(twoBytes(twoReset, 0, 1, twoNumber(8)))
	if err := receive(t, ended, "Write returns"); err != ErrClientGone {
		t.Errorf("Write = %v, want %v", err, ErrClientGone)
	}
	c.send(twoBytes(twoWindow, 0, 0, twoNumber(1<<20)) + twoGet(3, "/"))
	if status, body := c.whole(3); status != 200 || body != "hello" {
		t.Errorf("got %d %q", status, body)
	}
}

// Whatever way a stream ends, it ends: none counts for ever against the limit.
func TestHTTP2StreamsOfEveryEndAreReleased(t *testing.T) {
	t.Parallel()
	var buffers reactortest.Buffers
	g := newRig(t, Config{
		WorkerThreads: 1, MaxBodySize: 5000, HTTP2: HTTP2Config{MaxConcurrentStreams: 4},
		Buffers: func(int) Buffers { return &buffers },
	}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/none", func(w *Response, _ *Request) { w.Status(204) })
		s.Get("/streams", func(w *Response, _ *Request) { w.Flush(); io.WriteString(w, "more") })
		s.Get("/trailers", func(w *Response, _ *Request) { io.WriteString(w, "x"); w.Trailer().Set("x-end", "yes") })
		s.Get("/badname", func(w *Response, _ *Request) { w.Header().Set("a b", "c") })
		s.Get("/short", func(w *Response, _ *Request) { w.SetLength(10); w.Flush() })
		s.Get("/panics", func(w *Response, _ *Request) { w.Flush(); panic("half way") })
		s.Get("/304", func(w *Response, _ *Request) { w.SetLength(10); w.Status(304); w.Flush() })
		s.Post("/ignores", hello)
		s.Post("/reads", echo)
	})
	c := g.dialTwo()
	reset := func(stream uint32) string { return twoBytes(twoReset, 0, stream, twoNumber(8)) }
	stream := uint32(1)
	for range 10 {
		for _, send := range []string{
			twoGet(stream, "/"), twoGet(stream, "/none"), twoGet(stream, "/streams"), twoGet(stream, "/trailers"),
			twoGet(stream, "/badname"), twoGet(stream, "/short"), twoGet(stream, "/panics"), twoGet(stream, "/304"),
			twoGet(stream, "/nowhere"), twoHead(stream, twoEndStream, "HEAD", "/streams"),
			twoHead(stream, 0, "POST", "/ignores") + twoBytes(twoData, twoEndStream, stream, "x"),
			twoHead(stream, 0, "POST", "/ignores", "content-length", "4000") + reset(stream),
			twoHead(stream, 0, "POST", "/reads", "content-length", "6000"),
			twoHead(stream, 0, "POST", "/reads", "expect", "100-continue") + twoBytes(twoData, twoEndStream, stream, "x"),
			twoHead(stream, 0, "POST", "/reads") + twoBytes(twoData, 0, stream, "x") + reset(stream),
			twoHead(stream, 0, "POST", "/reads") + twoBytes(twoData, 0, stream, strings.Repeat("x", 6000)),
			twoHead(stream, 0, "POST", "/reads", "content-length", "2") + twoBytes(twoData, twoEndStream, stream, "x"),
		} {
			// The number stands in every frame of the row.
			c.send(renumber(send, stream))
			stream += 2
			c.send(twoBytes(twoPing, 0, 0, "in order"))
			for f := c.until(twoPing, 0); f.flags&twoAck == 0; {
				f = c.until(twoPing, 0)
			}
			g.await("the stream is released", func(st Stats) bool {
				return st.Connections.ActiveStreams == 0 && st.Requests.Active == 0
			})
		}
	}
	c.send(twoGet(stream, "/"))
	if status, body := c.whole(stream); status != 200 || body != "hello" {
		t.Errorf("got %d %q", status, body)
	}
	c.Close()
	if err := g.shutdown(); err != nil {
		t.Error(err)
	}
	if n := buffers.Out(); n != 0 {
		t.Errorf("%d buffers of %d bytes have not come back", n, buffers.Bytes())
	}
	if n := g.srv.windows.taken.Load(); n != 0 {
		t.Errorf("%d octets of windows have not come back", n)
	}
}

// renumber gives all frames of b that number.
func renumber(b string, stream uint32) string {
	out := []byte(b)
	for i := 0; i < len(out); i += 9 + int(out[i])<<16 + int(out[i+1])<<8 + int(out[i+2]) {
		copy(out[i+5:], twoNumber(stream))
	}
	return string(out)
}
