package command

import (
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"reactor.example/cli/internal/config"
	"reactor.example/cli/internal/examples"
	"reactor.example/cli/internal/logging"
	"reactor.example/server"
)

// startOptions are the flags of start that no other command has.
type startOptions struct {
	pidFile  path
	noHealth bool
	noStats  bool
	examples bool
}

func (p *program) start() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "start [options]",
		Short: "run the server in the foreground",
		Long: `Loads the configuration and serves until SIGTERM, SIGINT or SIGHUP asks for a
graceful shutdown. A second SIGTERM or SIGINT ends at once.`,
		Example: `  server_runner start --examples
  server_runner start -p 0 -l debug`,
	}
	settings := newSettings(cmd.Flags())
	options := startOptions{pidFile: path{kind: "FILE"}}
	cmd.Flags().VarP(&options.pidFile, "pid-file", "P", "file for the process id; this version takes it and says that it\nwrites none")
	cmd.Flags().BoolVar(&options.noHealth, "no-health-endpoint", false, "serve neither /health nor /stats")
	cmd.Flags().BoolVar(&options.noStats, "no-stats-endpoint", false, "do not serve /stats")
	cmd.Flags().BoolVar(&options.examples, "examples", false, "add routes to play and measure with, listed at /")
	cmd.RunE = func(*cobra.Command, []string) error {
		loaded, err := settings.load(p.lookupEnv)
		if err != nil {
			return failed(err)
		}
		return failed(p.runServer(loaded, options))
	}
	return cmd
}

// runServer builds the server from a configuration that is known to be
// valid, and runs it to its end.
func (p *program) runServer(loaded *config.Loaded, options startOptions) error {
	level, err := logging.ParseLevel(loaded.Config.Log.Level)
	if err != nil {
		return err
	}
	terminal := logging.IsTerminal(p.stdout)
	log := logging.New(p.stdout, zap.NewAtomicLevelAt(level), terminal)
	for _, line := range p.warnings(loaded) {
		log.Warn(line)
	}
	if options.pidFile.text != "" {
		log.Warn("--pid-file has no effect: this version writes no PID file")
	}

	settings := loaded.Config.Server()
	settings.Logger = log
	settings.HealthEndpoint = !options.noHealth
	settings.StatsEndpoint = !options.noHealth && !options.noStats
	settings.WorkerThreads = setProcessors(settings.WorkerThreads, p.lookupEnv)

	defer holdBallast()()
	tidy := newTidier(debug.FreeOSMemory)
	defer tidy.stop()
	settings.Observer.Accepted = func(server.ConnInfo) { tidy.rouse() }

	srv, err := server.New(settings)
	if err != nil {
		return err
	}
	page := examples.Welcome(examples.Content{
		Product: product, Version: currentVersion(),
		Health: settings.HealthEndpoint, Stats: settings.StatsEndpoint, Examples: options.examples,
	})
	if options.examples {
		examples.Register(srv, page)
	} else {
		srv.Get("/", page)
	}

	run := &running{
		srv: srv, log: log, config: loaded.Config, file: fileRead(loaded), settings: settings,
		terminal: terminal, examples: options.examples,
	}
	return run.untilSignal()
}

// oneLine is an error of the layers below as a user reads it: without the
// name of the module in front.
func oneLine(err error) string {
	text := err.Error()
	for _, module := range []string{"reactor: ", "server: ", "router: "} {
		text = strings.TrimPrefix(text, module)
	}
	return text
}
