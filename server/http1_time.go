package server

import "reactor.example/reactor"

// A connection has one deadline in its loop's timer wheel. What it stands
// for is the earliest of up to three times: inAt, when the arrival of the
// request is looked at; out.at, when the departure of the response is; and
// the WriteTimeout of the route.

// arm sets the deadline. Hot path.
func (h *http1) arm() {
	at := earlier(h.inAt, h.out.at)
	if h.ex != nil {
		at = earlier(earlier(at, h.ex.writeBy), h.ex.readBy)
	}
	h.t.SetDeadline(at)
}

// armWrite starts the clock of the route's WriteTimeout. Hot path.
func (h *http1) armWrite(ex *exchange) {
	if t := ex.route.settings.WriteTimeout; t > 0 {
		ex.writeBy = h.shard.after(t)
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
	if h.out.due(now) && h.out.tooSlow(h.shard, h.t, h.ex, h.rests()) {
		h.shard.tooSlow(h.t, h.ex)
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
			h.inAt = h.shard.after(h.limits().IdleTimeout)
			h.out.begin(h.shard, h.t, nil, true)
			return
		}
		h.finishConn()
	case phaseHead, phaseInline:
		h.shard.limitHit("request_timeout_sec")
		h.refuse(errTimeout)
	case phaseStream:
		h.lookAtBody()
	case phaseDrain, phaseLinger, phaseEnd:
		if h.t.Pending() > 0 {
			// The response has not left yet; its pace is watched by h.out.
			h.inAt = h.shard.after(h.limits().LingerTimeout)
			h.out.begin(h.shard, h.t, nil, true)
			return
		}
		h.t.Close(nil)
	}
}

// rests reports whether no request is being received or served.
func (h *http1) rests() bool { return h.phase == phaseIdle || h.phase >= phaseDrain }

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
		h.inAt = h.shard.after(h.limits().MinRateGrace)
		h.arm()
	}
}

// OnBlocked implements reactor.Handler: the client does not take its response for
// now.
func (h *http1) OnBlocked(*reactor.Conn) {
	if h.out.begin(h.shard, h.t, h.ex, h.rests()) {
		h.arm()
	}
}
