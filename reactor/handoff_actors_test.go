package reactor

// Those who want something of a driver, in the model of the hand-off.

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
