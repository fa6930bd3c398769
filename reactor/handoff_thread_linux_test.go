package reactor_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
)

// perCheck is more than the number of tasks after which a driver looks whether
// its goroutine is locked to a thread.
const perCheck = 100

func TestThreadThatATaskHasLockedIsNotUsedForOthers(t *testing.T) {
	for _, how := range []string{"away", "released", "on the loop"} {
		t.Run(how, func(t *testing.T) {
			lab := newLab(t, &handler{})
			locked := make(map[int]bool)
			lock := &task{run: func(h reactor.Hold) {
				runtime.LockOSThread()
				if how == "released" {
					h.Release()
				}
				locked[unix.Gettid()] = true
			}}
			run := func(tk *task) {
				lab.Do(func() {
					if how == "away" {
						lab.Loop.ScheduleAway(tk)
					} else {
						lab.Loop.Schedule(tk)
					}
				})
				lab.Settle()
			}
			for range 3 {
				run(lock)
				for i := range perCheck {
					tid := 0
					run(&task{run: func(reactor.Hold) { tid = unix.Gettid() }})
					if locked[tid] && (how != "on the loop" || i == perCheck-1) {
						t.Fatalf("task %d runs on thread %d, which an earlier one has locked", i, tid)
					}
				}
			}
		})
	}
}
