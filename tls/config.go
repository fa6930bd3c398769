package tls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"time"
)

// Off is the value of a bound in [Config] that switches the bound off.
const Off = -1

// The defaults that a zero in [Config] stands for.
const (
	defaultMaxHandshakes           = 4096
	defaultMaxHandshakesPerAddress = 256
)

// A Config is what a listener wants of TLS. Zero values are safe defaults; at
// least one certificate is needed. It is read by [NewAcceptor] and must not
// change afterwards.
type Config struct {
	// Certificates are served by the name that a client asks for (SNI, RFC
	// 6066, section 3). The first one is for clients that ask for none of them.
	Certificates []Pair

	// MinVersion is the oldest version that is spoken: "1.2", which is also the
	// meaning of "", or "1.3". Older ones do not exist here.
	MinVersion string

	// CipherSuites are those of TLS 1.2 that may be used, by their IANA names,
	// in no order: crypto/tls has its own. Empty means its defaults. Those of
	// TLS 1.3 cannot be chosen.
	CipherSuites []string

	// ClientAuth asks clients for a certificate. "none", which is also the
	// meaning of "", does not ask. "request" asks, and goes on without one; one
	// that is given is verified if there is a ClientCAFile, and is only passed
	// on otherwise. "require" refuses clients without one that ClientCAFile
	// verifies.
	ClientAuth string

	// ClientCAFile holds the certificates, in PEM, of those who may vouch for
	// clients.
	ClientCAFile string

	// NextProtos are the protocols of ALPN (RFC 7301), the preferred one first.
	// A client that offers none of them is served without ALPN, as if it had
	// not offered any.
	NextProtos []string

	// MaxHandshakes bounds the handshakes in progress, from the first octet of
	// a client to the end of its handshake, and so what clients can make us
	// hold before they are anybody. Zero means 4096, [Off] no bound.
	MaxHandshakes int

	// MaxHandshakesPerAddress bounds those of one client: an IPv4 address, or
	// the /64 of an IPv6 address. Zero means 256, [Off] no bound.
	MaxHandshakesPerAddress int

	// TrustedAddresses are prefixes such as "10.0.0.0/8", or single addresses,
	// to whose clients MaxHandshakesPerAddress does not apply: proxies.
	TrustedAddresses []string

	// Go starts f on a goroutine of its own; handshakes run on it. Nil means a
	// go statement.
	Go func(f func())

	// Now is the wall clock, for certificates and tickets; any goroutine calls
	// it. Nil means time.Now.
	Now func() time.Time
}

// A Pair is a certificate chain and its key.
type Pair struct {
	// CertFile is the chain in PEM, the server's own certificate first. KeyFile
	// is its key in PEM. Both may be the same file.
	CertFile, KeyFile string

	// OCSPFile is a DER-encoded OCSP response to staple (RFC 6066, section 8).
	// Empty staples none.
	OCSPFile string

	// Names are the server names to serve this certificate for, instead of
	// those that it holds; "*.example.com" is for every one label.
	Names []string

	// Certificate is served as it is, instead of files; Reload leaves it alone.
	Certificate *tls.Certificate
}

// label is how a fault calls p.
func (p *Pair) label(i int) string {
	if p.CertFile != "" {
		return p.CertFile
	}
	return fmt.Sprintf("Certificates[%d]", i)
}

// Validate reports every fault of the configuration at once, nil if there is
// none, without reading a file: [NewAcceptor] does that.
func (cfg *Config) Validate() error {
	_, faults := cfg.settle()
	return errors.Join(faults...)
}

// settled is a Config in the terms of crypto/tls.
type settled struct {
	minVersion uint16
	suites     []uint16
	clientAuth tls.ClientAuthType
	trusted    []netip.Prefix
}

// settle translates cfg, and lists what cannot be.
func (cfg *Config) settle() (st settled, faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("tls: "+format, args...)) }
	faults = cfg.pairFaults()
	switch cfg.MinVersion {
	case "", "1.2":
		st.minVersion = tls.VersionTLS12
	case "1.3":
		st.minVersion = tls.VersionTLS13
	default:
		fault("MinVersion is %q; it can be 1.2 or 1.3", cfg.MinVersion)
	}
	for _, name := range cfg.CipherSuites {
		id, err := suiteID(name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		st.suites = append(st.suites, id)
	}
	var err error
	if st.clientAuth, err = cfg.clientAuth(); err != nil {
		faults = append(faults, err)
	}
	for _, s := range cfg.TrustedAddresses {
		prefix, err := parsePrefix(s)
		if err != nil {
			fault("TrustedAddresses has %q, which is no prefix such as 10.0.0.0/8 and no address", s)
		}
		st.trusted = append(st.trusted, prefix)
	}
	for _, p := range cfg.NextProtos {
		if len(p) == 0 || len(p) > 255 {
			fault("NextProtos has %q; a name has 1 to 255 octets (RFC 7301, section 3.1)", p)
		}
	}
	return st, faults
}

func (cfg *Config) pairFaults() (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("tls: "+format, args...)) }
	if len(cfg.Certificates) == 0 {
		fault("Certificates is empty; give at least one CertFile with its KeyFile")
	}
	for i := range cfg.Certificates {
		p := &cfg.Certificates[i]
		if p.Certificate != nil {
			if p.CertFile != "" || p.KeyFile != "" || p.OCSPFile != "" {
				fault("%s has both files and a certificate in memory; give one", p.label(i))
			}
			continue
		}
		if p.CertFile == "" {
			fault("Certificates[%d] has no CertFile; name the PEM file with the chain", i)
		}
		if p.KeyFile == "" {
			fault("%s has no KeyFile; name the PEM file with its key", p.label(i))
		}
	}
	return faults
}

func (cfg *Config) clientAuth() (tls.ClientAuthType, error) {
	hasCA := cfg.ClientCAFile != ""
	switch {
	case !slices.Contains([]string{"", "none", "request", "require"}, cfg.ClientAuth):
		return 0, fmt.Errorf("tls: ClientAuth is %q; it can be none, request or require", cfg.ClientAuth)
	case cfg.ClientAuth == "require" && !hasCA:
		return 0, errors.New("tls: ClientAuth is require, which needs a ClientCAFile")
	case cfg.ClientAuth == "require":
		return tls.RequireAndVerifyClientCert, nil
	case cfg.ClientAuth == "request" && hasCA:
		return tls.VerifyClientCertIfGiven, nil
	case cfg.ClientAuth == "request":
		return tls.RequestClientCert, nil
	case hasCA:
		return 0, errors.New("tls: ClientCAFile has no effect without ClientAuth; set it to request or require")
	}
	return tls.NoClientCert, nil
}

// clientCAs reads ClientCAFile: its octets, and what they hold.
func (cfg *Config) clientCAs() ([]byte, *x509.CertPool, error) {
	if cfg.ClientCAFile == "" {
		return nil, nil, nil
	}
	b, err := os.ReadFile(cfg.ClientCAFile)
	if err != nil {
		return nil, nil, fmt.Errorf("tls: ClientCAFile: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, nil, fmt.Errorf("tls: ClientCAFile: %s: holds no certificate in PEM", cfg.ClientCAFile)
	}
	return b, pool, nil
}

// parsePrefix reads a prefix, or an address as the prefix of that one alone.
func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		addr = addr.WithZone("").Unmap()
		return addr.Prefix(addr.BitLen())
	}
	prefix, err := netip.ParsePrefix(s)
	return prefix.Masked(), err
}

// bound resolves one bound: v itself, its default, or -1 for none.
func bound(v, byDefault int) int {
	if v == 0 {
		return byDefault
	}
	return max(v, Off)
}

// maxComputing is how many handshakes compute at once: half the processors
// that Go may use, so that loops keep theirs.
func maxComputing() int { return max(1, runtime.GOMAXPROCS(0)/2) }
