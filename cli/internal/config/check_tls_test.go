package config

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTLSWithoutACertificateIsRefused(t *testing.T) {
	for _, text := range []string{"[tls]\nenabled = true\nmin_version = '1.1'", "listeners = [{host = '::1', port = 1, tls = true}]\n\ntls.min_version = '1.1'"} {
		got := strings.Join(faultsOf(t, "a.toml", text), "\n")
		for _, want := range []string{
			"tls.cert_file: must be set when tls.enabled is true or a listener has tls",
			"tls.key_file: must be set when tls.enabled is true or a listener has tls",
			`a.toml:3: tls.min_version: "1.1" is not known; use 1.2 or 1.3`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s\nfaults = %s\nwant among them %s", text, got, want)
			}
		}
	}
}

func TestTLSFilesMustBeRegularFilesThatExist(t *testing.T) {
	file := write(t, "cert.pem", "")
	for path, want := range map[string]string{
		file:                        "",
		filepath.Dir(file):          "is not a regular file",
		file + ".gone":              "does not exist",
		filepath.Join(file, "deep"): "does not exist",
	} {
		if got := pemFault(path); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("pemFault(%s) = %q, want %q", path, got, want)
		}
	}
	if os.Geteuid() == 0 {
		return // root may walk everywhere
	}
	locked := filepath.Dir(file)
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(locked, 0o700) })
	if got := pemFault(file); got != "" {
		t.Errorf("a path that may not be walked: %q, want no judgement", got)
	}
}

// withTLS is a file in which TLS is on, from the fourth line on as given.
func withTLS(t *testing.T, text string) string {
	t.Helper()
	chain, key := newPair(t)
	pem := write(t, "x.pem", chain+key)
	return strings.ReplaceAll("[tls]\nenabled = true\ncert_file = 'PEM'\n"+text+"\nkey_file = 'PEM'\n", "PEM", pem)
}

func TestEachFaultOfTLSHasItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"min_version = 1.2":                              `4: tls.min_version: 1.2 is a fraction; it must be a string, in quotes`,
		"cipher_suites = 'x'":                            `4: tls.cipher_suites: "x" is a string; it must be a list of strings`,
		"cipher_suites = [\n'TLS_X',\n1]":                `5: tls.cipher_suites[0]: "TLS_X" is no cipher suite that Go has; use IANA names such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256|6: tls.cipher_suites[1]: 1 is an integer; it must be a string, in quotes`,
		"cipher_suites = ['TLS_AES_128_GCM_SHA256']":     `4: tls.cipher_suites[0]: TLS_AES_128_GCM_SHA256 is a suite of TLS 1.3, and Go does not let those be chosen; leave it out`,
		"cipher_suites = ['TLS_RSA_WITH_RC4_128_SHA']":   `4: tls.cipher_suites[0]: TLS_RSA_WITH_RC4_128_SHA is not secure; leave it out`,
		"client_auth = 'yes'":                            `4: tls.client_auth: "yes" is not known; use none, request or require`,
		"client_auth = 'require'":                        `4: tls.client_ca_file: must be set when tls.client_auth is "require"`,
		"client_ca_file = 'PEM'":                         `4: tls.client_ca_file: has no effect while tls.client_auth is "none"; set that to "request" or "require"`,
		"client_auth = 'request'\nclient_ca_file = '/-'": `5: tls.client_ca_file: "/-" does not exist; check the path`,
		"ocsp_file = '/'":                                `4: tls.ocsp_file: "/" is not a regular file; give the path of a file`,
		"handshake_timeout_sec = 0":                      `4: tls.handshake_timeout_sec: 0 is out of range; use 1 to 2147483647`,
		"max_handshakes = -1":                            `4: tls.max_handshakes: -1 is out of range; use 0 to 2147483647 (0 = unlimited)`,
		"reload_interval_sec = -1":                       `4: tls.reload_interval_sec: -1 is out of range; use 0 to 2147483647 (0 = never)`,
		"trusted_addresses = ['10.0.0.0/8',\n'10.0.0']":  `5: tls.trusted_addresses[1]: "10.0.0" is not a prefix; write it like 10.0.0.0/8, and one address like 192.0.2.1/32`,
		"certificates = [{cert_file = 'PEM'}]":           `4: tls.certificates[0]: has no key_file; a certificate needs a cert_file and a key_file`,
		"certificates = [{cert_file = 'PEM', key_file = '/-',\nnames = ['', 'a']},\n7]": `4: tls.certificates[0].key_file: "/-" does not exist; check the path|` +
			`5: tls.certificates[0].names[0]: must not be empty|6: tls.certificates[1]: 7 is an integer; it must be a table with names, cert_file, key_file and ocsp_file`,
		"certificates = [{cert = 'PEM', cert_file = 'PEM', key_file = 'PEM'}]": `4: tls.certificates[0].cert: is not a key; here there are names, cert_file, key_file and ocsp_file`,
	} {
		got := faultsOf(t, "a.toml", withTLS(t, text))
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], "a.toml:")
		}
		if !slices.Equal(got, strings.Split(want, "|")) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestInJSONTheItemsOfAListHaveTheirLinesToo(t *testing.T) {
	got := faultsOf(t, "a.json", "{\"listeners\": [\n{\"host\": \"::1\", \"port\": 1, \"protocols\": [\n\"h2\",\n\"h3\"]}]}")
	if want := []string{`a.json:4: listeners[0].protocols[1]: "h3" is not known; use h2 or http/1.1`}; !slices.Equal(got, want) {
		t.Errorf("faults = %q, want %q", got, want)
	}
}

func TestAListenerRedirectsOrHasTLS(t *testing.T) {
	got := faultsOf(t, "a.toml", "[[listeners]]\nhost = '::1'\nport = 80\nredirect_https = 443\n[[listeners]]\nhost = '::1'\nport = 81\nredirect_https = 65536\n")
	if want := []string{`a.toml:8: listeners[1].redirect_https: 65536 is out of range; use 0 to 65535 (0 = no redirect)`}; !slices.Equal(got, want) {
		t.Errorf("faults = %q, want %q", got, want)
	}
	got = faultsOf(t, "a.toml", "[[listeners]]\nhost = '::1'\nport = 80\ntls = true\nredirect_https = 443\n")
	if want := "a.toml:5: listeners[0].redirect_https: is for listeners without tls; remove one of the two"; !slices.Contains(got, want) {
		t.Errorf("faults = %q, want among them %q", got, want)
	}
}

func TestEverySecureSuiteOfTLS12IsAccepted(t *testing.T) {
	for _, suite := range tls.CipherSuites() {
		if got := cipherFault(suite.Name); (got == "") != slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			t.Errorf("cipherFault(%s) = %q", suite.Name, got)
		}
	}
}
