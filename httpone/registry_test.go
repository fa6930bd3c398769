package httpone

import (
	"net/http"
	"testing"
)

func TestStatusText(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		100: "Continue", 103: "Early Hints", 200: "OK", 207: "Multi-Status", 413: "Content Too Large", 418: "I'm a teapot",
		505: "HTTP Version Not Supported", 511: "Network Authentication Required",
		-1: "Unknown", 0: "Unknown", 99: "Unknown", 199: "Unknown", 306: "Unknown", 512: "Unknown", 999: "Unknown",
	} {
		if got := StatusText(status); got != want {
			t.Errorf("StatusText(%d) = %q, want %q", status, got, want)
		}
	}
	for status := range 600 {
		if http.StatusText(status) != "" && StatusText(status) == "Unknown" {
			t.Errorf("StatusText(%d) is unknown", status)
		}
	}
}

func TestKnownMethod(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]bool{
		"GET": true, "HEAD": true, "PATCH": true, "QUERY": true, "PROPFIND": true, "UPDATEREDIRECTREF": true,
		"": false, "get": false, "PURGE": false, "GETT": false, "FOO": false, "*": false,
	} {
		if got := KnownMethod(method); got != want {
			t.Errorf("KnownMethod(%q) = %v", method, got)
		}
	}
}

// The names of forms and events are for traces and logs.
func TestFormNames(t *testing.T) {
	t.Parallel()
	for form, want := range map[Form]string{
		FormOrigin: "origin-form", FormAbsolute: "absolute-form", FormAuthority: "authority-form", FormAsterisk: "asterisk-form", 9: "no form",
	} {
		if got := form.String(); got != want {
			t.Errorf("Form(%d) = %q, want %q", form, got, want)
		}
	}
}
