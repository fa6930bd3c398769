package server_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// A caller is a server of a test and a client that speaks one of the versions
// of HTTP to it.
type caller struct {
	*servertest.Server
	client *http.Client
	major  int // the version
}

// overVersions runs fn by HTTP/1.1 and by HTTP/2, with a server each.
func overVersions(t *testing.T, routes func(*server.Server), fn func(t *testing.T, v caller)) {
	t.Run("HTTP/1.1", func(t *testing.T) {
		t.Parallel()
		s := servertest.Start(t, routes)
		s.Client.Transport.(*http.Transport).ExpectContinueTimeout = 30 * time.Second
		fn(t, caller{s, s.Client, 1})
	})
	t.Run("HTTP/2", func(t *testing.T) {
		t.Parallel()
		fn(t, caller{servertest.Start(t, routes), client2(t), 2})
	})
}

// serveAll registers h for every path.
func serveAll(h http.HandlerFunc) func(*server.Server) {
	return func(s *server.Server) { s.Handle("/*path", server.FromHTTP(h)) }
}

// request makes one for a path. A nil body is none.
func (v caller) request(ctx context.Context, t *testing.T, method, path string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, v.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// begin sends a request and returns the response as soon as its head is there.
func (v caller) begin(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := v.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	if res.ProtoMajor != v.major {
		t.Errorf("answered by %s, want version %d", res.Proto, v.major)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// want asks for path, and wants that status and body.
func (v caller) want(t *testing.T, path string, status int, body string) {
	t.Helper()
	res := v.begin(t, v.request(t.Context(), t, "GET", path, nil))
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != status || string(b) != body {
		t.Errorf("GET %s = %d %q, %v, want %d %q", path, res.StatusCode, b, err, status, body)
	}
}

// wantOneConnection fails if a fault of one stream has cost the others their
// connection. By HTTP/1.1 that may be.
func (v caller) wantOneConnection(t *testing.T) {
	t.Helper()
	if n := v.Stats().Connections.TotalAccepted; v.major == 2 && n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}
