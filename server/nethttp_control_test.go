package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// never is a body of which the client sends the beginning, and no end before
// the test is over.
func never(t *testing.T, beginning string) io.Reader {
	body, more := io.Pipe()
	t.Cleanup(func() { more.Close() })
	go io.WriteString(more, beginning)
	return body
}

func TestHTTPReadDeadline(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		var err error
		switch r.URL.Path {
		case "/soon":
			err = rc.SetReadDeadline(time.Now().Add(time.Millisecond))
		case "/past":
			err = rc.SetReadDeadline(time.Now().Add(-time.Hour))
		case "/none":
			err = errors.Join(rc.SetReadDeadline(time.Now().Add(time.Hour)), rc.SetReadDeadline(time.Time{}))
		}
		if err != nil {
			t.Errorf("SetReadDeadline: %v", err)
		}
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %v", b, errors.Is(err, os.ErrDeadlineExceeded))
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
		for _, path := range []string{"/soon", "/past"} {
			res := v.begin(t, v.request(t.Context(), t, "POST", path, never(t, "x")))
			if b, err := io.ReadAll(res.Body); err != nil || !strings.HasSuffix(string(b), " true") {
				t.Errorf("%s: %d %q, %v, want a read that fails", path, res.StatusCode, b, err)
			}
		}
		res := v.begin(t, v.request(t.Context(), t, "POST", "/none", strings.NewReader("all")))
		if b, err := io.ReadAll(res.Body); err != nil || string(b) != "all false" {
			t.Errorf("/none: %d %q, %v", res.StatusCode, b, err)
		}
		v.wantOneConnection(t)
	})
}

func TestHTTPWriteDeadline(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 2)
	handler := func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		soon := func() {
			if err := rc.SetWriteDeadline(time.Now().Add(5 * time.Millisecond)); err != nil {
				t.Errorf("SetWriteDeadline: %v", err)
			}
		}
		switch r.URL.Path {
		case "/late":
			soon()
			<-r.Context().Done()
			_, err := w.Write(make([]byte, 1<<20))
			failed <- err
		case "/stuck":
			soon()
			var err error
			for err == nil {
				_, err = w.Write(make([]byte, 64<<10))
			}
			failed <- err
		default:
			err := errors.Join(rc.SetWriteDeadline(time.Now().Add(time.Hour)), rc.SetWriteDeadline(time.Time{}))
			fmt.Fprint(w, "in time ", err)
		}
	}
	for _, path := range []string{"/late", "/stuck"} {
		t.Run(path, func(t *testing.T) {
			overVersions(t, serveAll(handler), func(t *testing.T, v caller) {
				v.want(t, "/", 200, "in time <nil>")
				res, err := v.client.Do(v.request(t.Context(), t, "GET", path, nil))
				// Nothing is read until the handler has failed.
				if werr := <-failed; werr != os.ErrDeadlineExceeded {
					t.Errorf("write = %v, want os.ErrDeadlineExceeded", werr)
				}
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				if err == nil {
					t.Error("the response ended as if it were whole")
				}
				v.want(t, "/", 200, "in time <nil>")
				v.wantOneConnection(t)
			})
		})
	}
}

func TestHTTPControllerDoesWhatItIsAsked(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		rc := http.NewResponseController(w)
		err := errors.Join(rc.EnableFullDuplex(), rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Time{}), rc.Flush())
		fmt.Fprint(w, err)
	}
	overVersions(t, serveAll(handler), func(t *testing.T, v caller) { v.want(t, "/", 200, "<nil>") })
}
