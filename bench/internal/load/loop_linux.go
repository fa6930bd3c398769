package load

import (
	"bytes"
	"crypto/tls"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	edgeTriggered = 1 << 31 // EPOLLET, which package syscall has as a negative number
	alarmSlot     = -1      // the key of the alarm among the events
	bufferSize    = 256 << 10
	// maxErrors ends a run early: what is measured then is not the server.
	maxErrors = 1000
	// stuckAfter is how long a request may go unanswered at the end of a run.
	stuckAfter = 5 * time.Second
	// lookAround bounds a wait, so that a loop notices the end of the run.
	lookAround = 20 // milliseconds
)

// flags are what the goroutine that called Run and the loops share.
type flags struct {
	// Any goroutine, atomic.
	counting atomic.Bool
	stop     atomic.Bool
	failed   atomic.Bool  // too many errors
	made     atomic.Int64 // connections that are ready for the first time
}

// A group is a loop's share of a Group.
type group struct {
	// Set before the loop runs, never changed.
	spec   *Group
	wire   []byte // Depth copies of the main request
	start  time.Duration
	sched  schedule // of an open group
	config *tls.Config

	// Loop goroutine only.
	next  int64   // open: number of the next request
	idle  []*conn // open: a ring, first in first out
	head  int     // open: where the ring begins
	count int     // open: how many wait in it
	conns []*conn
	chorus
	res GroupResult
}

// A loop drives a share of all connections on one thread.
type loop struct {
	// Set before the loop runs, never changed.
	base  time.Time
	to    *syscall.SockaddrInet4
	flags *flags
	ep    int

	// Loop goroutine only.
	alarm  alarm
	groups []*group
	conns  []*conn // by slot
	events [256]syscall.EpollEvent
	buf    []byte
	dice   dice
	timed  bool // has open or paced groups
	errs   Errors
}

// newLoop returns the loop of one thread with all that it needs.
func newLoop(p *Plan, to *syscall.SockaddrInet4, f *flags, thread, threads int, base time.Time) (*loop, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	own := *to // connecting writes to scratch space in it
	l := &loop{base: base, to: &own, flags: f, ep: ep, buf: make([]byte, bufferSize), dice: dice(thread + 1)}
	if l.alarm, err = newAlarm(); err != nil {
		l.close()
		return nil, err
	}
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN | edgeTriggered, Fd: alarmSlot}
	if err := syscall.EpollCtl(ep, syscall.EPOLL_CTL_ADD, l.alarm.fd, &ev); err != nil {
		l.close()
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	for i := range p.Groups {
		l.addGroup(&p.Groups[i], thread, threads)
	}
	return l, nil
}

// addGroup gives the loop its share of the connections of spec.
func (l *loop) addGroup(spec *Group, thread, threads int) {
	g := &group{spec: spec, start: l.now(), res: GroupResult{Name: spec.Name}}
	if spec.TLS {
		g.config = tlsConfig(spec.Proto)
	}
	g.wire = bytes.Repeat(spec.Main.Wire, max(1, spec.Depth))
	if spec.Rate > 0 {
		g.sched = newSchedule(g.start, spec.Rate, thread, threads)
	}
	l.timed = l.timed || spec.timed() || spec.Chorus
	conns := share(spec.Conns, thread, threads)
	if spec.Fresh && spec.TLS {
		conns = 0 // shakers make them
	}
	for i := range conns {
		c := &conn{g: g, slot: int32(len(l.conns))}
		if spec.Period > 0 { // spread the connections over the period
			c.due = g.start + time.Duration(i*threads+thread)*spec.Period/time.Duration(spec.Conns)
		}
		g.conns = append(g.conns, c)
		l.conns = append(l.conns, c)
	}
	g.idle = make([]*conn, len(g.conns))
	l.groups = append(l.groups, g)
}

// now returns the time since the run began. Hot path.
func (l *loop) now() time.Duration { return time.Since(l.base) }

// run is the loop: it makes all connections, acts on events until it is told
// to stop and counts what is still unanswered then.
func (l *loop) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, c := range l.conns {
		l.open(c)
	}
	for !l.flags.stop.Load() {
		if l.timed {
			l.fire()
		}
		n, err := syscall.EpollWait(l.ep, l.events[:], lookAround)
		if err != nil && err != syscall.EINTR {
			l.flags.failed.Store(true)
			return
		}
		for _, ev := range l.events[:max(n, 0)] {
			if ev.Fd == alarmSlot {
				l.alarm.at = 0
			} else if c := l.conns[ev.Fd]; c.gen == ev.Pad && c.phase != phaseClosed {
				l.event(c, ev.Events)
			}
		}
	}
	now := l.now()
	for _, c := range l.conns {
		if c.phase == phaseBusy && now-c.sent > stuckAfter {
			l.errs.Stuck++
		}
	}
}

// checkErrors reports whether the run may go on.
func (l *loop) checkErrors() bool {
	if l.errs.Total() < maxErrors {
		return true
	}
	l.flags.failed.Store(true)
	l.flags.stop.Store(true)
	return false
}

// close ends all connections and frees what newLoop made.
func (l *loop) close() {
	for _, c := range l.conns {
		l.shut(c)
	}
	_ = syscall.Close(l.ep)
	if l.alarm.fd > 0 {
		_ = syscall.Close(l.alarm.fd)
	}
}
