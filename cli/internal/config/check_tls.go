package config

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"slices"
)

// checkTLS looks at what one key of the table tls demands of another, and at
// the files: from outside first, then at what is in them.
func (l *loader) checkTLS(t TLS) {
	l.refuse("tls.cert_file", pemFault(t.CertFile))
	l.refuse("tls.key_file", pemFault(t.KeyFile))
	l.checkContents("tls", t.CertFile, t.KeyFile)
	for i, c := range t.Certificates {
		item := nth("tls.certificates", i)
		if l.faults.has(item) {
			continue // it is no table
		}
		l.checkPair(item, "cert_file", c.CertFile)
		l.checkPair(item, "key_file", c.KeyFile)
		l.checkContents(item, c.CertFile, c.KeyFile)
		l.refuse(item+".ocsp_file", cmp.Or(optionalFault(c.OCSPFile), contentFault(c.OCSPFile, stapleFault)))
	}
	l.refuse("tls.ocsp_file", cmp.Or(optionalFault(t.OCSPFile), contentFault(t.OCSPFile, stapleFault)))
	l.refuse("tls.client_ca_file", optionalFault(t.ClientCAFile))
	switch {
	case t.ClientAuth == "require" && t.ClientCAFile == "":
		l.refuseAt(l.origins["tls.client_auth"], "tls.client_ca_file", `must be set when tls.client_auth is "require"`)
	case t.ClientAuth == "none" && t.ClientCAFile != "":
		l.refuse("tls.client_ca_file", `has no effect while tls.client_auth is "none"; set that to "request" or "require"`)
	default:
		l.refuse("tls.client_ca_file", contentFault(t.ClientCAFile, authorityFault))
	}
}

// checkPair judges one of the two files that a certificate needs.
func (l *loader) checkPair(item, name, path string) {
	if _, ok := l.origins[item+"."+name]; !ok {
		l.refuse(item, "has no "+name+"; a certificate needs a cert_file and a key_file")
		return
	}
	l.refuse(item+"."+name, pemFault(path))
}

// pemFault judges a file that is needed where TLS is used.
func pemFault(path string) string {
	if path == "" {
		return "must be set when tls.enabled is true or a listener has tls"
	}
	return fileFault(path)
}

// optionalFault judges a file that need not be given.
func optionalFault(path string) string {
	if path == "" {
		return ""
	}
	return fileFault(path)
}

// fileFault looks at a file from outside. A path that may not be walked by
// this user is not judged: the server may run as another one.
func fileFault(path string) string {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return ""
	case err != nil:
		return quotePath(path) + " does not exist; check the path"
	case !info.Mode().IsRegular():
		return quotePath(path) + " is not a regular file; give the path of a file"
	}
	return ""
}

// cipherFault judges a name in tls.cipher_suites.
func cipherFault(name string) string {
	is := func(suite *tls.CipherSuite) bool { return suite.Name == name }
	if i := slices.IndexFunc(tls.CipherSuites(), is); i >= 0 {
		if !slices.Contains(tls.CipherSuites()[i].SupportedVersions, tls.VersionTLS12) {
			return name + " is a suite of TLS 1.3, and Go does not let those be chosen; leave it out"
		}
		return ""
	}
	if slices.ContainsFunc(tls.InsecureCipherSuites(), is) {
		return name + " is not secure; leave it out"
	}
	return quote(name) + " is no cipher suite that Go has; use IANA names such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
}

// prefixFault judges an entry of tls.trusted_addresses.
func prefixFault(text string) string {
	if _, err := netip.ParsePrefix(text); err != nil {
		return quote(text) + " is not a prefix; write it like 10.0.0.0/8, and one address like 192.0.2.1/32"
	}
	return ""
}

// emptyFault judges a text that must say something.
func emptyFault(text string) string {
	if text == "" {
		return "must not be empty"
	}
	return ""
}
