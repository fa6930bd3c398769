package command

import (
	"fmt"

	"github.com/spf13/cobra"
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
		for _, line := range loaded.Ignored() {
			fmt.Fprintf(p.stderr, "Warning: %s\n", line)
		}
		fmt.Fprintln(p.stdout, "Configuration is valid.")
		return nil
	}
	return cmd
}
