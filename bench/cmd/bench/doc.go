// Command bench compares HTTP servers on this machine, over loopback, in
// alternating rounds: ours, and peers that serve the same routes. It starts
// each as a child process, loads it with a generator of its own, and prints
// medians, ratios to a floor and how ours stands to its targets. It runs on
// Linux.
//
//	go run ./cmd/bench -scenario keepalive-64,newconn -rounds 3 -seconds 4
//
// The README of this module says what the scenarios and figures mean.
package main
