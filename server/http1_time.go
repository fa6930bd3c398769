package server

import (
	"time"

	"reactor.example/httpone"
	"reactor.example/reactor"
)

// A connection has one deadline in its loop's timer wheel. What it stands
// for is the earliest of up to three times: inAt, when the arrival of the
// request is looked at; outAt, when the departure of the response is; and
// the WriteTimeout of the route.

// after is d from now, or zero, which is never, if d is zero or Off. Hot
// path.
func (h *http1) after(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return h.shard.loop.Now() + d
}

// arm sets the deadline. Hot path.
func (h *http1) arm() {
	at := earlier(h.inAt, h.outAt)
	if h.ex != nil {
		at = earlier(earlier(at, h.ex.writeBy), h.ex.readBy)
	}
	h.t.SetDeadline(at)
}

// earlier is the lesser of two times of which zero is never.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// armWrite starts the clock of the route's WriteTimeout. Hot path.
func (h *http1) armWrite(ex *exchange) {
	if t := ex.route.settings.WriteTimeout; t > 0 {
		ex.writeBy = h.after(t)
		h.arm()
	}
}

// OnDeadline implements reactor.Handler.
func (h *http1) OnDeadline(*reactor.Conn) {
	now := h.shard.loop.Now()
	if ex := h.ex; ex != nil && ex.writeBy != 0 && now >= ex.writeBy {
		h.shard.limitHit("write_timeout")
		ex.fail(ErrDeadline)
		h.t.Close(ErrDeadline)
		return
	}
	if ex := h.ex; ex != nil && ex.readBy != 0 && now >= ex.readBy {
		ex.readBy = 0
		if h.phase == phaseStream {
			h.refuse(errTimeout)
		}
	}
	if h.outAt != 0 && now >= h.outAt && h.tooSlowOut() {
		h.shard.limitHit("min_rate")
		h.t.Close(ErrTooSlow)
		return
	}
	if h.inAt != 0 && now >= h.inAt {
		h.inAt = 0
		h.overdue()
	}
	h.arm()
}

// overdue handles a request, or the rest of one, that is late.
func (h *http1) overdue() {
	switch h.phase {
	case phaseIdle:
		if h.t.Pending() > 0 {
			h.inAt = h.after(h.limits().IdleTimeout)
			return
		}
		h.finishConn()
	case phaseHead, phaseInline:
		h.shard.limitHit("request_timeout_sec")
		h.refuse(errTimeout)
	case phaseStream:
		h.lookAtBody()
	case phaseDrain, phaseLinger:
		if h.t.Pending() > 0 {
			// The response has not left yet; its rate is watched by outAt.
			h.inAt = h.after(h.limits().LingerTimeout)
			return
		}
		h.t.Close(nil)
	}
}

// lookAtBody judges the rate at which a body arrives. It counts only while
// the handler waits for more.
func (h *http1) lookAtBody() {
	ex := h.ex
	ex.mu.Lock()
	waiting, reading := ex.body.waiting, ex.body.read
	ex.mu.Unlock()
	fixed := ex.route.settings.ReadTimeout > 0 || !reading
	slow := waiting && h.flags&rated != 0 && ex.body.received-h.inMark < h.shard.leastBytes(ex)
	if fixed || slow {
		h.shard.limitHit("min_rate")
		h.refuse(errTimeout)
		return
	}
	h.watchBody()
}

// watchBody arranges for the next look at the body's rate.
func (h *http1) watchBody() {
	if h.shard.leastBytes(h.ex) > 0 {
		h.inMark = h.ex.body.received
		h.inAt = h.after(h.limits().MinRateGrace)
		h.arm()
	}
}

// OnBlocked implements reactor.Handler: the client does not take its response for
// now. Reading one octet now and then does not help it: see tooSlowOut.
func (h *http1) OnBlocked(*reactor.Conn) {
	if h.outAt == 0 && h.shard.leastBytes(h.ex) > 0 {
		h.outMark = h.t.Sent()
		h.outAt = h.after(h.limits().MinRateGrace)
		h.arm()
	}
}

// tooSlowOut reports whether the client has taken less than it must since
// the last look.
func (h *http1) tooSlowOut() bool {
	h.outAt = 0
	if h.t.Pending() == 0 {
		return false
	}
	sent := h.t.Sent()
	if sent-h.outMark < h.shard.leastBytes(h.ex) {
		return true
	}
	h.outMark = sent
	h.outAt = h.after(h.limits().MinRateGrace)
	return false
}

// leastBytes is what has to be transferred from one look to the next; zero
// if there is no least rate. ex may be nil.
func (s *shard) leastBytes(ex *exchange) int64 {
	cfg := &s.srv.snap.Load().cfg
	rate := cfg.MinRate
	if ex != nil && ex.route.settings.MinRate != 0 {
		rate = ex.route.settings.MinRate
	}
	return int64(max(rate, 0)) * int64(cfg.MinRateGrace) / int64(time.Second)
}

// statusText is the body of the server's own answers.
func statusText(status int) string {
	return itoa(status) + " " + httpone.StatusText(status) + "\n"
}
