package scenario

import (
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reactor.example/bench/internal/testserver"
)

// A testHost is a net/http server in the process of the test. Its end is that
// of its WebSockets.
type testHost struct {
	addr  string
	room  *testserver.Room
	ended chan struct{}
}

func (h testHost) Addr() string           { return h.addr }
func (testHost) Pid() int                 { return os.Getpid() }
func (testHost) StartUp() time.Duration   { return time.Millisecond }
func (h testHost) Ended() <-chan struct{} { return h.ended }
func (testHost) Err() error               { return nil }

func (h testHost) Terminate() error {
	h.room.Goodbye(1001)
	close(h.ended)
	return nil
}

// serveRoutes starts a server with every route that sc uses.
func serveRoutes(t *testing.T, sc *Scenario) Host {
	t.Helper()
	var mixed atomic.Int64
	var echoes testserver.Room
	room := testserver.Room{Ends: strings.Contains(sc.Config, `"close"`)}
	return testHost{room: &echoes, ended: make(chan struct{}), addr: testserver.Start(t, sc.Mode.TLS, func(w http.ResponseWriter, r *http.Request) {
		arg := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		n, _ := strconv.Atoi(arg)
		switch route := strings.TrimSuffix(r.URL.Path, arg); {
		case route == "/bytes/":
			w.Header().Set("Content-Length", arg)
			_, _ = w.Write(make([]byte, n))
			return
		case route == "/sleep/", arg == "mixed" && mixed.Add(1)%100 == 0:
			<-time.After(time.Duration(max(n, 1)) * time.Millisecond)
		case route == "/spin/":
			for end := time.Now().Add(time.Duration(n) * time.Millisecond); time.Now().Before(end); {
			}
		case arg == "echo":
			b, _ := io.ReadAll(r.Body) // all before the first byte back
			_, _ = w.Write(b)
			return
		case arg == "upload":
			n, _ := io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, strconv.FormatInt(n, 10))
			return
		case arg == "ws":
			echoes.Echo(w, r)
			return
		case arg == "publish":
			room.Serve(w, r)
			return
		case arg == "stats":
			room.Stats(w, r)
			return
		}
		_, _ = io.WriteString(w, "Hello, World!")
	})}
}

// TestEveryScenario runs each scenario for a moment and checks that it yields
// what its columns and targets need.
func TestEveryScenario(t *testing.T) {
	env := Env{
		Length: 400 * time.Millisecond, Warmup: 30 * time.Millisecond, Settle: 20 * time.Millisecond,
		IdleConns: 50, MaxConns: 64, StreamBytes: 8 << 20, OpenRate: 500,
	}
	for _, sc := range List() {
		t.Run(sc.Name, func(t *testing.T) {
			s, err := sc.Measure(t.Context(), env, serveRoutes(t, sc))
			if err != nil {
				t.Fatal(err)
			}
			need := sc.Columns
			for _, target := range sc.Targets {
				need = append(need, target.Metric)
			}
			for _, m := range append(need, sc.Headline...) {
				if v, ok := s[m]; !ok || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s = %v, %t, want a figure", m, v, ok)
				}
			}
			if s[Errors] != 0 {
				t.Errorf("%v errors, want none", s[Errors])
			}
		})
	}
}

func TestWrongAnswersFailTheScenario(t *testing.T) {
	t.Parallel()
	refuse := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	hosts := map[bool]Host{
		false: testHost{addr: testserver.Start(t, false, refuse)},
		true:  testHost{addr: testserver.Start(t, true, refuse)},
	}
	env := Env{Length: 100 * time.Millisecond, Settle: time.Millisecond, IdleConns: 5, StreamBytes: 1 << 20}
	for _, sc := range List() {
		if sc.Name == "startup" {
			continue // sends nothing of its own
		}
		if _, err := sc.Measure(t.Context(), env, hosts[sc.Mode.TLS]); err == nil {
			t.Errorf("%s: a server that answers 418: no error", sc.Name)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	got, err := Find("newconn, keepalive-64")
	if err != nil || len(got) != 2 || got[0].Name != "newconn" || got[1].Name != "keepalive-64" {
		t.Errorf("Find = %v, %v, want two scenarios", got, err)
	}
	if all, err := Find("all"); err != nil || len(all) != len(List()) {
		t.Errorf("Find(all) = %d scenarios, %v", len(all), err)
	}
	for _, wrong := range []string{"keepalive", "ws-*,nothing-*", "", "["} {
		if _, err := Find(wrong); err == nil {
			t.Errorf("Find(%q): no error", wrong)
		}
	}
	got, err = Find("idle-tls*, startup, idle-tls")
	if err != nil || len(got) != 3 || got[0].Name != "idle-tls" || got[1].Name != "idle-tls-h2" || got[2].Name != "startup" {
		t.Errorf("Find of a pattern = %v, %v, want three scenarios", got, err)
	}
}
