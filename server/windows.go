package server

import "sync/atomic"

// maxWindows bounds by how much the receive windows of all HTTP/2 connections
// together are raised above their first sizes, in bytes.
const maxWindows = 256 << 20

// windowBudget is a httptwo.WindowBudget for the process. Any goroutine.
type windowBudget struct{ taken atomic.Int64 }

// Take implements httptwo.WindowBudget.
func (b *windowBudget) Take(n int) bool {
	if b.taken.Add(int64(n)) <= maxWindows {
		return true
	}
	b.taken.Add(int64(-n))
	return false
}

// Give implements httptwo.WindowBudget.
func (b *windowBudget) Give(n int) { b.taken.Add(int64(-n)) }
