package server

import "sync/atomic"

// windowBudget is a httptwo.WindowBudget for the process. Any goroutine.
type windowBudget struct {
	limit atomic.Int64 // negative is no bound
	taken atomic.Int64
}

// Take implements httptwo.WindowBudget. After a reload that lowered the limit
// nothing more is given until enough has come back.
func (b *windowBudget) Take(n int) bool {
	taken, limit := b.taken.Add(int64(n)), b.limit.Load()
	if taken <= limit || limit < 0 {
		return true
	}
	b.taken.Add(int64(-n))
	return false
}

// Give implements httptwo.WindowBudget.
func (b *windowBudget) Give(n int) { b.taken.Add(int64(-n)) }
