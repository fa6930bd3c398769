package tls

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// served returns the certificate that a new client gets.
func served(t testing.TB, a *Acceptor, name string) *x509.Certificate {
	t.Helper()
	p := newPair(t, a, &tls.Config{ServerName: name})
	p.mustOpen()
	return p.client.ConnectionState().PeerCertificates[0]
}

func TestReloadSwapsCertificates(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	old1, old2, new1, new2 := au.issue(t, "one"), au.issue(t, "two"), au.issue(t, "one"), au.issue(t, "two")
	pairs := []Pair{writePair(t, dir, "1", old1), writePair(t, dir, "2", old2)}
	a := newAcceptor(t, Config{Certificates: pairs})
	want := func(one, two *tls.Certificate) {
		t.Helper()
		if !served(t, a, "one").Equal(one.Leaf) || !served(t, a, "two").Equal(two.Leaf) {
			t.Error("another certificate is served")
		}
	}
	want(old1, old2)

	write(t, pairs[0].KeyFile, []byte("broken"))
	writePair(t, dir, "2", new2)
	err := a.Reload()
	if err == nil || !strings.Contains(err.Error(), "1.key") || !strings.HasSuffix(err.Error(), "what was read before stays in use") {
		t.Errorf("Reload of a broken pair: %v", err)
	}
	want(old1, new2)

	writePair(t, dir, "1", new1)
	if err := a.Reload(); err != nil {
		t.Error(err)
	}
	want(new1, new2)
}

func TestReloadIfChangedLooksFirst(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	p := writePair(t, dir, "server", au.issue(t, "localhost"))
	a := newAcceptor(t, Config{Certificates: []Pair{p}})
	step := 0
	try := func(wantChanged bool, wantErr string) {
		t.Helper()
		step++
		changed, err := a.ReloadIfChanged()
		if changed != wantChanged || (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
			t.Errorf("step %d: ReloadIfChanged = %v, %v, want %v, %q", step, changed, err, wantChanged, wantErr)
		}
	}
	touch := func(file string, d time.Duration) {
		t.Helper()
		if err := os.Chtimes(file, time.Time{}, now.Add(d)); err != nil {
			t.Fatal(err)
		}
	}
	try(false, "")
	next := au.issue(t, "localhost")
	staged := writePair(t, dir, "staged", next)
	if err := os.Rename(staged.CertFile, p.CertFile); err != nil { // half of a change
		t.Fatal(err)
	}
	try(true, "does not match")
	try(false, "")
	if err := os.Rename(staged.KeyFile, p.KeyFile); err != nil {
		t.Fatal(err)
	}
	try(true, "")
	if !served(t, a, "localhost").Equal(next.Leaf) {
		t.Error("the old certificate is served")
	}
	touch(p.CertFile, time.Second)
	try(true, "")
	try(false, "")
	if err := os.Remove(p.CertFile); err != nil {
		t.Fatal(err)
	}
	try(true, "no such file")
	try(false, "")
	if !served(t, a, "localhost").Equal(next.Leaf) {
		t.Error("what was read before is not in use")
	}
}

func TestReloadKeepsTicketsUnlessAuthoritiesChange(t *testing.T) {
	au, successor := newAuthority(t), newAuthority(t)
	dir := t.TempDir()
	p := writePair(t, dir, "server", au.issue(t, "localhost"))
	ca := writePair(t, dir, "ca", &tls.Certificate{Certificate: [][]byte{au.cert.Raw}, PrivateKey: au.key}).CertFile
	a := newAcceptor(t, Config{Certificates: []Pair{p}, ClientAuth: "require", ClientCAFile: ca})
	client := &tls.Config{
		ClientSessionCache: tls.NewLRUClientSessionCache(1),
		Certificates:       []tls.Certificate{*au.issue(t, "client")},
	}
	reload := func() {
		t.Helper()
		if err := a.Reload(); err != nil {
			t.Fatal(err)
		}
	}
	if visit(t, a, client) {
		t.Error("the first visit is resumed")
	}
	writePair(t, dir, "server", au.issue(t, "localhost"))
	reload()
	if !visit(t, a, client) {
		t.Error("a new certificate has cost the tickets")
	}
	writePair(t, dir, "ca", &tls.Certificate{Certificate: [][]byte{successor.cert.Raw}, PrivateKey: successor.key})
	reload()
	c := newPair(t, a, client)
	c.handshake()
	waitClosed(c)
	if c.session.Phase() != PhaseClosed {
		t.Error("a ticket lets a client in whom the authorities do not know any more")
	}
	write(t, ca, []byte("broken"))
	if err := a.Reload(); err == nil || !strings.Contains(err.Error(), "stays in use") {
		t.Errorf("Reload of broken authorities: %v", err)
	}
	client.Certificates[0] = *successor.issue(t, "client")
	visit(t, a, client)
}

func TestReloadUnderHandshakes(t *testing.T) {
	au := newAuthority(t)
	dir := t.TempDir()
	cert := au.issue(t, "localhost")
	p := writePair(t, dir, "server", cert)
	a := newAcceptor(t, Config{Certificates: []Pair{p}})
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c := newPair(t, a, &tls.Config{RootCAs: au.pool})
				if err := c.handshake(); err != nil {
					t.Errorf("a handshake failed: %v, %v", err, c.session.Err())
					return
				}
			}
		})
	}
	for range 20 {
		cert = au.issue(t, "localhost")
		writePair(t, dir, "server", cert)
		if err := a.Reload(); err != nil {
			t.Error(err)
		}
		a.Warnings()
	}
	close(stop)
	clients.Wait()
	if !served(t, a, "localhost").Equal(cert.Leaf) {
		t.Error("the old certificate is served")
	}
	if stats := a.Stats(); stats.Failed != 0 || stats.Done != stats.Started {
		t.Errorf("stats %+v", stats)
	}
}
