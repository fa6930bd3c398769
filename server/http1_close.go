package server

import (
	"io"

	"reactor.example/httpone"
)

// errTimeout is the fault of a request that did not arrive in time.
var errTimeout = &httpone.ProtocolError{
	Status: 408, Rule: "RFC 9110 15.5.9", Reason: "request did not arrive in time",
}

// errLength is the fault of a request that announces a body beyond its limit:
// no handler begins for nothing.
var errLength = &httpone.ProtocolError{
	Status: 413, Rule: "RFC 9110 15.5.14", Reason: "content too large",
}

// refuse ends the connection for a fault of the client: one answer, and
// nothing of what it sends is looked at any more. A handler that is at work
// is told through its body, and answers unless it has not begun to.
func (h *http1) refuse(err error) {
	fault, ok := err.(*httpone.ProtocolError)
	if !ok {
		h.t.Close(err)
		return
	}
	h.shard.counts.refused++
	if h.isStranger(fault) {
		h.finishConn()
		return
	}
	ex := h.ex
	if ex != nil && ex.away {
		h.failBody(fault)
		return
	}
	if h.phase != phaseDrain {
		h.answerFault(fault)
	}
	if ex != nil {
		ex.status = fault.Status
		h.release(fault)
	}
	h.goodbye(true)
}

// isStranger reports whether the very first line on the connection shows that
// the client does not speak HTTP/1 at all.
func (h *http1) isStranger(fault *httpone.ProtocolError) bool {
	return h.ex == nil && h.phase == phaseHead && h.flags&detects != 0 && fault.Status != 408 && isForeign(h.t.Input())
}

// answerFault sends the answer to a fault that no handler has seen.
func (h *http1) answerFault(fault *httpone.ProtocolError) {
	if h.ex == nil {
		h.shard.counts.requests++
		if fn := h.shard.srv.cfg.Observer.RequestEnd; fn != nil {
			fn(RequestEnd{RequestInfo: RequestInfo{Conn: h.connInfo()}, Status: fault.Status, Err: fault})
		}
	}
	var r *httpone.Request // none was parsed if it began as the preface of HTTP/2 does
	if h.req != nil {
		r = &h.req.Request
	}
	b, _ := h.parser.AppendReply(h.t.Buffer(), r, &httpone.ReplyHead{
		Status: fault.Status,
		Date:   h.shard.now(),
		Fields: []Field{{Name: "content-type", Value: "text/plain; charset=utf-8"}},
		Close:  true,
	}, []byte(statusText(fault.Status)))
	h.t.SetBuffer(b)
}

// failBody tells the handler that its body will not be complete. It may
// still answer; if it has not begun to when it returns, the fault is
// answered instead.
func (h *http1) failBody(fault *httpone.ProtocolError) {
	err := error(fault)
	switch fault.Status {
	case 413:
		err = ErrBodyTooLarge
	case 408:
		err = ErrTooSlow
	}
	h.bodyFailed(fault.Status, err)
}

func (h *http1) bodyFailed(status int, err error) {
	h.flags |= failed | lastOne
	h.ex.refusal = status
	h.ex.endBody(nil, err)
	h.phase = phaseReply
	h.inAt = 0
	h.arm()
	h.t.PauseReading()
}

// starve is called when everything that was received has been parsed.
func (h *http1) starve() {
	if !h.t.EOF() {
		if h.phase == phaseInline && h.ex.head.length < 0 {
			// More chunks may only come when these have been answered.
			h.stream(h.ex)
			return
		}
		if h.phase == phaseHead || h.phase == phaseInline {
			h.arm()
		}
		return
	}
	switch h.phase {
	case phaseIdle, phaseDrain:
		h.finishConn()
	case phaseStream:
		h.bodyFailed(400, io.ErrUnexpectedEOF)
	default:
		if err := h.parser.EOF(); err != nil {
			h.refuse(err)
		} else {
			h.finishConn() // empty lines, and no request behind them
		}
	}
}

// worthDraining reports whether reading the rest of a body that nobody wants
// is cheaper than a new connection.
func (h *http1) worthDraining() bool {
	if h.flags&failed != 0 || h.parser.AwaitsContinue() {
		return false
	}
	left := h.ex.head.length - h.ex.body.received
	return h.ex.head.length < 0 || left <= int64(h.limits().LingerBytes)
}

// drainBody goes on to throw away the rest of the body, within a bound.
func (h *http1) drainBody() {
	h.phase = phaseDrain
	h.inMark = int64(h.limits().LingerBytes)
	h.inAt = h.shard.after(h.limits().LingerTimeout)
	h.arm()
	h.t.ResumeReading()
	h.advance()
}

// goodbye ends the connection behind the output. If the client may still be
// sending, closing at once would reset the connection, and the reset could
// overtake the response: then only our direction is ended, and what comes is
// thrown away, within bounds (RFC 9112, section 9.6).
func (h *http1) goodbye(sending bool) {
	if h.t.EOF() || !sending && len(h.t.Input()) == 0 {
		h.finishConn()
		return
	}
	h.phase = phaseLinger
	h.inMark = int64(h.limits().LingerBytes)
	h.inAt = h.shard.after(h.limits().LingerTimeout)
	h.arm()
	h.t.CloseWrite()
	h.t.ResumeReading()
	h.discard()
}

// discard throws away what the client sends after our FIN.
func (h *http1) discard() {
	n := len(h.t.Input())
	h.t.Consume(n)
	if h.inMark -= int64(n); h.inMark < 0 || h.t.EOF() {
		h.finishConn()
	}
}

// finishConn closes the connection when the output has left.
func (h *http1) finishConn() {
	h.phase, h.inAt = phaseEnd, 0
	if h.t.Pending() == 0 {
		h.flags |= spent
	} else {
		h.inAt = h.shard.after(h.limits().LingerTimeout)
	}
	h.arm()
	h.t.PauseReading() // nobody would consume it
	h.t.CloseAfterFlush()
}
