package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"reactor.example/bench/internal/peer"
	"reactor.example/bench/internal/report"
	"reactor.example/bench/internal/scenario"
)

// optional names the servers that are left out with a note where they cannot
// be had, even if they were asked for: they come with the system, not with us.
var optional = map[string]bool{"floor": true, "nginx": true, "h2o": true, "nghttpd": true}

// A runner measures. It belongs to one goroutine.
type runner struct {
	o       *options
	diag    io.Writer
	catalog *peer.Catalog
	servers []peer.Spec // that can be started
}

func newRunner(o *options, diag io.Writer) *runner {
	return &runner{o: o, diag: diag, catalog: &peer.Catalog{
		Reactor: o.reactor, Sources: o.sources, StreamBytes: o.env.StreamBytes,
	}}
}

// say writes a line for whoever waits.
func (r *runner) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.diag, "bench: "+format+"\n", args...)
}

func (r *runner) close() {
	if err := r.catalog.Close(); err != nil {
		r.say("%v", err)
	}
}

// prepare builds all servers, and finds out which are there.
func (r *runner) prepare(ctx context.Context) error {
	for _, sp := range r.o.servers {
		if !r.wanted(sp) {
			continue
		}
		err := r.catalog.Prepare(ctx, sp)
		switch {
		case err == nil:
			r.servers = append(r.servers, sp)
		case errors.Is(err, peer.ErrUnavailable) && (!r.o.chosen || optional[sp.Name]):
			r.say("left out: %v", err)
		default:
			return err
		}
	}
	if len(r.servers) == 0 {
		return errors.New("no server to measure")
	}
	return nil
}

// wanted reports whether the server has what some scenario needs. One that was
// named and has not is mentioned.
func (r *runner) wanted(sp peer.Spec) bool {
	for _, sc := range r.o.scenarios {
		if sp.Serves(sc.Routes, sc.Mode) {
			return true
		}
	}
	if r.o.chosen {
		r.say("%s: has the routes and protocols of no scenario", sp)
	}
	return false
}

// all measures every scenario and hands each table to show as it is ready.
func (r *runner) all(ctx context.Context, show func(report.Table) error) ([]report.Table, error) {
	var tables []report.Table
	for _, sc := range r.o.scenarios {
		t, err := r.one(ctx, sc)
		if err != nil {
			return nil, err
		}
		if err := show(t); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// one measures a scenario in alternating rounds: each round begins with
// another server, so that none always runs at the same place.
func (r *runner) one(ctx context.Context, sc *scenario.Scenario) (report.Table, error) {
	specs, err := r.specs(ctx, sc)
	if err != nil {
		return report.Table{}, err
	}
	t := report.Table{Scenario: sc}
	for _, sp := range specs {
		t.Rows = append(t.Rows, report.Row{Server: sp.String(), Own: sp.Name == peer.Own})
	}
	n := r.o.rounds * len(specs)
	r.say("%s: %d rounds, %d servers, about %v", sc.Name, r.o.rounds, len(specs), estimate(r.o, sc, n).Round(time.Second))
	for round := range r.o.rounds {
		for i := range specs {
			k := (round + i) % len(specs)
			row := &t.Rows[k]
			s, err := r.measure(ctx, sc, specs[k])
			if ctx.Err() != nil {
				return t, ctx.Err()
			}
			if s != nil {
				row.Rounds = append(row.Rounds, s)
			}
			if err != nil {
				row.Failures = append(row.Failures, fmt.Sprintf("round %d: %v", round+1, err))
				r.say("ERROR: %s: %s: round %d: %v", sc.Name, row.Server, round+1, err)
			}
		}
	}
	return t, nil
}

// specs returns the servers that take part in sc: those that were asked for and
// have its routes, and those that its targets need beside our own.
func (r *runner) specs(ctx context.Context, sc *scenario.Scenario) ([]peer.Spec, error) {
	var out []peer.Spec
	var lack []string
	own := false
	seen := make(map[string]bool)
	for _, sp := range r.servers {
		if !sp.Serves(sc.Routes, sc.Mode) {
			lack = append(lack, sp.String())
			continue
		}
		out = append(out, sp)
		own = own || sp.Name == peer.Own
		seen[sp.String()] = true
	}
	if len(lack) > 0 {
		r.say("%s: without %s, which lack its routes or protocol", sc.Name, strings.Join(lack, ", "))
	}
	for _, name := range sc.Also {
		sp, err := peer.ParseSpec(name)
		if err != nil {
			return nil, err
		}
		if own && !seen[name] {
			if err := r.catalog.Prepare(ctx, sp); err != nil {
				return nil, err
			}
			out = append(out, sp)
		}
	}
	return out, nil
}

// measure starts a server, measures once and ends it.
func (r *runner) measure(ctx context.Context, sc *scenario.Scenario, sp peer.Spec) (scenario.Sample, error) {
	s, err := r.catalog.Start(ctx, sp, peer.Options{Stream: sc.Stream, Mode: sc.Mode, Config: sc.Config})
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	sample, err := sc.Measure(ctx, r.o.env, s)
	if err != nil && ctx.Err() == nil {
		select {
		case <-s.Ended():
			err = fmt.Errorf("%w; the server has ended; it said:\n%s", err, s.Said())
		default:
		}
	}
	return sample, err
}
