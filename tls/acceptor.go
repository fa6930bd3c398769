package tls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// An Acceptor makes the sessions of a listener. They share its certificates,
// its ticket keys and its bounds. Any goroutine may use it.
type Acceptor struct {
	// Set when made, never changed.
	cfg       Config
	settled   settled
	slots     *slots
	computing chan struct{} // one element for each handshake that computes
	spawn     func(func())

	// Any goroutine, atomic.
	snapshot atomic.Pointer[snapshot]
	counts   counts

	// One reload at a time.
	mu     sync.Mutex
	stamps []stamp
}

// A snapshot is what a reload changes. It is immutable.
type snapshot struct {
	// config is handed to crypto/tls. It outlives a reload unless the client
	// authorities change: the keys of session tickets are in it, and
	// crypto/tls renews them daily.
	config *tls.Config
	caPEM  []byte
	pairs  []*loaded
	byName map[string][]*tls.Certificate
}

// counts are the numbers of Stats.
type counts struct {
	started, done, failed, refused, malformed, resumed atomic.Uint64
}

// Stats are the handshakes of an [Acceptor] since it was made.
type Stats struct {
	Started    uint64 // a ClientHello was complete
	Done       uint64 // of those started, the session was opened
	Failed     uint64 // of those started, it was not
	Resumed    uint64 // of those done, a ticket spared the signature
	Malformed  uint64 // not started: no TLS, or no ClientHello
	Refused    uint64 // not started: a bound was reached
	InProgress int    // now, from the first octet on
}

// NewAcceptor reads the files of cfg. The error names every file that cannot
// be used, with the reason, and every fault that Validate finds.
func NewAcceptor(cfg Config) (*Acceptor, error) {
	st, faults := cfg.settle()
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &Acceptor{
		cfg: cfg, settled: st,
		computing: make(chan struct{}, maxComputing()),
		slots: newSlots(
			bound(cfg.MaxHandshakes, defaultMaxHandshakes),
			bound(cfg.MaxHandshakesPerAddress, defaultMaxHandshakesPerAddress), st.trusted),
		spawn: cfg.Go,
	}
	if a.spawn == nil {
		a.spawn = func(f func()) { go f() }
	}
	a.cfg.Certificates = slices.Clone(cfg.Certificates)
	a.stamps = a.stampFiles()
	if err := a.load(&snapshot{}); err != nil {
		return nil, err
	}
	return a, nil
}

// NewSession returns the session of a client that has connected. remote is its
// address, for the bound of each address; the zero Addr is not bounded. The
// handshake calls notify, on any goroutine and as often as it likes, when it
// has produced output, made room for input, or ended; notify must not block and
// must not call the session.
func (a *Acceptor) NewSession(remote netip.Addr, notify func()) *Session {
	return &Session{a: a, remote: remote, notify: notify}
}

// Stats returns the numbers of now.
func (a *Acceptor) Stats() Stats {
	c := &a.counts
	return Stats{
		Started: c.started.Load(), Done: c.done.Load(), Failed: c.failed.Load(), Resumed: c.resumed.Load(),
		Malformed: c.malformed.Load(), Refused: c.refused.Load(),
		InProgress: a.slots.inProgress(),
	}
}

// newConfig returns the configuration for crypto/tls.
func (a *Acceptor) newConfig(authorities *x509.CertPool) *tls.Config {
	config := &tls.Config{
		Time:           a.cfg.Now,
		GetCertificate: a.certificate,
		MinVersion:     a.settled.minVersion,
		CipherSuites:   a.settled.suites,
		ClientAuth:     a.settled.clientAuth,
		ClientCAs:      authorities,
		NextProtos:     slices.Clone(a.cfg.NextProtos),
	}
	if len(config.NextProtos) == 0 {
		return config
	}
	// crypto/tls ends the handshake of a client that offers other protocols.
	// It gets a configuration without any; the ticket keys stay those of
	// config, since this one has none of its own.
	without := config.Clone()
	without.NextProtos = nil
	config.GetConfigForClient = func(client *tls.ClientHelloInfo) (*tls.Config, error) {
		offered := client.SupportedProtos
		if len(offered) == 0 || slices.ContainsFunc(offered, func(p string) bool { return slices.Contains(a.cfg.NextProtos, p) }) {
			return nil, nil // this one
		}
		return without, nil
	}
	return config
}
