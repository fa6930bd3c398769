// Command chat serves a chat on 127.0.0.1:8080/chat/NAME, for any number of
// rooms.
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
	srv, err := server.New(server.Config{BindPort: 8080})
	if err != nil {
		log.Fatal(err)
	}
	register(srv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := srv.ListenAndServe(ctx); err != nil {
		log.Fatal(err) // nil: everybody got a Close with 1001
	}
}

func register(srv *server.Server) {
	srv.WebSocket("/chat/:room", func(c *server.WebSocket) {
		room, name := c.Param("room"), c.Request().Query().Get("name")
		say := func(text string) { srv.PublishText(room, name+text) }
		c.OnOpen(func() {
			c.Subscribe(room)
			say(" is here")
		})
		c.OnMessage(func(m server.Message) {
			say(": " + m.Text()) // a database could be asked here: callbacks may block
		})
		c.OnClose(func(server.CloseCode, string) { say(" has left") })
	})
}
