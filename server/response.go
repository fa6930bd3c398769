package server

import (
	"encoding/json"
	"net"
	"net/http"
	"unsafe"
)

// A Response is what a handler answers. It may be used, by any goroutine,
// until the handler returns; afterwards every method returns ErrFinished. A
// handler that writes nothing has answered with 200 and no body.
//
// There are two ways to write a body. Text, HTML, JSON and Bytes give it
// whole: head and body leave together, with a Content-Length. Write, as an
// io.Writer, streams: up to a quarter of Config.BodyBuffer is held back, so that a
// short body still leaves with its length, and beyond that, or with Flush,
// the head is sent and Write waits for a slow client.
type Response struct {
	ex  *exchange
	gen uint64
}

// Header is the fields of the response. Content-Length, Transfer-Encoding,
// Connection, Date and Keep-Alive are the server's to say; of a Connection
// field the token close is heeded.
func (w *Response) Header() Header { return Header{w.ex, w.gen, responseFields} }

// Trailer is the fields to be sent behind the body, which then is sent in
// chunks. A client of HTTP/1.0 does not get them.
func (w *Response) Trailer() Header { return Header{w.ex, w.gen, responseTrailers} }

// SetCookie adds a Set-Cookie field. An invalid cookie is dropped.
func (w *Response) SetCookie(c *http.Cookie) {
	if v := c.String(); v != "" {
		w.Header().Add("set-cookie", v)
	}
}

// Status sets the final status code, from 200 to 999. It can be set once,
// before the response is complete or streamed.
func (w *Response) Status(code int) error {
	if !w.ex.enter(w.gen) {
		return ErrFinished
	}
	defer w.ex.mu.Unlock()
	return w.ex.reply.setStatus(code)
}

func (r *reply) setStatus(code int) error {
	if r.stage != replyOpen || r.status != 0 {
		return ErrWritten
	}
	if code < 200 || code > 999 {
		return ErrStatus
	}
	if bodyless(code) && r.written > 0 {
		return ErrNoBody
	}
	r.status = code
	return nil
}

// StatusCode is the status that was set, or 200.
func (w *Response) StatusCode() int {
	if !w.ex.enter(w.gen) {
		return 0
	}
	defer w.ex.mu.Unlock()
	return w.ex.reply.statusOr200()
}

// Text answers with a text/plain body.
func (w *Response) Text(code int, body string) error {
	return w.Bytes(code, "text/plain; charset=utf-8", bytesOf(body))
}

// HTML answers with a text/html body.
func (w *Response) HTML(code int, body string) error {
	return w.Bytes(code, "text/html; charset=utf-8", bytesOf(body))
}

// bytesOf gives the bytes of s, which nobody may write to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// JSON answers with v encoded as application/json. If v cannot be encoded
// nothing is written and the error of encoding/json is returned.
func (w *Response) JSON(code int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.Bytes(code, "application/json", b)
}

// Bytes answers with body, which is not copied and may not change until it
// has been sent. contentType is used unless the header has one already;
// empty leaves it out.
func (w *Response) Bytes(code int, contentType string, body []byte) error {
	if !w.ex.enter(w.gen) {
		return ErrFinished
	}
	defer w.ex.mu.Unlock()
	r := &w.ex.reply
	if r.stage != replyOpen || r.written > 0 {
		return ErrWritten
	}
	if err := r.setStatus(code); err != nil {
		return err
	}
	if len(body) > 0 && bodyless(code) {
		return ErrNoBody
	}
	if contentType != "" {
		r.setDefault("content-type", contentType)
	}
	r.stage, r.whole = replyWhole, body
	return nil
}

// Redirect answers with a Location and no body.
func (w *Response) Redirect(code int, location string) error {
	w.Header().Set("location", location)
	return w.Bytes(code, "", nil)
}

// SetLength declares how long the streamed body will be, so that it is sent
// with a Content-Length instead of in chunks. Writing more, or less, fails.
func (w *Response) SetLength(n int64) error {
	if !w.ex.enter(w.gen) {
		return ErrFinished
	}
	defer w.ex.mu.Unlock()
	r := &w.ex.reply
	if r.stage != replyOpen || n < r.written {
		return ErrWritten
	}
	r.length, r.hasLength = n, true
	return nil
}

// Write implements io.Writer. It copies p; it waits when the client does not
// keep up.
func (w *Response) Write(p []byte) (int, error) {
	if !w.ex.enter(w.gen) {
		return 0, ErrFinished
	}
	defer w.ex.mu.Unlock()
	if err := w.ex.reply.admits(len(p)); err != nil {
		return 0, err
	}
	return w.stream(p)
}

// WriteString implements io.StringWriter. It waits like Write, but a long s is
// taken as soon as there is any room, and sent from where it lies.
func (w *Response) WriteString(s string) (int, error) {
	if len(s) < refLimit {
		return w.Write(bytesOf(s))
	}
	if !w.ex.enter(w.gen) {
		return 0, ErrFinished
	}
	defer w.ex.mu.Unlock()
	ex := w.ex
	r := &ex.reply
	err := r.admits(len(s))
	if err == nil {
		err = ex.gone
	}
	for err == nil && ex.room() == 0 {
		err = w.awaitRoom()
	}
	if err != nil {
		return 0, err
	}
	r.buf.referTo(s)
	r.written += int64(len(s))
	if r.stage == replyStreaming {
		ex.poke()
	}
	return len(s), nil
}

// stream appends p to the pipe, piece by piece as there is room.
func (w *Response) stream(p []byte) (n int, err error) {
	ex := w.ex
	r := &ex.reply
	if ex.gone != nil {
		return 0, ex.gone
	}
	for {
		if len(p)-n >= lendLimit {
			return w.lend(p, n)
		}
		k := min(len(p)-n, ex.room())
		r.buf.write(p[n : n+k])
		r.written += int64(k)
		if n += k; n == len(p) {
			if r.stage == replyStreaming {
				ex.poke()
			}
			return n, nil
		}
		if err := w.awaitRoom(); err != nil {
			return n, err
		}
	}
}

// room is how much more the handler may write ahead of the loop: all of
// Config.BodyBuffer if the client keeps up, so that they seldom wait for each
// other, else a part of it. ex.mu is held.
func (ex *exchange) room() int {
	bound := ex.snap.cfg.BodyBuffer
	if !ex.reply.fast {
		bound /= slowShare
	}
	return max(bound-ex.reply.buf.n, 0)
}

// slowShare is what part of Config.BodyBuffer is held for a client that has
// not shown that it keeps up.
const slowShare = 4

// awaitRoom waits for a change of what the loop has taken.
func (w *Response) awaitRoom() error {
	ex := w.ex
	ex.reply.stage, ex.reply.waiting = replyStreaming, true
	ex.poke()
	ex.wait()
	if ex.gen != w.gen {
		return ErrFinished
	}
	return ex.gone
}

// lendLimit is from which size on it is cheaper to wait until the client has
// taken the handler's own memory than to copy it.
const lendLimit = 128 << 10

// lend sends p[n:] from where it lies. Write may not keep p, so it returns
// when the kernel has taken all of it, or the client is gone.
func (w *Response) lend(p []byte, n int) (int, error) {
	ex := w.ex
	r := &ex.reply
	b := r.buf.lend(p[n:], ex)
	r.written += int64(len(b.b))
	r.stage = replyStreaming
	ex.poke()
	for !b.back && ex.gen == w.gen {
		if ex.gone != nil && r.buf.withdraw(b) {
			break
		}
		ex.wait()
	}
	for ; ex.gen != w.gen; ex.wake.Wait() {
		if b.back { // all else is of another request by now
			return n, ErrFinished
		}
	}
	if ex.gone != nil {
		return n, ex.gone
	}
	return len(p), nil
}

// giveBack tells the handler that nobody refers to the memory of b any more.
func (ex *exchange) giveBack(b *block) {
	ex.mu.Lock()
	b.back = true
	ex.wake.Broadcast()
	ex.mu.Unlock()
}

// Flush sends what has been written so far. It does not wait for the client.
func (w *Response) Flush() error {
	ex := w.ex
	if !ex.enter(w.gen) {
		return ErrFinished
	}
	defer ex.mu.Unlock()
	switch r := &ex.reply; {
	case ex.gone != nil:
		return ex.gone
	case r.stage == replyWhole, r.stage == replyTakenOver:
		return ErrWritten
	default:
		r.stage = replyStreaming
	}
	ex.poke()
	ex.hold.Release()
	return nil
}

// Interim sends an interim response, for example 103 (Early Hints), ahead of
// the final one. A client that cannot understand it, of HTTP/1.0, gets none
// and that is no error.
func (w *Response) Interim(code int, fields ...Field) (err error) {
	ex := w.ex
	if !ex.enter(w.gen) {
		return ErrFinished
	}
	hold, open := ex.hold, ex.reply.stage == replyOpen
	ex.mu.Unlock()
	if !open {
		return ErrWritten
	}
	if code < 100 || code > 199 || code == 101 {
		return ErrStatus
	}
	if !ex.onLoop(hold, func() { err = w.onLoop(func() error { return ex.carrier.interim(ex, code, fields) }) }) {
		return ErrClientGone
	}
	return err
}

// Hijack takes the connection over, after an answer of the handler's own to
// the request: unread input comes first from the net.Conn, which is the
// caller's to close. Nothing may have been written. HTTP/1 only.
func (w *Response) Hijack() (nc net.Conn, err error) {
	ex := w.ex
	if !ex.enter(w.gen) {
		return nil, ErrFinished
	}
	hold, open := ex.hold, ex.reply.stage == replyOpen
	ex.mu.Unlock()
	if !open {
		return nil, ErrWritten
	}
	ok := ex.onLoop(hold, func() {
		err = w.onLoop(func() error {
			nc, err = ex.carrier.takeOver(ex)
			return err
		})
	})
	if !ok {
		return nil, ErrClientGone
	}
	return nc, err
}

// onLoop guards what a handler has asked of the loop: by now the handler may
// have returned, and the client may be gone. Loop only.
func (w *Response) onLoop(fn func() error) error {
	ex := w.ex
	if !ex.enter(w.gen) {
		return ErrFinished
	}
	gone := ex.gone
	ex.mu.Unlock()
	if gone != nil {
		return gone
	}
	return fn()
}
