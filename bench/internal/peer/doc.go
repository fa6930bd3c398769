// Package peer builds, starts and ends the servers that bench compares: our
// own binary and the peers below bench/peers, each a child process on a free
// port of 127.0.0.1. It runs on Linux.
package peer
