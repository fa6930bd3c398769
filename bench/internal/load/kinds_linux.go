package load

import "time"

// ready decides what c does next: it is connected and has nothing outstanding.
// Hot path.
func (l *loop) ready(c *conn, now time.Duration) {
	g := c.g
	switch {
	case g.spec.Rate > 0:
		if due := g.sched.due(g.next); due <= now {
			g.next++
			l.send(c, due, now)
			return
		}
		c.phase = phaseIdle
		g.push(c)
	case g.spec.Period > 0:
		c.phase = phaseIdle
		c.due = nextTick(c.due, g.spec.Period, now)
	default:
		l.send(c, now, now)
	}
}

// fire sends what is due in the open and paced groups and sets the alarm for
// what is due next.
func (l *loop) fire() {
	now := l.now()
	first := time.Duration(-1)
	for _, g := range l.groups {
		at := time.Duration(-1)
		switch {
		case g.spec.Chorus:
			at = l.fireChorus(g, now)
		case g.spec.Rate > 0:
			at = l.fireOpen(g, now)
		case g.spec.Period > 0:
			at = l.firePaced(g, now)
		}
		if at >= 0 && (first < 0 || at < first) {
			first = at
		}
	}
	if first >= 0 {
		l.alarm.set(first, l.now())
	}
}

// fireOpen sends the due requests of an open group on connections that are
// free, and returns when the next is due, or -1 if no connection is free to
// send it: then the next answer does.
func (l *loop) fireOpen(g *group, now time.Duration) time.Duration {
	for {
		c := g.peek()
		if c == nil {
			return -1
		}
		if c.phase != phaseIdle { // the server has ended it meanwhile
			g.pop()
			continue
		}
		due := g.sched.due(g.next)
		if due > now {
			return due
		}
		g.pop()
		g.next++
		l.send(c, due, now)
	}
}

// firePaced sends the due requests of a paced group, and returns when the next
// is due, or -1 if all its connections are busy.
func (l *loop) firePaced(g *group, now time.Duration) time.Duration {
	first := time.Duration(-1)
	for _, c := range g.conns {
		if c.phase != phaseIdle {
			continue
		}
		if c.due <= now {
			l.send(c, now, now)
		} else if first < 0 || c.due < first {
			first = c.due
		}
	}
	return first
}

// push appends c to the ring of free connections, unless an entry from before
// it was made again still stands for it.
func (g *group) push(c *conn) {
	if !c.queued {
		c.queued = true
		g.idle[(g.head+g.count)%len(g.idle)] = c
		g.count++
	}
}

// peek returns the connection that has been free for longest, or nil.
func (g *group) peek() *conn {
	if g.count == 0 {
		return nil
	}
	return g.idle[g.head]
}

// pop takes away what peek returned.
func (g *group) pop() {
	g.idle[g.head].queued = false
	g.head = (g.head + 1) % len(g.idle)
	g.count--
}
