package server

import (
	"net/netip"
	"slices"
	"time"

	"reactor.example/tls"
)

// TLSConfig is how a listener encrypts; in the configuration file, the table
// tls. Config.TLS is that of the first listener.
type TLSConfig struct {
	Enabled    bool
	CertFile   string // PEM, the whole chain
	KeyFile    string // PEM
	OCSPFile   string // a DER response to staple; empty staples none
	MinVersion string // "1.2" (also the meaning of empty) or "1.3"
	// CipherSuites are those of TLS 1.2, by their IANA names, in no order: Go
	// has its own. Nil means Go's defaults.
	CipherSuites []string
	// ClientAuth asks clients for certificates: "none" (also the meaning of
	// empty), "request", or "require", which verifies against ClientCAFile.
	ClientAuth   string
	ClientCAFile string // PEM
	// Certificates are served besides CertFile, chosen by the name that the
	// client asks for.
	Certificates []Certificate

	// HandshakeTimeout bounds a handshake. Zero means 10 s.
	HandshakeTimeout time.Duration
	// MaxHandshakes bounds the handshakes in progress, MaxHandshakesPerAddress
	// those of one client address; one more is refused. Zero means 4096 and
	// 256, Off no bound.
	MaxHandshakes           int
	MaxHandshakesPerAddress int
	// TrustedAddresses are prefixes such as 10.0.0.0/8 whose clients have no
	// MaxHandshakesPerAddress: proxies.
	TrustedAddresses []string
	// ReloadInterval is how often the files are looked at for changes. Zero
	// means 10 s, Off never: then only Reload reads them again.
	ReloadInterval time.Duration
}

// A Certificate is a chain and its key, for some names.
type Certificate struct {
	Names    []string // empty: those in the certificate
	CertFile string
	KeyFile  string
	OCSPFile string
}

func (t TLSConfig) withDefaults() TLSConfig {
	orString(&t.MinVersion, "1.2")
	or(&t.HandshakeTimeout, 10*time.Second)
	or(&t.MaxHandshakes, 4096)
	or(&t.MaxHandshakesPerAddress, 256)
	or(&t.ReloadInterval, 10*time.Second)
	return t
}

// faults lists what is wrong with t, under the name of its table. What only the
// files can tell, the start of the server does.
func (t TLSConfig) faults(table string) (faults ConfigError) {
	if !t.Enabled {
		return nil
	}
	refuse := func(bad bool, key, reason string) {
		if bad {
			faults = append(faults, FieldError{table + "." + key, reason})
		}
	}
	refuse(t.CertFile == "", "cert_file", "is needed where TLS is enabled: a PEM file with the certificate chain")
	refuse(t.KeyFile == "", "key_file", "is needed where TLS is enabled: the PEM file of the certificate's key")
	for _, c := range t.Certificates {
		refuse(c.CertFile == "" || c.KeyFile == "", "certificates", "each needs a cert_file and a key_file")
	}
	refuse(t.MinVersion != "1.2" && t.MinVersion != "1.3", "min_version", `must be "1.2" or "1.3"`)
	refuse(!slices.Contains([]string{"", "none", "request", "require"}, t.ClientAuth), "client_auth", `must be "none", "request" or "require"`)
	refuse(t.ClientAuth == "require" && t.ClientCAFile == "", "client_ca_file", `is needed where client_auth is "require"`)
	refuse(t.HandshakeTimeout < 0, "handshake_timeout_sec", "must be at least 1 second")
	refuse(t.MaxHandshakes < Off, "max_handshakes", "must be 0 (unlimited) or more")
	refuse(t.MaxHandshakesPerAddress < Off, "max_handshakes_per_address", "must be 0 (unlimited) or more")
	refuse(t.ReloadInterval < 0 && t.ReloadInterval != Off, "reload_interval_sec", "must be 0 (off) or more")
	for _, p := range t.TrustedAddresses {
		_, err := netip.ParsePrefix(p)
		refuse(err != nil, "trusted_addresses", "each must be a prefix such as 10.0.0.0/8")
	}
	return faults
}

// acceptorConfig is t in the terms of package tls. Handshakes run by start.
func (t *TLSConfig) acceptorConfig(protocols []string, start func(func())) tls.Config {
	pairs := []tls.Pair{{CertFile: t.CertFile, KeyFile: t.KeyFile, OCSPFile: t.OCSPFile}}
	for _, c := range t.Certificates {
		pairs = append(pairs, tls.Pair{CertFile: c.CertFile, KeyFile: c.KeyFile, OCSPFile: c.OCSPFile, Names: c.Names})
	}
	return tls.Config{
		Certificates:            pairs,
		MinVersion:              t.MinVersion,
		CipherSuites:            t.CipherSuites,
		ClientAuth:              t.ClientAuth,
		ClientCAFile:            t.ClientCAFile,
		NextProtos:              protocols,
		MaxHandshakes:           t.MaxHandshakes,
		MaxHandshakesPerAddress: t.MaxHandshakesPerAddress,
		TrustedAddresses:        t.TrustedAddresses,
		Go:                      start,
	}
}
