package reactor_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"reactor.example/reactor"
)

func TestTaskThatUnwindsGivesItsErrorAndTheLoopGoesOn(t *testing.T) {
	t.Parallel()
	ends := map[string]struct {
		end  func()
		want func(error) bool
	}{
		"panics": {func() { panic("oh") }, func(err error) bool {
			var p *reactor.PanicError
			return errors.As(err, &p) && p.Value == "oh" && bytes.Contains(p.Stack, []byte("handoff_unwind_test"))
		}},
		"panics with nil": {func() { panic(nil) }, func(err error) bool {
			var p *reactor.PanicError
			return errors.As(err, &p)
		}},
		"calls Goexit": {runtime.Goexit, func(err error) bool { return err == reactor.ErrGoexit }},
	}
	for name, e := range ends {
		for _, how := range []string{"on the loop", "after Release", "away", "after a look"} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				unwind(t, how, e.end, e.want)
			})
		}
	}
}

func unwind(t *testing.T, how string, end func(), want func(error) bool) {
	lab := newLab(t, &handler{})
	begun, gate := make(chan struct{}), make(chan struct{})
	var got []error
	bad := &task{done: func(r reactor.Result) { got = append(got, r.Err) }}
	bad.run = func(h reactor.Hold) {
		switch how {
		case "after Release":
			h.Release()
		case "after a look":
			close(begun)
			<-gate
		}
		end()
	}
	good := &task{done: func(r reactor.Result) { got = append(got, r.Err) }}
	lab.Loop.Post(func() {
		if how == "away" {
			lab.Loop.ScheduleAway(bad)
		} else {
			lab.Loop.Schedule(bad)
		}
		lab.Loop.Schedule(good)
	})
	if how == "after a look" {
		keep(lab, begun)
		close(gate)
	}
	lab.Settle()
	if len(got) != 2 || (got[0] == nil) == (got[1] == nil) {
		t.Fatalf("errors = %v, want one of the bad task and none of the good", got)
	}
	if err := cmpOr(got[0], got[1]); !want(err) {
		t.Errorf("error = %#v", err)
	}
	lab.Do(func() {})
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestLabelsOfATaskStayItsOwn(t *testing.T) {
	for _, how := range []string{"returns", "releases", "away", "panics", "is moved"} {
		lab := newLab(t, &handler{})
		begun, gate := make(chan struct{}), make(chan struct{})
		mark := &task{run: func(h reactor.Hold) {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("task", "leaked-"+how)))
			switch how {
			case "releases":
				h.Release()
			case "panics":
				panic("oh")
			case "is moved":
				close(begun)
				<-gate
			}
		}}
		lab.Loop.Post(func() {
			if how == "away" {
				lab.Loop.ScheduleAway(mark)
			} else {
				lab.Loop.Schedule(mark)
			}
		})
		if how == "is moved" {
			keep(lab, begun)
			close(gate)
		}
		lab.Settle()
		started, let := make(chan struct{}), make(chan struct{})
		wait := &task{run: func(h reactor.Hold) { h.Release(); started <- struct{}{}; <-let }}
		lab.Do(func() { lab.Loop.ScheduleAway(wait) })
		<-started
		lab.Loop.Post(func() { lab.Loop.Schedule(wait) })
		lab.Resume()
		<-started
		if profile := goroutineProfile(t); strings.Contains(profile, "leaked-"+how) {
			t.Errorf("a task that %s leaves its labels behind:\n%s", how, profile)
		}
		close(let)
		lab.Settle()
	}
}

// goroutineProfile lists the goroutines that work for a group, with labels.
func goroutineProfile(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		t.Fatal(err)
	}
	var ours []string
	for g := range strings.SplitSeq(b.String(), "\n\n") {
		if strings.Contains(g, "reactor.(*Loop).drive") || strings.Contains(g, "reactor.(*work).runAway") {
			ours = append(ours, g)
		}
	}
	if len(ours) == 0 {
		t.Fatal("no goroutine of the group found")
	}
	return strings.Join(ours, "\n\n")
}
