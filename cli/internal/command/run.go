package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
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
	file     string // which one the configuration has come from
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
		return errors.New(oneLine(err) + portAdvice(err, r.config))
	}
	r.log.Info("stopped")
	return nil
}

// portAdvice says how to take another port, if err is that bind_port is taken.
// The port of another listener can be changed in the file only.
func portAdvice(err error, c config.Config) string {
	address := " " + net.JoinHostPort(c.BindHost, strconv.FormatInt(c.BindPort, 10)) + ":"
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), address) {
		return ""
	}
	next := c.BindPort + 1
	if next > 65535 {
		next = c.BindPort - 1
	}
	return fmt.Sprintf(": --port %d, or REACTOR_BIND_PORT=%[1]d in the environment", next)
}
