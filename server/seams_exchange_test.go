package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"

	"reactor.example/reactor"
)

// A fakeCarrier is a protocol that speaks no language: it begins exchanges as
// a test says, any number at a time, and notes how they end. The methods of
// carrier are called on the loop.
type fakeCarrier struct {
	sh     *shard
	ended  chan string // path, status and body of each exchange, as they end
	unread string      // what a takeover hands on
	gone   error       // set on the loop: the connection is lost
}

func newFakeCarrier(t *testing.T, register func(s *Server)) *fakeCarrier {
	t.Helper()
	g := newRig(t, Config{WorkerThreads: 1}, register)
	t.Cleanup(func() {
		if st := g.stats(); st.Requests.Active != 0 {
			t.Errorf("%d requests are still active", st.Requests.Active)
		}
	})
	return &fakeCarrier{sh: g.srv.shards[0], ended: make(chan string, 16)}
}

// begin starts an exchange without a body and gives it to see.
func (c *fakeCarrier) begin(path string, length int64, seen func(*exchange)) {
	c.sh.loop.Post(func() {
		ex := c.sh.newExchange()
		ex.carrier = c
		ex.snap = c.sh.srv.snap.Load()
		ex.begun = c.sh.loop.Now()
		ex.head = head{method: "GET", target: path, path: path, proto: "FAKE", length: length}
		c.sh.begin(ex)
		ex.body.end = length == 0
		c.sh.schedule(ex)
		if seen != nil {
			seen(ex)
		}
	})
}

func (c *fakeCarrier) finish(ex *exchange, r reactor.Result) {
	text := ex.head.path
	switch {
	case r.Err != nil:
		text += " failed"
	case ex.reply.stage == replyTakenOver:
		text += " taken over"
	case c.gone != nil:
		text += " lost"
	default:
		text += " " + itoa(ex.reply.statusOr200()) + " " + string(ex.reply.whole) + string(ex.reply.buf.first())
	}
	c.sh.endExchange(ex, r.Err)
	c.ended <- text
}

func (c *fakeCarrier) pump(*exchange)                        {}
func (c *fakeCarrier) rearm(*exchange)                       {}
func (c *fakeCarrier) interim(*exchange, int, []Field) error { return nil }
func (c *fakeCarrier) localAddr() netip.AddrPort             { return netip.AddrPort{} }
func (c *fakeCarrier) tlsState() *tls.ConnectionState        { return nil }
func (c *fakeCarrier) connInfo() ConnInfo                    { return ConnInfo{ID: 77} }
func (c *fakeCarrier) takeOver(ex *exchange) (net.Conn, error) {
	ours, theirs := net.Pipe()
	unread := c.unread
	go func() {
		io.WriteString(theirs, unread)
		theirs.Close()
	}()
	ex.mu.Lock()
	ex.reply.stage = replyTakenOver
	ex.mu.Unlock()
	return ours, nil
}

func TestExchangesOfOneCarrierOverlap(t *testing.T) {
	t.Parallel()
	gates := map[string]chan struct{}{"a": make(chan struct{}), "b": make(chan struct{}), "c": make(chan struct{})}
	began := make(chan string)
	c := newFakeCarrier(t, func(s *Server) {
		s.With(Settings{Blocking: Always}).Get("/:name", func(w *Response, r *Request) {
			began <- r.Param("name")
			<-gates[r.Param("name")]
			w.Text(200, r.Proto()+" "+itoa(int(r.ConnInfo().ID)))
		})
	})
	for name := range gates {
		c.begin("/"+name, 0, nil)
	}
	var names []string
	for range gates {
		names = append(names, <-began) // all run at once
	}
	if slices.Sort(names); !slices.Equal(names, []string{"a", "b", "c"}) {
		t.Errorf("began %q", names)
	}
	for _, name := range []string{"b", "c", "a"} { // and end in any order
		close(gates[name])
		if got, want := <-c.ended, "/"+name+" 200 FAKE 77"; got != want {
			t.Errorf("ended %q, want %q", got, want)
		}
	}
}

func TestExchangeEndsByReset(t *testing.T) {
	t.Parallel()
	faults, begun := make(chan error, 3), make(chan struct{})
	c := newFakeCarrier(t, func(s *Server) {
		s.With(Settings{Blocking: Always}).Get("/", func(w *Response, r *Request) {
			close(begun)
			_, err := r.Body.Read(make([]byte, 1))
			faults <- err
			<-r.Context().Done()
			faults <- context.Cause(r.Context())
			_, err = w.Write(make([]byte, 1<<20))
			faults <- err
		})
	})
	exchanges := make(chan *exchange, 1)
	c.begin("/", 10, func(ex *exchange) { exchanges <- ex })
	<-begun
	ex := <-exchanges
	c.sh.loop.Post(func() {
		c.gone = errors.New("reset")
		ex.fail(ErrClientGone)
	})
	for _, what := range []string{"read", "context", "write"} {
		if err := <-faults; err != ErrClientGone {
			t.Errorf("%s = %v", what, err)
		}
	}
	if got := <-c.ended; got != "/ lost" {
		t.Errorf("ended %q", got)
	}
}

func TestExchangeEndsByTakeover(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	c := newFakeCarrier(t, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			nc, err := w.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer nc.Close()
			b, _ := io.ReadAll(nc)
			got <- string(b)
			if _, err := w.Write([]byte("x")); err != ErrWritten {
				t.Errorf("Write = %v", err)
			}
			if _, err := w.Hijack(); err != ErrWritten {
				t.Errorf("second Hijack = %v", err)
			}
		})
	})
	c.unread = "behind the request"
	c.begin("/", 0, nil)
	if b := <-got; b != c.unread {
		t.Errorf("read %q, want what was unread", b)
	}
	if got := <-c.ended; got != "/ taken over" {
		t.Errorf("ended %q", got)
	}
}

func TestExchangeEndsByPanic(t *testing.T) {
	t.Parallel()
	c := newFakeCarrier(t, func(s *Server) {
		s.Get("/", func(*Response, *Request) { panic("no") })
	})
	c.begin("/", 0, nil)
	if got := <-c.ended; got != "/ failed" {
		t.Errorf("ended %q", got)
	}
}
