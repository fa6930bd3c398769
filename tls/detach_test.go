package tls

import (
	"crypto/tls"
	"errors"
	"io"
	"testing"
)

// bridge makes a connection whose other end is the client of p.
func bridge(p *pair) *duplex {
	conn := newDuplex()
	conn.onWrite = func() { p.wire.push(conn.take()) }
	p.wire.onWrite = func() { conn.push(p.wire.take()) }
	return conn
}

func TestDetachGoesOnWithBlockingReads(t *testing.T) {
	both(t, func(t *testing.T, config *tls.Config) {
		p := newPair(t, newAcceptor(t, Config{}), config)
		if p.session.Detach(nil) != nil {
			t.Error("a session that is not open was detached")
		}
		p.mustOpen()
		record := p.sealed("first")
		if got, err := p.session.Open(nil, record[:9]); len(got) > 0 || err != nil {
			t.Fatalf("Open of a part = %q, %v", got, err)
		}
		under := bridge(p)
		conn := p.session.Detach(under)
		if p.session.Phase() != PhaseClosed || !errors.Is(p.session.Err(), ErrDetached) {
			t.Errorf("phase %v, err %v", p.session.Phase(), p.session.Err())
		}
		p.session.Abort(errGone) // as a server may do with everything that it closes
		under.push(record[9:])
		b := make([]byte, 11)
		if _, err := io.ReadFull(conn, b[:5]); err != nil || string(b[:5]) != "first" {
			t.Fatalf("read %q, %v, want first", b[:5], err)
		}
		done := make(chan error)
		go func() { // blocks until the client has written
			_, err := io.ReadFull(conn, b[5:])
			done <- err
		}()
		if _, err := p.client.Write([]byte("second")); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil || string(b) != "firstsecond" {
			t.Errorf("read %q, %v", b, err)
		}
		if _, err := conn.Write([]byte("answer")); err != nil {
			t.Fatal(err)
		}
		if got := p.received(nil, 6); got != "answer" {
			t.Errorf("the client got %q", got)
		}
		if err := conn.Close(); err != nil || !under.isClosed {
			t.Errorf("Close: %v, closed %v", err, under.isClosed)
		}
		if _, err := p.client.Read(b); err != io.EOF {
			t.Errorf("the client read %v, want EOF by close_notify", err)
		}
	})
}

// What came before Detach and was not opened is read first.
func TestDetachReadsWhatWasFed(t *testing.T) {
	p := newPair(t, newAcceptor(t, Config{}), nil)
	if err := p.handshake(); err != nil {
		t.Fatal(err)
	}
	early := p.sealed("early")
	if n, err := p.session.Feed(early); n != len(early) || err != nil {
		t.Fatalf("Feed = %d, %v", n, err)
	}
	conn := p.session.Detach(bridge(p))
	b := make([]byte, 5)
	if _, err := io.ReadFull(conn, b); err != nil || string(b) != "early" {
		t.Errorf("read %q, %v", b, err)
	}
}
