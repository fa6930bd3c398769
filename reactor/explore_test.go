package reactor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// An actor is a goroutine of a model. Each of its steps is at most one atomic
// operation of the real types, named, and returns the name of the next one; the
// empty name is the end.
type actor struct {
	name  string
	at    string
	steps map[string]func() string
	// waits says which steps can be taken only in some states.
	waits map[string]func() bool
	// locals tells what the actor keeps for itself between two steps.
	locals func() string
	// idle is a step at which the actor may be left when all is over.
	idle string
}

func (a *actor) can() bool {
	if a.at == "" {
		return false
	}
	wait := a.waits[a.at]
	return wait == nil || wait()
}

// A model is one state of some actors and what they share.
type model struct {
	actors []*actor
	// state tells everything that the future depends on, but for the actors'
	// places.
	state func() string
	// check is asked in every state, final in those where all have ended.
	check, final func() error
}

func (m *model) key() string {
	var b strings.Builder
	for _, a := range m.actors {
		fmt.Fprintf(&b, "%s=%s ", a.name, a.at)
		if a.locals != nil {
			b.WriteString(a.locals())
		}
	}
	return b.String() + m.state()
}

// explore goes through every interleaving of the model that build makes. Since
// the real types cannot be copied it comes to a state by doing all over again
// what led there, and turns back where it has been before.
func explore(t *testing.T, build func() *model) {
	t.Helper()
	e := &explorer{t: t, build: build, seen: make(map[string]bool)}
	e.visit()
	t.Logf("%d states, %d ends", len(e.seen), e.ends)
	if e.ends == 0 {
		t.Error("no run comes to an end")
	}
}

type explorer struct {
	t     *testing.T
	build func() *model
	seen  map[string]bool
	path  []int
	ends  int
}

func (e *explorer) visit() {
	m, trace := e.replay()
	if err := m.check(); err != nil {
		e.t.Fatalf("%v, after:\n%s", err, trace)
	}
	key := m.key()
	if e.seen[key] {
		return
	}
	e.seen[key] = true
	moved := false
	for i, a := range m.actors {
		if a.can() {
			moved = true
			e.path = append(e.path, i)
			e.visit()
			e.path = e.path[:len(e.path)-1]
		}
	}
	if !moved {
		e.end(m, trace)
	}
}

// end looks at a state in which nobody can do anything more.
func (e *explorer) end(m *model, trace string) {
	e.ends++
	for _, a := range m.actors {
		if a.at != "" && a.at != a.idle {
			e.t.Fatalf("%s waits for ever at %q (%s), after:\n%s", a.name, a.at, m.state(), trace)
		}
	}
	if err := m.final(); err != nil {
		e.t.Fatalf("%v, after:\n%s", err, trace)
	}
}

func (e *explorer) replay() (*model, string) {
	m := e.build()
	var trace strings.Builder
	for _, i := range e.path {
		a := m.actors[i]
		fmt.Fprintf(&trace, "  %s: %s\n", a.name, a.at)
		a.at = a.steps[a.at]()
	}
	return m, trace.String()
}

func TestExplorerFindsALostUpdate(t *testing.T) {
	t.Parallel()
	sums := make(map[int]bool)
	explore(t, func() *model {
		shared, read := 0, map[string]int{}
		m := &model{
			state: func() string { return fmt.Sprint(shared, read) },
			check: func() error { return nil },
			final: func() error { sums[shared] = true; return nil },
		}
		for _, name := range []string{"a", "b"} {
			m.actors = append(m.actors, &actor{name: name, at: "load", steps: map[string]func() string{
				"load":  func() string { read[name] = shared; return "store" },
				"store": func() string { shared = read[name] + 1; return "" },
			}})
		}
		return m
	})
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("ends with %v, want [1 2]: both the good and the bad interleaving", got)
	}
}
