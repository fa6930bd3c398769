package reactor

import (
	"context"
	"sync"
	"time"
)

// A Group is a number of loops, the listeners that feed them, the watcher
// that moves them on, and the goroutines for what runs away from them.
//
// Its life: New, Listen (any number of times), Start, Shutdown. Any
// goroutine may call its methods.
type Group struct {
	// Set by New, never changed.
	cfg     Config
	loops   []*Loop
	watcher *watcher

	crew   crew
	supply supply
	once   sync.Once // the end of watcher and crew

	mu        sync.Mutex
	listeners []*Listener
	started   bool
	stopped   bool
}

// New makes a group. Nothing runs before Start.
func New(cfg Config) (*Group, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	wakeRuntimePoller()
	g := &Group{cfg: cfg.withDefaults()}
	g.crew.most = g.cfg.MaxAwayIdle
	for i := range g.cfg.Loops {
		k, err := g.cfg.Kernel(i)
		if err != nil {
			g.destroy()
			return nil, err
		}
		g.loops = append(g.loops, newLoop(g, i, k))
	}
	g.watcher = newWatcher(g)
	return g, nil
}

// wakeRuntimePoller has Go's runtime open the descriptors of its own poller
// now. It does so when the first timer is set, and if there are none left then,
// it ends the program.
func wakeRuntimePoller() {
	time.AfterFunc(time.Hour, func() {}).Stop()
}

// destroy gives back the kernels of a group that could not be made.
func (g *Group) destroy() {
	for _, l := range g.loops {
		l.kernel.Destroy()
	}
}

// Loops are the loops of the group. The caller does not change the slice.
func (g *Group) Loops() []*Loop { return g.loops }

// Start begins to serve. It may be called once.
func (g *Group) Start() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.started || g.stopped {
		return ErrRunning
	}
	g.started = true
	for _, l := range g.loops {
		g.crew.start(job{loop: l, how: stayed})
	}
	g.countPs(0)
	go g.watcher.watch()
	return nil
}

// Go runs f on one of the goroutines that the group keeps for its tasks, or on a new
// one: like a go statement, but on a stack that has grown already. It is for work of
// a protocol that is no task, such as a handshake. Shutdown does not wait for it. f
// may not leave its thread locked. Any goroutine.
func (g *Group) Go(f func()) { g.crew.start(job{other: f}) }

// countPs looks at who needs a P; away is how many tasks are.
func (g *Group) countPs(away int) {
	ours := len(g.loops) + 1 + g.crew.waiting()
	g.supply.count(len(g.loops), away, ours)
}

// Close ends everything without waiting for anybody: a Shutdown whose time
// is over.
func (g *Group) Close() {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	g.Shutdown(gone)
}

// Shutdown closes the listeners, waits until every connection has been
// closed and every task has come home, and ends the loops. It closes no
// connection itself: that is for the protocols to do. When ctx is done
// first, the connections that are left are closed with ErrStopped, tasks
// that are still away get Drop when they return, and Shutdown returns the
// cause. A group that was never started just gives back its descriptors.
// It waits for the loops, so none of their callbacks may call it.
func (g *Group) Shutdown(ctx context.Context) error {
	g.mu.Lock()
	started, first := g.started, !g.stopped
	g.stopped = true
	g.mu.Unlock()
	g.CloseListeners()
	if !started {
		if first {
			g.abandon()
		}
		return nil
	}
	for _, l := range g.loops {
		l.Post(l.endWhenEmpty)
	}
	var err error
	for _, l := range g.loops {
		if e := l.awaitEnd(ctx); e != nil {
			err = e
		}
	}
	g.once.Do(func() {
		g.watcher.stop()
		g.crew.dismiss()
	})
	return err
}

// abandon ends loops that never ran: the caller is their driver.
func (g *Group) abandon() {
	for _, l := range g.loops {
		l.ending = true
		l.end()
	}
	g.watcher.pacer.Close()
}

// awaitEnd waits for the loop to end by itself, then makes it.
func (l *Loop) awaitEnd(ctx context.Context) error {
	select {
	case <-l.ended:
		return nil
	case <-ctx.Done():
	}
	l.Post(l.endNow)
	<-l.ended
	return context.Cause(ctx)
}

// endWhenEmpty lets the loop end once it has no connection and no task.
func (l *Loop) endWhenEmpty() { l.emptyEnds = true }

// endNow closes all connections and ends the loop without waiting for tasks.
func (l *Loop) endNow() {
	l.conns.each(func(c *Conn) { c.Close(ErrStopped) })
	l.ending = true
}

// mayEnd reports that the loop has nothing left to do and was told to end
// then.
func (l *Loop) mayEnd() bool {
	return l.ending || l.emptyEnds && l.conns.n == 0 && l.stats.away.Load() == 0
}

// end is the last thing that a driver does. It reports false if something has
// come in that a loop which ends in peace should still do.
func (l *Loop) end() bool {
	if !l.ending && !l.inbox.closeIfEmpty() {
		return false
	}
	finished, posts := l.inbox.close()
	for _, fn := range l.posts[l.nextPost:] {
		fn()
	}
	for _, fn := range posts {
		fn()
	}
	l.closeAll()
	for ; finished != nil; finished = finished.next {
		l.drop(finished)
	}
	for w := l.queue.pop(); w != nil; w = l.queue.pop() {
		w.task.Drop()
	}
	for _, o := range l.outputs {
		l.buffers.Put(o.tail)
	}
	l.outputs = nil
	l.last = l.snapshot()
	l.kernel.Destroy()
	close(l.ended)
	return true
}

// closeAll closes the connections that have come in when the loop was told to
// end at once.
func (l *Loop) closeAll() {
	l.conns.each(func(c *Conn) { c.Close(ErrStopped) })
	for ; l.nextClosed < len(l.closing); l.nextClosed++ {
		l.closing[l.nextClosed].finishClose()
	}
}

// drop ends a task that cannot come home. Any goroutine.
func (l *Loop) drop(w *work) {
	l.stats.away.Add(-1)
	w.task.Drop()
}
