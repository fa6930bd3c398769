package server

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"reactor.example/httpone"
)

// Hijack implements http.Hijacker. What the client has sent already is read
// from the connection first, not from the bufio.Reader's buffer. If
// WriteHeader was called, the head is written to the connection as it stands,
// without fields about framing. It fails once the response has been flushed.
func (w *httpWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.hijacked {
		return nil, nil, http.ErrHijacked
	}
	if w.written > 0 {
		return nil, nil, ErrWritten
	}
	var head []byte
	if w.wrote {
		head = w.appendHead(nil)
	}
	nc, err := w.res.Hijack()
	if err != nil {
		return nil, nil, w.x.httpError(err)
	}
	w.hijacked = true
	if len(head) > 0 {
		if _, err := nc.Write(head); err != nil {
			nc.Close()
			return nil, nil, err
		}
	}
	return nc, bufio.NewReadWriter(bufio.NewReader(nc), bufio.NewWriter(nc)), nil
}

// appendHead appends the head that the handler has begun.
func (w *httpWriter) appendHead(b []byte) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(w.status), 10)
	b = append(b, ' ')
	b = append(b, httpone.StatusText(w.status)...)
	b = append(b, "\r\n"...)
	if _, has := w.header["Date"]; !has {
		b = append(b, "Date: "...)
		b = httpone.AppendDate(b, time.Now())
		b = append(b, "\r\n"...)
	}
	for _, f := range w.fields() {
		b = append(b, http.CanonicalHeaderKey(f.Name)...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, "\r\n"...)
	}
	return append(b, "\r\n"...)
}

// SetReadDeadline is what http.ResponseController calls: a read of the body
// fails after t. It cannot be taken back once it has passed.
func (w *httpWriter) SetReadDeadline(t time.Time) error {
	return w.setDeadline(func(ex *exchange, at time.Duration) { ex.readBy = at }, t)
}

// SetWriteDeadline is what http.ResponseController calls: a response that
// has not been sent by t is cut.
func (w *httpWriter) SetWriteDeadline(t time.Time) error {
	return w.setDeadline(func(ex *exchange, at time.Duration) { ex.writeBy = at }, t)
}

// EnableFullDuplex is what http.ResponseController calls. Request and
// response may overlap in any case.
func (w *httpWriter) EnableFullDuplex() error { return nil }

// setDeadline sets a deadline of the exchange on its loop. The zero t is
// none.
func (w *httpWriter) setDeadline(set func(*exchange, time.Duration), t time.Time) error {
	if w.hijacked {
		return http.ErrHijacked
	}
	ex := w.res.ex
	if !ex.enter(w.res.gen) {
		return ErrFinished
	}
	hold := ex.hold
	ex.mu.Unlock()
	var err error
	ok := ex.onLoop(hold, func() {
		err = w.res.onLoop(func() error {
			at := time.Duration(0)
			if !t.IsZero() {
				at = max(ex.shard.loop.Now()+t.Sub(ex.shard.loop.Wall()), 1)
			}
			set(ex, at)
			ex.carrier.rearm(ex)
			return nil
		})
	})
	if !ok {
		return ErrClientGone
	}
	return err
}

// CloseNotify implements the old http.CloseNotifier.
func (w *httpWriter) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	context.AfterFunc(w.x.ctx.real(), func() { gone <- true })
	return gone
}
