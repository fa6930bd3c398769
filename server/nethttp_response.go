package server

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"
)

// sniffLength is how much of a body http.DetectContentType looks at.
const sniffLength = 512

// An httpWriter is the http.ResponseWriter of an http.Handler. Like that of
// net/http it is for one goroutine at a time.
type httpWriter struct {
	x      *httpExchange
	res    *Response
	header http.Header

	head     bool  // the method is HEAD
	connect  bool  // the method is CONNECT
	two      bool  // HTTP/2: trailers go with any framing
	wrote    bool  // WriteHeader was called
	sniffs   bool  // the content type depends on the body
	hijacked bool  // the connection is the handler's
	status   int   // once wrote
	declared int64 // Content-Length; -1: none
	written  int64
	trailers []string // announced, canonical
}

// Header implements http.ResponseWriter.
func (w *httpWriter) Header() http.Header {
	if w.header == nil {
		w.header = make(http.Header)
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter: the header is what it is now.
func (w *httpWriter) WriteHeader(code int) {
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", code))
	}
	switch {
	case w.hijacked:
		w.misused("WriteHeader on a hijacked connection")
	case w.wrote:
		w.misused("superfluous WriteHeader")
	case code < 200 && code != 101:
		w.res.Interim(code, w.fields()...)
	default:
		w.begin(code)
	}
}

// misused logs a fault of the handler, with the line that made it.
func (w *httpWriter) misused(what string) {
	var pcs [8]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	f, more := frames.Next()
	for more && strings.Contains(f.Function, "(*httpWriter)") {
		f, more = frames.Next()
	}
	caller := path.Base(f.File) + ":" + strconv.Itoa(f.Line)
	w.x.server().logs.log(zap.WarnLevel, what, zap.String("caller", caller))
}

// begin copies status and header into the reply. Nothing is sent yet.
func (w *httpWriter) begin(code int) {
	w.wrote, w.status = true, code
	w.declare()
	fields := w.fields()
	ex := w.res.ex
	if !ex.enter(w.res.gen) {
		return
	}
	defer ex.mu.Unlock()
	r := &ex.reply
	if r.stage != replyOpen {
		return
	}
	r.status = code
	r.dropNamedAs(fields) // what a middleware has set before
	r.fields = append(r.fields, fields...)
	switch {
	case !w.mayHaveBody():
	case w.declared >= 0:
		r.length, r.hasLength = w.declared, true
	case w.trailers != nil || w.header.Get("Transfer-Encoding") != "":
		r.length, r.hasLength = unknownLength, true
	}
	if date, has := w.header["Date"]; has && len(date) == 0 {
		r.noDate = true
	}
	w.sniffs = w.sniffable()
}

// dropNamedAs removes the fields that have a namesake in fields, except those
// that are lists of lines by nature.
func (r *reply) dropNamedAs(fields []Field) {
	if len(r.fields) == 0 {
		return
	}
	r.fields = slices.DeleteFunc(r.fields, func(had Field) bool {
		return had.Name != "set-cookie" && had.Name != "www-authenticate" &&
			slices.ContainsFunc(fields, func(f Field) bool { return f.Name == had.Name })
	})
}

// sniffable reports whether the content type is to be found out.
func (w *httpWriter) sniffable() bool {
	_, has := w.header["Content-Type"]
	return !has && w.mayHaveBody() && w.header.Get("Content-Encoding") == "" && w.header.Get("Transfer-Encoding") == ""
}

// mayHaveBody reports whether the response can have a body. Behind a 2xx to
// CONNECT there is a tunnel (RFC 9110, section 9.3.6).
func (w *httpWriter) mayHaveBody() bool {
	return !bodyless(w.status) && w.status != 205 && !(w.connect && w.status/100 == 2)
}

// sniff sets the content type by what has been written and next, which is
// about to be.
func (w *httpWriter) sniff(next []byte) {
	ex := w.res.ex
	if !w.sniffs || !ex.enter(w.res.gen) {
		return
	}
	defer ex.mu.Unlock()
	w.sniffs = false
	sample := ex.reply.buf.first()
	if more := min(sniffLength-len(sample), len(next)); more > 0 {
		sample = append(sample[:len(sample):len(sample)], next[:more]...)
	}
	if len(sample) > 0 {
		ex.reply.setDefault("content-type", http.DetectContentType(sample))
	}
}

// Write implements io.Writer. Like Response.Write it holds back a short body.
func (w *httpWriter) Write(p []byte) (int, error) {
	switch {
	case w.hijacked:
		return 0, http.ErrHijacked
	case !w.wrote:
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case len(p) == 0:
		return 0, nil
	case !w.mayHaveBody():
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p))
	if w.declared >= 0 && w.written > w.declared {
		return 0, http.ErrContentLength
	}
	if w.sniffs && w.written >= sniffLength {
		w.sniff(p)
	}
	n, err := w.res.Write(p)
	if err != nil {
		err = w.x.httpError(err)
	}
	return n, err
}

// WriteString implements io.StringWriter.
func (w *httpWriter) WriteString(s string) (int, error) { return w.Write(bytesOf(s)) }

// ReadFrom implements io.ReaderFrom.
func (w *httpWriter) ReadFrom(src io.Reader) (int64, error) { return copyThrough(w, src) }

// Flush implements http.Flusher.
func (w *httpWriter) Flush() { w.FlushError() }

// FlushError is what http.ResponseController.Flush calls.
func (w *httpWriter) FlushError() error {
	if w.hijacked {
		return http.ErrHijacked
	}
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	w.sniff(nil)
	w.sniffs = false
	if err := w.res.Flush(); err != nil {
		return w.x.httpError(err)
	}
	return nil
}

// finish ends the response when the handler has returned.
func (w *httpWriter) finish() {
	if w.hijacked {
		return
	}
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	w.sniff(nil)
	ex := w.res.ex
	if !ex.enter(w.res.gen) {
		return
	}
	defer ex.mu.Unlock()
	r := &ex.reply
	if w.head && w.written == 0 && !r.hasLength {
		// Nobody knows how long the body of GET would be.
		r.length, r.hasLength = unknownLength, true
	}
	if w.declared < 0 || w.two {
		r.trailers = w.appendTrailers(r.trailers)
	}
}
