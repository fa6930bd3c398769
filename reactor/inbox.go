package reactor

import (
	"sync"
	"sync/atomic"
)

// An inbox is where other goroutines leave things for a loop: finished tasks
// on an intrusive list, and posted functions.
//
// A loop that wants to sleep and a goroutine that adds something agree by
// Dekker's pattern: the loop stores asleep and looks at both lists again
// before it waits; whoever adds something stores it first and then takes
// asleep away by compare-and-swap. One of the two always sees the other, and
// only the one who takes asleep away pays for a wake-up.
type inbox struct {
	asleep   atomic.Bool
	finished atomic.Pointer[work] // last in, first out; noMore closes it

	mu     sync.Mutex
	posts  []func()
	nposts atomic.Int32
	closed bool
}

// noMore is the finished list of a loop that takes nothing more.
var noMore = new(work)

// addFinished adds w and reports whether the loop must be woken; home is
// false if the loop has ended and w stays with the caller.
func (b *inbox) addFinished(w *work) (wake, home bool) {
	for {
		old := b.finished.Load()
		if old == noMore {
			return false, false
		}
		w.next = old
		if b.finished.CompareAndSwap(old, w) {
			return b.rouse(), true
		}
	}
}

// takeFinished removes all finished work, oldest first. Hot path.
func (b *inbox) takeFinished() *work {
	if b.finished.Load() == nil {
		return nil
	}
	return reverse(b.finished.Swap(nil))
}

func reverse(w *work) (first *work) {
	for w != nil {
		next := w.next
		w.next = first
		first, w = w, next
	}
	return first
}

// addPost adds fn and reports whether the loop must be woken, and whether it
// still takes posts.
func (b *inbox) addPost(fn func()) (wake, taken bool) {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false, false
	}
	b.posts = append(b.posts, fn)
	b.nposts.Store(int32(len(b.posts)))
	b.mu.Unlock()
	return b.rouse(), true
}

// takePosts swaps the posted functions for the empty slice spare. Hot path.
func (b *inbox) takePosts(spare []func()) []func() {
	if b.nposts.Load() == 0 {
		return spare
	}
	b.mu.Lock()
	posts := b.posts
	b.posts = spare
	b.nposts.Store(0)
	b.mu.Unlock()
	return posts
}

// maySleep announces that the loop is about to wait, and reports whether it
// really may, which it may not if something has come in. The loop calls
// awake when it is back.
func (b *inbox) maySleep() bool {
	b.asleep.Store(true)
	if b.finished.Load() == nil && b.nposts.Load() == 0 {
		return true
	}
	b.awake()
	return false
}

func (b *inbox) awake() { b.asleep.Store(false) }

// rouse reports whether the caller is the one who has to wake the loop.
func (b *inbox) rouse() bool {
	return b.asleep.Load() && b.asleep.CompareAndSwap(true, false)
}

// closeIfEmpty ends the inbox if there is nothing in it, and reports whether it
// did. No task may be away.
func (b *inbox) closeIfEmpty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posts) > 0 || !b.finished.CompareAndSwap(nil, noMore) {
		return false
	}
	b.closed = true
	return true
}

// close ends the inbox and returns what was still in it.
func (b *inbox) close() (*work, []func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	posts := b.posts
	b.posts = nil
	b.nposts.Store(0)
	if finished := b.finished.Swap(noMore); finished != noMore {
		return reverse(finished), posts
	}
	return nil, posts
}

// Post runs fn on the loop, soon, and reports whether it will: false means
// that the loop has ended. Any goroutine may call it. Functions posted by
// one goroutine run in their order. fn must not block.
func (l *Loop) Post(fn func()) bool {
	wake, taken := l.inbox.addPost(fn)
	if wake {
		l.kernel.Wake()
	}
	return taken
}

// finish sends w, whose task has returned away from the loop, home. Any
// goroutine; w belongs to the loop afterwards.
func (l *Loop) finish(w *work) {
	wake, home := l.inbox.addFinished(w)
	if wake {
		l.kernel.Wake()
	}
	if !home {
		l.drop(w)
	}
}
