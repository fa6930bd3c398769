package command

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is the version of this source tree; all modules share it.
const release = "0.1.0"

// features are the protocols that are served, with their specifications.
const features = "HTTP/1.1 (RFC 9110, RFC 9112), HTTP/2 (RFC 9113, RFC 7541, RFC 9218), WebSocket (RFC 6455, RFC 7692, RFC 8441)"

// buildVersion and buildCommit are stamped into the binary by the Makefile
// (-ldflags -X), and by nothing else.
var buildVersion, buildCommit string

// currentVersion is what the binary was stamped with, else the version that
// `go install` fetched, else that of the source tree.
func currentVersion() string {
	if buildVersion != "" {
		return strings.TrimPrefix(buildVersion, "v")
	}
	if info, ok := debug.ReadBuildInfo(); ok && isRelease(info.Main.Version) {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return release
}

// isRelease tells v0.3.0 from what the go command makes up for a tree that is
// not tagged: (devel), or a version with a date and a hash.
func isRelease(version string) bool {
	return strings.HasPrefix(version, "v") && !strings.ContainsAny(version, "-+")
}

func (p *program) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version [options]",
		Short: "print the version",
		Long:  "Prints one line with the version; with -V also how the program was built.",
		Example: `  server_runner version
  server_runner version -V`,
	}
	verbose := cmd.Flags().BoolP("version-verbose", "V", false, "print how it was built as well")
	cmd.RunE = func(*cobra.Command, []string) error { return p.printVersion(*verbose) }
	return cmd
}

func (p *program) printVersion(verbose bool) error {
	text := fmt.Sprintf("%s version %s\n", product, currentVersion())
	if verbose {
		text += fmt.Sprintf("  Go: %s\n", runtime.Version())
		text += fmt.Sprintf("  Commit: %s\n", commit())
		text += fmt.Sprintf("  Platform: %s/%s\n", runtime.GOOS, runtime.GOARCH)
		text += "  TLS: crypto/tls, 1.2 and 1.3\n"
		text += "  Features: " + features + "\n"
	}
	_, err := fmt.Fprint(p.stdout, text)
	return failed(err)
}

// commit is what the binary was stamped with, else what the go command has
// recorded, if it built from a repository.
func commit() string {
	if buildCommit != "" {
		return buildCommit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "unknown", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				modified = " (modified)"
			}
		}
	}
	return strings.TrimSpace(revision + modified)
}
