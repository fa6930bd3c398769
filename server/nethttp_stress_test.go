package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// crowd is what the clients of the stress test do, each with the answer that
// it must get, or "" where it leaves early.
var crowd = []struct {
	request, answer string
	reset           bool
}{
	{request: "GET /file/page.html HTTP/1.1\r\nHost: x\r\n\r\n", answer: "</title>\n<p>It is served by the tests.\n"},
	{request: "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", answer: "hello"},
	{request: "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 70000), answer: "xxx"},
	{request: "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\nand no more", reset: true},
	{request: "GET /events HTTP/1.1\r\nHost: x\r\n\r\n", reset: true},
	{request: "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n", reset: true},
	{request: "GET /timeout HTTP/1.1\r\nHost: x\r\n\r\n", answer: "too late"},
	{request: "GET /hijack HTTP/1.1\r\nHost: x\r\n\r\nleftover\n", answer: "LEFTOVER\n"},
	{request: "GET /abort HTTP/1.1\r\nHost: x\r\n\r\n"},
	{request: strings.Repeat("GET /file/page.html HTTP/1.1\r\nHost: x\r\n\r\n", 3), answer: "tests.\n"},
}

func stressRoutes(s *server.Server) {
	handle := func(pattern string, h http.Handler) { s.Handle(pattern, server.FromHTTP(h)) }
	handle("/file/*path", http.StripPrefix("/file/", http.FileServer(http.Dir("testdata/files"))))
	handle("/echo", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	handle("/events", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			fmt.Fprint(w, "data: x\n\n")
			if http.NewResponseController(w).Flush() != nil {
				return
			}
		}
	}))
	handle("/wait", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	handle("/timeout", http.TimeoutHandler(http.HandlerFunc(untilTimeout), time.Millisecond, "too late"))
	handle("/hijack", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		nc, brw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer nc.Close()
		line, _ := brw.ReadString('\n')
		fmt.Fprintf(nc, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(line), strings.ToUpper(line))
	}))
	handle("/abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
}

// untilTimeout returns when http.TimeoutHandler has answered in its place.
func untilTimeout(w http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	for {
		if _, err := w.Write(nil); err != nil {
			return
		}
		runtime.Gosched()
	}
}

func TestFromHTTPUnderACrowd(t *testing.T) {
	t.Parallel()
	s := servertest.StartWith(t, server.Config{WorkerThreads: 2}, stressRoutes)
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for i := range 40 {
				act := &crowd[(client*7+i)%len(crowd)]
				if err := visit(s.Addr().String(), act.request, act.answer, act.reset); err != nil {
					t.Errorf("%.40q: %v", act.request, err)
				}
			}
		})
	}
	wg.Wait()
}

// visit sends a request and reads responses up to the given end of a body, or
// breaks the connection.
func visit(addr, request, answer string, reset bool) error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(nc, request); err != nil {
		return err
	}
	if reset {
		nc.(*net.TCPConn).SetLinger(0)
		return nil
	}
	if answer == "" {
		io.Copy(io.Discard, nc)
		return nil
	}
	br := bufio.NewReader(nc)
	for range strings.Count(request, " HTTP/1.1\r\n") {
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			return err
		}
		if b, err := io.ReadAll(res.Body); err != nil || !strings.HasSuffix(string(b), answer) {
			return fmt.Errorf("got %d %.60q, %w", res.StatusCode, b, err)
		}
	}
	return nil
}
