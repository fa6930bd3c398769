package server

import (
	"strconv"

	"go.uber.org/zap"

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
		h.replace(ex)
	}
	if h.flags&headSent != 0 {
		return h.sendTail(r)
	}
	body := r.buf
	if r.stage == replyWhole {
		body = r.whole
	}
	length := int64(len(body))
	switch {
	case r.hasLength && (ex.head.noBody || r.length == unknownLength):
		length = r.length
	case r.hasLength && r.length != length:
		h.replaceBy(ex, 500)
		h.shard.logReply(ex, ErrLength)
		body, length = r.whole, int64(len(r.whole))
	}
	if len(r.trailers) > 0 && !ex.head.noBody {
		length = -1
	}
	if err := h.sendHead(ex, length); err != nil {
		return err
	}
	return h.sendWhole(ex, body)
}

// sendWhole sends body and the end, after the head. Hot path.
func (h *http1) sendWhole(ex *exchange, body []byte) (err error) {
	t := h.t
	if !ex.head.noBody {
		ex.out += int64(len(body))
	}
	if len(body) >= refLimit && !ex.head.noBody && len(ex.reply.trailers) == 0 {
		b, err := h.parser.AppendChunkHead(t.Buffer(), len(body))
		t.SetBuffer(b)
		if err != nil {
			return err
		}
		t.WriteRef(body)
		t.SetBuffer(h.parser.AppendChunkTail(t.Buffer()))
		if ex.reply.stage != replyWhole {
			ex.reply.buf = nil // it belongs to the output now
		}
		body = nil
	}
	b := t.Buffer()
	if len(body) > 0 {
		if b, err = h.parser.AppendData(b, body); err != nil {
			t.SetBuffer(b)
			return err
		}
	}
	b, err = h.parser.AppendEnd(b, ex.reply.trailers)
	t.SetBuffer(b)
	return err
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
	b, err := h.parser.AppendHead(h.t.Buffer(), h.req, &httpone.ReplyHead{
		Status:        ex.status,
		Fields:        r.fields,
		ContentLength: length,
		Close:         h.flags&(lastOne|drainOnly) != 0 || h.phase == phaseStream && !h.worthDraining(),
		Date:          h.date(r),
	})
	h.t.SetBuffer(b)
	if err == nil {
		h.flags |= headSent
	}
	return err
}

// date is the value of the Date field of a response. Hot path.
func (h *http1) date(r *reply) string {
	if r.noDate {
		return ""
	}
	return h.shard.now()
}

// sendTail sends what is left of a streamed response, and its end.
func (h *http1) sendTail(r *reply) (err error) {
	b := h.t.Buffer()
	if len(r.buf) > 0 {
		if b, err = h.parser.AppendData(b, r.buf); err != nil {
			h.t.SetBuffer(b)
			return err
		}
		h.ex.out += int64(len(r.buf))
	}
	b, err = h.parser.AppendEnd(b, r.trailers)
	h.t.SetBuffer(b)
	return err
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
	if send100 && h.flags&headSent == 0 {
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
	b, err := h.parser.AppendInterim(h.t.Buffer(), h.req, status, fields)
	h.t.SetBuffer(b)
	return err
}

// pumpReply sends what the handler has written, unless the client is behind.
func (h *http1) pumpReply(ex *exchange) {
	if h.t.Congested() {
		return // drained pumps again
	}
	ex.mu.Lock()
	r := &ex.reply
	if r.stage != replyStreaming {
		ex.mu.Unlock()
		return
	}
	data := r.buf
	r.buf, r.spare = r.spare[:0], nil
	if r.waiting {
		r.waiting = false
		ex.wake.Broadcast()
	}
	ex.mu.Unlock()

	err := h.sendPiece(ex, data)
	ex.mu.Lock()
	r.spare = data[:0]
	ex.mu.Unlock()
	if err != nil {
		h.shard.logReply(ex, err)
		h.t.Close(err)
	}
}

// sendPiece sends a piece of a streamed response, the head in front of the
// first. The handler cannot touch the head any more.
func (h *http1) sendPiece(ex *exchange, data []byte) (err error) {
	if h.flags&headSent == 0 {
		length := int64(-1)
		if ex.reply.hasLength {
			length = ex.reply.length
		}
		if err := h.sendHead(ex, length); err != nil {
			return err
		}
	}
	if len(data) == 0 {
		return nil
	}
	ex.out += int64(len(data))
	b, err := h.parser.AppendData(h.t.Buffer(), data)
	h.t.SetBuffer(b)
	return err
}

// drained implements protocol: the client has caught up.
func (h *http1) drained() {
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
	failure := &HandlerError{}
	if p, ok := cause.(*reactor.PanicError); ok {
		failure.Value, failure.Stack = p.Value, p.Stack
	}
	quiet := failure.Value == errAbort
	if !quiet {
		h.shard.logPanic(ex, failure)
	}
	if h.t.Closed() {
		return false
	}
	if quiet || h.flags&headSent != 0 || ex.reply.stage == replyTakenOver {
		h.t.Close(ErrHandlerFailed)
		return false
	}
	h.flags |= lastOne
	ex.reply.reset()
	if ex.failure != nil { // OnError failed, too
		h.replaceBy(ex, 500)
		return false
	}
	ex.failure = failure
	ex.away = true
	h.shard.loop.Schedule(ex)
	return true
}

// replace puts the answer to a faulty request in the place of whatever the
// handler has said, unless it is being sent already.
func (h *http1) replace(ex *exchange) {
	h.replaceBy(ex, ex.refusal)
}

func (h *http1) replaceBy(ex *exchange, status int) {
	r := &ex.reply
	r.reset()
	r.status, r.stage, r.whole = status, replyWhole, []byte(statusText(status))
	r.setDefault("content-type", "text/plain; charset=utf-8")
	h.flags |= lastOne
}

func (s *shard) logReply(ex *exchange, err error) {
	s.srv.logs.log(zap.WarnLevel, "response failed",
		zap.String("method", ex.head.method), zap.String("path", ex.head.path), zap.Error(err))
}

func (s *shard) logPanic(ex *exchange, failure *HandlerError) {
	s.counts.panics++
	s.srv.logs.log(zap.ErrorLevel, "handler panicked",
		zap.String("method", ex.head.method), zap.String("path", ex.head.path),
		zap.String("route", ex.route.pattern), zap.Any("panic", failure.Value), zap.ByteString("stack", failure.Stack))
}

func itoa(n int) string { return strconv.Itoa(n) }
