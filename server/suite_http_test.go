package server

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// The original's suite "http", as far as it is about the server. What it says
// of the parser and of the serializer is tested in package httpone, of the
// router in package router.

func TestParsedGetReachesTheHandler(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/path", func(w *Response, r *Request) {
			w.Text(200, strings.Join([]string{r.Method(), r.Path(), r.RawQuery(), r.Host(), r.Header().Get("x-field")}, " "))
		})
	})
	g.ask("GET /path?a=b HTTP/1.1\r\nHost: h:80\r\nX-Field: v\r\n\r\n").want(t, 200, "GET /path a=b h:80 v")
}

func TestParsedPostBodyReachesTheHandler(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Post("/", echo) })
	g.ask(post("/", `{"key":"value"}`, "Content-Type: application/json")).want(t, 200, `{"key":"value"}`)
	g.ask(chunked("/", `{"key":`, `"value"}`)).want(t, 200, `{"key":"value"}`)
}

func TestUpgradeRequestIsAnsweredByItsRoute(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	g.ask("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").want(t, 200, "hello")
}

func TestInvalidRequestIsAnsweredWith400(t *testing.T) {
	t.Parallel()
	newRig(t, Config{}, nil).ask("INVALID REQUEST HTTP/1.1\r\n\r\n").want(t, 400, "400 Bad Request\n")
	// Where HTTP/2 is served, a line without any version may come from a client
	// of that: see TestForeignClientIsNotAnsweredByHTTP1.
	only1 := Config{HTTP2: HTTP2Config{Disabled: true}}
	newRig(t, only1, nil).ask("INVALID REQUEST DATA\r\n\r\n").want(t, 400, "400 Bad Request\n")
}

func TestParserStartsAfreshForTheNextRequest(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Handle("/", func(w *Response, r *Request) { w.Text(200, r.Method()+" "+r.Header().Get("X-First")) })
	})
	c := g.dial()
	c.ask("POST / HTTP/1.1\r\nHost: h\r\nX-First: yes\r\nContent-Length: 3\r\n\r\nabc").want(t, 200, "POST yes")
	c.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").want(t, 200, "GET ")
}

func TestResponseIsSerialised(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) {
			w.Header().Set("X-Custom", "value")
			w.HTML(201, "<p>made</p>")
		})
	})
	a := g.get("/")
	a.want(t, 201, "<p>made</p>")
	if a.Header.Get("X-Custom") != "value" || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || a.ContentLength != 11 {
		t.Errorf("head = %v, length %d", a.Header, a.ContentLength)
	}
}

func TestEveryStatusOfTheFactoriesCanBeSent(t *testing.T) {
	t.Parallel()
	codes := []int{200, 400, 401, 403, 404, 405, 408, 413, 431, 500, 503, 505}
	next := make(chan int, 1)
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { code := <-next; w.Text(code, statusText(code)) })
	})
	c := g.dial()
	for _, code := range codes {
		next <- code
		c.get("/").want(t, code, statusText(code))
	}
}

func TestJSONHelper(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, _ *Request) { w.JSON(200, map[string]int{"n": 1}) })
	})
	a := g.get("/")
	a.want(t, 200, `{"n":1}`)
	if got := a.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type = %q", got)
	}
}

func TestRouterMatchesExactly(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/exact", hello) })
	g.get("/exact").want(t, 200, "hello")
	for _, path := range []string{"/exact/", "/exac", "/exactly", "/Exact", "/"} {
		g.get(path).want(t, 404, "404 Not Found\n")
	}
}

func TestRouterMissIs404(t *testing.T) {
	t.Parallel()
	newRig(t, Config{}, nil).get("/nothing").want(t, 404, "404 Not Found\n")
}

func TestWrongMethodIs405WithAllow(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Post("/x", hello)
		s.Delete("/x", hello)
	})
	a := g.get("/x")
	a.want(t, 405, "405 Method Not Allowed\n")
	if got := a.Header.Get("Allow"); got != "DELETE, OPTIONS, POST" {
		t.Errorf("Allow = %q", got)
	}
}

func TestMiddlewareRunsInOrderAndMayStop(t *testing.T) {
	t.Parallel()
	trace := make(chan string, 100)
	mark := func(name string) Middleware {
		return func(next Handler) Handler {
			return func(w *Response, r *Request) {
				trace <- name
				w.Header().Add("X-Trace", name)
				if r.Query().Has("stop") && name == "second" {
					w.Text(403, "stopped")
					return
				}
				next(w, r)
				trace <- "after " + name
			}
		}
	}
	g := newRig(t, Config{WorkerThreads: 1}, func(s *Server) {
		s.Use(mark("first"), mark("second"))
		s.Get("/", hello)
		s.Group("/api", mark("group")).With(Settings{}).Get("/", hello)
	})
	for _, tc := range []struct {
		path   string
		status int
		trace  string
	}{
		{"/", 200, "first second after second after first"},
		{"/?stop", 403, "first second after first"},
		{"/api/", 200, "first second group after group after second after first"},
		{"/missing", 404, "first second after second after first"},
	} {
		if a := g.get(tc.path); a.StatusCode != tc.status || a.Header.Get("X-Trace") != "first" {
			t.Errorf("GET %s = %d %v", tc.path, a.StatusCode, a.Header)
		}
		g.await("it is over", func(st Stats) bool { return st.Requests.Active == 0 })
		var steps []string
		for len(trace) > 0 {
			steps = append(steps, <-trace)
		}
		if got := strings.Join(steps, " "); got != tc.trace {
			t.Errorf("GET %s ran %q, want %q", tc.path, got, tc.trace)
		}
	}
}

func TestIntegrationOfJSONEchoAndMiss(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{HealthEndpoint: true, StatsEndpoint: true}, func(s *Server) {
		s.Get("/json", func(w *Response, _ *Request) { w.JSON(200, map[string]string{"message": "hello"}) })
		s.Post("/echo", echo)
	})
	c := g.dial()
	c.get("/json").want(t, 200, `{"message":"hello"}`)
	c.ask(post("/echo", "echo me")).want(t, 200, "echo me")
	c.get("/missing").want(t, 404, "404 Not Found\n")
	a := c.get("/stats")
	var st struct {
		Connections struct{ Active int }
		Requests    struct{ Total, Active int }
		Config      struct {
			Port int `json:"bind_port"`
		}
	}
	if err := json.Unmarshal([]byte(a.body), &st); err != nil || st.Connections.Active != 1 || st.Requests.Total != 4 || st.Requests.Active != 1 || st.Config.Port == 0 {
		t.Errorf("/stats = %+v, %v: %s", st, err, a.body)
	}
}

func TestSlowlorisGets408WhileOthersAreServed(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{RequestTimeout: 200 * time.Millisecond}, func(s *Server) { s.Get("/", hello) })
	var slow []*peer
	for range 20 {
		c := g.dial()
		c.send("GET / HTTP/1.1\r\n")
		c.trickle("X-A: b\r\n")
		slow = append(slow, c)
	}
	g.get("/").want(t, 200, "hello")
	for _, c := range slow {
		c.answer("GET").want(t, 408, statusText(408))
	}
	g.get("/").want(t, 200, "hello")
}
