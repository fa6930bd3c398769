package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// serve starts a server whose every path is h.
func serve(t *testing.T, h http.HandlerFunc) *servertest.Server {
	t.Helper()
	return servertest.Start(t, func(s *server.Server) { s.Handle("/*path", server.FromHTTP(h)) })
}

// echoLines answers each line of the body as soon as it has come.
func echoLines(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	rc.EnableFullDuplex()
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		fmt.Fprintf(w, "%s\n", lines.Text())
		rc.Flush()
	}
}

// pingPong sends lines one by one and wants each back before the next.
func pingPong(t *testing.T, client *http.Client, url string) {
	t.Helper()
	body, lines := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, body)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *http.Response, 1)
	go func() {
		res, err := client.Do(req)
		if err != nil {
			t.Error(err)
			lines.CloseWithError(err)
		}
		got <- res
	}()
	fmt.Fprintln(lines, "ping 0")
	res := <-got
	if res == nil {
		return
	}
	defer res.Body.Close()
	br := bufio.NewReader(res.Body)
	for i := range 5 {
		line, err := br.ReadString('\n')
		if want := fmt.Sprintf("ping %d\n", i); line != want || err != nil {
			t.Fatalf("read %q, %v, want %q", line, err, want)
		}
		fmt.Fprintln(lines, "ping", i+1)
	}
	lines.Close()
	if rest, err := io.ReadAll(br); string(rest) != "ping 5\n" || err != nil {
		t.Errorf("at the end %q, %v", rest, err)
	}
}

func TestHTTPBodyStreamsBothWays(t *testing.T) {
	t.Parallel()
	overVersions(t, serveAll(echoLines), func(t *testing.T, v caller) { pingPong(t, v.client, v.URL) })
}

// proxyTo is a handler that passes everything on to addr at once.
func proxyTo(t *testing.T, addr string) http.HandlerFunc {
	t.Helper()
	u, err := url.Parse(addr)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	p := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(u); r.SetXForwarded() },
		Transport:     tr,
		FlushInterval: -1,
		ErrorLog:      discard,
	}
	return p.ServeHTTP
}

func TestReverseProxyBeforeNetHTTP(t *testing.T) {
	t.Parallel()
	back := httptest.NewServer(http.HandlerFunc(echoLines))
	t.Cleanup(back.Close)
	front := serve(t, proxyTo(t, back.URL))
	pingPong(t, front.Client, front.URL)
}

func TestReverseProxyBehindNetHTTP(t *testing.T) {
	t.Parallel()
	back := serve(t, echoLines)
	proxy := proxyTo(t, back.URL)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex() // net/http needs to be told
		proxy(w, r)
	}))
	t.Cleanup(front.Close)
	pingPong(t, front.Client(), front.URL)
}

func TestReverseProxyOnBothSides(t *testing.T) {
	t.Parallel()
	back := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</x>")
		w.WriteHeader(103)
		w.Header().Set("Trailer", "X-Sum")
		n, err := io.Copy(w, r.Body)
		w.Header().Set("X-Sum", fmt.Sprint(n, err))
	})
	front := serve(t, proxyTo(t, back.URL))
	got := front.Send("POST", "/x", strings.Repeat("0123456789", 20000))
	if got.Status != 200 || len(got.Body) != 200000 || got.Trailer.Get("X-Sum") != "200000 <nil>" {
		t.Errorf("got %d with %d bytes and %q", got.Status, len(got.Body), got.Trailer)
	}
}

// upgrade switches to a protocol that answers each line in capitals.
func upgrade(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "shout" {
		http.Error(w, "no upgrade", 400)
		return
	}
	w.Header().Set("Upgrade", "shout")
	w.Header().Set("Connection", "Upgrade")
	w.WriteHeader(101)
	nc, brw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer nc.Close()
	for {
		line, err := brw.ReadString('\n')
		if err != nil {
			return
		}
		brw.WriteString(strings.ToUpper(line))
		brw.Flush()
	}
}

func TestUpgradeThroughTwoProxies(t *testing.T) {
	t.Parallel()
	back := serve(t, upgrade)
	middle := serve(t, proxyTo(t, back.URL))
	front := httptest.NewServer(proxyTo(t, middle.URL))
	t.Cleanup(front.Close)
	for _, addr := range []string{back.Addr().String(), middle.Addr().String(), front.Listener.Addr().String()} {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		request, early := "GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n", "one\n"
		if addr == front.Listener.Addr().String() {
			// The proxy loses what net/http has read ahead.
			io.WriteString(nc, request)
		} else {
			io.WriteString(nc, request+early)
			early = ""
		}
		br := bufio.NewReader(nc)
		res, err := http.ReadResponse(br, nil)
		if err != nil || res.StatusCode != 101 || res.Header.Get("Upgrade") != "shout" {
			t.Fatalf("%s: %v %v", addr, res, err)
		}
		io.WriteString(nc, early)
		for _, want := range []string{"ONE\n", "TWO\n"} {
			if got, err := br.ReadString('\n'); got != want || err != nil {
				t.Fatalf("%s: read %q, %v, want %q", addr, got, err, want)
			}
			io.WriteString(nc, "two\n")
		}
		nc.Close()
	}
}

func TestConnectTunnels(t *testing.T) {
	t.Parallel()
	tunnel := server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		nc, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		fmt.Fprintf(nc, "to %s\n", r.URL.Host)
	}))
	s := servertest.Start(t, func(s *server.Server) { s.NotFound(tunnel); s.MethodNotAllowed(tunnel) })
	got := s.Raw("CONNECT there:22 HTTP/1.1\r\nHost: there:22\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\nDate: ") || !strings.HasSuffix(got, "\r\n\r\nto there:22\n") {
		t.Errorf("got %q", got)
	}
}

func TestHTTPContextEndsWithTheClient(t *testing.T) {
	t.Parallel()
	begun, ended := make(chan struct{}), make(chan error, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		close(begun)
		<-r.Context().Done()
		ended <- context.Cause(r.Context())
		io.WriteString(w, "still answered")
	})
	c := s.Dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
	<-begun
	c.(*net.TCPConn).CloseWrite()
	if err := <-ended; err != server.ErrClientGone {
		t.Errorf("cause = %v", err)
	}
	if b, _ := io.ReadAll(c); !strings.HasSuffix(string(b), "still answered") {
		t.Errorf("got %q", b)
	}
}

func TestHTTPContextOfAClientThatHasEndedAlready(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		<-r.Context().Done()
		fmt.Fprintf(w, "%s %v %v", b, err, r.Context().Err())
	})
	got := s.Raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
	if !strings.HasSuffix(got, "\r\n\r\nhi <nil> context canceled") {
		t.Errorf("got %q", got)
	}
}

func TestHTTPContextOfPipelinedRequestsLivesOn(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/last" {
			<-r.Context().Done()
		}
		fmt.Fprintln(w, r.URL.Path, r.Context().Err())
	})
	const rest = " HTTP/1.1\r\nHost: x\r\n\r\n"
	got := s.Raw("GET /first" + rest + "GET /last" + rest)
	if !strings.Contains(got, "/first <nil>\n") || !strings.HasSuffix(got, "/last context canceled\n") {
		t.Errorf("got %q", got)
	}
}
