package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// twoClient is a client that knows beforehand that the server speaks HTTP/2.
func twoClient(t testing.TB) *http.Client {
	t.Helper()
	tr := &http.Transport{Protocols: new(http.Protocols)}
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

// two sends a request by HTTP/2 and reads the whole answer.
func (g *rig) two(c *http.Client, method, path string, body io.Reader, fields ...string) (*http.Response, string) {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), method, g.url(path), body)
	if err != nil {
		g.t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatalf("%s %s: reading the body: %v", method, path, err)
	}
	if res.ProtoMajor != 2 {
		g.t.Errorf("%s %s: answered by %s", method, path, res.Proto)
	}
	return res, string(b)
}

func TestHTTP2ReachesTheSameHandlers(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/hello/:name", func(w *Response, r *Request) {
			w.Header().Set("X-Seen", r.Proto()+" "+r.Host()+" "+r.Header().Get("X-Asked")+" "+r.RawQuery())
			w.Text(200, "hello "+r.Param("name"))
		})
		s.Post("/echo", func(w *Response, r *Request) { io.Copy(w, r.Body) })
		s.Get("/nothing", func(w *Response, _ *Request) { w.Status(204) })
	})
	c := twoClient(t)
	res, body := g.two(c, "GET", "/hello/you?a=b", nil, "X-Asked", "yes")
	if body != "hello you" || !strings.HasPrefix(res.Header.Get("X-Seen"), "HTTP/2.0 127.0.0.1:") ||
		!strings.HasSuffix(res.Header.Get("X-Seen"), " yes a=b") {
		t.Errorf("got %q, %q", body, res.Header)
	}
	if res.Header.Get("Date") == "" || res.ContentLength != 9 {
		t.Errorf("Date %q, length %d", res.Header.Get("Date"), res.ContentLength)
	}
	for _, n := range []int{0, 1, 1000, 16 << 10, 100 << 10, 1 << 20} {
		want := strings.Repeat("x", n)
		if _, got := g.two(c, "POST", "/echo", strings.NewReader(want)); got != want {
			t.Errorf("echo of %d bytes gave %d", n, len(got))
		}
		// Without a content-length the handler begins before the body's end.
		if _, got := g.two(c, "POST", "/echo", io.MultiReader(strings.NewReader(want))); got != want {
			t.Errorf("echo of %d bytes of unknown length gave %d", n, len(got))
		}
	}
	if res, _ := g.two(c, "HEAD", "/hello/you", nil); res.ContentLength != 9 {
		t.Errorf("HEAD: length %d, want 9", res.ContentLength)
	}
	if res, body := g.two(c, "GET", "/nothing", nil); res.StatusCode != 204 || body != "" {
		t.Errorf("/nothing = %d %q", res.StatusCode, body)
	}
	if res, body := g.two(c, "GET", "/missing", nil); res.StatusCode != 404 || body != "404 Not Found\n" {
		t.Errorf("/missing = %d %q", res.StatusCode, body)
	}
	if res, _ := g.two(c, "DELETE", "/echo", nil); res.StatusCode != 405 || res.Header.Get("Allow") == "" {
		t.Errorf("DELETE /echo = %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
	if st := g.stats().Connections; st.TotalAccepted != 1 || st.ActiveHTTP2 != 1 || st.ActiveHTTP1 != 0 || st.ActiveStreams != 0 {
		t.Errorf("connections: %+v, want one of HTTP/2", st)
	}
}

func TestHTTP2StreamsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Get("/wait", func(w *Response, _ *Request) { <-release; w.Text(200, "waited") })
		s.Get("/now", func(w *Response, _ *Request) { w.Text(200, "now") })
	})
	c := twoClient(t)
	g.two(c, "GET", "/now", nil) // one connection for all
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if _, body := g.two(c, "GET", "/wait", nil); body != "waited" {
				t.Errorf("got %q", body)
			}
		})
	}
	g.await("20 streams", func(st Stats) bool { return st.Connections.ActiveStreams == 20 })
	if _, body := g.two(c, "GET", "/now", nil); body != "now" {
		t.Errorf("got %q", body)
	}
	close(release)
	waiting.Wait()
	if n := g.stats().Connections.TotalAccepted; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestHTTP2StreamsBothWaysAtOnce(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Post("/lines", func(w *Response, r *Request) {
			w.Trailer().Set("X-Count", "0")
			buf := make([]byte, 64)
			total := 0
			for {
				n, err := r.Body.Read(buf)
				total += n
				w.Write(bytes.ToUpper(buf[:n]))
				w.Flush()
				if err != nil {
					w.Trailer().Set("X-Count", fmt.Sprint(total, " ", err == io.EOF, " ", r.Trailer().Get("X-Sent")))
					return
				}
			}
		})
	})
	in, out := io.Pipe()
	req, _ := http.NewRequestWithContext(t.Context(), "POST", g.url("/lines"), in)
	req.Trailer = http.Header{"X-Sent": {"all"}}
	type answer struct {
		res *http.Response
		err error
	}
	answered := make(chan answer, 1)
	c := twoClient(t)
	go func() {
		res, err := c.Do(req)
		answered <- answer{res, err}
	}()
	io.WriteString(out, "first ")
	a := <-answered
	if a.err != nil {
		t.Fatal(a.err)
	}
	defer a.res.Body.Close()
	buf := make([]byte, 6)
	for _, word := range []string{"first ", "secnd ", "third "} {
		if word != "first " {
			io.WriteString(out, word)
		}
		if _, err := io.ReadFull(a.res.Body, buf); err != nil || string(buf) != strings.ToUpper(word) {
			t.Fatalf("got %q, %v", buf, err)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(a.res.Body); len(rest) > 0 || err != nil {
		t.Errorf("rest %q, %v", rest, err)
	}
	if got := a.res.Trailer.Get("X-Count"); got != "18 true all" {
		t.Errorf("trailer %q", got)
	}
}

func TestHTTP2LargeBodyIsAnsweredWith413(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{MaxBodySize: 1000}, func(s *Server) { s.Post("/", echo) })
	c := twoClient(t)
	for _, body := range []io.Reader{
		strings.NewReader(strings.Repeat("x", 1001)),
		io.MultiReader(strings.NewReader(strings.Repeat("x", 1001))), // length unknown
		io.MultiReader(strings.NewReader(strings.Repeat("x", 300<<10))),
	} {
		if res, _ := g.two(c, "POST", "/", body); res.StatusCode != 413 {
			t.Errorf("status %d, want 413", res.StatusCode)
		}
	}
	if _, body := g.two(c, "POST", "/", strings.NewReader("fits")); body != "fits" {
		t.Errorf("the connection did not survive: %q", body)
	}
}

func TestHTTP2FailingHandlerEndsItsStreamOnly(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/before", func(*Response, *Request) { panic("before") })
		s.Get("/after", func(w *Response, _ *Request) {
			io.WriteString(w, "some")
			w.Flush()
			panic("after")
		})
		s.Get("/", hello)
	})
	c := twoClient(t)
	if res, _ := g.two(c, "GET", "/before", nil); res.StatusCode != 500 {
		t.Errorf("/before = %d, want 500", res.StatusCode)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", g.url("/after"), nil)
	res, err := c.Do(req)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil && res.StatusCode != 500 { // which it is if nothing had left yet
		t.Error("/after ended as if it were whole")
	}
	if _, body := g.two(c, "GET", "/", nil); body != "hello" {
		t.Errorf("got %q", body)
	}
	if n := g.stats().Connections.TotalAccepted; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestHTTP2ContextEndsWithTheStream(t *testing.T) {
	t.Parallel()
	cause := make(chan error, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(_ *Response, r *Request) {
			<-r.Context().Done()
			cause <- context.Cause(r.Context())
		})
	})
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", g.url("/"), nil)
	go func() {
		g.await("the request", func(st Stats) bool { return st.Requests.Active == 1 })
		cancel()
	}()
	if res, err := twoClient(t).Do(req); err == nil {
		res.Body.Close()
		t.Error("answered")
	}
	if err := <-cause; !errors.Is(err, ErrClientGone) {
		t.Errorf("cause %v, want ErrClientGone", err)
	}
}

// Connection: close, which HTTP/2 has no field for, ends the connection in good
// order: with the streams that are under way, and the server goes on.
func TestHTTP2HandlerEndsItsConnection(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", hello)
		s.Get("/waits", func(w *Response, r *Request) { <-gate; hello(w, r) })
		s.Get("/last", func(w *Response, r *Request) {
			w.Header().Set("Connection", "foo, Close")
			hello(w, r)
		})
	})
	c := g.dialTwo()
	c.send(twoGet(1, "/waits") + twoGet(3, "/last"))
	if f := c.until(twoGoAway, 0); string(f.payload[:8]) != twoNumber(1<<31-1)+twoNumber(0) {
		t.Errorf("the first GOAWAY says %x", f.payload)
	}
	if f := c.until(twoGoAway, 0); string(f.payload[:8]) != twoNumber(3)+twoNumber(0) {
		t.Errorf("the last GOAWAY says %x", f.payload)
	}
	close(gate)
	if status, body := c.whole(1); status != 200 || body != "hello" {
		t.Errorf("the stream under way got %d %q", status, body)
	}
	c.wantOver()
	if got := g.dial().get("/"); got.StatusCode != 200 {
		t.Errorf("another connection got %d", got.StatusCode)
	}
}

func TestHTTP2ShutdownFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { <-release; w.Text(200, "done") })
	})
	c := twoClient(t)
	var waiting sync.WaitGroup
	for range 10 {
		waiting.Go(func() {
			if _, body := g.two(c, "GET", "/", nil); body != "done" {
				t.Errorf("got %q", body)
			}
		})
	}
	g.await("10 streams", func(st Stats) bool { return st.Connections.ActiveStreams == 10 })
	stopped := make(chan error, 1)
	go func() { stopped <- g.shutdown() }()
	<-g.srv.stopping
	close(release)
	waiting.Wait()
	if err := <-stopped; err != nil {
		t.Errorf("shutdown: %v", err)
	}
}

func TestForeignClientIsNotAnsweredByHTTP1(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, nil)
	c := g.dial()
	c.send("INVALID CONNECTION PREFACE\r\n\r\n")
	c.wantEnd()
}

func TestHTTP2IsDecidedAtTheFirstOctetThatDiffers(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello); s.Route("PRI", "/", hello) })
	for _, request := range []string{
		"P", "PR", "PRI", "PRI ", "PRI *", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r", // nothing but a beginning
	} {
		c := g.dial()
		c.send(request)
		c.closeWrite()
		c.wantEnd()
	}
	c := g.dial()
	c.send("PRI")
	c.ask(" / HTTP/1.1\r\nHost: h\r\n\r\n").want(t, 200, "hello")
}
