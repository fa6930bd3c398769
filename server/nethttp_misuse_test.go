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
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

func TestHTTPWriterAndBodyAfterTheHandler(t *testing.T) {
	t.Parallel()
	returned, fault := make(chan struct{}), make(chan error)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		go func() {
			<-returned
			n, err := r.Body.Read(make([]byte, 1))
			_, werr := w.Write([]byte("late"))
			_, _, herr := http.NewResponseController(w).Hijack()
			if n != 0 || err != http.ErrBodyReadAfterClose || werr == nil || herr == nil {
				fault <- fmt.Errorf("read %d, %w; write %w; hijack %w", n, err, werr, herr)
			}
			if r.Context().Err() == nil || r.Context().Value(http.ServerContextKey) == nil {
				fault <- errors.New("the context lives on")
			}
			close(fault)
		}()
		io.WriteString(w, "x")
	})
	s.Send("POST", "/", strings.Repeat("b", 30000)).Want(t, 200, "x")
	close(returned)
	if err, bad := <-fault; bad {
		t.Error(err)
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

func TestHTTPAbortIsSilent(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zap.DebugLevel)
	s := servertest.StartWith(t, server.Config{Logger: zap.New(core)}, func(s *server.Server) {
		s.Handle("/:when", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.PathValue("when") == "late" {
				io.WriteString(w, "x")
				http.NewResponseController(w).Flush()
			}
			panic(http.ErrAbortHandler)
		})))
	})
	for _, path := range []string{"/early", "/late"} {
		c := s.Dial()
		io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if b, _ := io.ReadAll(c); strings.HasSuffix(string(b), "0\r\n\r\n") {
			t.Errorf("%s: complete response %q", path, b)
		}
	}
	s.Stop()
	if logs.Len() != 0 {
		t.Errorf("logged %v", logs.All())
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

func TestHTTPExpectationIsMetByTheFirstRead(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, func(s *server.Server) {
		s.Post("/read", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %v", b, err)
		})))
		s.Post("/said", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(100)
			b, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %v", b, err)
		})))
		s.Post("/refused", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })))
	})
	for path, want := range map[string]int{"/read": 100, "/said": 100, "/refused": 403} {
		c := s.Dial()
		br := bufio.NewReader(c)
		io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
		res, err := http.ReadResponse(br, nil)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%s: %v, %v", path, res, err)
		}
		if want != 100 {
			continue
		}
		io.WriteString(c, "ok")
		if res, err = http.ReadResponse(br, nil); err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %v, %v", path, res, err)
		}
		if b, _ := io.ReadAll(res.Body); string(b) != "ok <nil>" {
			t.Errorf("%s: %q", path, b)
		}
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

func TestHTTPDeadlines(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, func(s *server.Server) {
		s.Post("/read", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := rc.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
				t.Error(err)
			}
			_, err := io.ReadAll(r.Body)
			fmt.Fprint(w, errors.Is(err, os.ErrDeadlineExceeded))
		})))
		s.Get("/write", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := errors.Join(rc.SetWriteDeadline(time.Time{}), rc.SetWriteDeadline(time.Now().Add(time.Millisecond))); err != nil {
				t.Error(err)
			}
			<-r.Context().Done()
			if _, err := w.Write(make([]byte, 1<<20)); err != os.ErrDeadlineExceeded {
				t.Errorf("write = %v, cause %v", err, context.Cause(r.Context()))
			}
		})))
	})
	c := s.Dial()
	io.WriteString(c, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\nx")
	if b, _ := io.ReadAll(c); !strings.HasSuffix(string(b), "\r\n\r\ntrue") {
		t.Errorf("got %q", b)
	}
	c = s.Dial()
	io.WriteString(c, "GET /write HTTP/1.1\r\nHost: x\r\n\r\n")
	if b, _ := io.ReadAll(c); len(b) != 0 {
		t.Errorf("got %q", b)
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
