package config

import (
	"strings"
	"testing"
)

func TestWhatIsSwitchedOffIsNotJudged(t *testing.T) {
	load(t, "a.toml", "[http2]\nenabled = false\nmax_frame_size = 1\ninitial_window_size = 0")
	load(t, "a.toml", "[tls]\nmin_version = '9'\ncipher_suites = ['x']\nmax_handshakes = -1\ncertificates = [{cert_file = '/-'}]")
	load(t, "a.toml", "[log]\nmax_files = 0\nmax_file_size = 0")
}

func TestHTTP2BoundsAreThoseOfTheRFC(t *testing.T) {
	for text, ok := range map[string]bool{
		"max_concurrent_streams = 0": false, "max_concurrent_streams = 1": true,
		"initial_window_size = 0": false, "initial_window_size = 2147483647": true, "initial_window_size = 2147483648": false,
		"max_frame_size = 16383": false, "max_frame_size = 16384": true, "max_frame_size = 16777215": true, "max_frame_size = 16777216": false,
		"max_header_list_size = 0": false, "max_header_list_size = 1": true,
		"max_window_size = 0": false, "max_window_size = 2147483647": true, "max_window_size = 2147483648": false,
		"window_budget = -1": false, "window_budget = 0": true, "window_budget = 9223372036854775807": true,
	} {
		if got := faultsOf(t, "a.toml", "[http2]\n"+text); (got == nil) != ok {
			t.Errorf("%s: %q, want ok = %v", text, got, ok)
		}
	}
}

func TestTheDrainTimeoutIsZeroToThreeHundred(t *testing.T) {
	for text, ok := range map[string]bool{"0": true, "300": true, "-1": false, "301": false} {
		if got := faultsOf(t, "a.json", `{"shutdown_drain_timeout_sec": `+text+`}`); (got == nil) != ok {
			t.Errorf("%s: %q, want ok = %v", text, got, ok)
		}
	}
}

func TestAHostMayBeAnAddressOfBothFamiliesANameOrASocketFile(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1", "::", "fe80::1%eth0", "localhost", "www.example.org", "unix:/run/reactor.sock"} {
		if reason := hostFault(host); reason != "" {
			t.Errorf("%s: %s", host, reason)
		}
	}
	for _, host := range []string{"", "1", "127.0.0", "0177.0.0.1", "a b", "a:80", "unix:", strings.Repeat("a", 300)} {
		if hostFault(host) == "" {
			t.Errorf("%q was accepted", host)
		}
	}
}

func TestEachKeyIsBlamedOnce(t *testing.T) {
	// The server refuses these too; the loader said it first.
	got := faultsOf(t, "a.json", `{"bind_port": 99999, "worker_threads": -1, "body_buffer": 1, "http2": {"max_frame_size": 1}}`)
	if len(got) != 4 {
		t.Errorf("faults = %q, want four", got)
	}
}
