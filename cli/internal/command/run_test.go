package command

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"testing"

	"reactor.example/cli/internal/config"
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
		{suggestions(tcp, false, false, false), []string{"curl -i http://127.0.0.1:80/"}},
		{suggestions(unix, false, true, false), []string{"curl -i --unix-socket /r.sock http://localhost/", "curl -i --unix-socket /r.sock http://localhost/health"}},
		{suggestions(tcp, true, true, false), []string{"curl -ik https://127.0.0.1:80/", "curl -ik https://127.0.0.1:80/health"}},
		{suggestions(unix, true, false, false), []string{"curl -ik --unix-socket /r.sock https://localhost/"}},
		{suggestions(tcp, false, false, true), []string{"curl -i http://127.0.0.1:80/", "curl -i http://127.0.0.1:80/sleep/500", "curl -i http://127.0.0.1:80/echo -d hello"}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("suggestions = %q, want %q", test.got, test.want)
		}
	}
}

func TestTheBannerTellsHowEachListenerServes(t *testing.T) {
	t.Parallel()
	c := config.Default()
	off := c
	off.HTTP2.Enabled = false
	for _, test := range []struct{ got, want string }{
		{tlsState(config.TLS{MinVersion: "1.2"}), "off"},
		{tlsState(config.TLS{Enabled: true, MinVersion: "1.2"}), "on, version 1.2 or newer"},
		{tlsState(config.TLS{Enabled: true, MinVersion: "1.3"}), "on, version 1.3"},
		{manner(c, config.Listener{}), "HTTP/2, HTTP/1.1"},
		{manner(off, config.Listener{}), "HTTP/1.1"},
		{manner(c, config.Listener{TLS: true, Protocols: []string{"http/1.1"}}), "TLS 1.2 or newer, HTTP/1.1"},
		{manner(off, config.Listener{Protocols: []string{"http/1.1", "h2"}}), "HTTP/1.1"},
		{manner(c, config.Listener{RedirectHTTPS: 8443}), "redirects to https, port 8443"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestAPortThatIsTakenCanBeChangedInTwoWays(t *testing.T) {
	t.Parallel()
	taken := func(address string) error {
		return fmt.Errorf("cannot listen on tcp %s: %w: choose another port", address, syscall.EADDRINUSE)
	}
	c := config.Default()
	last := c
	last.BindHost, last.BindPort = "::1", 65535
	for _, test := range []struct {
		err  error
		c    config.Config
		want string
	}{
		{taken("127.0.0.1:8080"), c, ": --port 8081, or REACTOR_BIND_PORT=8081 in the environment"},
		{taken("[::1]:65535"), last, ": --port 65534, or REACTOR_BIND_PORT=65534 in the environment"},
		{taken("127.0.0.1:80801"), c, ""}, // of another listener
		{errors.New("cannot listen on tcp 127.0.0.1:8080: something else"), c, ""},
	} {
		if got := portAdvice(test.err, test.c); got != test.want {
			t.Errorf("portAdvice(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}
