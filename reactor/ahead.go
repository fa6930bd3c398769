package reactor

import "time"

// What a loop does for a connection sends the processor through the kernel's way
// in, our code, and the kernel's way out, none of which its nearest caches hold
// beside the others. So where an iteration has several events, a loop goes each
// part of the way for a few connections one after the other: it reads for them
// ahead of their events, then handles these, then writes.

const (
	// aheadConns is for how many connections.
	aheadConns = 16
	// aheadRoom is how much of the buffer has to be free for one more of them.
	aheadRoom = 8 << 10
	// gatherTime is for how long, about, tasks may run before the output of the
	// events before them has to leave.
	gatherTime = 50 * time.Microsecond
)

// A reading is what a read that was done ahead has brought.
type reading struct {
	conn  *Conn // nil: it was taken
	b     []byte
	n     int
	errno Errno
}

// readings are those for the events up to upTo. The zero value is empty.
type readings struct {
	list        [aheadConns]reading
	first, last int // list[first:last] may not be taken yet
	upTo        int // the first event that was not looked at
	buffer      []byte
}

// readAhead reads for the events that come next. A connection that has a reading
// is marked, so that whatever makes it read before its event finds that first.
// Hot path.
func (l *Loop) readAhead() {
	l.keepReadings()
	a := &l.ahead
	a.first, a.last = 0, 0
	room := a.buffer
	i := l.nextEvent
	for ; i < l.nEvents && a.last < aheadConns && len(room) >= aheadRoom; i++ {
		ev := l.events[i]
		if ev.Key&listenerKey != 0 || ev.Flags&(Readable|PeerClosed|Broken) != Readable {
			continue
		}
		c := l.conns.get(ev.Key)
		if c == nil || c.in != nil || c.flags&(early|paused|congested|closing|closed) != 0 {
			continue
		}
		n, errno := l.kernel.Read(int(c.fd), room)
		c.set(early)
		a.list[a.last] = reading{c, room, n, errno}
		a.last++
		if room = room[max(n, 0):]; n > aheadRoom {
			i++
			break // the next one may have as much to say, and would be cut short
		}
	}
	a.upTo = i
}

// takeReading returns what was read ahead for c. Hot path.
func (l *Loop) takeReading(c *Conn) (b []byte, n int, errno Errno) {
	a := &l.ahead
	c.unset(early)
	for i := a.first; i < a.last; i++ {
		if r := &a.list[i]; r.conn == c {
			b, n, errno = r.b, r.n, r.errno
			r.conn, r.b = nil, nil
			break
		}
	}
	for a.first < a.last && a.list[a.first].conn == nil {
		a.first++
	}
	return b, n, errno
}

// keepReadings moves what its connection has not taken into the input: something
// that was done for another one has stopped it from reading. Hot path.
func (l *Loop) keepReadings() {
	a := &l.ahead
	for i := a.first; i < a.last; i++ {
		if c := a.list[i].conn; c != nil {
			c.claimReading()
			a.list[i] = reading{}
		}
	}
	a.first = a.last
}

// claimReading moves what was read ahead for c, if anything, into its input,
// without a word to the handler. It leaves c readable, and the next read tells.
func (c *Conn) claimReading() {
	if !c.is(early) || c.Closed() {
		return
	}
	l := c.loop
	b, n, errno := l.takeReading(c)
	switch {
	case n > 0:
		c.set(readable | unseen)
		c.in = l.newInput()
		c.in.b = append(l.buffers.Get(max(keptInput, n))[:0], b[:n]...)
		l.stats.bytesIn += uint64(n)
	case errno != 0 && errno != errAgain:
		c.Close(errno)
	}
}

// gathers reports whether output may wait for the events behind it, because they
// are read already and take no time. Hot path.
func (l *Loop) gathers() bool {
	return l.ahead.first < l.ahead.last && l.nextEvent < l.ahead.upTo && l.slice.spent < gatherTime
}
