package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) config() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config [options]",
		Short: "print the effective configuration",
		Long: `Loads and checks the configuration as start does and prints what comes out of
defaults, file, environment and flags. The output is a complete configuration
file.`,
		Example: `  server_runner config
  server_runner config --format toml > config/server.toml`,
	}
	settings := newSettings(cmd.Flags())
	format := formatFlag("json")
	cmd.Flags().Var(&format, "format", "json or toml")
	cmd.RunE = func(*cobra.Command, []string) error {
		loaded, err := settings.load(p.lookupEnv)
		if err != nil {
			return failed(err)
		}
		text := loaded.Config.JSON()
		if format == "toml" {
			text = loaded.Config.TOML()
		}
		_, err = p.stdout.Write(text)
		return failed(err)
	}
	return cmd
}

// formatFlag is json or toml.
type formatFlag string

// Set implements pflag.Value.
func (f *formatFlag) Set(text string) error {
	if text != "json" && text != "toml" {
		return fmt.Errorf("it must be json or toml")
	}
	*f = formatFlag(text)
	return nil
}

// String implements pflag.Value.
func (f *formatFlag) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *formatFlag) Type() string { return "FORMAT" }
