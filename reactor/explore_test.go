package reactor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// An actor is a goroutine of a model. Each of its steps is at most one atomic
// operation of the real types.
type actor struct {
	name string
	at   string // the next step; empty is the end
	// step takes the step of that name and returns the name of the next one.
	step func(at string) string
	// waits reports that the step cannot be taken in this state; nil is never.
	waits func(at string) bool
	// locals is what the actor keeps for itself between two steps.
	locals func() [4]int
	// idle is a step at which the actor may be left when all is over.
	idle string
}

func (a *actor) can() bool {
	return a.at != "" && (a.waits == nil || !a.waits(a.at))
}

// A model is one state of some actors and what they share.
type model struct {
	actors []*actor
	// state is everything that the future depends on, but for the actors. It
	// is comparable.
	state func() any
	// check is asked in every state, final in those where all have ended.
	check, final func() error
}

// A modelKey tells two states of a model apart.
type modelKey struct {
	at     [8]string
	locals [8][4]int
	shared any
}

func (m *model) key() modelKey {
	k := modelKey{shared: m.state()}
	for i, a := range m.actors {
		k.at[i] = a.at
		if a.locals != nil {
			k.locals[i] = a.locals()
		}
	}
	return k
}

// explore goes through every interleaving of the model that build makes. Since
// the real types cannot be copied it comes to a state by doing all over again
// what led there, and turns back where it has been before.
func explore(t *testing.T, build func() *model) {
	t.Helper()
	e := &explorer{t: t, build: build, seen: make(map[modelKey]bool)}
	e.visit()
	t.Logf("%d states, %d ends", len(e.seen), e.ends)
	if e.ends == 0 {
		t.Error("no run comes to an end")
	}
}

type explorer struct {
	t     *testing.T
	build func() *model
	seen  map[modelKey]bool
	path  []int
	ends  int
}

func (e *explorer) visit() {
	m := e.replay()
	if err := m.check(); err != nil {
		e.t.Fatalf("%v, after:\n%s", err, e.trace())
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
		e.end(m)
	}
}

// end looks at a state in which nobody can do anything more.
func (e *explorer) end(m *model) {
	e.ends++
	for _, a := range m.actors {
		if a.at != "" && a.at != a.idle {
			e.t.Fatalf("%s waits for ever at %q (%+v), after:\n%s", a.name, a.at, m.state(), e.trace())
		}
	}
	if err := m.final(); err != nil {
		e.t.Fatalf("%v, after:\n%s", err, e.trace())
	}
}

func (e *explorer) replay() *model {
	m := e.build()
	for _, i := range e.path {
		a := m.actors[i]
		a.at = a.step(a.at)
	}
	return m
}

// trace tells the way to the present state.
func (e *explorer) trace() string {
	m := e.build()
	var b strings.Builder
	for _, i := range e.path {
		a := m.actors[i]
		fmt.Fprintf(&b, "  %s: %s\n", a.name, a.at)
		a.at = a.step(a.at)
	}
	return b.String()
}

func TestExplorerFindsALostUpdate(t *testing.T) {
	t.Parallel()
	sums := make(map[int]bool)
	explore(t, func() *model {
		shared := 0
		m := &model{
			state: func() any { return shared },
			check: func() error { return nil },
			final: func() error { sums[shared] = true; return nil },
		}
		for _, name := range []string{"a", "b"} {
			read := 0
			m.actors = append(m.actors, &actor{name: name, at: "load", locals: func() [4]int { return [4]int{read} }, step: func(at string) string {
				if at == "load" {
					read = shared
					return "store"
				}
				shared = read + 1
				return ""
			}})
		}
		return m
	})
	if got := slices.Sorted(maps.Keys(sums)); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("ends with %v, want [1 2]: both the good and the bad interleaving", got)
	}
}
