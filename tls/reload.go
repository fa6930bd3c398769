package tls

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// Reload reads all files again. New handshakes get what they hold now;
// sessions that are open are not touched, and session tickets stay valid
// unless the client authorities have changed. A pair that cannot be used keeps
// its old one in force, and the error says so, while the others are swapped.
func (a *Acceptor) Reload() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reload(a.stampFiles())
}

// ReloadIfChanged does what Reload does if a file is not the one that was read
// the last time, judged by its identity, size and time of modification, and
// reports whether there was any. It costs one system call a file, so it may be
// called every few seconds. An error comes once for every change.
func (a *Acceptor) ReloadIfChanged() (changed bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	stamps := a.stampFiles()
	if slices.EqualFunc(a.stamps, stamps, stamp.equal) {
		return false, nil
	}
	return true, a.reload(stamps)
}

// reload takes stamps that were made before: a file that changes while it is
// read differs from them the next time.
func (a *Acceptor) reload(stamps []stamp) error {
	a.stamps = stamps
	return a.load(a.snapshot.Load())
}

// load reads the files and publishes what can be used. What cannot is kept
// from old; if there is nothing to keep, nothing is published.
func (a *Acceptor) load(old *snapshot) error {
	next := &snapshot{config: old.config, caPEM: old.caPEM}
	isFirst := old.config == nil
	var faults []error
	fault := func(err error) {
		if !isFirst {
			err = fmt.Errorf("%w; what was read before stays in use", err)
		}
		faults = append(faults, err)
	}
	for i := range a.cfg.Certificates {
		p := &a.cfg.Certificates[i]
		l, err := loadPair(p, p.label(i))
		if err != nil {
			fault(err)
			if isFirst {
				continue
			}
			l = old.pairs[i]
		}
		next.pairs = append(next.pairs, l)
	}
	caPEM, authorities, err := a.cfg.clientCAs()
	if err != nil {
		fault(err)
	} else if isFirst || !bytes.Equal(caPEM, old.caPEM) {
		next.config, next.caPEM = a.newConfig(authorities), caPEM
	}
	if isFirst && len(faults) > 0 {
		return errors.Join(faults...)
	}
	next.byName = index(next.pairs)
	a.snapshot.Store(next)
	return errors.Join(faults...)
}

// A stamp tells whether a file is still the same. It is nil if there is none.
type stamp struct{ info os.FileInfo }

func (st stamp) equal(other stamp) bool {
	if st.info == nil || other.info == nil {
		return st.info == nil && other.info == nil
	}
	return os.SameFile(st.info, other.info) &&
		st.info.Size() == other.info.Size() && st.info.ModTime().Equal(other.info.ModTime())
}

// stampFiles looks at all files, in a fixed order.
func (a *Acceptor) stampFiles() (stamps []stamp) {
	look := func(file string) {
		if file == "" {
			return
		}
		info, err := os.Stat(file)
		if err != nil {
			info = nil
		}
		stamps = append(stamps, stamp{info})
	}
	for i := range a.cfg.Certificates {
		p := &a.cfg.Certificates[i]
		look(p.CertFile)
		look(p.KeyFile)
		look(p.OCSPFile)
	}
	look(a.cfg.ClientCAFile)
	return stamps
}

// soon is how long before the end of a certificate Warnings speaks of it.
const soon = 30 * 24 * time.Hour

// Warnings lists what will trouble clients although it can be served, a
// sentence each: certificates that are expired, not valid yet, or expire within
// 30 days; a chain in the wrong order; a key file that everybody can read. Ask
// at the start, after a reload, and once a day.
func (a *Acceptor) Warnings() (warnings []string) {
	now := a.cfg.Now()
	for _, l := range a.snapshot.Load().pairs {
		warn := func(format string, args ...any) {
			warnings = append(warnings, l.label+": "+fmt.Sprintf(format, args...))
		}
		leaf := l.cert.Leaf
		switch until := leaf.NotAfter.Sub(now); {
		case until < 0:
			warn("the certificate expired on %s", leaf.NotAfter.Format(time.DateOnly))
		case now.Before(leaf.NotBefore):
			warn("the certificate is not valid before %s", leaf.NotBefore.Format(time.DateTime))
		case until < soon:
			warn("the certificate expires in %d days, on %s", int(until/(24*time.Hour)), leaf.NotAfter.Format(time.DateOnly))
		}
		if l.isChainBroken() {
			warn("the second certificate of the chain is not the issuer of the first")
		}
		if l.isKeyOpen {
			warn("the key file can be read by everybody; take that right away (chmod o-r)")
		}
	}
	return warnings
}
