package server

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// errAbort is the value with which a handler panics to end its request
// without a word in the log.
var errAbort any = http.ErrAbortHandler

// FromHTTP makes a Handler of an http.Handler, which runs unmodified: it gets
// a complete *http.Request, whose body streams, and an http.ResponseWriter
// that is also an http.Flusher, an http.Hijacker and an io.ReaderFrom and
// does what http.ResponseController asks for.
//
//	srv.Handle("/legacy/*rest", server.FromHTTP(existingHandler))
//
// The parameters of the route are the request's PathValues, and its Context
// is cancelled as net/http would: when the client goes away, also when it
// has only ended its own direction behind a complete request, and when the
// handler returns.
//
// What differs from net/http: the limits are those of Config and Settings
// (a body beyond MaxBodyBytes fails with an error that is ErrBodyTooLarge
// and an *http.MaxBytesError); request and response may always overlap, as
// after EnableFullDuplex; up to Config.BodyBuffer bytes leave with a
// Content-Length instead of 2 KiB; a handler that panics before its response
// has begun is answered by OnError, and one that writes less than it has
// declared by 500, instead of being cut; field names leave in canonical case; and
// a 205, or a 2xx to CONNECT, has no body. A response that has been flushed
// cannot be hijacked, and none over HTTP/2 can: there Hijack fails with an error
// that is ErrNoHijack and http.ErrNotSupported. There is no http.Pusher.
func FromHTTP(h http.Handler) Handler {
	return func(w *Response, r *Request) {
		if !r.ex.serveAsHTTP(r.gen) {
			return
		}
		x := &httpExchange{req: r}
		req, err := x.request()
		if err != nil {
			w.Text(400, statusText(400))
			return
		}
		x.writer = httpWriter{
			x: x, res: w, declared: -1,
			head: req.Method == "HEAD", connect: req.Method == "CONNECT", two: req.ProtoMajor == 2,
		}
		h.ServeHTTP(&x.writer, req)
		x.writer.finish()
	}
}

// An httpExchange is what FromHTTP allocates for a request: all that an
// http.Handler sees of it, but for the http.Request itself.
type httpExchange struct {
	req    *Request
	writer httpWriter
	body   httpBody
	ctx    httpContext
}

func (x *httpExchange) server() *Server { return x.req.ex.shard.srv }

// serveAsHTTP notes that an http.Handler runs, and reports false if the
// handler has returned.
func (ex *exchange) serveAsHTTP(gen uint64) bool {
	if !ex.enter(gen) {
		return false
	}
	defer ex.mu.Unlock()
	ex.asHTTP = true
	if ex.clientEnded && ex.cancel != nil {
		ex.cancel(ErrClientGone)
	}
	return true
}

// noteEnd says that the client has ended its direction behind the complete
// request. It may still wait for the answer; but net/http says that it has
// gone, and so do we to an http.Handler. Loop only.
func (ex *exchange) noteEnd() {
	ex.mu.Lock()
	ex.clientEnded = true
	cancel := ex.cancel
	if !ex.asHTTP {
		cancel = nil
	}
	ex.mu.Unlock()
	if cancel != nil {
		cancel(ErrClientGone)
	}
}

// An httpContext is the context of an http.Request. The context behind it is
// made when it is first needed.
type httpContext struct {
	x     *httpExchange
	once  sync.Once
	inner context.Context // of the request; see real
}

func (c *httpContext) real() context.Context {
	c.once.Do(func() { c.inner = c.x.req.Context() })
	return c.inner
}

// Deadline implements context.Context: there is none.
func (c *httpContext) Deadline() (at time.Time, ok bool) { return at, false }

// Done implements context.Context.
func (c *httpContext) Done() <-chan struct{} { return c.real().Done() }

// Err implements context.Context.
func (c *httpContext) Err() error { return c.real().Err() }

// Value gives what handlers of net/http look for: an http.Server under
// http.ServerContextKey, and the address that the client has reached under
// http.LocalAddrContextKey, for which it asks the loop.
func (c *httpContext) Value(key any) any {
	switch key {
	case http.ServerContextKey:
		return c.x.server().netHTTP()
	case http.LocalAddrContextKey:
		if addr := c.x.req.LocalAddr(); addr.IsValid() {
			return net.TCPAddrFromAddrPort(addr)
		}
		return &net.UnixAddr{Net: "unix"}
	}
	return c.real().Value(key)
}

// newNetHTTP makes the http.Server that handlers find in their context. It
// serves nothing: it is there for its ErrorLog and its Addr, and because
// some handlers only ask whether there is one.
func (s *Server) newNetHTTP() *http.Server {
	std := &http.Server{ErrorLog: log.New(errorLog{s}, "", 0)}
	if addr := s.Addr(); addr != nil {
		std.Addr = addr.String()
	}
	return std
}

// An errorLog is the io.Writer of http.Server.ErrorLog.
type errorLog struct{ srv *Server }

func (l errorLog) Write(p []byte) (int, error) {
	l.srv.logs.log(zap.WarnLevel, strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// httpError is err as an http.Handler expects it.
func (x *httpExchange) httpError(err error) error {
	switch err {
	case ErrLength:
		return http.ErrContentLength
	case ErrNoBody:
		return http.ErrBodyNotAllowed
	case ErrDeadline:
		return os.ErrDeadlineExceeded
	case ErrTooSlow:
		return errors.Join(err, os.ErrDeadlineExceeded)
	case ErrHijacked:
		return http.ErrHijacked
	case ErrNoHijack:
		return errors.Join(err, http.ErrNotSupported)
	case ErrBodyTooLarge:
		return errors.Join(err, &http.MaxBytesError{Limit: x.body.limit})
	}
	return err
}
