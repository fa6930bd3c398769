package command

import (
	"fmt"
	"net"
	"os"
	"strings"

	"reactor.example/cli/internal/config"
)

// banner says what is served where. It comes when the sockets listen, so that
// a server that could not start has said nothing but why.
func (r *running) banner() {
	say := func(format string, args ...any) { r.log.Info(fmt.Sprintf(format, args...)) }
	address := r.srv.Addr()
	say("%s version %s starting", product, currentVersion())
	say("Configuration file: %s", r.file)
	say("Listen: %s", address)
	say("TLS: %s", tlsState(r.config.TLS))
	say("Protocols: %s", protocols(nil, r.config.HTTP2.Enabled))
	for i, more := range r.srv.Addrs()[1:] {
		say("Listen: %s (%s)", more, manner(r.config, r.config.Listeners[i]))
	}
	say("Workers: %d", r.settings.WorkerThreads)
	say("PID: %d", os.Getpid())
	if r.settings.HealthEndpoint {
		say("Health: /health")
	}
	if r.settings.StatsEndpoint {
		say("Stats: /stats")
	}
	if r.config.BindPort == 0 && address.Network() == "tcp" {
		r.log.Warn("bind_port is 0: the port is another one at every start")
	}
	say("listening on %s", address)
	for _, command := range suggestions(address, r.config.TLS.Enabled, r.settings.HealthEndpoint, r.examples) {
		say("try: %s", command)
	}
	if r.terminal {
		say("Ctrl-C shuts down")
	}
}

// tlsState is what the first listener does about TLS.
func tlsState(t config.TLS) string {
	if !t.Enabled {
		return "off"
	}
	return "on, version " + versions(t)
}

// versions names those of TLS that are spoken.
func versions(t config.TLS) string {
	if t.MinVersion == "1.3" {
		return "1.3"
	}
	return t.MinVersion + " or newer"
}

// protocols names those of the list that are on; all that are, if it is empty.
func protocols(list []string, http2 bool) string {
	if len(list) == 0 {
		list = []string{"h2", "http/1.1"}
	}
	var names []string
	for _, p := range list {
		switch {
		case p == "http/1.1":
			names = append(names, "HTTP/1.1")
		case http2:
			names = append(names, "HTTP/2")
		}
	}
	return strings.Join(names, ", ")
}

// manner is how one of the other listeners serves.
func manner(c config.Config, l config.Listener) string {
	switch {
	case l.RedirectHTTPS != 0:
		return fmt.Sprintf("redirects to https, port %d", l.RedirectHTTPS)
	case l.TLS:
		return "TLS " + versions(c.TLS) + ", " + protocols(l.Protocols, c.HTTP2.Enabled)
	default:
		return protocols(l.Protocols, c.HTTP2.Enabled)
	}
}

// suggestions are commands that show something. A certificate that one tries
// things out with is seldom one that curl trusts, hence -k.
func suggestions(address net.Addr, tls, health, examples bool) []string {
	curl, scheme := "curl -i ", "http://"
	if tls {
		curl, scheme = "curl -ik ", "https://"
	}
	host := reachable(address)
	if address.Network() == "unix" {
		curl, host = curl+"--unix-socket "+address.String()+" ", "localhost"
	}
	curl += scheme + host
	list := []string{curl + "/"}
	if health {
		list = append(list, curl+"/health")
	}
	if examples {
		list = append(list, curl+"/sleep/500", curl+"/echo -d hello")
	}
	return list
}

// reachable is the address as a client on this machine can use it: a
// listener on all addresses is reached by the loopback one.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return address.String()
	}
	host := "127.0.0.1"
	if tcp.IP.To4() == nil {
		host = "::1"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}
