package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// Each line is there before the handler writes the next one, and its context
// ends when the client does not want to read any more.
func TestHTTPEventsUntilTheClientLeaves(t *testing.T) {
	t.Parallel()
	read, left := make(chan bool), make(chan error, 2)
	events := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := 0; r.Context().Err() == nil; i++ {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			select {
			case <-read:
			case <-r.Context().Done():
			}
		}
		left <- context.Cause(r.Context())
	}
	overVersions(t, serveAll(events), func(t *testing.T, v caller) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		res := v.begin(t, v.request(ctx, t, "GET", "/", nil))
		lines := bufio.NewReader(res.Body)
		for i := range 5 {
			got, err := lines.ReadString('\n')
			if want := fmt.Sprintf("data: %d\n", i); got != want || err != nil {
				t.Fatalf("event %d is %q, %v, want %q", i, got, err, want)
			}
			lines.ReadString('\n')
			read <- true
		}
		cancel()
		if err := <-left; err != server.ErrClientGone {
			t.Errorf("cause = %v, want ErrClientGone", err)
		}
	})
}

func TestHTTPTrailersBothWays(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		sent, announced := r.Trailer["X-Sent"]
		if !announced || sent != nil {
			t.Errorf("before the body the trailer is %q, want X-Sent without a value", r.Trailer)
		}
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Add("Trailer", "X-Unset")
		n, err := io.Copy(w, r.Body)
		if r.URL.Path == "/flushed" {
			w.(http.Flusher).Flush()
		}
		w.Header().Set("X-Sum", fmt.Sprint(n, err, r.Trailer["X-Sent"]))
		w.Header().Set(http.TrailerPrefix+"X-Late", "yes")
		w.Header().Set("X-Header", "no trailer")
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		for _, path := range []string{"/whole", "/flushed"} {
			for _, size := range []int64{0, 10, 100_000} {
				req := v.request(t.Context(), t, "POST", path, io.LimitReader(strings.NewReader(strings.Repeat("x", 100_000)), size))
				req.Trailer = http.Header{"X-Sent": {"all of it"}}
				res := v.begin(t, req)
				if before, ok := res.Trailer["X-Sum"]; !ok || before != nil {
					t.Errorf("%s: before the body the trailer is %q, want X-Sum without a value", path, res.Trailer)
				}
				body, err := io.ReadAll(res.Body)
				want := fmt.Sprintf(`map["X-Late":["yes"] "X-Sum":["%d <nil> [all of it]"] "X-Unset":[]]`, size)
				if got := fmt.Sprintf("%q", res.Trailer); int64(len(body)) != size || err != nil || got != want {
					t.Errorf("%s: %d bytes, %v, trailer %s, want %d and %s", path, len(body), err, got, size, want)
				}
			}
		}
	})
}

// HTTP/2 has trailers also where the length is known.
func TestHTTPTrailersBehindAKnownLength(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, serveAll(func(w http.ResponseWriter, r *http.Request) {
		_, announced := r.Trailer["X-Sent"]
		b, err := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		w.Header().Set("Trailer", "X-Sum")
		w.Write(b)
		if r.URL.Path == "/flushed" {
			w.(http.Flusher).Flush()
		}
		w.Header().Set("X-Sum", fmt.Sprintf("%v %v %s", announced, err, r.Trailer.Get("X-Sent")))
	}))
	v := caller{s, client2(t), 2}
	for _, path := range []string{"/whole", "/flushed"} {
		req := v.request(t.Context(), t, "POST", path, strings.NewReader("hello"))
		req.Trailer = http.Header{"X-Sent": {"all"}}
		res := v.begin(t, req)
		body, err := io.ReadAll(res.Body)
		if got := res.Trailer.Get("X-Sum"); string(body) != "hello" || err != nil || got != "true <nil> all" {
			t.Errorf("%s: %q, %v, trailer %q", path, body, err, got)
		}
	}
}

func TestHTTPInterimResponses(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.Header().Add("Link", "</b.js>; rel=preload")
		w.WriteHeader(103)
		w.Header().Del("Link")
		w.WriteHeader(201)
		w.WriteHeader(103) // too late: not sent
		io.WriteString(w, "done")
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		var links [][]string
		trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			links = append(links, append([]string{fmt.Sprint(code)}, header["Link"]...))
			return nil
		}}
		res := v.begin(t, v.request(httptrace.WithClientTrace(t.Context(), trace), t, "GET", "/", nil))
		body, err := io.ReadAll(res.Body)
		if res.StatusCode != 201 || res.Header["Link"] != nil || string(body) != "done" || err != nil {
			t.Errorf("final: %d %q %q, %v", res.StatusCode, res.Header, body, err)
		}
		want := "[[103 </a.css>; rel=preload] [103 </a.css>; rel=preload </b.js>; rel=preload]]"
		if got := fmt.Sprint(links); got != want {
			t.Errorf("interim: %s, want %s", got, want)
		}
	})
}

// A body that says whether it was asked for.
type watchedBody struct {
	io.Reader
	asked atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.asked.Store(true)
	return b.Reader.Read(p)
}

// The client of this test holds its body back until it is told to send it.
func TestHTTPExpectationIsMetByTheFirstRead(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/said":
			w.WriteHeader(100)
		case "/refused":
			w.WriteHeader(403)
			return
		}
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %v", b, err)
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		for path, want := range map[string]string{
			"/read": "true true 200 ok <nil>", "/said": "true true 200 ok <nil>", "/refused": "false false 403 ",
		} {
			var told atomic.Bool
			trace := &httptrace.ClientTrace{Got100Continue: func() { told.Store(true) }}
			content := &watchedBody{Reader: strings.NewReader("ok")}
			req := v.request(httptrace.WithClientTrace(t.Context(), trace), t, "POST", path, content)
			req.Header.Set("Expect", "100-continue")
			res := v.begin(t, req)
			body, err := io.ReadAll(res.Body)
			if got := fmt.Sprintf("%v %v %d %s", told.Load(), content.asked.Load(), res.StatusCode, body); got != want || err != nil {
				t.Errorf("%s: %s, %v, want %s", path, got, err, want)
			}
		}
		v.wantOneConnection(t)
	})
}

// A handler that gives up ends its request and nothing else, and says nothing
// in the log.
func TestHTTPAbortIsSilent(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/late":
			io.WriteString(w, "x")
			http.NewResponseController(w).Flush()
		case "/well":
			io.WriteString(w, "well")
			return
		}
		panic(http.ErrAbortHandler)
	}
	for _, major := range []int{1, 2} {
		s := servertest.StartWith(t, server.Config{Logger: zap.New(core)}, serveAll(handler))
		v := caller{s, s.Client, major}
		if major == 2 {
			v.client = client2(t)
		}
		for _, path := range []string{"/early", "/late"} {
			v.want(t, "/well", 200, "well")
			res, err := v.client.Do(v.request(t.Context(), t, "GET", path, nil))
			if err == nil {
				_, err = io.ReadAll(res.Body)
				res.Body.Close()
			}
			if err == nil || major == 2 && !strings.Contains(err.Error(), "INTERNAL_ERROR") {
				t.Errorf("version %d, %s: %v, want a response that is cut", major, path, err)
			}
		}
		v.want(t, "/well", 200, "well")
		v.wantOneConnection(t)
		s.Stop()
	}
	if logs.Len() != 0 {
		t.Errorf("logged %v", logs.All())
	}
}

// A length that the handler does not keep to is told from a whole response.
func TestHTTPLengthThatIsNotKept(t *testing.T) {
	t.Parallel()
	begun := make(chan bool)
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		switch r.URL.Path {
		case "/less":
			io.WriteString(w, "hi")
		case "/less/flushed":
			io.WriteString(w, "hi")
			w.(http.Flusher).Flush()
			<-begun
		case "/more":
			io.WriteString(w, "hello")
			if _, err := io.WriteString(w, "!"); err != http.ErrContentLength {
				t.Errorf("one more byte: %v, want ErrContentLength", err)
			}
		}
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		v.want(t, "/less", 500, "500 Internal Server Error\n")
		v.want(t, "/more", 200, "hello")
		res := v.begin(t, v.request(t.Context(), t, "GET", "/less/flushed", nil))
		begun <- true
		if b, err := io.ReadAll(res.Body); res.ContentLength != 5 || string(b) != "hi" || err == nil {
			t.Errorf("length %d, %q, %v, want an error behind hi", res.ContentLength, b, err)
		}
		v.want(t, "/more", 200, "hello")
		v.wantOneConnection(t)
	})
}

// There is no connection to give away where others share it. The response
// goes on.
func TestHTTPHijackIsRefusedByHTTP2(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, serveAll(func(w http.ResponseWriter, _ *http.Request) {
		nc, brw, err := http.NewResponseController(w).Hijack()
		fmt.Fprint(w, nc == nil, brw == nil, errors.Is(err, http.ErrNotSupported), errors.Is(err, server.ErrNoHijack))
	}))
	v := caller{s, client2(t), 2}
	v.want(t, "/", 200, "true true true true")
	v.want(t, "/", 200, "true true true true")
	v.wantOneConnection(t)
}

func TestHTTPWriterAndBodyAfterTheHandler(t *testing.T) {
	t.Parallel()
	for _, major := range []int{1, 2} {
		returned, faults := make(chan struct{}), make(chan error, 2)
		s := servertest.Start(t, serveAll(func(w http.ResponseWriter, r *http.Request) {
			go func() {
				defer close(faults)
				<-returned
				n, err := r.Body.Read(make([]byte, 1))
				_, werr := w.Write([]byte("late"))
				rc := http.NewResponseController(w)
				_, _, herr := rc.Hijack()
				if n != 0 || err != http.ErrBodyReadAfterClose || werr == nil || herr == nil || rc.Flush() == nil {
					faults <- fmt.Errorf("read %d, %w; write %w; hijack %w", n, err, werr, herr)
				}
				if r.Context().Err() == nil || r.Context().Value(http.ServerContextKey) == nil {
					faults <- errors.New("the context lives on")
				}
			}()
			io.WriteString(w, "x")
		}))
		v := caller{s, s.Client, major}
		if major == 2 {
			v.client = client2(t)
		}
		res := v.begin(t, v.request(t.Context(), t, "POST", "/", strings.NewReader(strings.Repeat("b", 30000))))
		if b, err := io.ReadAll(res.Body); string(b) != "x" || err != nil {
			t.Errorf("got %q, %v", b, err)
		}
		close(returned)
		for err := range faults {
			t.Errorf("version %d: %v", major, err)
		}
	}
}

// The handlers of a connection of HTTP/2 that is reset see what those of
// HTTP/1.1 see.
func TestHTTPClientThatGoesAwayWhileItSends(t *testing.T) {
	t.Parallel()
	read := make(chan error, 2)
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, err := io.ReadAll(r.Body)
		<-r.Context().Done()
		_, werr := w.Write(make([]byte, 1<<20))
		read <- errors.Join(err, werr)
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		body, more := io.Pipe()
		defer more.Close()
		go io.WriteString(more, "some")
		res := v.begin(t, v.request(ctx, t, "POST", "/", body))
		cancel()
		res.Body.Close()
		err := <-read
		if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 2 ||
			!slices.ContainsFunc(joined.Unwrap(), func(err error) bool { return errors.Is(err, server.ErrClientGone) }) {
			t.Errorf("read and write = %v, want two errors, one of them ErrClientGone", err)
		}
	})
}
