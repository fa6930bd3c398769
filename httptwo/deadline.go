package httptwo

import (
	"math"
	"time"
)

// Never is what Deadline returns when there is nothing to wait for.
const Never time.Duration = math.MaxInt64

// Deadline returns when Tick has to be called, on the clock of Init; Never if
// nothing is waited for. Ask again after each Next, Tick and AppendOutput.
func (s *Session) Deadline() time.Duration {
	if s.fail != nil {
		return Never
	}
	at := Never
	sooner := func(waits bool, since, timeout, byDefault time.Duration) {
		if timeout = or(timeout, byDefault); waits && timeout > 0 {
			at = min(at, since+timeout)
		}
	}
	sooner(s.flags&waitsFor != 0, s.partial, s.cfg.HeaderTimeout, defaultHeaderTimeout)
	sooner(s.flags&sawAck == 0, s.acked, s.cfg.SettingsTimeout, defaultSettingsTimeout)
	sooner(s.flags&pingOut != 0, s.pinged, s.cfg.PingTimeout, defaultPingTimeout)
	if s.flags&stallWatch != 0 {
		at = min(at, s.stallAt)
	}
	return at
}

// Tick tells the session how late it is. The error is a [*ConnError], as from
// Next. Streams that were held up for too long are reset: call Next, with nil
// if nothing was received, for their events.
func (s *Session) Tick(now time.Duration) error {
	s.now = now
	if s.fail != nil {
		return s.fail
	}
	over := func(since, timeout, byDefault time.Duration) bool {
		timeout = or(timeout, byDefault)
		return timeout > 0 && now-since >= timeout
	}
	switch {
	case s.flags&waitsFor != 0 && over(s.partial, s.cfg.HeaderTimeout, defaultHeaderTimeout):
		if s.flags&sawSettings == 0 {
			s.failed(errSlowPreface)
		} else {
			s.failed(errSlowFrame)
		}
	case s.flags&sawAck == 0 && over(s.acked, s.cfg.SettingsTimeout, defaultSettingsTimeout):
		s.failed(errSettingsAck)
	case s.flags&pingOut != 0 && over(s.pinged, s.cfg.PingTimeout, defaultPingTimeout):
		if s.flags&(goingAway|draining) == goingAway {
			s.drain()
		}
		s.failed(errPingTimeout)
	case s.flags&stallWatch != 0 && now >= s.stallAt:
		s.resetStalled()
	}
	if s.fail != nil {
		return s.fail
	}
	return nil
}

// Resume tells the session that octets are passed to Next again after the caller
// had stopped to read, for example because its client took no output. What the
// client had begun, or had to answer, could not be seen meanwhile: the time for
// it begins anew. Streams that a window holds up are none of that.
func (s *Session) Resume(now time.Duration) {
	s.now = now
	s.partial, s.acked, s.pinged = now, now, now
}

// maxStallLook is how soon after a window has held a stream up its time begins.
const maxStallLook = time.Second

// stalls notes that a window holds a stream up. What time it is, is not known
// here, for AppendOutput may be called long after Next: the first Tick, which is
// due soon, begins to time the stream. A tunnel is not timed: its ends have ways
// of their own to see that the other is gone.
func (s *Session) stalls(st *Stream) {
	timeout := or(s.cfg.StallTimeout, defaultStallTimeout)
	if st.flags&(flagStalled|flagTunnel) != 0 || timeout < 0 {
		return
	}
	st.flags |= flagStalled
	look := s.now + min(timeout/4, maxStallLook)
	if s.flags&stallWatch == 0 || look < s.stallAt {
		s.flags |= stallWatch
		s.stallAt = look
	}
}

// resetStalled resets the streams that a window has held up for too long, and
// finds out when to look again. A stream that had enough of its window opened
// begins anew.
func (s *Session) resetStalled() {
	timeout := or(s.cfg.StallTimeout, defaultStallTimeout)
	s.flags &^= stallWatch
	s.stallAt = Never
	for i := len(s.streams.list) - 1; i >= 0; i-- {
		st := s.streams.list[i]
		if st.flags&flagStalled == 0 {
			continue
		}
		late := st.flags&flagTimed != 0 && s.now-st.stallSince >= timeout
		if late && int64(st.stallSent) < s.enough(timeout) {
			s.killStalled(st)
			continue
		}
		if late && st.flags&flagWaits == 0 && s.window > 0 {
			st.flags &^= flagStalled | flagTimed
			continue
		}
		if late || st.flags&flagTimed == 0 {
			st.flags |= flagTimed
			st.stallSince, st.stallSent = s.now, 0
		}
		s.flags |= stallWatch
		s.stallAt = min(s.stallAt, st.stallSince+timeout)
	}
}

// enough returns how many octets have to leave within the time of a stall.
func (s *Session) enough(timeout time.Duration) int64 {
	rate := or(s.cfg.MinRate, defaultMinRate)
	if rate < 0 {
		return 1
	}
	return max(int64(rate)*int64(timeout/time.Second), 1)
}

// killStalled resets one stream. Its event is for the next Next.
func (s *Session) killStalled(st *Stream) {
	if c := s.cfg.Counters; c != nil {
		c.Stalled++
	}
	released := st.flags&flagReleased != 0
	if !released {
		st.flags |= flagDead
	}
	s.Reset(st, errStalled.Code)
	if !released {
		st.next, s.dead = s.dead, st
	}
}

// nextDead returns the event of a stream that Tick has reset.
func (s *Session) nextDead() (Event, bool) {
	for s.dead != nil {
		st := s.dead
		s.dead, st.next = st.next, nil
		st.flags &^= flagDead
		if st.flags&flagReleased != 0 {
			s.loop.freeStream(st) // the caller has let go of it meanwhile
			continue
		}
		cause := *errStalled
		cause.StreamID = st.ID
		return Event{Kind: Reset, Stream: st, Cause: &cause}, true
	}
	return Event{}, false
}
