package tls

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"strings"
	"testing"
)

// both runs a test with either version of TLS.
func both(t *testing.T, test func(t *testing.T, config *tls.Config)) {
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, &tls.Config{MinVersion: version, MaxVersion: version})
		})
	}
}

func TestSessionCarriesDataBothWays(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		for _, n := range []int{1, 511, 512, 513, 16384, 16385, 100000} {
			want := strings.Repeat("x", n)
			got, err := p.session.Open(nil, p.sealed(want))
			if err != nil || string(got) != want {
				t.Fatalf("Open gave %d octets, %v, want %d", len(got), err, n)
			}
			out, err := p.session.Seal([]byte("kept"), []byte(want))
			if err != nil || !bytes.HasPrefix(out, []byte("kept")) {
				t.Fatalf("Seal: %v", err)
			}
			if got := p.received(out[4:], n); got != want {
				t.Fatalf("the client got something else than %d octets", n)
			}
		}
	})
}

func TestSessionIsFedOctetByOctet(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.chunk = 1
		p.mustOpen()
		var got []byte
		for _, c := range p.sealed("one") {
			var err error
			if got, err = p.session.Open(got, []byte{c}); err != nil {
				t.Fatal(err)
			}
		}
		if string(got) != "one" {
			t.Fatalf("got %q, want %q", got, "one")
		}
		out, err := p.session.Seal(nil, []byte("two"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range out {
			p.wire.push(out[i : i+1])
		}
		if got := p.received(nil, 3); got != "two" {
			t.Errorf("the client got %q", got)
		}
	})
}

func TestSessionOpensSeveralRecordsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		records := append(p.sealed("a"), p.sealed("bc")...)
		records = append(records, p.sealed("def")...)
		cut := len(records) - 3
		got, err := p.session.Open(make([]byte, 0, 4096), records[:cut])
		if string(got) != "abc" || err != nil {
			t.Errorf("Open = %q, %v, want abc", got, err)
		}
		if got, err = p.session.Open(got, records[cut:]); string(got) != "abcdef" || err != nil {
			t.Errorf("Open = %q, %v, want abcdef", got, err)
		}
	})
}

func TestSessionOpensDataThatCameWithFinished(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		if err := p.handshake(); err != nil {
			t.Fatal(err)
		}
		early := p.sealed("early")
		if n, err := p.session.Feed(early); n != len(early) || err != nil {
			t.Fatalf("Feed of an open session = %d, %v", n, err)
		}
		got, err := p.session.Open(nil, nil)
		if string(got) != "early" || err != nil {
			t.Errorf("Open(nil) = %q, %v, want early", got, err)
		}
		if got, err = p.session.Open(got, p.sealed("!")); string(got) != "early!" || err != nil {
			t.Errorf("Open = %q, %v, want early!", got, err)
		}
	})
}

func TestSessionSaysCloseNotifyOnce(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		out := p.session.AppendClose(nil)
		if len(out) == 0 {
			t.Fatal("no close_notify")
		}
		if again := p.session.AppendClose(nil); len(again) > 0 {
			t.Errorf("a second close_notify: %x", again)
		}
		if _, err := p.session.Seal(nil, []byte("x")); !errors.Is(err, ErrNotOpen) {
			t.Errorf("Seal behind close_notify: %v", err)
		}
		p.wire.push(out)
		if _, err := p.client.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the client read %v, want EOF", err)
		}
		if got, err := p.session.Open(nil, p.sealed("late")); string(got) != "late" || err != nil {
			t.Errorf("Open behind our close_notify = %q, %v", got, err)
		}
	})
}

func TestSessionHearsCloseNotify(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		in := p.sealed("last")
		if err := p.client.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		in = append(in, p.wire.take()...)
		got, err := p.session.Open(nil, in)
		if string(got) != "last" || err != io.EOF {
			t.Errorf("Open = %q, %v, want last, EOF", got, err)
		}
		if _, err := p.session.Open(nil, []byte("ignored")); err != io.EOF {
			t.Errorf("Open once more: %v, want EOF", err)
		}
		out, err := p.session.Seal(nil, []byte("answer"))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.received(out, 6); got != "answer" {
			t.Errorf("the client got %q behind its close_notify", got)
		}
	})
}

func TestSessionRefusesForgedRecords(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		p.mustOpen()
		in := p.sealed("good")
		forged := p.sealed("evil")
		forged[len(forged)-1] ^= 1
		got, err := p.session.Open(nil, append(in, forged...))
		if string(got) != "good" {
			t.Errorf("Open gave %q, want what was good", got)
		}
		wantAlert(t, err, 20, false) // bad_record_mac
		if p.session.Phase() != PhaseClosed || p.session.Err() != err {
			t.Errorf("phase %v, err %v", p.session.Phase(), p.session.Err())
		}
		p.wire.push(p.session.AppendOutput(nil))
		if _, err := p.client.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "bad record MAC") {
			t.Errorf("the client read %v, want the alert", err)
		}
		if _, err := p.session.Open(nil, nil); err == nil {
			t.Error("a closed session opens")
		}
		if _, err := p.session.Seal(nil, []byte("x")); err == nil {
			t.Error("a closed session seals")
		}
	})
}

func TestSessionTellsWhatALPNChose(t *testing.T) {
	a := newAcceptor(t, Config{NextProtos: []string{"h2", "http/1.1"}})
	for _, tc := range []struct {
		offered []string
		want    string
	}{
		{[]string{"http/1.1", "h2"}, "h2"},
		{[]string{"http/1.1"}, "http/1.1"},
		{[]string{"spdy/3", "http/1.1"}, "http/1.1"},
		{[]string{"spdy/3"}, ""},
		{nil, ""},
	} {
		p := newPair(t, a, &tls.Config{NextProtos: tc.offered})
		if got := p.session.Protocol(); got != "" || p.session.State() != nil {
			t.Errorf("before the handshake: %q, %v", got, p.session.State())
		}
		p.mustOpen()
		if got := p.session.Protocol(); got != tc.want {
			t.Errorf("offered %q: %q, want %q", tc.offered, got, tc.want)
		}
		state := p.session.State()
		if state == nil || state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != tc.want || state.ServerName != "localhost" {
			t.Errorf("state %+v", state)
		}
	}
}
