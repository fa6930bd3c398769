package reactor

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
