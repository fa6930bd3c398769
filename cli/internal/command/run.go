package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/zap"

	"reactor.example/cli/internal/config"
	"reactor.example/server"
)

// A running is a server between its start and its end.
type running struct {
	srv      *server.Server
	log      *zap.Logger
	config   config.Config
	settings server.Config
	terminal bool // a person is looking on
	examples bool
}

// errForced ends the process with code 1: what was in flight was cut.
var errForced = errors.New("ended by a second signal; requests in flight were cut")

// untilSignal serves until a signal asks for the end, then drains. It returns
// what kept the server from starting, errForced, or nil.
func (r *running) untilSignal() error {
	signals := notify()
	defer signal.Stop(signals)

	ctx, drain := context.WithCancel(context.Background())
	defer drain()
	done := make(chan error, 1)
	go func() { done <- r.srv.ListenAndServe(ctx) }()

	ready := r.srv.Ready()
	draining := false
	for {
		select {
		case err := <-done:
			return r.ended(err)
		case <-ready:
			r.banner()
			ready = nil
		case sig := <-signals:
			if !draining {
				r.log.Info(fmt.Sprintf("%s: shutting down, up to %d s for what is in flight; once more ends at once", name(sig), r.config.ShutdownDrainTimeoutSec))
				draining = true
				drain()
			} else if sig != syscall.SIGHUP {
				return errForced
			}
		}
	}
}

// notify takes the signals over. SIGHUP, the end of the terminal, asks for
// the end like the other two, unless nohup had it ignored. A closed pipe is
// an error of the write and no reason to die.
func notify() chan os.Signal {
	signals := make(chan os.Signal, 4)
	signal.Ignore(syscall.SIGPIPE)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals
}

func name(sig os.Signal) string {
	switch sig {
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGINT:
		return "SIGINT"
	default:
		return "SIGHUP"
	}
}

// ended judges what ListenAndServe returned. A drain whose time was over has
// done what it was told to do: that is a warning and no failure.
func (r *running) ended(err error) error {
	if cut, ok := errors.AsType[*server.DrainError](err); ok {
		r.log.Warn(oneLine(cut))
		err = nil
	}
	if err != nil {
		return errors.New(oneLine(err))
	}
	r.log.Info("stopped")
	return nil
}

// banner says what is served where. It comes when the sockets listen, so that
// a server that could not start has said nothing but why.
func (r *running) banner() {
	say := func(format string, args ...any) { r.log.Info(fmt.Sprintf(format, args...)) }
	address := r.srv.Addr()
	say("%s version %s starting", product, currentVersion())
	say("Listen: %s", address)
	for _, more := range r.srv.Addrs()[1:] {
		say("Listen: %s", more)
	}
	say("TLS: off")
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
	if r.terminal {
		r.suggest(address)
	}
}

// suggest tells a person what to try.
func (r *running) suggest(address net.Addr) {
	for _, command := range suggestions(address, r.settings.HealthEndpoint, r.examples) {
		r.log.Info("try: " + command)
	}
	r.log.Info("Ctrl-C shuts down")
}

// suggestions are commands that show something.
func suggestions(address net.Addr, health, examples bool) []string {
	curl := "curl -i http://" + reachable(address)
	if address.Network() == "unix" {
		curl = "curl -i --unix-socket " + address.String() + " http://localhost"
	}
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
