package reactor

import "fmt"

// A world is what the actors of a hand-off share: the real handoff and inbox of
// one loop, and what the model knows better than they do.
type world struct {
	handoff handoff
	box     inbox
	watcher watcher

	stuck  bool // tasks return only after they were moved
	hired  int  // spare drivers in the model
	tasks  []*work
	posts  int // how many will be posted
	ending ending
	// Loop state: only the owner may touch it.
	next    int // index of the next task
	running int
	away    int
	// Truth.
	spare  int    // drivers that have come to help; they do so in their order
	owner  string // who drives the loop; "" while a new driver is on its way
	jobs   []int  // for new drivers: which task was moved
	locked string // who holds the inbox's mutex
	woken  bool   // the kernel's wake-up
	rouse  bool   // the pacer's
	over   bool   // the loop has ended
	done   []int
	drops  []int
	taken  int // posts that the inbox took
	ran    int
	fault  string
}

// ending says how the loop of a world ends.
type ending int

const (
	whenAllIsDone ending = iota // the driver just stops
	inPeace                     // closeIfEmpty, when nothing is away
	atOnce                      // close
)

func newWorld(tasks, posts int, end ending) *world {
	w := &world{posts: posts, ending: end, owner: "driver", done: make([]int, tasks), drops: make([]int, tasks)}
	for range tasks {
		w.tasks = append(w.tasks, new(work))
	}
	return w
}

func (w *world) index(x *work) int {
	for i, t := range w.tasks {
		if t == x {
			return i
		}
	}
	return -1
}

// A worldKey tells two states of a world apart.
type worldKey struct {
	ticket                                           uint64
	asleep, closed, parked, woken, rouse, over       bool
	finished, done, drops                            [3]int
	posts, counted, next, running, away, jobs, spare int
	taken, ran                                       int
	owner, locked                                    string
}

func (w *world) state() any {
	k := worldKey{
		ticket: w.handoff.word.Load(),
		asleep: w.box.asleep.Load(), closed: w.box.closed, parked: w.watcher.parked.Load(),
		woken: w.woken, rouse: w.rouse, over: w.over,
		posts: len(w.box.posts), counted: int(w.box.nposts.Load()),
		next: w.next, running: w.running, away: w.away, jobs: len(w.jobs), spare: w.spare,
		taken: w.taken, ran: w.ran, owner: w.owner, locked: w.locked,
	}
	for i, x := 0, w.box.finished.Load(); x != nil; i, x = i+1, x.next {
		k.finished[i] = w.index(x) + 2 // 1 is the end of all lists
	}
	copy(k.done[:], w.done)
	copy(k.drops[:], w.drops)
	return k
}

func (w *world) check() error {
	if w.fault != "" {
		return fmt.Errorf("%s", w.fault)
	}
	for i := range w.tasks {
		if w.done[i]+w.drops[i] > 1 {
			return fmt.Errorf("task %d: Done %d times, Drop %d times", i, w.done[i], w.drops[i])
		}
	}
	return nil
}

func (w *world) final() error {
	for i := range w.tasks {
		if w.done[i]+w.drops[i] != 1 {
			return fmt.Errorf("task %d: Done %d times, Drop %d times", i, w.done[i], w.drops[i])
		}
	}
	if w.ran != w.taken || w.ending == whenAllIsDone && w.taken != w.posts {
		return fmt.Errorf("%d posts, %d taken, %d run", w.posts, w.taken, w.ran)
	}
	if !w.over || len(w.jobs) > 0 {
		return fmt.Errorf("over = %v, %d drivers wanted", w.over, len(w.jobs))
	}
	return nil
}

// mine notes a fault if the loop is not the caller's.
func (w *world) mine(name string) {
	if w.owner != name && w.fault == "" {
		w.fault = fmt.Sprintf("%s touches the loop of %q", name, w.owner)
	}
}

// moved is what whoever takes a task of a driver does.
func (w *world) moved() {
	if w.owner == "" {
		w.fault = "the loop was moved while nobody drove it"
	}
	w.owner = ""
	w.jobs = append(w.jobs, w.running)
}

// complete is Task.Done.
func (w *world) complete(name string, i int) {
	w.mine(name)
	w.done[i]++
}

func (w *world) model(actors ...*actor) *model {
	return &model{actors: actors, state: w.state, check: w.check, final: w.final}
}
