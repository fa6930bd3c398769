package reactor

import (
	"runtime"
	"sync/atomic"
)

// A supply says how many Ps, the Go scheduler's processors, there are for the
// loops, the watcher and all other goroutines. How a loop and the watcher wait
// depends on it. Any goroutine loads it; the rest is the watcher's.
type supply struct {
	state  atomic.Uint32
	needed atomic.Bool // a task blocks, or is expected to, since the last look
	few    bool        // no more Ps than loops and watcher need
	looks  int         // in all
	away   int         // looks in a row that found tasks away
	scarce int         // up to which look others are taken to need a P
}

const (
	// psToSpare: the loops and the watcher may keep theirs, others have some.
	psToSpare uint32 = iota
	// psEnough: there are none to spare, but nobody else who would need one.
	psEnough
	// psScarce: there are none to spare for tasks that are away, or for other
	// goroutines of the program.
	psScarce
)

const (
	// countEvery is after how many looks the watcher looks at GOMAXPROCS, which
	// the program may change at any time.
	countEvery = 1024
	// scarceLooks is for how many looks others are taken to need a P once some
	// have. They have when a task was moved or scheduled away; or when some were
	// away at awayLooks looks in a row, which those that only found no time on the
	// loop are not; or when there are more goroutines than a program has that does
	// nothing else: main, and whoever waits for signals and for the end.
	scarceLooks = 1000
	awayLooks   = 8
	quietOthers = 8
)

// load returns the state. Hot path.
func (s *supply) load() uint32 { return s.state.Load() }

// need says that somebody other than the loops will need a P. Hot path.
func (s *supply) need() {
	if !s.needed.Load() {
		s.needed.Store(true)
	}
}

// count takes note of a look: how many tasks are away, and how many goroutines
// the group has that are not.
func (s *supply) count(loops, away, ours int) {
	if s.looks%countEvery == 0 {
		s.few = runtime.GOMAXPROCS(0) <= loops+1
	}
	if s.looks++; !s.few {
		s.state.Store(psToSpare)
		return
	}
	if s.away++; away == 0 {
		s.away = 0
	}
	if s.needed.Swap(false) || s.away >= awayLooks || runtime.NumGoroutine()-ours-away > quietOthers {
		s.scarce = s.looks + scarceLooks
	}
	if s.looks < s.scarce {
		s.state.Store(psScarce)
	} else {
		s.state.Store(psEnough)
	}
}
