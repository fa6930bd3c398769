package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// discard is for the other side of a comparison.
var discard = log.New(io.Discard, "", 0)

func TestHTTPParametersOfTheRoute(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, func(s *server.Server) {
		s.Use(func(next server.Handler) server.Handler {
			return func(w *server.Response, r *server.Request) {
				w.Header().Set("X-Outer", "1")
				w.Header().Set("X-Both", "outer")
				next(w, r)
			}
		})
		s.Handle("/users/:id/*rest", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Both", "inner")
			fmt.Fprintf(w, "%q %q %q", r.PathValue("id"), r.PathValue("rest"), r.Pattern)
		})))
	})
	got := s.Get("/users/a%2Fb/c/d")
	got.Want(t, 200, `"a/b" "c/d" "/users/:id/*rest"`)
	if outer, both := got.Header["X-Outer"], got.Header["X-Both"]; len(outer) != 1 || len(both) != 1 || both[0] != "inner" {
		t.Errorf("X-Outer = %q, X-Both = %q", outer, both)
	}
}

func TestHTTPBodyReadByAnotherGoroutineEndsWithTheHandler(t *testing.T) {
	t.Parallel()
	ended, reading := make(chan error), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		go func() {
			_, err := r.Body.Read(make([]byte, 1))
			if err == nil {
				close(reading)
				_, err = io.Copy(io.Discard, r.Body)
			}
			ended <- err
		}()
		<-reading
	})
	c := s.Dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
	if err := <-ended; err != http.ErrBodyReadAfterClose {
		t.Errorf("read = %v", err)
	}
}

func TestHTTPMisuseIsLoggedWithItsLine(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	s := servertest.StartWith(t, server.Config{Logger: zap.New(core)}, func(s *server.Server) {
		s.Get("/", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			w.WriteHeader(500)
			r.Context().Value(http.ServerContextKey).(*http.Server).ErrorLog.Print("from ErrorLog")
		})))
	})
	s.Get("/").Want(t, 201, "")
	s.Stop()
	all := logs.All()
	if len(all) != 2 || all[0].Message != "superfluous WriteHeader" || all[1].Message != "from ErrorLog" {
		t.Fatalf("logged %v", all)
	}
	if caller, _ := all[0].ContextMap()["caller"].(string); !strings.HasPrefix(caller, "nethttp_misuse_test.go:") {
		t.Errorf("caller = %q", caller)
	}
}

func TestHTTPBodyBeyondTheLimitOfTheRoute(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, func(s *server.Server) {
		s.With(server.Settings{MaxBodyBytes: 10}).Post("/", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			var tooLarge *http.MaxBytesError
			if !errors.As(err, &tooLarge) || tooLarge.Limit != 10 || !errors.Is(err, server.ErrBodyTooLarge) {
				t.Errorf("read = %v", err)
			}
			http.Error(w, "mine", 400)
		})))
	})
	c := s.Dial()
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
	io.WriteString(c, "a\r\n0123456789\r\n0\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != 400 && res.StatusCode != 413 || !res.Close {
		t.Errorf("got %d %q, close %v", res.StatusCode, b, res.Close)
	}
}

func TestHTTPCloseNotify(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n := w.(interface{ CloseNotify() <-chan bool })
		io.WriteString(w, fmt.Sprint(<-n.CloseNotify()))
	})
	if got := s.Raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.HasSuffix(got, "true") {
		t.Errorf("got %q", got)
	}
}

func TestProfilesOfNetHTTP(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, func(s *server.Server) {
		s.Get("/debug/pprof/*profile", server.FromHTTP(http.HandlerFunc(pprof.Index)))
	})
	if got := s.Get("/debug/pprof/"); got.Status != 200 || !strings.Contains(got.Body, "goroutine") {
		t.Errorf("index: %d %q", got.Status, got.Body)
	}
	if got := s.Get("/debug/pprof/goroutine?debug=1"); got.Status != 200 || !strings.Contains(got.Body, "goroutine profile:") {
		t.Errorf("profile: %d %q", got.Status, got.Body)
	}
}

func TestHTTPOverAUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	srv, err := server.New(server.Config{BindHost: "unix:" + path})
	if err != nil {
		t.Fatal(err)
	}
	srv.Get("/", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		fmt.Fprint(w, r.RemoteAddr, " ", local.Network())
	})))
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- srv.ListenAndServe(ctx) }()
	select {
	case <-srv.Ready():
	case err := <-served:
		t.Fatal(err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if b, err := io.ReadAll(c); !strings.HasSuffix(string(b), "\r\n\r\n@ unix") {
		t.Errorf("got %q, %v", b, err)
	}
	c.Close()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
