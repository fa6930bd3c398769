package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"reactor.example/server"
)

// run serves srv until stop is called, and returns its address.
func run(srv *server.Server) (url string, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- srv.ListenAndServe(ctx) }()
	select {
	case <-srv.Ready():
	case err := <-served:
		panic(err)
	}
	return "http://" + srv.Addr().String(), func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil {
			fmt.Println(err)
		}
	}
}

// newServer makes a server on a free port.
func newServer(cfg server.Config) *server.Server {
	cfg.BindPort = server.Ephemeral
	srv, err := server.New(cfg)
	if err != nil {
		panic(err)
	}
	return srv
}

// show prints the response to a request.
func show(method, url, body string) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	fmt.Println(res.StatusCode, strings.TrimSpace(string(b)))
}

// A handler is ordinary Go code: this one sleeps, and nobody else waits.
func Example() {
	srv, err := server.New(server.Config{BindPort: server.Ephemeral})
	if err != nil {
		panic(err)
	}
	srv.Get("/slow/:name", func(w *server.Response, r *server.Request) {
		time.Sleep(10 * time.Millisecond)
		w.Text(200, "hello "+r.Param("name"))
	})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-srv.Ready()
		show("GET", "http://"+srv.Addr().String()+"/slow/world", "")
		http.DefaultClient.CloseIdleConnections()
		stop()
	}()
	fmt.Println(srv.ListenAndServe(ctx))
	// Output:
	// 200 hello world
	// <nil>
}

// Every fault of a Config is reported at once.
func ExampleConfig_Validate() {
	err := server.Config{BindHost: "127.0.0", BodyBuffer: 10}.Validate()
	var faults server.ConfigError
	if errors.As(err, &faults) {
		for _, f := range faults {
			fmt.Println(f.Key)
		}
	}
	// Output:
	// bind_host
	// body_buffer
}

func ExampleServer_Use() {
	srv := newServer(server.Config{})
	srv.Use(func(next server.Handler) server.Handler {
		return func(w *server.Response, r *server.Request) {
			fmt.Println(r.Method(), r.Target())
			next(w, r)
			fmt.Println("answered", w.StatusCode())
		}
	})
	srv.Get("/", func(w *server.Response, _ *server.Request) { w.Text(200, "hello") })
	url, stop := run(srv)
	show("GET", url+"/", "")
	show("GET", url+"/nowhere", "")
	stop()
	// Unordered output:
	// GET /
	// answered 200
	// 200 hello
	// GET /nowhere
	// answered 404
	// 404 404 Not Found
}

func ExampleGroup_Group() {
	srv := newServer(server.Config{})
	api := srv.Group("/api", func(next server.Handler) server.Handler {
		return func(w *server.Response, r *server.Request) {
			if r.Header().Get("Authorization") == "" {
				w.Text(401, "who are you?")
				return
			}
			next(w, r)
		}
	})
	api.Get("/users", func(w *server.Response, _ *server.Request) { w.JSON(200, []string{"ann"}) })
	url, stop := run(srv)
	show("GET", url+"/api/users", "")
	stop()
	// Output:
	// 401 who are you?
}

// Settings of a route, or of a group of routes.
func ExampleGroup_With() {
	srv := newServer(server.Config{})
	uploads := srv.With(server.Settings{
		MaxBodyBytes: 10,
		ReadTimeout:  time.Minute,
		Blocking:     server.Always, // we know that it waits for a disk
	})
	uploads.Post("/upload", func(w *server.Response, r *server.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		w.Text(200, fmt.Sprint(n, err))
	})
	url, stop := run(srv)
	show("POST", url+"/upload", "ten bytes.")
	show("POST", url+"/upload", "eleven bytes")
	stop()
	// Output:
	// 200 10 <nil>
	// 413 413 Content Too Large
}

// Request and response stream at the same time.
func ExampleResponse_Flush() {
	srv := newServer(server.Config{})
	srv.Post("/upper", func(w *server.Response, r *server.Request) {
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			fmt.Fprintln(w, strings.ToUpper(lines.Text()))
			w.Flush()
		}
	})
	url, stop := run(srv)
	body, send := io.Pipe()
	go fmt.Fprintln(send, "one")
	res, err := http.Post(url+"/upper", "text/plain", body)
	if err != nil {
		panic(err)
	}
	answers := bufio.NewScanner(res.Body)
	answers.Scan()
	fmt.Println(answers.Text())
	fmt.Fprintln(send, "two")
	answers.Scan()
	fmt.Println(answers.Text())
	send.Close()
	res.Body.Close()
	stop()
	// Output:
	// ONE
	// TWO
}

func ExampleResponse_JSON() {
	srv := newServer(server.Config{})
	srv.Get("/point", func(w *server.Response, _ *server.Request) {
		w.JSON(200, struct {
			X int `json:"x"`
			Y int `json:"y"`
		}{3, 4})
	})
	url, stop := run(srv)
	show("GET", url+"/point", "")
	stop()
	// Output:
	// 200 {"x":3,"y":4}
}

// The context of a streamed response ends when its client leaves, so what a
// handler waits for ends as well.
func ExampleRequest_Context() {
	srv := newServer(server.Config{})
	left := make(chan error)
	srv.Get("/events", func(w *server.Response, r *server.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: hello\n\n")
		w.Flush()
		<-r.Context().Done() // in place of a subscription that takes the context
		left <- context.Cause(r.Context())
	})
	url, stop := run(srv)
	res, err := http.Get(url + "/events")
	if err != nil {
		panic(err)
	}
	res.Body.Close()
	fmt.Println(<-left)
	stop()
	// Output:
	// server: client has gone away
}

// A panic is the trouble of its own request only.
func ExampleServer_OnError() {
	srv := newServer(server.Config{})
	srv.OnError(func(w *server.Response, r *server.Request, err error) {
		var failure *server.HandlerError
		errors.As(err, &failure)
		w.Text(500, fmt.Sprint("sorry about ", r.Target(), ": ", failure.Value))
	})
	srv.Get("/", func(*server.Response, *server.Request) { panic("oops") })
	url, stop := run(srv)
	show("GET", url+"/", "")
	stop()
	// Output:
	// 500 sorry about /: oops
}

// Any http.Handler runs unmodified.
func ExampleFromHTTP() {
	files := http.StripPrefix("/files/", http.FileServer(http.Dir("testdata/files")))
	srv := newServer(server.Config{})
	srv.Handle("/files/*path", server.FromHTTP(files))
	srv.Get("/old/:name", server.FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello", r.PathValue("name"))
	})))
	url, stop := run(srv)
	show("GET", url+"/files/page.html", "")
	show("GET", url+"/old/friend", "")
	stop()
	// Output:
	// 200 <!DOCTYPE html>
	// <title>A page</title>
	// <p>It is served by the tests.
	// 200 hello friend
}

// An access log.
func ExampleObserver() {
	srv := newServer(server.Config{Observer: server.Observer{
		RequestEnd: func(e server.RequestEnd) {
			fmt.Fprintln(os.Stdout, e.Method, e.Target, e.Pattern, e.Status, e.BytesOut)
		},
	}})
	srv.Get("/users/:id", func(w *server.Response, r *server.Request) { w.Text(200, r.Param("id")) })
	url, stop := run(srv)
	res, err := http.Get(url + "/users/42")
	if err != nil {
		panic(err)
	}
	res.Body.Close()
	stop()
	// Output:
	// GET /users/42 /users/:id 200 2
}

// Reload takes over what may change while the server runs, and says what may
// not.
func ExampleServer_Reload() {
	srv := newServer(server.Config{})
	srv.Get("/", func(w *server.Response, _ *server.Request) { w.Text(200, "hello") })
	url, stop := run(srv)
	fmt.Println(srv.Reload(server.Config{BindPort: server.Ephemeral, ServerHeader: "mine", WorkerThreads: 64}))
	res, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	res.Body.Close()
	fmt.Println(res.Header.Get("Server"))
	stop()
	// Output:
	// server: these need a restart: worker_threads
	// mine
}

// Connections shows who is there.
func ExampleServer_Connections() {
	srv := newServer(server.Config{})
	srv.Get("/", func(w *server.Response, _ *server.Request) {
		for _, c := range srv.Connections(0) {
			fmt.Fprintln(w, c.State, c.Age < time.Minute)
		}
	})
	url, stop := run(srv)
	show("GET", url, "")
	stop()
	// Output:
	// 200 handler true
}
