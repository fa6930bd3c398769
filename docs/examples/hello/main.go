// Command hello answers on 127.0.0.1:8080, from a handler that sleeps.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"reactor.example/server"
)

func main() {
	srv, err := server.New(server.Config{BindPort: 8080})
	if err != nil {
		log.Fatal(err)
	}
	srv.Get("/hello/:name", func(w *server.Response, r *server.Request) {
		time.Sleep(100 * time.Millisecond) // ordinary Go; everybody else is served meanwhile
		w.Text(200, "Hello, "+r.Param("name")+"!\n")
	})
	go func() {
		<-srv.Ready()
		log.Print("listening on ", srv.Addr())
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := srv.ListenAndServe(ctx); err != nil {
		log.Fatal(err) // nil: all that had been asked was answered
	}
}
