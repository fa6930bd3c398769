package examples

import (
	"io"
	"strings"

	"reactor.example/server"
)

// filler is what /bytes sends, again and again: a string, which is sent from where
// it lies.
var filler = func() string {
	const line = "The quick brown fox jumps over the lazy dog, and nobody waits.\n"
	return strings.Repeat(line, 1<<20/len(line)+1)[:1<<20]
}()

// wholeBytes is up to which size /bytes answers at once; more is streamed.
const wholeBytes = 64 << 10

// fewBytes is what it answers then. Nobody writes to it.
var fewBytes = []byte(filler[:wholeBytes])

func bytes(w *server.Response, r *server.Request) {
	n, ok := argument(w, r, "n", maxBytes)
	if !ok {
		return
	}
	if n <= wholeBytes {
		w.Bytes(200, "application/octet-stream", fewBytes[:n])
		return
	}
	w.Header().Set("content-type", "application/octet-stream")
	w.SetLength(n)
	if r.Method() == "HEAD" {
		return
	}
	for n > 0 {
		sent, err := w.WriteString(filler[:min(n, int64(len(filler)))])
		if err != nil {
			return // the client has gone
		}
		n -= int64(sent)
	}
}

// echo sends the body back while it comes. It is never sent as a page that a
// browser would run, whatever the sender calls it.
func echo(w *server.Response, r *server.Request) {
	dressEcho(w)
	if n := r.ContentLength(); n >= 0 {
		w.SetLength(n)
		io.Copy(w, r.Body)
		return
	}
	// Whoever sends in chunks may want each piece back before the next one.
	piece := make([]byte, 16<<10)
	for {
		n, err := r.Body.Read(piece)
		if _, failed := w.Write(piece[:n]); err != nil || failed != nil || w.Flush() != nil {
			return
		}
	}
}

// echoWhole sends the body back when it is complete, as far as a mebibyte is
// enough for it, so that a body above max_body_size is answered with 413 and
// not with the beginning of an echo.
func echoWhole(w *server.Response, r *server.Request) {
	if r.ContentLength() >= 0 {
		echo(w, r) // the server has seen how long it is
		return
	}
	const enough = 1 << 20
	body, err := io.ReadAll(io.LimitReader(r.Body, enough+1))
	if err != nil {
		return
	}
	dressEcho(w)
	if len(body) <= enough {
		w.Bytes(200, "", body)
		return
	}
	w.Write(body)
	io.Copy(w, r.Body)
}

func dressEcho(w *server.Response) {
	w.Header().Set("content-type", "application/octet-stream")
	w.Header().Set("x-content-type-options", "nosniff")
}

// A count is what /upload answers.
type count struct {
	Bytes int64 `json:"bytes"`
}

func upload(w *server.Response, r *server.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err == nil {
		w.JSON(200, count{n})
	}
}
