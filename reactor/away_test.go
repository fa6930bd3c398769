package reactor

import (
	"errors"
	"fmt"
	"testing"
)

// A desk is an awayQueue of a loop that sends tasks away, with the hands that run
// them.
type desk struct {
	queue  awayQueue
	tasks  []*work
	blocks uint // a set of tasks: those return only when all others have begun
	pushed int
	starts int  // hands that were started and have not begun
	begun  uint // a set of tasks
	over   uint
}

func newDesk(tasks int, blocks uint) *desk {
	d := &desk{blocks: blocks}
	for range tasks {
		d.tasks = append(d.tasks, new(work))
	}
	return d
}

func (d *desk) all() uint { return 1<<len(d.tasks) - 1 }

// loop sends all tasks away.
func (d *desk) loop() *actor {
	return &actor{name: "loop", at: "push", step: func(string) string {
		if d.queue.push(d.tasks[d.pushed]) {
			d.starts++
		}
		if d.pushed++; d.pushed < len(d.tasks) {
			return "push"
		}
		return ""
	}}
}

// hand is one that does what hand.serve does.
func (d *desk) hand(name string) *actor {
	var arrived bool
	task := -1
	a := &actor{name: name, at: "idle", idle: "idle"}
	a.locals = func() [4]int { return [4]int{task} }
	a.waits = func(at string) bool {
		return at == "idle" && d.starts == 0 || at == "run" && d.blocks&(1<<task) != 0 && d.begun != d.all()
	}
	a.step = func(at string) string {
		switch at {
		case "idle":
			d.starts--
			arrived = true
			return "arrive"
		case "run":
			d.over |= 1 << task
			task = -1
		}
		w, start := d.queue.pop(arrived)
		arrived = false
		if start {
			d.starts++
		}
		if w == nil {
			return "idle"
		}
		for i, t := range d.tasks {
			if t == w {
				task = i
				d.begun |= 1 << i
			}
		}
		return "run"
	}
	return a
}

func (d *desk) model(actors ...*actor) *model {
	return &model{
		actors: actors,
		state: func() any {
			return [6]int{d.queue.queue.n, d.pushed, d.starts, int(d.begun), int(d.over), boolInt(d.queue.coming)}
		},
		check: func() error {
			if d.starts > 1 {
				return fmt.Errorf("%d hands are coming", d.starts)
			}
			if d.queue.queue.n > 0 && !d.queue.coming {
				return errors.New("nobody comes for the queue")
			}
			return nil
		},
		final: func() error {
			if d.over != d.all() {
				return fmt.Errorf("of the tasks %b have run", d.over)
			}
			return nil
		},
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Whatever tasks block until all others have begun, no task waits for another.
func TestNoTaskAwayWaitsForOneThatBlocks(t *testing.T) {
	t.Parallel()
	const tasks = 3
	for blocks := range uint(1 << tasks) {
		explore(t, func() *model {
			d := newDesk(tasks, blocks)
			return d.model(d.loop(), d.hand("a"), d.hand("b"), d.hand("c"), d.hand("d"))
		})
	}
}
