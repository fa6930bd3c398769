package reactor

import "testing"

// The cases of the hand-off, in every interleaving: there is one driver at any
// time, every task gets one of Done and Drop, every post that was taken runs,
// and nobody waits for ever.

func TestHandoffOfOneTaskToWatcherOrRelease(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(1, 0, whenAllIsDone)
		return w.model(w.driver("driver", "begin"), w.driver("second", "idle"),
			w.look(3), w.release("release", 1, 2))
	})
}

func TestHandoffOfTwoTasksWithStaleTakers(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(2, 0, whenAllIsDone)
		return w.model(w.driver("driver", "begin"), w.driver("second", "idle"), w.driver("third", "idle"),
			w.look(4), w.release("release", 1, 1))
	})
}

func TestSleepMissesNoTaskThatComesHome(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(2, 0, whenAllIsDone)
		return w.model(w.driver("driver", "begin"), w.driver("second", "idle"), w.driver("third", "idle"),
			w.release("first release", 1, 1), w.release("second release", 2, 1))
	})
}

func TestSleepMissesNoPost(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(1, 2, whenAllIsDone)
		return w.model(w.driver("driver", "begin"), w.driver("second", "idle"),
			w.release("release", 1, 1), w.post("a"), w.post("b"))
	})
}

func TestEndAtOnceDropsOrEndsEveryTask(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(2, 1, atOnce)
		return w.model(w.driver("driver", "begin"), w.driver("second", "idle"), w.driver("third", "idle"),
			w.release("first release", 1, 1), w.release("second release", 2, 1), w.post("a"))
	})
}

func TestEndInPeaceDropsNothing(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(1, 2, inPeace)
		m := w.model(w.driver("driver", "begin"), w.driver("second", "idle"),
			w.release("release", 1, 1), w.post("a"), w.post("b"))
		final := m.final
		m.final = func() error {
			if w.drops[0] > 0 {
				t.Error("a task was dropped")
			}
			return final()
		}
		return m
	})
}

func TestParkingWatcherMissesNoTask(t *testing.T) {
	t.Parallel()
	explore(t, func() *model {
		w := newWorld(2, 1, whenAllIsDone)
		w.stuck = true
		return w.model(w.driver("driver", "sleep: store"), w.driver("second", "idle"), w.driver("third", "idle"),
			w.park(), w.post("a"))
	})
}
