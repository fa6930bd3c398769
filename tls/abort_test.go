package tls

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"runtime"
	"testing"
)

var errGone = errors.New("gone")

// newAcceptor waits for every goroutine, so each of these tests fails by
// hanging if one is left.
func TestAbortAtEachPoint(t *testing.T) {
	wantAborted := func(t *testing.T, s *Session) {
		t.Helper()
		s.Abort(errGone)
		s.Abort(errors.New("too late"))
		if s.Phase() != PhaseClosed || s.Err() != errGone {
			t.Errorf("phase %v, err %v", s.Phase(), s.Err())
		}
		if n, err := s.Feed([]byte{22}); n != 0 || err != errGone {
			t.Errorf("Feed = %d, %v", n, err)
		}
		if _, err := s.Open(nil, nil); err != errGone {
			t.Errorf("Open: %v", err)
		}
		if out, err := s.Seal(nil, []byte("x")); err != errGone || len(out) > 0 {
			t.Errorf("Seal = %x, %v", out, err)
		}
		if out := s.AppendClose(nil); len(out) > 0 {
			t.Errorf("AppendClose = %x", out)
		}
		s.AppendOutput(nil)
	}
	t.Run("before the first octet", func(t *testing.T) {
		wantAborted(t, newAcceptor(t, Config{}).NewSession(netip.Addr{}, nil))
	})
	hello := clientHello(t)
	t.Run("in the hello", func(t *testing.T) {
		s := newAcceptor(t, Config{}).NewSession(netip.Addr{}, nil)
		s.Feed(hello[:10])
		wantAborted(t, s)
	})
	t.Run("right behind the hello", func(t *testing.T) {
		s := newAcceptor(t, Config{}).NewSession(netip.Addr{}, func() {})
		s.Feed(hello)
		wantAborted(t, s)
	})
	t.Run("while it waits for the right to compute", func(t *testing.T) {
		a := newAcceptor(t, Config{})
		for range cap(a.computing) {
			a.computing <- struct{}{}
		}
		s := a.NewSession(netip.Addr{}, func() {})
		s.Feed(hello)
		wantAborted(t, s)
		for a.Stats().Failed == 0 { // it does not wait for those that compute
			runtime.Gosched()
		}
		for range cap(a.computing) {
			<-a.computing
		}
	})
	t.Run("while it waits for the client", func(t *testing.T) {
		woken := make(chan struct{}, 10)
		s := newAcceptor(t, Config{}).NewSession(netip.Addr{}, func() { woken <- struct{}{} })
		s.Feed(hello)
		<-woken
		wantAborted(t, s)
	})
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		wantAborted(t, p.session)
		if p.session.State() == nil {
			t.Error("the state of an aborted session is forgotten")
		}
	})
}

// Abort races with the end of the handshake: whoever is first decides, and the
// other changes nothing.
func TestAbortRacesWithTheEnd(t *testing.T) {
	a := newAcceptor(t, Config{})
	for range 50 {
		p := newPair(t, a, nil)
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.client.Handshake()
		}()
		<-p.woken
		p.feed(p.wire.take())
		var flight []byte
		for len(flight) == 0 {
			<-p.woken
			flight = p.session.AppendOutput(nil)
		}
		p.wire.push(flight)
		var finished []byte
		for len(finished) == 0 {
			<-p.woken
			finished = p.wire.take()
		}
		p.feed(finished)
		p.session.Abort(errGone)
		if p.session.Phase() != PhaseClosed || p.session.Err() != errGone {
			t.Errorf("phase %v, err %v", p.session.Phase(), p.session.Err())
		}
		p.wire.Close()
		<-done
	}
	if stats := a.Stats(); stats.Started != 50 {
		t.Errorf("stats %+v", stats)
	}
}

// The end of what is fed ends a handshake that waits for more, and no other.
func TestFeedEOF(t *testing.T) {
	wantEnded := func(t *testing.T, s *Session) {
		t.Helper()
		for s.Phase() != PhaseClosed {
			runtime.Gosched()
		}
		if s.Err() == nil {
			t.Error("closed without a reason")
		}
	}
	hello := clientHello(t)
	t.Run("before the first octet", func(t *testing.T) {
		s := newAcceptor(t, Config{}).NewSession(netip.Addr{}, nil)
		s.FeedEOF()
		wantEnded(t, s)
	})
	t.Run("in the hello", func(t *testing.T) {
		a := newAcceptor(t, Config{})
		s := a.NewSession(netip.Addr{}, nil)
		s.Feed(hello[:10])
		s.FeedEOF()
		wantEnded(t, s)
		if n := a.Stats().InProgress; n != 0 {
			t.Errorf("%d handshakes are in progress", n)
		}
	})
	t.Run("behind the hello", func(t *testing.T) {
		s := newAcceptor(t, Config{}).NewSession(netip.Addr{}, func() {})
		s.Feed(hello)
		s.FeedEOF()
		wantEnded(t, s)
	})
}
