package httpone

import (
	"net/http"
	"testing"
	"time"
)

// RFC 9110, section 5.6.7: the RFC's own example, and many others against the
// standard library.
func TestAppendDate(t *testing.T) {
	t.Parallel()
	at := time.Date(1994, time.November, 6, 8, 49, 37, 0, time.UTC)
	if got := string(AppendDate(nil, at)); got != "Sun, 06 Nov 1994 08:49:37 GMT" {
		t.Errorf("AppendDate = %q", got)
	}
	zone := time.FixedZone("", -5*3600)
	for range 2000 {
		at = at.Add(37*time.Hour + 13*time.Minute + 11*time.Second)
		if got, want := string(AppendDate(nil, at.In(zone))), at.Format(http.TimeFormat); got != want {
			t.Fatalf("AppendDate = %q, want %q", got, want)
		}
	}
}
