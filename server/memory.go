package server

import (
	"time"

	"reactor.example/reactor"
)

// A memory is what a loop remembers of a route: whether its handler blocks.
// A quick handler runs on the loop; if it does not return soon it is moved
// away, which stalls the loop for a moment. A route that is moved often is
// remembered as blocking, and its requests start on goroutines of their own
// at once. It belongs to one loop.
type memory struct {
	mode Blocking // of the route's settings

	runs, moves, voluntary uint32 // on the loop, in the current window
	pooled, slow           uint32 // away from it, in the current window

	blocking bool
}

const (
	// A route is blocking if more than one in blockingShare of at least
	// blockingWindow requests were moved, or after fewMoves with one among
	// them that the handler asked for.
	blockingWindow = 64
	blockingShare  = 128
	fewMoves       = 3
	// It is quick again if fewer than one in quickShare of quickWindow
	// requests took longer than quickTime.
	quickWindow = 4096
	quickShare  = 1000
	quickTime   = time.Millisecond
	// The counts are halved when they reach maxWindow, so that the memory
	// follows the present.
	maxWindow = 4096
)

// away reports whether the next request of the route should begin away from
// the loop. Hot path.
func (m *memory) away() bool {
	return m.blocking && m.mode == Learn || m.mode == Always
}

// note learns from a request that is over. Hot path.
func (m *memory) note(r reactor.Result) {
	if r.Away > 0 {
		m.notePooled(r.Away)
		return
	}
	m.runs++
	if r.Moved && !r.Late {
		m.moves++
		if r.Released {
			m.voluntary++
		}
		if m.moves >= fewMoves && m.voluntary > 0 || m.runs >= blockingWindow && m.moves > m.runs/blockingShare {
			*m = memory{mode: m.mode, blocking: true}
		}
	}
	if m.runs >= maxWindow {
		m.runs, m.moves, m.voluntary = m.runs/2, m.moves/2, m.voluntary/2
	}
}

func (m *memory) notePooled(took time.Duration) {
	m.pooled++
	if took > quickTime {
		m.slow++
	}
	if m.pooled < quickWindow {
		return
	}
	if m.slow < m.pooled/quickShare {
		m.blocking = false
	}
	m.pooled, m.slow = 0, 0
}
