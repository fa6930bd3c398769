// Package server serves HTTP on event loops, with handlers that are ordinary
// Go code and may block.
//
//	srv, err := server.New(server.Config{BindPort: 8080})
//	...
//	srv.Get("/users/:id", func(w *server.Response, r *server.Request) {
//		user, err := db.User(r.Context(), r.Param("id")) // may take its time
//		...
//		w.JSON(200, user)
//	})
//	err = srv.ListenAndServe(ctx)
//
// # Life of a server
//
// [New] checks a [Config] and opens nothing. Then routes, groups and
// middleware are registered, by one goroutine; [Server.ListenAndServe] opens
// the listeners, reports every fault of the registration, and serves.
// [Server.Ready] is closed when connections are accepted, and [Server.Addr]
// tells where. [Server.Reload] takes over a new Config, what needs a restart
// excepted. When the context of ListenAndServe is done, or
// [Server.Shutdown] is called, nothing new is accepted, idle connections
// close, requests in flight are answered with "Connection: close", and what
// has not ended within Config.ShutdownDrainTimeout is cut and counted in a
// [DrainError]. A Server serves once.
//
// # Handlers may block
//
// A loop runs a handler itself: a quick handler costs no goroutine, no
// channel and no lock that another one holds. If the handler has not
// returned after about a millisecond, or waits for the client, the loop goes
// on without it on another goroutine, and nobody else is held up. The
// handler does not notice, and its response is sent when it returns. A route
// whose handlers are often moved like this is remembered, and its requests
// start on goroutines of their own. [Settings.Blocking] says so in advance.
//
// So a handler may sleep, query, lock, compute, call other services, and
// call its own server. A handler that panics, or calls runtime.Goexit, spoils
// only its own request: see [Server.OnError]. Handlers that run away from the
// loops are bounded by Config.MaxRequestsInFlight.
//
// # What may be kept
//
// Every string that a [Request] gives, parameters, header values and cookies
// included, may be kept for ever, and so may its [Request.Context]. The
// Request, its Body and the [Response] may be used until the handler
// returns, by any goroutine; afterwards their methods return [ErrFinished] or
// zero values and never meet another request.
//
// # Bodies
//
// A small request body is collected before its handler starts; a larger one,
// or one of unknown length that is not here at once, streams through
// Request.Body while the handler runs. A response is given whole
// ([Response.Text], [Response.JSON], [Response.Bytes]), or written: what fits
// Config.BodyBuffer leaves with its length when the handler returns, and
// beyond that, or with [Response.Flush], it streams, and Write waits for slow
// clients. Both directions may stream at once. A client that sends or takes
// less than Config.MinRate is cut.
//
// # WebSockets
//
// [Group.WebSocket] registers a route for them. A [WebSocket] has callbacks,
// which may block like handlers, and sends that any goroutine may call and
// that never wait; [WebSocket.Subscribe] and [Server.Publish] reach many
// connections with one message. Large messages are streamed, by
// [WebSocket.OnStream] and [WebSocket.NewWriter], whose reads and writes wait for
// the client. An idle one costs a few hundred bytes and no goroutine.
//
// # Limits
//
// Whatever a client can send or leave unread has a bound with a name and a
// safe default in [Config]: connections, the head, the body, the time that
// each may take, the least rate, what is buffered. A route or a group may
// have [Settings] of its own. [Off] switches a bound off.
//
// # Errors
//
// A fault of the client is answered once, with the status that the RFC
// names, and closes the connection; no handler sees it, except as the error
// of a body that breaks off. Methods of Request and Response return the
// errors of this package, such as [ErrWritten] and [ErrClientGone]; a handler
// may ignore those of writing, because its context ends as well.
//
// # What else there is
//
// [FromHTTP] runs any http.Handler. [Observer] is told of everything that
// access logs, metrics and traces need. [Server.Stats] and
// [Server.Connections] look inside. Package servertest runs a server in a
// test.
//
// There is no way back from a Handler to an http.Handler: a Request and a
// Response stand for an exchange of a loop, with its buffers, deadlines and
// backpressure, and behind an http.ResponseWriter half of that would be a
// promise that nobody keeps. Middleware of net/http can be used around an
// http.Handler, inside FromHTTP.
package server
