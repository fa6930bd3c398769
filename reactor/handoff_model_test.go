package reactor

import "fmt"

// A world is what the actors of a hand-off share: the real handoff and inbox of
// one loop, and what the model knows better than they do.
type world struct {
	handoff handoff
	box     inbox
	watcher watcher

	hired  int // spare drivers in the model
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

func (w *world) state() string {
	list := ""
	for x := w.box.finished.Load(); x != nil; x = x.next {
		list += fmt.Sprint(w.index(x))
	}
	return fmt.Sprint(w.handoff.word.Load(), w.box.asleep.Load(), list, len(w.box.posts), w.box.nposts.Load(), w.box.closed,
		w.watcher.parked.Load(), w.next, w.running, w.away, w.owner, w.jobs, w.spare, w.locked, w.woken, w.rouse, w.over, w.done, w.drops,
		w.taken, w.ran)
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
	a.locals = func() string { return fmt.Sprint(d.ticket, d.task, w.index(d.old), d.old == nil) }
	a.steps = map[string]func() string{
		"idle": d.resume, "begin": d.begin, "return": d.giveBack,
		"add: load": d.addLoad, "add: cas": d.addCAS, "rouse: load": d.rouseLoad, "rouse: cas": d.rouseCAS, "wake": d.wake,
		"home: load": d.homeLoad, "home: swap": d.homeSwap, "posts: load": d.postsLoad, "posts: take": d.postsTake,
		"sleep: store": d.sleepStore, "sleep: finished": d.sleepFinished, "sleep: posts": d.sleepPosts,
		"wait": d.wait, "awake": d.awake, "watcher: load": d.watcherLoad, "watcher: cas": d.watcherCAS, "pacer": d.pacer,
		"end?": d.mayEnd, "close if empty": d.closeIfEmpty, "close": d.close,
	}
	a.waits = map[string]func() bool{
		"idle":           func() bool { return len(w.jobs) > 0 && w.spare == turn },
		"wait":           func() bool { return w.woken },
		"posts: take":    func() bool { return w.locked == "" },
		"close if empty": func() bool { return w.locked == "" },
		"close":          func() bool { return w.locked == "" },
	}
	return a
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
	return "return"
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
	return "watcher: load"
}

func (d *modelDriver) watcherLoad() string {
	if d.w.watcher.parked.Load() {
		return "watcher: cas"
	}
	return "home: load"
}

func (d *modelDriver) watcherCAS() string {
	if d.w.watcher.parked.CompareAndSwap(true, false) {
		return "pacer"
	}
	return "home: load"
}

func (d *modelDriver) pacer() string {
	d.w.rouse = true
	return "home: load"
}

// look is a watcher that looks n times.
func (w *world) look(n int) *actor {
	var seen, t uint64
	a := &actor{name: "watcher", at: "look"}
	a.locals = func() string { return fmt.Sprint(n, seen, t) }
	a.steps = map[string]func() string{
		"look": func() string {
			if n == 0 {
				return ""
			}
			n--
			if t = w.handoff.holder(); t != 0 && t == seen {
				return "take"
			}
			seen = t
			return "look"
		},
		"take": func() string {
			if w.handoff.take(t) {
				w.moved()
				t = 0
			}
			seen = t
			return "look"
		},
	}
	return a
}

// release is a Hold.Release of the task with the ticket, at any moment, n times.
func (w *world) release(name string, ticket uint64, n int) *actor {
	a := &actor{name: name, at: "take"}
	a.locals = func() string { return fmt.Sprint(n) }
	a.steps = map[string]func() string{"take": func() string {
		if w.handoff.take(ticket) {
			w.moved()
		}
		if n--; n > 0 {
			return "take"
		}
		return ""
	}}
	return a
}

// post is a goroutine that posts once.
func (w *world) post(name string) *actor {
	a := &actor{name: name, at: "append"}
	a.waits = map[string]func() bool{"append": func() bool { return w.locked == "" }}
	d := &modelDriver{w: w, name: name}
	a.steps = map[string]func() string{
		"append": func() string {
			if w.box.closed {
				return ""
			}
			w.taken++
			w.locked = name
			w.box.posts = append(w.box.posts, func() {})
			return "count"
		},
		"count": func() string {
			w.box.nposts.Store(int32(len(w.box.posts)))
			w.locked = ""
			return "rouse: load"
		},
		"rouse: load": d.rouseLoad, "rouse: cas": d.rouseCAS, "wake": d.wake,
	}
	return a
}

// park is a watcher that parks n times.
func (w *world) park(n int) *actor {
	a := &actor{name: "watcher", at: "store"}
	a.locals = func() string { return fmt.Sprint(n) }
	again := func() string {
		if n--; n > 0 {
			return "store"
		}
		return ""
	}
	a.waits = map[string]func() bool{"wait": func() bool { return w.rouse }}
	a.steps = map[string]func() string{
		"store": func() string { w.watcher.parked.Store(true); return "look" },
		"look": func() string {
			if w.box.asleep.Load() {
				return "wait"
			}
			return "cas"
		},
		"cas": func() string {
			if w.watcher.parked.CompareAndSwap(true, false) {
				return again()
			}
			return "wait"
		},
		"wait": func() string { w.rouse = false; return again() },
	}
	return a
}

func (w *world) model(actors ...*actor) *model {
	return &model{actors: actors, state: w.state, check: w.check, final: w.final}
}
