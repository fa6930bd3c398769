// Command tls answers on https://localhost:8080, with the certificate that
// "make certs" makes.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"reactor.example/server"
)

func main() {
	srv, err := server.New(server.Config{
		BindPort: 8080,
		TLS: server.TLSConfig{
			Enabled:  true,
			CertFile: "build/certs/cert.pem",
			KeyFile:  "build/certs/key.pem",
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	srv.Get("/", func(w *server.Response, r *server.Request) {
		w.Text(200, "Hello over "+r.Proto()+"!\n")
	})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := srv.ListenAndServe(ctx); err != nil {
		log.Fatal(err)
	}
}
