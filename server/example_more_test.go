package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"reactor.example/server"
)

// Shutdown lets requests in flight finish; what takes longer than the drain
// time is cut, and counted.
func ExampleServer_Shutdown() {
	srv := newServer(server.Config{ShutdownDrainTimeout: 20 * time.Millisecond})
	began := make(chan struct{})
	srv.Get("/long", func(_ *server.Response, r *server.Request) {
		close(began)
		<-r.Context().Done() // ends when the request is cut
	})
	url, stop := run(srv)
	go http.Get(url + "/long")
	<-began
	err := srv.Shutdown(context.Background())
	var cut *server.DrainError
	fmt.Println(errors.As(err, &cut), cut.Requests)
	stop()
	// Output:
	// true 1
	// server: drain time is over: cut 1 connections with 1 requests
}

// A middleware passes values on to the handlers behind it.
func ExampleRequest_SetValue() {
	type userKey struct{}
	srv := newServer(server.Config{})
	srv.Use(func(next server.Handler) server.Handler {
		return func(w *server.Response, r *server.Request) {
			r.SetValue(userKey{}, "ann")
			next(w, r)
		}
	})
	srv.Get("/", func(w *server.Response, r *server.Request) { w.Text(200, fmt.Sprint(r.Value(userKey{}))) })
	url, stop := run(srv)
	show("GET", url, "")
	stop()
	// Output:
	// 200 ann
}

// Trailers say what is known only at the end of a stream.
func ExampleResponse_Trailer() {
	srv := newServer(server.Config{})
	srv.Get("/", func(w *server.Response, _ *server.Request) {
		w.Header().Set("Trailer", "X-Lines")
		fmt.Fprint(w, "one\ntwo\n")
		w.Trailer().Set("X-Lines", "2")
	})
	url, stop := run(srv)
	res, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	fmt.Println(res.Trailer)
	stop()
	// Output:
	// map[X-Lines:[2]]
}

// Hijack takes the connection over, for a protocol of one's own.
func ExampleResponse_Hijack() {
	srv := newServer(server.Config{})
	srv.Get("/shout", func(w *server.Response, _ *server.Request) {
		nc, err := w.Hijack()
		if err != nil {
			w.Text(500, err.Error())
			return
		}
		defer nc.Close()
		lines := bufio.NewScanner(nc)
		for lines.Scan() {
			fmt.Fprintln(nc, strings.ToUpper(lines.Text()))
		}
	})
	_, stop := run(srv)
	c, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		panic(err)
	}
	fmt.Fprint(c, "GET /shout HTTP/1.1\r\nHost: example.com\r\n\r\nhello\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	fmt.Print(line)
	c.Close()
	stop()
	// Output:
	// HELLO
}

// NotFound and MethodNotAllowed answer where no route does.
func ExampleServer_NotFound() {
	srv := newServer(server.Config{})
	srv.NotFound(func(w *server.Response, r *server.Request) { w.Text(404, "no "+r.Path()+" here") })
	srv.Post("/items", func(w *server.Response, _ *server.Request) { w.Status(204) })
	url, stop := run(srv)
	show("GET", url+"/nowhere", "")
	show("GET", url+"/items", "")
	stop()
	// Output:
	// 404 no /nowhere here
	// 405 405 Method Not Allowed
}

// Stats counts what has happened since the start.
func ExampleServer_Stats() {
	srv := newServer(server.Config{})
	srv.Get("/", func(w *server.Response, _ *server.Request) { w.Text(200, "hello") })
	url, stop := run(srv)
	show("GET", url, "")
	show("GET", url, "")
	st := srv.Stats()
	fmt.Println(st.Connections.TotalAccepted, st.Requests.Total)
	stop()
	// Output:
	// 200 hello
	// 200 hello
	// 1 2
}
