package server

import (
	"time"

	"reactor.example/httptwo"
	"reactor.example/reactor"
)

// A connection of HTTP/2 has one deadline in its loop's timer wheel, too. It
// stands for the earliest of: the session's own, the end of an idle connection,
// a look at the departure of the output, and a look at the streams. For the last
// only a lower bound is kept: when it comes all streams are looked at, and the
// next one found.

// arm sets the deadline. Hot path.
func (h *http2) arm() {
	at := earlier(h.streamAt, h.out.at)
	if h.phase == phase2Open && !h.t.Congested() { // see httptwo.Session.Resume
		if due := h.session.Deadline(); due != httptwo.Never {
			at = earlier(at, max(due, 1))
		}
	}
	if h.phase != phase2Open || h.session.Streams() == 0 {
		at = earlier(at, h.idleAt)
	}
	h.t.SetDeadline(at)
}

// watch has the streams looked at when it is at, or before. Hot path.
func (h *http2) watch(at time.Duration) { h.streamAt = earlier(h.streamAt, at) }

// OnDeadline implements reactor.Handler.
func (h *http2) OnDeadline(*reactor.Conn) {
	now := h.shard.loop.Now()
	if h.out.due(now) && h.out.tooSlow(h.shard, h.t, nil, h.phase != phase2Open) {
		h.shard.tooSlow(h.t, nil)
		return
	}
	if h.phase != phase2Open {
		h.lingered(now)
		return
	}
	if h.session.Streams() == 0 && h.idleAt != 0 && now >= h.idleAt {
		h.session.GoAway(httptwo.NoError, "idle")
		h.goodbye()
		return
	}
	if h.streamAt != 0 && now >= h.streamAt {
		h.streamAt = 0
		h.session.Each(func(st *httptwo.Stream) { streamOf(st).look(now) })
	}
	if !h.t.Congested() && now >= h.session.Deadline() {
		if err := h.session.Tick(now); err != nil {
			h.fail(err)
			return
		}
	}
	h.advance()
}

// lingered ends a connection that has waited long enough for the client's FIN.
func (h *http2) lingered(now time.Duration) {
	switch {
	case h.idleAt == 0 || now < h.idleAt:
	case h.t.Pending() > 0:
		// Our last word has not left yet; its pace is watched by h.out.
		h.idleAt = h.shard.after(h.limits().LingerTimeout)
		h.out.begin(h.shard, h.t, nil, true)
	default:
		h.t.Close(nil)
		return
	}
	h.arm()
}

// OnBlocked implements reactor.Handler: the client does not take the output for
// now.
func (h *http2) OnBlocked(*reactor.Conn) {
	if h.out.begin(h.shard, h.t, nil, h.phase != phase2Open) {
		h.arm()
	}
}

// look deals with what is due on a stream, and arranges for the next look. Loop
// only.
func (x *stream2) look(now time.Duration) {
	ex := x.ex
	if x.tunnel != nil {
		x.tunnel.look(now)
		return
	}
	if ex.writeBy != 0 && now >= ex.writeBy {
		ex.writeBy = 0
		x.conn.shard.limitHit("write_timeout")
		x.cut(ErrDeadline)
		return
	}
	if ex.readBy != 0 && now >= ex.readBy {
		ex.readBy = 0
		if x.phase == stream2Body {
			x.refuse(errTimeout)
		}
	}
	if x.inAt != 0 && now >= x.inAt {
		x.inAt = 0
		x.overdue()
	}
	if x.st != nil && x.ex == ex {
		x.conn.watch(earlier(x.inAt, earlier(ex.writeBy, ex.readBy)))
	}
}

// overdue handles a request body, or the rest of one, that is late.
func (x *stream2) overdue() {
	switch x.phase {
	case stream2Collect:
		x.conn.shard.limitHit("request_timeout_sec")
		x.refuse(errTimeout)
	case stream2Body:
		x.lookAtBody()
	}
}

// lookAtBody judges the rate at which a body arrives: see http1.lookAtBody.
func (x *stream2) lookAtBody() {
	ex := x.ex
	ex.mu.Lock()
	waiting, reading := ex.body.waiting, ex.body.read
	ex.mu.Unlock()
	fixed := ex.route.settings.ReadTimeout > 0 || !reading
	slow := waiting && x.flags&rated2 != 0 && ex.body.received-x.inMark < x.conn.shard.leastBytes(ex)
	if fixed || slow {
		x.conn.shard.limitHit("min_rate")
		x.refuse(errTimeout)
		return
	}
	x.watchBody()
}

// watchBody arranges for the next look at the body's rate.
func (x *stream2) watchBody() {
	if x.conn.shard.leastBytes(x.ex) > 0 {
		x.inMark = x.ex.body.received
		x.inAt = x.conn.shard.after(x.conn.limits().MinRateGrace)
		x.conn.watch(x.inAt)
	}
}
