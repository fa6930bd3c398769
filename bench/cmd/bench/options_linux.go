package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reactor.example/bench/internal/peer"
	"reactor.example/bench/internal/scenario"
)

// A format is how results are written.
type format int

const (
	formatText format = iota
	formatMarkdown
	formatJSON
)

// readme is the set of scenarios behind the table of the project's README.
const readme = "keepalive-64,pipeline-16,newconn,blocking-1pct,open-40k,idle-http1"

// options is the command line, checked.
type options struct {
	scenarios []*scenario.Scenario
	servers   []peer.Spec
	chosen    bool // the servers were named, so each must be there
	rounds    int
	env       scenario.Env
	format    format
	list      bool
	reactor   string // our binary
	sources   string // bench/peers
}

// parse reads the command line. Usage goes to diag.
func parse(args []string, diag io.Writer) (*options, error) {
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(diag)
	var (
		o         options
		names     = fs.String("scenario", "", "comma-separated `names` of scenarios or patterns as in ws-*; \"readme\" is a short set and the default, \"all\" is every one")
		only      = fs.String("only", "", "comma-separated `patterns`; without -scenario they choose among all, with it they leave out what fits none")
		servers   = fs.String("servers", "", "comma-separated `names` of servers, each name[:binary][@procs]; default: all that are there")
		seconds   = fs.Float64("seconds", 4, "counted `seconds` of each round")
		warmup    = fs.Float64("warmup", 0, "`seconds` before them; default a fifth")
		streamMiB = fs.Int64("stream-mib", 1024, "size of uploads and downloads in `MiB`")
		markdown  = fs.Bool("markdown", false, "write one table of headline figures in Markdown")
		asJSON    = fs.Bool("json", false, "write everything in JSON")
	)
	fs.IntVar(&o.rounds, "rounds", 3, "alternating `rounds`")
	fs.IntVar(&o.env.Threads, "threads", 0, "`threads` of the load generator; default half of the processors")
	fs.IntVar(&o.env.IdleConns, "idle", 10_000, "`connections` of the idle scenarios")
	fs.BoolVar(&o.list, "list", false, "list the scenarios with their targets and end")
	fs.StringVar(&o.reactor, "reactor", find("server_runner"), "`file` of our own binary")
	fs.StringVar(&o.sources, "peers", find("peers"), "`folder` with the sources of the peers")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	o.env.Length = time.Duration(*seconds * float64(time.Second))
	o.env.Warmup = time.Duration(*warmup * float64(time.Second))
	o.env.StreamBytes = *streamMiB << 20
	switch {
	case fs.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case o.rounds < 1 || o.env.Length <= 0 || *streamMiB < 1 || o.env.IdleConns < 1:
		return nil, errors.New("rounds, seconds, idle and stream-mib are positive numbers")
	case *markdown && *asJSON:
		return nil, errors.New("-markdown or -json, not both")
	case *markdown:
		o.format = formatMarkdown
	case *asJSON:
		o.format = formatJSON
	}
	o.env = o.env.Defaults()
	o.env.Threads = threads(o.env.Threads)
	if err := o.choose(*names, *only); err != nil {
		return nil, err
	}
	return &o, o.parseServers(*servers)
}

// choose finds the scenarios of -scenario and -only.
func (o *options) choose(names, only string) (err error) {
	switch {
	case names == "" && only != "":
		names, only = only, ""
	case names == "" || names == "readme":
		names = readme
	}
	if o.scenarios, err = scenario.Find(names); err != nil || only == "" {
		return err
	}
	fit, err := scenario.Find(only)
	if err != nil {
		return err
	}
	o.scenarios = slices.DeleteFunc(o.scenarios, func(a *scenario.Scenario) bool {
		return !slices.ContainsFunc(fit, func(b *scenario.Scenario) bool { return a.Name == b.Name })
	})
	if len(o.scenarios) == 0 {
		return fmt.Errorf("-only %s fits none of -scenario %s", only, names)
	}
	return nil
}

// parseServers reads the list of servers; an empty one means all.
func (o *options) parseServers(list string) error {
	o.chosen = list != ""
	if !o.chosen {
		list = strings.Join(peer.Known(), ",")
	}
	seen := make(map[string]bool)
	for name := range strings.SplitSeq(list, ",") {
		sp, err := peer.ParseSpec(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if !seen[sp.String()] {
			o.servers = append(o.servers, sp)
		}
		seen[sp.String()] = true
	}
	return nil
}

// find looks for a file of the project from its root and from bench, and
// returns the name that it has at the root if it is in neither place.
func find(name string) string {
	for _, at := range []string{name, filepath.Join("bench", name), filepath.Join("..", name)} {
		if _, err := os.Stat(at); err == nil {
			return at
		}
	}
	return name
}
