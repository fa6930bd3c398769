package server

import (
	"strconv"

	"go.uber.org/zap"

	"reactor.example/httpone"
	"reactor.example/reactor"
)

// What becomes of a response is decided here where that does not depend on the
// protocol that carries it. All of it is for the loop, when the handler has
// returned.

// wholeLength is the length to declare for a response that is here as a whole,
// or unknownLength. ok is false if the response was wrong, and has been replaced
// by a 500. Hot path.
func (ex *exchange) wholeLength() (length int64, ok bool) {
	r := &ex.reply
	length = int64(len(r.whole) + r.buf.n)
	switch {
	case r.hasLength && (ex.head.noBody || bodyless(r.statusOr200()) || r.length == unknownLength):
		return r.length, true
	case r.hasLength && r.length != length:
		ex.replaceBy(500)
		ex.shard.logReply(ex, ErrLength)
		return int64(len(r.whole)), false
	case length > 0 && ex.head.path == "" && ex.head.method == "CONNECT" && r.statusOr200()/100 == 2:
		// It would be sent into the tunnel (RFC 9110, section 9.3.6).
		ex.replaceBy(500)
		ex.shard.logReply(ex, ErrNoBody)
		return int64(len(r.whole)), false
	case len(r.trailers) > 0 && !ex.head.noBody:
		return unknownLength, true
	}
	return length, true
}

// replaceBy puts the server's own answer in the place of whatever the handler
// has said.
func (ex *exchange) replaceBy(status int) {
	ex.dropSocket()
	r := &ex.reply
	r.reset()
	r.status, r.stage, r.whole = status, replyWhole, []byte(statusText(status))
	r.setDefault("content-type", "text/plain; charset=utf-8")
}

// statusText is the body of the server's own answers.
func statusText(status int) string {
	return itoa(status) + " " + httpone.StatusText(status) + "\n"
}

// failureOf is what OnError is told of a handler that panicked or ended its
// goroutine. It is logged, unless the handler panicked with
// http.ErrAbortHandler.
func (ex *exchange) failureOf(cause error) *HandlerError {
	failure := &HandlerError{}
	if p, ok := cause.(*reactor.PanicError); ok {
		failure.Value, failure.Stack = p.Value, p.Stack
	}
	if failure.Value != errAbort {
		ex.shard.logPanic(ex, failure)
	}
	return failure
}

// callOnError schedules the user's error handler, if the handler that failed was
// not that one itself; then it returns false, and the response is a 500.
func (ex *exchange) callOnError(failure *HandlerError) bool {
	ex.dropSocket()
	ex.reply.reset()
	if ex.failure != nil {
		ex.replaceBy(500)
		return false
	}
	ex.failure = failure
	ex.away = true
	ex.shard.loop.Schedule(ex)
	return true
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
