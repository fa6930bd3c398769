package server

import (
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
)

// request makes the http.Request, or an error if the target is none that
// package net/url can read.
func (x *httpExchange) request() (*http.Request, error) {
	ex := x.req.ex
	if !ex.enter(x.req.gen) {
		return nil, ErrFinished
	}
	hd, remote, pattern := ex.head, ex.carrier.connInfo().Remote, ex.route.pattern
	state := ex.carrier.tlsState()
	header := httpHeader(hd.fields)
	trailer, chunked := announced(hd.fields), hd.length < 0
	x.body.limit = ex.body.limit
	ex.mu.Unlock()

	target, err := httpURL(hd.method, hd.target)
	if err != nil {
		return nil, err
	}
	x.ctx.x = x
	base := http.Request{
		Method:        hd.method,
		URL:           target,
		Proto:         hd.proto,
		Header:        header,
		Body:          http.NoBody,
		ContentLength: hd.length,
		Host:          hd.host,
		RemoteAddr:    "@", // a unix socket
		RequestURI:    hd.target,
		Pattern:       pattern,
		TLS:           state,
	}
	base.ProtoMajor, base.ProtoMinor, _ = http.ParseHTTPVersion(hd.proto)
	base.Close = closes(&base)
	if remote.IsValid() {
		base.RemoteAddr = remote.String()
	}
	if chunked && base.ProtoMajor == 1 {
		base.TransferEncoding = []string{"chunked"}
	}
	if chunked || base.ProtoMajor == 2 {
		base.Trailer = trailer
	}
	req := base.WithContext(&x.ctx)
	if hd.length != 0 {
		x.body.x, x.body.req = x, req
		req.Body = &x.body
	}
	x.pathValues(req)
	return req, nil
}

// pathValues makes the parameters of the route known to req.
func (x *httpExchange) pathValues(req *http.Request) {
	ex := x.req.ex
	if !ex.enter(x.req.gen) {
		return
	}
	defer ex.mu.Unlock()
	for i := range ex.params.Len() {
		req.SetPathValue(ex.params.At(i))
	}
}

// httpURL parses a request target. The authority of CONNECT has neither
// scheme nor path (RFC 9112, section 3.2.3).
func httpURL(method, target string) (*url.URL, error) {
	if method != "CONNECT" || strings.HasPrefix(target, "/") {
		return url.ParseRequestURI(target)
	}
	u, err := url.ParseRequestURI("http://" + target)
	if err == nil {
		u.Scheme = ""
	}
	return u, err
}

// httpHeader is fields as net/http gives them to a handler: without those
// that have become fields of the http.Request. All values share one array.
func httpHeader(fields []Field) http.Header {
	header := make(http.Header, len(fields))
	values := make([]string, len(fields))
	for _, f := range fields {
		switch f.Name {
		case "host", "transfer-encoding", "trailer":
			continue
		}
		key := textproto.CanonicalMIMEHeaderKey(f.Name)
		if had := header[key]; had != nil {
			header[key] = append(had, f.Value)
			continue
		}
		values[0] = f.Value
		header[key], values = values[:1:1], values[1:]
	}
	if p := header["Pragma"]; len(p) > 0 && p[0] == "no-cache" {
		if _, has := header["Cache-Control"]; !has {
			header["Cache-Control"] = []string{"no-cache"}
		}
	}
	return header
}

// announced is the trailer fields that the head announces, without values.
func announced(fields []Field) (trailer http.Header) {
	for _, f := range fields {
		if f.Name != "trailer" {
			continue
		}
		for name := range strings.SplitSeq(f.Value, ",") {
			if name = textproto.TrimString(name); name == "" {
				continue
			}
			if trailer == nil {
				trailer = make(http.Header)
			}
			trailer[textproto.CanonicalMIMEHeaderKey(name)] = nil
		}
	}
	return trailer
}

// closes reports whether the client wants the connection closed.
func closes(r *http.Request) bool {
	var says, keeps bool
	for _, line := range r.Header["Connection"] {
		says = says || hasOption(line, "close")
		keeps = keeps || hasOption(line, "keep-alive")
	}
	return says || r.ProtoMajor == 1 && r.ProtoMinor == 0 && !keeps
}

// An httpBody is the Body of an http.Request. One goroutine may read while
// another closes.
type httpBody struct {
	x      *httpExchange
	req    *http.Request
	limit  int64
	closed atomic.Bool
	filled bool // the trailers; for the reader only
}

// Read fills the Trailer of the request when it is at the end.
func (b *httpBody) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.x.req.Body.Read(p)
	switch err {
	case nil:
	case io.EOF:
		b.fillTrailer()
	case ErrFinished:
		err = http.ErrBodyReadAfterClose
	default:
		err = b.x.httpError(err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *httpBody) Close() error {
	b.closed.Store(true)
	b.x.req.Body.Close()
	return nil
}

func (b *httpBody) fillTrailer() {
	if b.filled {
		return
	}
	b.filled = true
	for name, value := range b.x.req.Trailer().All() {
		if b.req.Trailer == nil {
			b.req.Trailer = make(http.Header)
		}
		b.req.Trailer.Add(name, value)
	}
}
