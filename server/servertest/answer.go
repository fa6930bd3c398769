package servertest

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// An Answer is a complete response.
type Answer struct {
	Status  int
	Header  http.Header
	Body    string
	Trailer http.Header
}

// Want fails the test unless the answer has that status and body.
func (a Answer) Want(tb testing.TB, status int, body string) {
	tb.Helper()
	if a.Status != status || a.Body != body {
		tb.Errorf("got %d %q, want %d %q", a.Status, a.Body, status, body)
	}
}

// Get asks for a path of the server.
func (s *Server) Get(path string) Answer {
	s.tb.Helper()
	return s.Send("GET", path, "")
}

// Send makes a request with a body, empty for none.
func (s *Server) Send(method, path, body string) Answer {
	s.tb.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(s.tb.Context(), method, s.URL+path, r)
	if err != nil {
		s.tb.Fatalf("servertest: %v", err)
	}
	return s.Do(req)
}

// Do sends a request of the caller's making and reads the whole response.
func (s *Server) Do(req *http.Request) Answer {
	s.tb.Helper()
	res, err := s.Client.Do(req)
	if err != nil {
		s.tb.Fatalf("servertest: %v", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.tb.Fatalf("servertest: %v", err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(b), Trailer: res.Trailer}
}

// Raw sends octets as they are, ends its direction, and returns everything
// that the server answers.
func (s *Server) Raw(request string) string {
	s.tb.Helper()
	c := s.Dial()
	if _, err := io.WriteString(c, request); err != nil {
		s.tb.Fatalf("servertest: %v", err)
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
	b, err := io.ReadAll(c)
	if err != nil {
		s.tb.Fatalf("servertest: after %q: %v", b, err)
	}
	return string(b)
}
