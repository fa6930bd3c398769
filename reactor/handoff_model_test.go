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

// A modelDriver is a goroutine of the group as drive, run, finish and end are.
type modelDriver struct {
	w      *world
	name   string
	ticket uint64
	task   int
	old    *work
}

func (w *world) driver(name, at string) *actor {
	d := &modelDriver{w: w, name: name}
	turn := w.hired
	if at == "idle" {
		w.hired++
	}
	a := &actor{name: name, at: at, idle: "idle"}
	a.locals = func() [4]int {
		old := 0 // nil
		if d.old != nil {
			old = w.index(d.old) + 2
		}
		return [4]int{int(d.ticket), d.task, old}
	}
	a.waits = func(at string) bool {
		switch at {
		case "idle":
			return len(w.jobs) == 0 || w.spare != turn
		case "wait":
			return !w.woken
		case "return": // the user code of a task
			return w.stuck && w.handoff.holder() == d.ticket
		case "posts: take", "close if empty", "close":
			return w.locked != ""
		}
		return false
	}
	a.step = d.step
	return a
}

func (d *modelDriver) step(at string) string {
	switch at {
	case "idle":
		return d.resume()
	case "begin":
		return d.begin()
	case "return":
		return d.giveBack()
	case "add: load":
		return d.addLoad()
	case "add: cas":
		return d.addCAS()
	case "home: load":
		return d.homeLoad()
	case "home: swap":
		return d.homeSwap()
	case "posts: load":
		return d.postsLoad()
	case "posts: take":
		return d.postsTake()
	case "end?":
		return d.mayEnd()
	case "close if empty":
		return d.closeIfEmpty()
	case "close":
		return d.close()
	case "watcher: load":
		return d.watcherLoad()
	case "watcher: cas":
		return d.watcherCAS()
	case "pacer":
		return d.pacer()
	}
	return d.sleepStep(at)
}

// sleepStep is the part of a driver that agrees about sleeping with those who
// wake it, and their part of it.
func (d *modelDriver) sleepStep(at string) string {
	switch at {
	case "sleep: store":
		return d.sleepStore()
	case "sleep: finished":
		return d.sleepFinished()
	case "sleep: posts":
		return d.sleepPosts()
	case "wait":
		return d.wait()
	case "awake":
		return d.awake()
	case "rouse: load":
		return d.rouseLoad()
	case "rouse: cas":
		return d.rouseCAS()
	case "wake":
		return d.wake()
	}
	panic("no step " + at)
}

// resume is how a new driver begins.
func (d *modelDriver) resume() string {
	w := d.w
	if w.owner != "" {
		w.fault = "a second driver"
	}
	w.owner = d.name
	w.spare++
	w.jobs = w.jobs[1:]
	w.away++
	return "begin"
}

// begin takes the next task, which nobody else can see, and opens the loop.
func (d *modelDriver) begin() string {
	w := d.w
	w.mine(d.name)
	if w.next == len(w.tasks) {
		return d.homeLoad()
	}
	d.task = w.next
	d.ticket = uint64(d.task) + 1
	w.running = d.task
	w.next++
	w.handoff.begin(d.ticket)
	return "watcher: load"
}

func (d *modelDriver) giveBack() string {
	if d.w.handoff.take(d.ticket) {
		d.w.complete(d.name, d.task)
		return "begin"
	}
	return "add: load"
}

func (d *modelDriver) addLoad() string {
	if d.old = d.w.box.finished.Load(); d.old == noMore {
		d.w.drops[d.task]++
		return ""
	}
	return "add: cas"
}

func (d *modelDriver) addCAS() string {
	x := d.w.tasks[d.task]
	x.next = d.old
	if d.w.box.finished.CompareAndSwap(d.old, x) {
		return "rouse: load"
	}
	return "add: load"
}

func (d *modelDriver) rouseLoad() string {
	if d.w.box.asleep.Load() {
		return "rouse: cas"
	}
	return ""
}

func (d *modelDriver) rouseCAS() string {
	if d.w.box.asleep.CompareAndSwap(true, false) {
		return "wake"
	}
	return ""
}

func (d *modelDriver) wake() string {
	d.w.woken = true
	return ""
}

func (d *modelDriver) homeLoad() string {
	if d.w.box.finished.Load() == nil {
		return "posts: load"
	}
	return "home: swap"
}

func (d *modelDriver) homeSwap() string {
	for x := reverse(d.w.box.finished.Swap(nil)); x != nil; x = x.next {
		d.w.complete(d.name, d.w.index(x))
		d.w.away--
	}
	return "posts: load"
}

func (d *modelDriver) postsLoad() string {
	if d.w.box.nposts.Load() == 0 {
		return "end?"
	}
	return "posts: take"
}

func (d *modelDriver) postsTake() string {
	d.w.mine(d.name)
	d.w.ran += len(d.w.box.takePosts(nil))
	return "end?"
}

func (d *modelDriver) mayEnd() string {
	w := d.w
	w.mine(d.name)
	switch {
	case w.next < len(w.tasks): // what came in has led to them
		return "begin"
	case w.ending == atOnce:
		return "close"
	case w.ending == inPeace && w.away == 0:
		return "close if empty"
	case w.ending == whenAllIsDone && w.away == 0 && w.ran == w.posts:
		w.over = true
		return ""
	}
	return "sleep: store"
}

func (d *modelDriver) closeIfEmpty() string {
	if !d.w.box.closeIfEmpty() {
		return "sleep: store"
	}
	return "close"
}

func (d *modelDriver) close() string {
	w := d.w
	w.mine(d.name)
	finished, posts := w.box.close()
	w.ran += len(posts)
	for ; finished != nil; finished = finished.next {
		w.drops[w.index(finished)]++
	}
	w.over = true
	return ""
}

func (d *modelDriver) sleepStore() string {
	d.w.mine(d.name)
	d.w.box.asleep.Store(true)
	return "sleep: finished"
}

func (d *modelDriver) sleepFinished() string {
	if d.w.box.finished.Load() != nil {
		return "awake"
	}
	return "sleep: posts"
}

func (d *modelDriver) sleepPosts() string {
	if d.w.box.nposts.Load() != 0 {
		return "awake"
	}
	return "wait"
}

func (d *modelDriver) wait() string {
	d.w.mine(d.name)
	d.w.woken = false
	return "awake"
}

func (d *modelDriver) awake() string {
	d.w.box.awake()
	return "home: load"
}

func (d *modelDriver) watcherLoad() string {
	if d.w.watcher.parked.Load() {
		return "watcher: cas"
	}
	return "return"
}

func (d *modelDriver) watcherCAS() string {
	if d.w.watcher.parked.CompareAndSwap(true, false) {
		return "pacer"
	}
	return "return"
}

func (d *modelDriver) pacer() string {
	d.w.rouse = true
	return "return"
}

// look is a watcher that looks n times; a negative n is for ever.
func (w *world) look(n int) *actor {
	var seen, t uint64
	a := &actor{name: "watcher", at: "look"}
	a.locals = func() [4]int { return [4]int{n, int(seen), int(t)} }
	a.step = func(at string) string {
		if at == "take" {
			if w.handoff.take(t) {
				w.moved()
				t = 0
			}
			seen = t
			return "look"
		}
		if n == 0 {
			return ""
		}
		n = max(n-1, -1)
		if t = w.handoff.holder(); t != 0 && t == seen {
			return "take"
		}
		seen = t
		return "look"
	}
	return a
}

// release is a Hold.Release of the task with the ticket, at any moment, n times.
func (w *world) release(name string, ticket uint64, n int) *actor {
	a := &actor{name: name, at: "take"}
	a.locals = func() [4]int { return [4]int{n} }
	a.step = func(string) string {
		if w.handoff.take(ticket) {
			w.moved()
		}
		if n--; n > 0 {
			return "take"
		}
		return ""
	}
	return a
}

// post is a goroutine that posts once.
func (w *world) post(name string) *actor {
	a := &actor{name: name, at: "append"}
	a.waits = func(at string) bool { return at == "append" && w.locked != "" }
	d := &modelDriver{w: w, name: name}
	a.step = func(at string) string {
		switch at {
		case "append":
			if w.box.closed {
				return ""
			}
			w.taken++
			w.locked = name
			w.box.posts = append(w.box.posts, func() {})
			return "count"
		case "count":
			w.box.nposts.Store(int32(len(w.box.posts)))
			w.locked = ""
			return "rouse: load"
		}
		return d.sleepStep(at)
	}
	return a
}

// park is a watcher that parks, and looks when it is roused, until it has moved
// all tasks.
func (w *world) park() *actor {
	a := w.look(-1)
	a.at, a.idle = "store", ""
	look := a.step
	moves := 0
	locals := a.locals
	a.locals = func() [4]int { k := locals(); k[3] = moves; return k }
	a.waits = func(at string) bool { return at == "wait" && !w.rouse }
	a.step = func(at string) string {
		switch at {
		case "store":
			w.watcher.parked.Store(true)
			return "holder"
		case "holder":
			if w.handoff.holder() == 0 {
				return "wait"
			}
			return "cas"
		case "cas":
			if w.watcher.parked.CompareAndSwap(true, false) {
				return "look"
			}
			return "wait"
		case "wait":
			w.rouse = false
			return "look"
		case "take":
			look(at)
			if moves++; moves == len(w.tasks) {
				return ""
			}
			return "store"
		}
		return look(at)
	}
	return a
}

func (w *world) model(actors ...*actor) *model {
	return &model{actors: actors, state: w.state, check: w.check, final: w.final}
}
