package server

import (
	"slices"
	"strings"
)

// A Listener is one more address to serve.
type Listener struct {
	Host string // as Config.BindHost
	Port int    // as Config.BindPort
	// TLS encrypts what this listener serves. Nil is plain text.
	TLS *TLSConfig
	// Protocols are served here: "h2" and "http/1.1". Without TLS, h2 is for
	// clients that know it beforehand (RFC 9113, section 3.3). Nil means both,
	// or what Config.HTTP2.Disabled leaves.
	Protocols []string
	// RedirectHTTPS, if positive, makes the listener answer every request with
	// a redirect (308) to that port over https, and nothing else.
	RedirectHTTPS int
}

// The names of the protocols of a listener, which are those of ALPN.
const (
	protoHTTP2 = "h2"
	protoHTTP1 = "http/1.1"
)

func (l Listener) faults() (faults ConfigError) {
	refuse := func(bad bool, key, reason string) {
		if bad {
			faults = append(faults, FieldError{key, reason})
		}
	}
	refuse(l.Port < Ephemeral || l.Port > 65535 || !validHost(l.Host), "listeners", "each needs a host and a port from 0 to 65535")
	for _, p := range l.Protocols {
		refuse(p != protoHTTP2 && p != protoHTTP1, "listeners.protocols", `must be "h2", "http/1.1" or both`)
	}
	refuse(l.RedirectHTTPS < 0 || l.RedirectHTTPS > 65535, "listeners.redirect_https", "must be a port from 1 to 65535, or 0 for no redirect")
	refuse(l.RedirectHTTPS > 0 && l.TLS != nil, "listeners.redirect_https", "is for listeners without TLS")
	if l.TLS != nil {
		faults = append(faults, l.TLS.faults("tls")...)
	}
	return faults
}

// protocols is what l serves, in the order of preference.
func (l *Listener) protocols(http2 bool) []string {
	all := l.Protocols
	if len(all) == 0 {
		all = []string{protoHTTP2, protoHTTP1}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p == protoHTTP2 && !http2 })
}

// address is the network and address of l as reactor.Listen takes them.
func (l Listener) address() (network, address string) {
	if path, ok := strings.CutPrefix(l.Host, "unix:"); ok {
		return "unix", path
	}
	port := max(l.Port, 0) // Ephemeral is 0 there
	return "tcp", joinHostPort(l.Host, port)
}

// first is the listener of BindHost and BindPort.
func (c *Config) first() Listener {
	l := Listener{Host: c.BindHost, Port: c.BindPort}
	if c.TLS.Enabled {
		l.TLS = &c.TLS
	}
	return l
}
