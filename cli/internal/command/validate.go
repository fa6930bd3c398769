package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"reactor.example/cli/internal/config"
)

func (p *program) validate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate [options]",
		Short: "check the configuration and say all that is wrong with it",
		Long: `Loads the configuration as start does and says whether it is valid. All faults
are reported at once, each with the place where it stands.`,
		Example: `  server_runner validate
  server_runner validate -c /etc/reactor/server.toml`,
	}
	settings := newSettings(cmd.Flags())
	cmd.RunE = func(*cobra.Command, []string) error {
		loaded, err := settings.load(p.lookupEnv)
		if err != nil {
			return failed(err)
		}
		for _, line := range p.warnings(loaded) {
			fmt.Fprintf(p.stderr, "Warning: %s\n", line)
		}
		fmt.Fprintln(p.stdout, "Configuration is valid.")
		_, err = fmt.Fprintf(p.stdout, "Configuration file: %s\n", fileRead(loaded))
		return failed(err)
	}
	return cmd
}

// warnings are the settings without effect, one line each: keys that this
// version does not act upon, and variables that are none.
func (p *program) warnings(loaded *config.Loaded) []string {
	return append(loaded.Ignored(), config.UnknownVariables(p.environ)...)
}

// fileRead is which file a configuration has come from, or that there was none.
func fileRead(loaded *config.Loaded) string {
	if loaded.File == "" {
		return "none (there is no " + config.DefaultTOML + " and no " + config.DefaultJSON + ")"
	}
	return loaded.File
}
