// Package server puts the layers together: event loops from
// reactor.example/reactor, the HTTP/1 parser of reactor.example/httpone and
// the routes of reactor.example/router become a server whose handlers are
// ordinary, blocking Go code.
package server
