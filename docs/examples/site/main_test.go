package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// A lineSink passes on what is written to it.
type lineSink chan string

func (s lineSink) Write(b []byte) (int, error) {
	s <- string(b)
	return len(b), nil
}

func TestSite(t *testing.T) {
	t.Chdir("../../..") // from where the document runs it
	written := make(lineSink, 10)
	s := servertest.StartWith(t, server.Config{Observer: accessLog(written)}, register)

	logged := func(want string) {
		t.Helper()
		if line := <-written; !strings.Contains(line, want) || !regexp.MustCompile(`^127\.0\.0\.1 GET ".*s\n$`).MatchString(line) {
			t.Errorf("line %q, want in it %s", line, want)
		}
	}
	s.Get("/api/twice/bon").Want(t, 401, "say the word\n")
	logged(`"/api/twice/bon" 401, 13 bytes`)
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/twice/bon", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sesame")
	answer := s.Do(req)
	answer.Want(t, 200, "bonbon\n")
	logged(`"/api/twice/bon" 200, 7 bytes`)
	if answer.Header.Get("X-Begun") == "" {
		t.Error("the middleware for all routes did not run")
	}
	if a := s.Get("/files/http.md"); a.Status != 200 || !strings.HasPrefix(a.Body, "# HTTP\n") {
		t.Errorf("/files/http.md: %d %.100q", a.Status, a.Body)
	}
	logged(`"/files/http.md" 200, `)
}

func TestTheWordIsNeeded(t *testing.T) {
	s := servertest.Start(t, register)
	s.Get("/api/twice/bon").Want(t, 401, "say the word\n")
}
