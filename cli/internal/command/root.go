package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// binary and product are the two names there are: of the file one runs, and
// of what it calls itself.
const (
	binary  = "server_runner"
	product = "reactor_server"
)

// A program is what all commands share.
type program struct {
	stdout, stderr io.Writer
	environ        []string // NAME=value each
}

// Run executes the command line args, without the name of the program, and
// returns the exit code. environ is os.Environ() but in tests.
func Run(args []string, stdout, stderr io.Writer, environ []string) int {
	p := &program{stdout: stdout, stderr: stderr, environ: environ}
	root := p.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if err != nil {
		report(stderr, cmd, err)
	}
	return exitCode(err)
}

// lookupEnv is os.LookupEnv for the environment of p.
func (p *program) lookupEnv(name string) (value string, ok bool) {
	for _, pair := range p.environ {
		if value, ok = strings.CutPrefix(pair, name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// root builds the tree of commands. The flags of the root count only in front
// and alone: a command behind them is an error.
func (p *program) root() *cobra.Command {
	var version, verbose bool
	root := &cobra.Command{
		Use:              binary,
		Args:             cobra.ArbitraryArgs, // judged below, with a suggestion
		SilenceErrors:    true,
		SilenceUsage:     true,
		TraverseChildren: true,

		SuggestionsMinimumDistance: 2,

		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if root := cmd.Root(); cmd != root && root.Flags().NFlag() > 0 {
				return fmt.Errorf("%s does not take options in front of it", cmd.Name())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return unknownCommand(cmd, args[0])
			case verbose:
				return p.printVersion(true)
			case version:
				return p.printVersion(false)
			}
			return cmd.Help()
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { p.printHelp(cmd) })
	root.SetFlagErrorFunc(flagError)
	root.Flags().SortFlags = false
	root.Flags().SetInterspersed(false)
	root.Flags().BoolP("help", "h", false, "print this help")
	root.Flags().BoolVarP(&version, "version", "v", false, "print the version")
	root.Flags().BoolVarP(&verbose, "version-verbose", "V", false, "print the version and how it was built")
	root.SetHelpCommand(p.help())
	for _, cmd := range []*cobra.Command{p.start(), p.validate(), p.config(), p.version()} {
		cmd.DisableFlagsInUseLine = true // Use has them
		cmd.Flags().SortFlags = false
		cmd.Flags().Bool("help", false, "print this help") // without -h, which is the root's
		cmd.Args = noArguments
		root.AddCommand(cmd)
	}
	return root
}

// flagError is the error of a command line that does not parse. The parser
// takes -h for help even where it is no option; it is one of the root only.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return fmt.Errorf("%s has no option -h", cmd.Name())
	}
	return err
}

// noArguments refuses what stands on the command line and is no option.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but there is %q", cmd.Name(), args[0])
	}
	return nil
}

func unknownCommand(root *cobra.Command, name string) error {
	text := fmt.Sprintf("there is no command %q", name)
	if near := root.SuggestionsFor(name); len(near) > 0 {
		text += fmt.Sprintf("; did you mean %s?", near[0])
	}
	return errors.New(text)
}
