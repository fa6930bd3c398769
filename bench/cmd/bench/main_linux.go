package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/report"
	"reactor.example/bench/internal/scenario"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a round went wrong: its figures are marked
	exitUsage  = 2 // nothing was measured
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second signal ends at once, and the kernel ends the children
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without its process. Tables go to out, progress and
// errors to diag.
func run(ctx context.Context, args []string, out, diag io.Writer) int {
	o, err := parse(args, diag)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintln(diag, "bench:", err)
		return exitUsage
	}
	if o.list {
		list(out)
		return exitOK
	}
	r := newRunner(o, diag)
	defer r.close()
	if err := r.prepare(ctx); err != nil {
		_, _ = fmt.Fprintln(diag, "bench:", err)
		return exitUsage
	}
	show := func(report.Table) error { return nil }
	if o.format == formatText {
		show = func(t report.Table) error { return report.Text(out, t) }
	}
	tables, err := r.all(ctx, show)
	if err == nil {
		err = o.summary(out, tables)
	}
	if err != nil {
		_, _ = fmt.Fprintln(diag, "bench:", err)
		return exitFailed
	}
	if report.Failed(tables) {
		_, _ = fmt.Fprintln(diag, "bench: some rounds went wrong; see the errors below their tables")
		return exitFailed
	}
	return exitOK
}

// summary writes what comes after the last scenario.
func (o *options) summary(out io.Writer, tables []report.Table) error {
	m := report.ThisMachine(o.rounds, o.env.Length, o.env.Threads)
	switch o.format {
	case formatJSON:
		return report.JSON(out, tables, m)
	case formatMarkdown:
		if err := report.Markdown(out, tables, m); err != nil {
			return err
		}
		for _, t := range tables { // a table without figures must not hide why
			for _, r := range t.Rows {
				for _, f := range r.Failures {
					if _, err := fmt.Fprintf(out, "\nERROR: %s: %s: %s\n", t.Scenario.Name, r.Server, f); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	_, err := fmt.Fprintln(out, m)
	return err
}

// list writes the names of all scenarios and what they do.
func list(out io.Writer) {
	for _, sc := range scenario.List() {
		_, _ = fmt.Fprintf(out, "%-18s %s\n", sc.Name, sc.About)
		for _, t := range sc.Targets {
			_, _ = fmt.Fprintf(out, "%-18s   target: %s\n", "", t)
		}
	}
}

// estimate is about how long n measurements of sc take, starts included.
func estimate(o *options, sc *scenario.Scenario, n int) time.Duration {
	each := o.env.Length + o.env.Warmup + 300*time.Millisecond
	if sc.Name == "blocking-1pct" || sc.Name == "sleepers" { // two runs each
		each *= 2
	}
	switch {
	case sc.Stream || sc.Name == "startup":
		each = 2 * time.Second
	case strings.HasPrefix(sc.Name, "ws-publish-"):
		each = 4*each + 10*time.Second
	case strings.HasPrefix(sc.Name, "ws-shutdown"):
		each = 10 * time.Second
	case strings.HasPrefix(sc.Name, "idle-") || sc.Name == "ws-publish":
		each += 10 * time.Second // until memory settles
		per := 100 * time.Microsecond
		if sc.Mode.TLS {
			per = 500 * time.Microsecond
		}
		each += time.Duration(o.env.IdleConns) * per
	}
	return time.Duration(n) * each
}

// threads resolves the default, for the line below the tables.
func threads(n int) int {
	if n == 0 {
		return load.DefaultThreads()
	}
	return n
}
