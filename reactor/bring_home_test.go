package reactor

import (
	"runtime"
	"testing"
)

// A chainTask leads to another one when it comes home.
type chainTask struct{ next func() }

func (t *chainTask) Run(Hold)    {}
func (t *chainTask) Done(Result) { t.next() }
func (t *chainTask) Drop()       {}

func TestTasksThatLeadToTasksDoNotKeepPostsWaiting(t *testing.T) {
	t.Parallel()
	g, err := New(Config{Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	l := g.loops[0]
	over, length := make(chan struct{}), 0
	stopped, inTime := false, false
	var next func()
	next = func() {
		if length++; stopped || length == 100 {
			inTime = stopped
			close(over)
			return
		}
		if length == 1 {
			l.Post(func() { stopped = true })
		}
		l.ScheduleAway(&chainTask{next})
		for l.inbox.finished.Load() == nil { // so that somebody is always home
			runtime.Gosched()
		}
	}
	l.Post(next)
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	<-over
	if !inTime {
		t.Error("a function that was posted did not get its turn within 100 tasks")
	}
}
