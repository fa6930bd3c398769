package reactor_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"reactor.example/reactor"
)

// perCheck is after how many tasks a goroutine that runs them is looked at: whether
// one has left it locked to its thread. One that was moved is looked at at once.
const perCheck = 64

func TestThreadThatATaskHasLockedIsNotUsedForOthers(t *testing.T) {
	for _, how := range []string{"away", "released", "on the loop"} {
		t.Run(how, func(t *testing.T) {
			lab := newLab(t, &handler{})
			used := make(map[int]int) // by thread, since it was locked
			lock := &task{run: func(h reactor.Hold) {
				runtime.LockOSThread()
				if how == "released" {
					h.Release()
				}
				used[unix.Gettid()] = 0
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
				for range 2 * perCheck {
					tid := 0
					run(&task{run: func(reactor.Hold) { tid = unix.Gettid() }})
					n, locked := used[tid]
					if locked && (how == "released" || n == perCheck) {
						t.Fatalf("a task runs on thread %d, which another has locked %d tasks ago", tid, n)
					}
					if locked {
						used[tid]++
					}
				}
			}
		})
	}
}
