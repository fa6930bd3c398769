package server

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/netip"
	"net/url"

	"reactor.example/reactor"
)

// A Request is what a handler is asked. It may be used, by any goroutine,
// until the handler returns; afterwards its methods return zero values, and
// Body returns ErrFinished. The strings that it gives may be kept for ever.
type Request struct {
	// Body is the body of the request, with its limit; it is at its end at
	// once if there is none. It need not be closed.
	Body io.ReadCloser

	ex  *exchange
	gen uint64
}

// text returns one of the strings of the head.
func (r *Request) text(field *string) string {
	if !r.ex.enter(r.gen) {
		return ""
	}
	s := *field
	r.ex.mu.Unlock()
	return s
}

// Method is the request method, for example GET. A HEAD request that is
// answered by a GET route says HEAD.
func (r *Request) Method() string { return r.text(&r.ex.head.method) }

// Target is the request target as it was received.
func (r *Request) Target() string { return r.text(&r.ex.head.target) }

// RawPath is the path of the target as it was received, with its
// percent-encodings.
func (r *Request) RawPath() string { return r.text(&r.ex.head.path) }

// RawQuery is the query of the target, without the question mark.
func (r *Request) RawQuery() string { return r.text(&r.ex.head.rawQuery) }

// Host is the authority that the request is for, from the target if it has
// one, else from the Host field.
func (r *Request) Host() string { return r.text(&r.ex.head.host) }

// Scheme is "http" or "https".
func (r *Request) Scheme() string { return r.text(&r.ex.head.scheme) }

// Proto is the protocol version, for example "HTTP/1.1".
func (r *Request) Proto() string { return r.text(&r.ex.head.proto) }

// Path is the path of the target with its percent-encodings decoded. An
// encoded slash looks like any other here; RawPath and the parameters of the
// route tell the difference.
func (r *Request) Path() string {
	raw := r.RawPath()
	if path, err := url.PathUnescape(raw); err == nil {
		return path
	}
	return raw
}

// Query parses RawQuery. What cannot be parsed is left out.
func (r *Request) Query() url.Values {
	q, _ := url.ParseQuery(r.RawQuery())
	return q
}

// Pattern is the pattern of the route that matched, empty if none did.
func (r *Request) Pattern() string {
	if !r.ex.enter(r.gen) {
		return ""
	}
	defer r.ex.mu.Unlock()
	return r.ex.route.pattern
}

// Param returns the parameter of the route's pattern of that name, decoded,
// or "".
func (r *Request) Param(name string) string {
	if !r.ex.enter(r.gen) {
		return ""
	}
	defer r.ex.mu.Unlock()
	return r.ex.params.Get(name)
}

// ContentLength is the length of the body, or -1 if it is not known before
// its end.
func (r *Request) ContentLength() int64 {
	if !r.ex.enter(r.gen) {
		return 0
	}
	defer r.ex.mu.Unlock()
	return r.ex.head.length
}

// Header is the fields of the request.
func (r *Request) Header() Header { return Header{r.ex, r.gen, requestFields} }

// Trailer is the trailer fields. They are there once Body has given io.EOF.
func (r *Request) Trailer() Header { return Header{r.ex, r.gen, requestTrailers} }

// Cookies parses the Cookie fields. What cannot be parsed is left out.
func (r *Request) Cookies() (cookies []*http.Cookie) {
	for _, line := range r.Header().Values("cookie") {
		parsed, err := http.ParseCookie(line)
		if err == nil {
			cookies = append(cookies, parsed...)
		}
	}
	return cookies
}

// Cookie returns the value of the first cookie of that name, and whether
// there is one.
func (r *Request) Cookie(name string) (value string, ok bool) {
	for _, c := range r.Cookies() {
		if c.Name == name {
			return c.Value, true
		}
	}
	return "", false
}

// ConnInfo says which connection the request came by.
func (r *Request) ConnInfo() ConnInfo {
	if !r.ex.enter(r.gen) {
		return ConnInfo{}
	}
	defer r.ex.mu.Unlock()
	return r.ex.carrier.connInfo()
}

// TLS is what the handshake of the connection has settled: version, suite, client
// certificates and more. Nil without TLS. Each call makes a copy.
func (r *Request) TLS() *tls.ConnectionState {
	if !r.ex.enter(r.gen) {
		return nil
	}
	defer r.ex.mu.Unlock()
	return r.ex.carrier.tlsState()
}

// RemoteAddr is the address of the client, zero over a unix socket.
func (r *Request) RemoteAddr() netip.AddrPort { return r.ConnInfo().Remote }

// LocalAddr is the address that the client has reached, zero over a unix
// socket. It asks the loop and waits for the answer.
func (r *Request) LocalAddr() (local netip.AddrPort) {
	if r.ex.enter(r.gen) {
		hold := r.ex.hold
		r.ex.mu.Unlock()
		ex, gen := r.ex, r.gen
		ex.onLoop(hold, func() {
			if ex.enter(gen) {
				ex.mu.Unlock() // who recycles ex does it on this loop
				local = ex.carrier.localAddr()
			}
		})
	}
	return local
}

// SetValue remembers value for the rest of the request, for example from a
// middleware to a handler. Keys are compared by ==.
func (r *Request) SetValue(key, val any) {
	if !r.ex.enter(r.gen) {
		return
	}
	defer r.ex.mu.Unlock()
	for i := range r.ex.values {
		if r.ex.values[i].key == key {
			r.ex.values[i].value = val
			return
		}
	}
	r.ex.values = append(r.ex.values, value{key, val})
}

// Value returns what SetValue remembered, or nil.
func (r *Request) Value(key any) any {
	if !r.ex.enter(r.gen) {
		return nil
	}
	defer r.ex.mu.Unlock()
	for _, v := range r.ex.values {
		if v.key == key {
			return v.value
		}
	}
	return nil
}

// Context returns a context that is cancelled when the client goes away
// (the cause is then ErrClientGone), when the time of the route is over
// (ErrDeadline), and when the handler returns. It may be kept for ever.
//
// A client that just ends its own direction, which is also what a close looks
// like at first, may wait for its answer: it has gone only when the
// connection breaks, or when the response streams already.
func (r *Request) Context() context.Context {
	ex := r.ex
	if !ex.enter(r.gen) {
		return finished
	}
	defer ex.mu.Unlock()
	if ex.ctx == nil {
		ex.ctx, ex.cancel = context.WithCancelCause(context.Background())
		switch {
		case ex.gone != nil:
			ex.cancel(ex.gone)
		case ex.cancelled != nil:
			ex.cancel(ex.cancelled)
		case ex.asHTTP && ex.clientEnded:
			ex.cancel(ErrClientGone)
		}
	}
	return ex.ctx
}

// finished is the context of a request that is over.
var finished = func() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ErrFinished)
	return ctx
}()

// Hold is the claim of the handler on its loop. A handler that knows it is
// about to wait for long may Release it, so that the loop need not notice by
// itself.
func (r *Request) Hold() reactor.Hold {
	if !r.ex.enter(r.gen) {
		return reactor.Hold{}
	}
	defer r.ex.mu.Unlock()
	return r.ex.hold
}
