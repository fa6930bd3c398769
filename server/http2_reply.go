package server

import (
	"reactor.example/httptwo"
	"reactor.example/reactor"
)

// finish implements carrier: the handler has returned. Hot path.
func (x *stream2) finish(ex *exchange, r reactor.Result) {
	h := x.conn
	switch {
	case r.Err != nil && x.rescue(r.Err):
		return
	case x.phase == stream2Over || h.t.Closed():
		x.release(ex.whyGone(r.Err))
	default:
		x.phase, x.inAt = stream2Send, 0
		if x.flags&failed2 != 0 && x.flags&headSent2 == 0 && !(ex.asHTTP && ex.reply.begun()) {
			ex.replaceBy(ex.refusal)
		}
		if ex.socket == nil || !x.openTunnel() {
			x.send()
		}
	}
	h.settle()
}

// rescue handles a handler that panicked or ended its goroutine. It reports
// whether the exchange goes on with the user's error handler.
func (x *stream2) rescue(cause error) bool {
	failure := x.ex.failureOf(cause)
	if x.phase == stream2Over || x.conn.t.Closed() {
		return false
	}
	if failure.Value == errAbort || x.flags&headSent2 != 0 {
		x.conn.session.Reset(x.st, httptwo.InternalError)
		x.phase = stream2Over
		return false
	}
	return x.ex.callOnError(failure)
}

// send sends what is left of the response after its handler has returned:
// usually all of it. Hot path.
func (x *stream2) send() {
	ex := x.ex
	r := &ex.reply
	if x.flags&partial2 != 0 || x.credited != ex.body.received {
		x.conn.session.Discard(x.st) // nobody reads it any more
	}
	if x.flags&headSent2 != 0 {
		if x.flags&ended2 == 0 && r.hasLength && r.length != unknownLength && r.written != r.length && !ex.head.noBody {
			x.conn.shard.logReply(ex, ErrLength)
			x.conn.session.Reset(x.st, httptwo.InternalError)
			x.release(ErrLength)
			return
		}
		x.goOn()
		return
	}
	length, _ := ex.wholeLength()
	err := x.sendHead(length)
	if err != nil {
		x.conn.shard.logReply(ex, err) // for example a field name that is none
		ex.replaceBy(500)
		if err = x.sendHead(int64(len(r.whole))); err != nil {
			x.conn.session.Reset(x.st, httptwo.InternalError)
			x.release(err)
			return
		}
	}
	x.goOn()
}

// goOn has the session ask for the rest of the body, or lets go of the stream if
// there is none. Hot path.
func (x *stream2) goOn() {
	if x.flags&ended2 != 0 {
		x.release(nil)
		return
	}
	x.conn.session.Wake(x.st)
	x.conn.t.RequestFlush()
}

// sendHead sends the final head, and says where the body comes from. Hot path.
func (x *stream2) sendHead(length int64) error {
	ex := x.ex
	r := &ex.reply
	hd := x.replyHead(length)
	bare := ex.head.noBody || bodyless(ex.status)
	if ex.status == 204 || ex.status == 304 && !r.hasLength {
		hd.ContentLength = -1 // RFC 9110, section 8.6
	}
	whole := !ex.away && len(r.whole)+r.buf.n == 0 && len(r.trailers) == 0
	if err := x.conn.session.SendHead(x.st, &hd, bare || whole); err != nil {
		return err
	}
	x.flags |= headSent2
	if asksClose(r.fields) {
		x.conn.retire()
	}
	if bare || whole {
		x.flags |= ended2
	} else {
		x.conn.session.SetSource(x.st, x)
	}
	return nil
}

// asksClose reports whether the handler wants the connection to end: what it says for
// HTTP/1 means GOAWAY here. Hot path.
func asksClose(fields []Field) bool {
	for i := range fields {
		if fields[i].Name == "connection" && hasOption(fields[i].Value, "close") {
			return true
		}
	}
	return false
}

// replyHead makes the final head, and tells the observer of it. Hot path.
func (x *stream2) replyHead(length int64) httptwo.ReplyHead {
	ex := x.ex
	r := &ex.reply
	s := x.conn.shard
	ex.status = r.statusOr200()
	if name := ex.snap.cfg.ServerHeader; name != "" {
		r.setDefault("server", name)
	}
	if fn := s.srv.cfg.Observer.ResponseHead; fn != nil {
		fn(ex.info(), ex.status)
	}
	hd := httptwo.ReplyHead{Status: ex.status, Fields: r.fields, ContentLength: length}
	if !r.noDate {
		hd.Date = s.now()
	}
	return hd
}

// AppendData implements httptwo.Source. Hot path.
func (x *stream2) AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []Field) {
	ex := x.ex
	r := &ex.reply
	if rest := r.whole[x.sent:]; len(rest) > 0 {
		n := min(limit, len(rest))
		dst = append(dst, rest[:n]...)
		x.sent += n
		limit -= n
		ex.out += int64(n)
		if n < len(rest) {
			return dst, true, false, nil
		}
	}
	before := len(dst)
	ex.mu.Lock()
	dst, r.taken = r.buf.take(dst, limit, r.taken[:0])
	more = r.buf.n > 0
	end = !ex.away && !more
	r.fast = !more
	if r.waiting && len(dst) > before {
		r.waiting = false
		ex.wake.Broadcast()
	}
	ex.mu.Unlock()
	ex.out += int64(len(dst) - before)
	for i, b := range r.taken {
		b.Release()
		r.taken[i] = nil
	}
	if end {
		trailers = r.trailers
		x.conn.shard.departed = append(x.conn.shard.departed, x)
	}
	return dst, more, end, trailers
}

// pump implements carrier: the handler wants something.
func (x *stream2) pump(ex *exchange) {
	if ex != x.ex || x.phase == stream2Over || x.conn.t.Closed() {
		return
	}
	x.pumpBody()
	x.pumpReply()
	x.conn.settle()
}

// pumpBody goes on with a body that the handler has read of, or waits for.
func (x *stream2) pumpBody() {
	ex := x.ex
	ex.mu.Lock()
	send100 := ex.body.send100 && !ex.body.end && ex.body.received == 0
	waiting := ex.body.waiting
	read := ex.body.received - int64(ex.body.buffered())
	if ex.body.discarded {
		read = ex.body.received
		ex.body.buf, ex.body.off = ex.body.buf[:0], 0
	}
	ex.body.send100 = false
	ex.mu.Unlock()
	if x.phase == stream2Reply {
		x.credit(read) // others of the connection may wait for that
	}
	if x.phase != stream2Body {
		return
	}
	if send100 && x.flags&headSent2 == 0 {
		x.interim(ex, 100, nil)
	}
	if ex.route.settings.ReadTimeout <= 0 && (waiting && x.flags&rated2 == 0 || x.inAt == 0) {
		x.flags |= rated2
		x.watchBody()
	}
	x.credit(read)
}

// interim implements carrier.
func (x *stream2) interim(ex *exchange, status int, fields []Field) error {
	if status == 100 {
		ex.mu.Lock()
		ex.body.wants100 = false
		ex.mu.Unlock()
	}
	err := x.conn.session.SendInterim(x.st, status, fields)
	x.conn.t.RequestFlush()
	return err
}

// pumpReply sends what the handler has written.
func (x *stream2) pumpReply() {
	ex := x.ex
	r := &ex.reply
	ex.mu.Lock()
	streaming := r.stage == replyStreaming
	var err error
	if streaming && x.flags&headSent2 == 0 {
		length := int64(unknownLength)
		if r.hasLength {
			length = r.length
		}
		err = x.sendHead(length) // the handler may look at the head meanwhile
	}
	if streaming && (ex.head.noBody || err != nil) {
		x.swallow()
	}
	ex.mu.Unlock()
	switch {
	case !streaming:
	case err != nil:
		x.conn.shard.logReply(ex, err)
		x.cut(err)
	default:
		x.conn.session.Wake(x.st)
	}
}

// swallow throws away what the handler has written where nothing may be sent of
// it. Lent memory is not possible here: a handler that has written so much
// waits. ex.mu is held.
func (x *stream2) swallow() {
	ex := x.ex
	r := &ex.reply
	for b := r.buf.next(); b != nil; b = r.buf.next() {
		if b.lender != nil {
			b.back = true
		} else {
			b.Release()
		}
	}
	if r.waiting {
		r.waiting = false
	}
	ex.wake.Broadcast()
}
