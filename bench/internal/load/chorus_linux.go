package load

import "time"

// A chorus is what a group keeps where everybody hears what anybody says.
type chorus struct {
	members int           // that have joined
	heard   int           // of the present message
	begin   time.Duration // when the next message is due, if a clock says so; else zero
	spoke   time.Duration // when the present one was sent
}

// gathering is how long a chorus waits after the last one has joined: a server
// may answer the opening handshake before it lets a connection hear anything.
const gathering = 100 * time.Millisecond

// join takes c in. The last one makes the group begin, after a while.
func (l *loop) join(c *conn) {
	g := c.g
	c.phase = phaseIdle
	if g.members++; g.members == len(g.conns) {
		g.begin = l.now() + gathering
	}
}

// fireChorus sends the next message if it is due, and returns when that is, or
// -1 if no clock says so.
func (l *loop) fireChorus(g *group, now time.Duration) time.Duration {
	if g.begin == 0 {
		return -1
	}
	if g.begin > now {
		return g.begin
	}
	g.begin = 0
	l.say(g)
	return -1
}

// say sends the next message of g, from its first connection. It is out on all
// of them until they have heard it. Hot path.
func (l *loop) say(g *group) {
	now := l.now()
	g.heard, g.spoke = 0, now
	for _, c := range g.conns {
		c.left, c.sent, c.since, c.phase = 1, now, now, phaseBusy
	}
	g.conns[0].rest = g.wire
	l.flush(g.conns[0])
}

// hear counts one delivery; after the last one the next message is due. Hot
// path.
func (l *loop) hear(c *conn) {
	g := c.g
	c.phase = phaseIdle
	if g.heard++; g.heard < len(g.conns) {
		return
	}
	if due := g.spoke + g.spec.Period; g.spec.Period > 0 && due > l.now() {
		g.begin = due
		return
	}
	l.say(g)
}

// leave takes a connection out that has broken. The message that it misses is
// not repeated: the others go on when it is back.
func (l *loop) leave(c *conn) {
	if g := c.g; g.spec.Chorus && c.phase != phaseConnect && c.phase != phaseUpgrade {
		g.members--
	}
}
