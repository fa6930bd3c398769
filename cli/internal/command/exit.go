package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"reactor.example/cli/internal/config"
)

// Exit codes. There are no others.
const (
	ExitOK      = 0 // done, or the help that was asked for
	ExitFailure = 1 // the configuration or the run failed
	ExitUsage   = 2 // the command line was not understood
)

// A failure is an error of what a command did. Every other error that a
// command returns, those of cobra included, is about the command line.
type failure struct{ error }

// Unwrap returns what failed.
func (f failure) Unwrap() error { return f.error }

// failed marks err as a failure; nil stays nil.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

// exitCode is the one place where an error becomes a code.
func exitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if _, ok := errors.AsType[failure](err); ok {
		return ExitFailure
	}
	return ExitUsage
}

// report prints err for a person. Several faults of a configuration get a
// line each, so that an editor can jump to them.
func report(stderr io.Writer, cmd *cobra.Command, err error) {
	if faults, ok := errors.AsType[config.Faults](err); ok && len(faults) > 1 {
		fmt.Fprintf(stderr, "Error: the configuration has %d faults:\n%s\n", len(faults), faults)
		return
	}
	fmt.Fprintf(stderr, "Error: %s\n", err)
	if exitCode(err) == ExitUsage {
		if cmd.Name() == "help" {
			cmd = cmd.Root()
		}
		fmt.Fprintf(stderr, "Try '%s --help'.\n", cmd.CommandPath())
	}
}
