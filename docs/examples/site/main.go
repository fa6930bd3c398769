// Command site serves files by net/http, an API for those who know the word,
// and writes an access log.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"reactor.example/server"
)

func main() {
	srv, err := server.New(server.Config{BindPort: 8080, Observer: accessLog(os.Stdout)})
	if err != nil {
		log.Fatal(err)
	}
	register(srv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := srv.ListenAndServe(ctx); err != nil {
		log.Fatal(err)
	}
}

// register is apart from main, so that a test can give its routes to a server
// of its own.
func register(srv *server.Server) {
	srv.Use(timed) // for all routes

	files := http.StripPrefix("/files/", http.FileServer(http.Dir("docs")))
	srv.Handle("/files/*path", server.FromHTTP(files)) // any http.Handler

	api := srv.Group("/api", needTheWord) // for those below /api
	api.Get("/twice/:word", func(w *server.Response, r *server.Request) {
		w.Text(200, r.Param("word")+r.Param("word")+"\n")
	})
}

// needTheWord is a middleware that answers by itself or lets the next one do it.
func needTheWord(next server.Handler) server.Handler {
	return func(w *server.Response, r *server.Request) {
		if r.Header().Get("Authorization") != "Bearer sesame" {
			w.Text(401, "say the word\n")
			return
		}
		next(w, r)
	}
}

// timed is a middleware that does something in front of the next one.
func timed(next server.Handler) server.Handler {
	return func(w *server.Response, r *server.Request) {
		w.Header().Set("X-Begun", time.Now().UTC().Format(time.RFC3339))
		next(w, r)
	}
}

// accessLog has a line for each request. An Observer is called on an event
// loop, which must not wait for a disk: so a goroutine writes, and when it is
// more than 1024 lines behind, lines are lost.
func accessLog(to io.Writer) server.Observer {
	lines := make(chan string, 1024)
	go func() {
		for line := range lines {
			io.WriteString(to, line)
		}
	}()
	return server.Observer{RequestEnd: func(e server.RequestEnd) {
		line := fmt.Sprintf("%s %s %q %d, %d bytes, %s\n", e.Conn.Remote.Addr(), e.Method, e.Target, e.Status, e.BytesOut, e.Duration)
		select {
		case lines <- line:
		default:
		}
	}}
}
