package server

import (
	"reactor.example/httpone"
	"reactor.example/reactor"
)

// refLimit is from which size on a body is sent from where it lies instead
// of being copied behind its head.
const refLimit = 4 << 10

// sendRest sends what is left of the response after its handler has
// returned: usually all of it. Hot path.
func (h *http1) sendRest(ex *exchange) error {
	r := &ex.reply
	if h.flags&failed != 0 && h.flags&headSent == 0 && !(ex.asHTTP && r.begun()) {
		ex.replaceBy(ex.refusal)
	}
	if h.flags&headSent == 0 {
		if err := h.sendHead(ex, h.wholeLength(ex)); err != nil {
			h.shard.logReply(ex, err) // for example a field name that is none
			h.flags |= lastOne
			ex.replaceBy(500)
			if err := h.sendHead(ex, h.wholeLength(ex)); err != nil {
				return err
			}
		}
	}
	if err := h.sendBody(ex); err != nil {
		return err
	}
	b, err := h.parser.AppendEnd(h.t.Buffer(), r.trailers)
	h.t.SetBuffer(b)
	return err
}

// wholeLength is the length to declare for a response that is here as a
// whole. The connection does not outlive one that had to be replaced. Hot path.
func (h *http1) wholeLength(ex *exchange) int64 {
	length, ok := ex.wholeLength()
	if !ok {
		h.flags |= lastOne
	}
	return length
}

// sendBody sends what there is of the body. Hot path.
func (h *http1) sendBody(ex *exchange) error {
	r := &ex.reply
	if len(r.whole) > 0 {
		return h.sendData(ex, r.whole, nil)
	}
	for {
		b := r.buf.next()
		if b == nil {
			return nil
		}
		if err := h.sendData(ex, b.b, b); err != nil {
			return err
		}
	}
}

// sendData sends a piece of the body: a small one copied behind what is there
// already, a large one from where it lies. b, if not nil, is the block that p
// lies in, and is given away. Hot path.
func (h *http1) sendData(ex *exchange, p []byte, b *block) error {
	large := len(p) >= refLimit && !h.parser.SwallowsData()
	if b != nil && !large {
		defer b.Release()
	}
	if !large {
		out, err := h.parser.AppendData(h.t.Buffer(), p)
		h.t.SetBuffer(out)
		ex.out += int64(len(p))
		return err
	}
	out, err := h.parser.AppendChunkHead(h.t.Buffer(), len(p))
	h.t.SetBuffer(out)
	switch {
	case err != nil:
		if b != nil {
			b.Release()
		}
		return err
	case b != nil:
		h.t.WriteOwned(p, b)
	default:
		h.t.WriteRef(p)
	}
	ex.out += int64(len(p))
	h.t.SetBuffer(h.parser.AppendChunkTail(h.t.Buffer()))
	return nil
}

// sendHead sends the final head. A length of -1 means that it is not known.
// Hot path.
func (h *http1) sendHead(ex *exchange, length int64) error {
	r := &ex.reply
	ex.status = r.statusOr200()
	if name := ex.snap.cfg.ServerHeader; name != "" {
		r.setDefault("server", name)
	}
	if fn := h.shard.srv.cfg.Observer.ResponseHead; fn != nil {
		fn(ex.info(), ex.status)
	}
	b, err := h.parser.AppendHead(h.t.Buffer(), &h.req.Request, &httpone.ReplyHead{
		Status:        ex.status,
		Fields:        r.fields,
		ContentLength: length,
		Close:         h.saysClose(ex),
		Date:          h.date(r),
	})
	h.t.SetBuffer(b)
	if err == nil {
		h.flags |= headSent
	}
	return err
}

// saysClose reports whether the response announces the end of the
// connection. A body of which much is left makes it end, unless the handler
// is still there to read it. Hot path.
func (h *http1) saysClose(ex *exchange) bool {
	return h.flags&lastOne != 0 || h.shard.draining || h.phase == phaseStream && !ex.away && !h.worthDraining()
}

// date is the value of the Date field of a response. Hot path.
func (h *http1) date(r *reply) string {
	if r.noDate {
		return ""
	}
	return h.shard.now()
}

// pump implements carrier: the handler wants something.
func (h *http1) pump(ex *exchange) {
	if ex != h.ex || h.t.Closed() {
		return
	}
	h.pumpBody(ex)
	if !h.t.Closed() && h.ex == ex {
		h.pumpReply(ex)
	}
}

// pumpBody goes on with a body that the handler waits for.
func (h *http1) pumpBody(ex *exchange) {
	ex.mu.Lock()
	send100 := ex.body.send100 && !ex.body.end && len(h.t.Input()) == 0
	waiting := ex.body.waiting
	ex.body.send100 = false
	ex.mu.Unlock()
	if h.phase != phaseStream {
		return
	}
	if send100 && h.flags&headSent == 0 && h.parser.AwaitsContinue() {
		h.interim(ex, 100, nil)
	}
	if ex.route.settings.ReadTimeout <= 0 && (waiting && h.flags&rated == 0 || h.inAt == 0) {
		h.flags |= rated
		h.watchBody()
	}
	h.t.ResumeReading()
	h.advance()
}

// interim implements carrier.
func (h *http1) interim(ex *exchange, status int, fields []Field) error {
	if status == 100 {
		ex.mu.Lock()
		ex.body.wants100 = false
		ex.mu.Unlock()
	}
	b, err := h.parser.AppendInterim(h.t.Buffer(), &h.req.Request, status, fields)
	h.t.SetBuffer(b)
	return err
}

// pumpReply sends what the handler has written, up to the high water mark.
func (h *http1) pumpReply(ex *exchange) {
	r := &ex.reply
	ex.mu.Lock()
	if r.stage != replyStreaming || h.t.Congested() {
		r.fast = false
		ex.mu.Unlock()
		return // OnDrain pumps again
	}
	pending := h.t.Pending()
	r.fast = pending == 0 && h.flags&headSent != 0
	room := int64(ex.snap.cfg.OutputHighWater) - pending
	for room >= 0 && r.buf.n > 0 {
		b := r.buf.next()
		if !ex.head.noBody { // else nothing of it will be pending, and no OnDrain come
			room -= int64(len(b.b))
		}
		r.taken = append(r.taken, b)
	}
	if r.waiting {
		r.waiting = false
		ex.wake.Broadcast()
	}
	err := h.openStream(ex)
	ex.mu.Unlock()

	for i, b := range r.taken {
		if err == nil {
			err = h.sendData(ex, b.b, b)
		} else {
			b.Release()
		}
		r.taken[i] = nil
	}
	r.taken = r.taken[:0]
	if err != nil {
		h.shard.logReply(ex, err)
		h.t.Close(err)
	}
}

// openStream sends the head of a streamed response, once. The handler cannot
// change it any more, but may look at it: ex.mu is held.
func (h *http1) openStream(ex *exchange) error {
	if h.flags&headSent != 0 {
		return nil
	}
	length := int64(unknownLength)
	if ex.reply.hasLength {
		length = ex.reply.length
	}
	return h.sendHead(ex, length)
}

// OnDrain implements reactor.Handler: the client has caught up.
func (h *http1) OnDrain(*reactor.Conn) {
	if h.phase == phaseEnd {
		return
	}
	if h.ex != nil && h.ex.away {
		h.pump(h.ex)
	}
	if h.phase != phaseLinger {
		h.advance()
	}
}

// rescue handles a handler that panicked or ended its goroutine. It reports
// whether the exchange goes on with the user's error handler.
func (h *http1) rescue(ex *exchange, cause error) bool {
	failure := ex.failureOf(cause)
	if h.t.Closed() {
		return false
	}
	if failure.Value == errAbort || h.flags&headSent != 0 || ex.reply.stage == replyTakenOver {
		h.t.Close(ErrHandlerFailed)
		return false
	}
	h.flags |= lastOne
	return ex.callOnError(failure)
}
