// Command server_runner runs the network server from the command line.
package main

import (
	"os"

	"reactor.example/cli/internal/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
}
