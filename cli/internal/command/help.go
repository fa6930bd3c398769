package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"reactor.example/cli/internal/config"
)

func (p *program) help() *cobra.Command {
	cmd := &cobra.Command{
		Use: "help [command]",

		DisableFlagsInUseLine: true,

		Short: "print this help, or that of a command",
		Long:  "Prints the usage screen, or what there is to know about one command.",
		Example: `  server_runner help
  server_runner help start`,
	}
	cmd.Flags().Bool("help", false, "print this help")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		topic := cmd.Root()
		for _, name := range args {
			next := child(topic, name)
			if next == nil && topic == cmd.Root() {
				return unknownCommand(topic, name)
			}
			if next == nil {
				return fmt.Errorf("help takes one command, but there is also %q", name)
			}
			topic = next
		}
		p.printHelp(topic)
		return nil
	}
	return cmd
}

func child(parent *cobra.Command, name string) *cobra.Command {
	for _, cmd := range parent.Commands() {
		if cmd.Name() == name {
			return cmd
		}
	}
	return nil
}

// printHelp writes the usage screen for the root, and the help of any other
// command.
func (p *program) printHelp(cmd *cobra.Command) {
	if cmd.HasParent() {
		fmt.Fprintf(p.stdout, "%s\n\nUsage:\n  %s\n\nOptions:\n%s\nExamples:\n%s\n",
			cmd.Long, cmd.UseLine(), cmd.LocalFlags().FlagUsages(), cmd.Example)
		return
	}
	p.printUsage(cmd)
}

// printUsage is the whole command line on one screen.
func (p *program) printUsage(root *cobra.Command) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: a network server on event loops whose handlers may block\n\n", product)
	fmt.Fprintf(&b, "Usage:\n  %s <command> [options]\n\nCommands:\n", binary)
	for _, name := range []string{"start", "validate", "config", "version", "help"} {
		fmt.Fprintf(&b, "  %-10s %s\n", name, child(root, name).Short)
	}
	fmt.Fprintf(&b, "\nOptions of start:\n%s", options(child(root, "start")))
	fmt.Fprintf(&b, "\nOptions of validate and config: -c, -p, -H, -l and -w as above; config also takes\n%s", own(child(root, "config"), "format"))
	fmt.Fprintf(&b, "\nOptions without a command:\n%s", options(root))
	b.WriteString("\nPrecedence: defaults < configuration file < environment < options\n")
	b.WriteString("\nEnvironment variables:\n")
	for _, v := range config.Variables() {
		fmt.Fprintf(&b, "  %-38s %s\n", v.Name, v.Key)
	}
	b.WriteString(commandExamples)
	fmt.Fprint(p.stdout, b.String())
}

const commandExamples = `
Examples:
  server_runner start                            serve on 127.0.0.1:8080
  server_runner start --examples                 with routes to play with
  server_runner start -p 0                       on any free port
  server_runner start -H :: -p 80                on all addresses, both families
  server_runner start -H unix:/run/reactor.sock  on a socket file
  server_runner start -c /etc/reactor.toml       with a configuration file
  server_runner start -l debug -w 4              with four loops, talkative
  server_runner validate -c new.toml             all that is wrong with a file
  server_runner config --format toml             the effective configuration
`

// options is what a command takes, but for --help, which they all do.
func options(cmd *cobra.Command) string {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SortFlags = false
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" || !cmd.HasParent() {
			flags.AddFlag(f)
		}
	})
	return flags.FlagUsages()
}

// own is one option of a command.
func own(cmd *cobra.Command, name string) string {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.AddFlag(cmd.LocalFlags().Lookup(name))
	return flags.FlagUsages()
}
