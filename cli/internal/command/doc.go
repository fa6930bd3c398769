// Package command is the command line of server_runner: one file for each
// command, the flags that several of them share, and the exit codes.
//
// Commands write to the writers that Run was given and read the environment
// through the function that Run was given, so that tests can run them in
// process. Only start touches signals and sockets.
package command
