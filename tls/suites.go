package tls

import (
	"crypto/tls"
	"fmt"
	"slices"
)

// suiteID returns the TLS 1.2 cipher suite with an IANA name.
func suiteID(name string) (uint16, error) {
	for _, suite := range tls.CipherSuites() {
		switch {
		case suite.Name != name:
		case slices.Contains(suite.SupportedVersions, tls.VersionTLS12):
			return suite.ID, nil
		default:
			return 0, fmt.Errorf("tls: CipherSuites has %s, a suite of TLS 1.3; Go does not let those be chosen, leave it out", name)
		}
	}
	for _, suite := range tls.InsecureCipherSuites() {
		if suite.Name == name {
			return 0, fmt.Errorf("tls: CipherSuites has %s, which is not secure; leave it out", name)
		}
	}
	return 0, fmt.Errorf("tls: CipherSuites has %q, which is no IANA name of a suite that Go knows, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", name)
}

// BadForHTTP2 reports whether HTTP/2 must not be spoken over a version and
// cipher suite, as [Session.State] has them: anything below TLS 1.2, and in
// TLS 1.2 the suites of RFC 9113, appendix A, which are all but those with an
// ephemeral key exchange and authenticated encryption. A suite that crypto/tls
// does not know is bad.
func BadForHTTP2(version, suite uint16) bool {
	if version >= tls.VersionTLS13 {
		return false
	}
	if version < tls.VersionTLS12 {
		return true
	}
	switch suite {
	case tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:
		return false
	}
	return true
}
