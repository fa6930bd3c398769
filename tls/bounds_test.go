package tls

import (
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
)

func TestBoundsASilentClientStartsNothing(t *testing.T) {
	var started atomic.Int32
	a := newAcceptor(t, Config{Go: func(func()) { started.Add(1) }})
	s := a.NewSession(netip.MustParseAddr("192.0.2.1"), func() {})
	if n := a.Stats().InProgress; n != 0 {
		t.Errorf("%d in progress before the first octet", n)
	}
	hello := clientHello(t)
	for _, c := range hello[:len(hello)-1] {
		if _, err := s.Feed([]byte{c}); err != nil {
			t.Fatal(err)
		}
	}
	if stats := a.Stats(); started.Load() != 0 || stats.Started != 0 || stats.InProgress != 1 || s.Phase() != PhaseHello {
		t.Errorf("started %d, stats %+v, phase %v", started.Load(), stats, s.Phase())
	}
	s.Abort(nil)
	if n := a.Stats().InProgress; n != 0 {
		t.Errorf("%d in progress after Abort", n)
	}
}

func TestBoundsOfHandshakesInProgress(t *testing.T) {
	addr := netip.MustParseAddr
	for _, tc := range []struct {
		name    string
		cfg     Config
		clients []netip.Addr
		refused *RefusedError // of the last one
	}{
		{"in all", Config{MaxHandshakes: 2}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.2"), addr("192.0.2.3")}, &RefusedError{Limit: 2}},
		{"in all, also trusted ones", Config{MaxHandshakes: 1, TrustedAddresses: []string{"::/0"}}, []netip.Addr{addr("::1"), addr("::2")}, &RefusedError{Limit: 1}},
		{"in all, off", Config{MaxHandshakes: Off}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.2")}, nil},
		{"an address", Config{MaxHandshakesPerAddress: 1}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.2"), addr("192.0.2.1")}, &RefusedError{Limit: 1, PerAddress: true}},
		{"an address in two forms", Config{MaxHandshakesPerAddress: 1}, []netip.Addr{addr("192.0.2.1"), addr("::ffff:192.0.2.1")}, &RefusedError{Limit: 1, PerAddress: true}},
		{"a /64", Config{MaxHandshakesPerAddress: 1}, []netip.Addr{addr("2001:db8::1"), addr("2001:db8:0:1::1"), addr("2001:db8::2")}, &RefusedError{Limit: 1, PerAddress: true}},
		{"an address, off", Config{MaxHandshakesPerAddress: Off}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.1")}, nil},
		{"a trusted address", Config{MaxHandshakesPerAddress: 1, TrustedAddresses: []string{"192.0.2.1"}}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.1")}, nil},
		{"a trusted prefix", Config{MaxHandshakesPerAddress: 1, TrustedAddresses: []string{"192.0.2.77/24"}}, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.1")}, nil},
		{"no address", Config{MaxHandshakesPerAddress: 1}, []netip.Addr{{}, {}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := newAcceptor(t, tc.cfg)
			var sessions []*Session
			begin := func(client netip.Addr) error {
				s := a.NewSession(client, func() {})
				sessions = append(sessions, s)
				_, err := s.Feed([]byte{22})
				return err
			}
			last := len(tc.clients) - 1
			for _, client := range tc.clients[:last] {
				if err := begin(client); err != nil {
					t.Fatalf("%v: %v", client, err)
				}
			}
			err := begin(tc.clients[last])
			refused, _ := errors.AsType[*RefusedError](err)
			if (refused == nil) != (tc.refused == nil) || refused != nil && *refused != *tc.refused || (err == nil) != (tc.refused == nil) {
				t.Fatalf("the last one: %v, want %v", err, tc.refused)
			}
			for _, s := range sessions { // frees all slots, and only those that were taken
				s.Abort(nil)
				s.Abort(nil)
			}
			if err := begin(tc.clients[last]); err != nil {
				t.Errorf("after the others have gone: %v", err)
			}
			sessions[len(sessions)-1].Abort(nil)
			if n := len(a.slots.counts); n != 0 {
				t.Errorf("%d addresses are remembered", n)
			}
		})
	}
}

// Handshakes that wait for their client do not keep others from computing.
func TestBoundsTheRightToComputeIsGivenBackWhileWaiting(t *testing.T) {
	a := newAcceptor(t, Config{})
	hello := clientHello(t)
	n := 4*cap(a.computing) + 1
	sessions := make([]*Session, n)
	woken := make(chan int, 100*n)
	for i := range sessions {
		sessions[i] = a.NewSession(netip.MustParseAddr("192.0.2.1"), func() { woken <- i })
		if _, err := sessions[i].Feed(hello); err != nil {
			t.Fatal(err)
		}
	}
	answered := make(map[int]bool)
	for len(answered) < n {
		i := <-woken
		if len(sessions[i].AppendOutput(nil)) > 0 {
			answered[i] = true
		}
	}
	if got := a.Stats().InProgress; got != n {
		t.Errorf("%d in progress, want %d", got, n)
	}
	for _, s := range sessions {
		s.Abort(nil)
	}
}

// What comes while the handshake cannot go on is kept up to a bound, and the
// rest is asked for once there is room.
func TestBoundsOfWhatIsKept(t *testing.T) {
	a := newAcceptor(t, Config{})
	for range cap(a.computing) {
		a.computing <- struct{}{} // others compute
	}
	woken := make(chan struct{}, 100)
	s := a.NewSession(netip.Addr{}, func() { woken <- struct{}{} })
	hello := clientHello(t)
	if n, err := s.Feed(hello); n != len(hello) || err != nil {
		t.Fatalf("Feed = %d, %v", n, err)
	}
	flood := make([]byte, 2*maxPendingBytes)
	n, err := s.Feed(flood) // the hello was split into two records
	if want := maxPendingBytes - len(hello) - recordHeaderBytes; n != want || err != nil {
		t.Errorf("Feed = %d, %v, want %d", n, err, want)
	}
	if n, err := s.Feed(flood); n != 0 || err != nil {
		t.Errorf("Feed of a full session = %d, %v", n, err)
	}
	for range cap(a.computing) {
		<-a.computing
	}
	for s.Phase() == PhaseHandshaking { // zeros are no records
		<-woken
	}
	if s.Err() == nil {
		t.Error("garbage was accepted")
	}
}
