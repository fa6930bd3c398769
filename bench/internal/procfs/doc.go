// Package procfs reads what Linux knows about a server process: processor
// time, resident memory, its peak, and context switches.
//
// Everything is summed over the process and its descendants, so that a server
// with worker processes is measured whole.
package procfs
