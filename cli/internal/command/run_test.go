package command

import (
	"net"
	"slices"
	"testing"
)

func TestWhatToTryCanBeReachedFromThisMachine(t *testing.T) {
	t.Parallel()
	for address, want := range map[net.Addr]string{
		&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}:    "127.0.0.1:80",
		&net.TCPAddr{IP: net.IPv4zero, Port: 80}:              "127.0.0.1:80",
		&net.TCPAddr{IP: net.IPv6unspecified, Port: 80}:       "[::1]:80",
		&net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 1}: "[2001:db8::1]:1",
		&net.UnixAddr{Net: "unix", Name: "/run/r.sock"}:       "/run/r.sock",
	} {
		if got := reachable(address); got != want {
			t.Errorf("reachable(%s) = %s, want %s", address, got, want)
		}
	}
}

func TestSuggestionsNameOnlyWhatIsServed(t *testing.T) {
	t.Parallel()
	tcp := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}
	unix := &net.UnixAddr{Net: "unix", Name: "/r.sock"}
	for _, test := range []struct{ got, want []string }{
		{suggestions(tcp, false, false), []string{"curl -i http://127.0.0.1:80/"}},
		{suggestions(unix, true, false), []string{"curl -i --unix-socket /r.sock http://localhost/", "curl -i --unix-socket /r.sock http://localhost/health"}},
		{suggestions(tcp, false, true), []string{"curl -i http://127.0.0.1:80/", "curl -i http://127.0.0.1:80/sleep/500", "curl -i http://127.0.0.1:80/echo -d hello"}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("suggestions = %q, want %q", test.got, test.want)
		}
	}
}
