package server

import (
	"errors"
	"strconv"
)

// Errors that the methods of Request and Response return.
var (
	// ErrFinished says that the handler has returned: its Request, Response
	// and Body are of no use any more; or the callback of OnStream, and its
	// reader.
	ErrFinished = errors.New("server: the handler has returned")
	// ErrWritten says that the response is complete, or that its head has
	// been sent and cannot change any more.
	ErrWritten = errors.New("server: response already written")
	// ErrLength says that more or fewer bytes were written than SetLength
	// promised.
	ErrLength = errors.New("server: response body does not have the declared length")
	// ErrNoBody says that the status, or the HEAD method, allows no body.
	ErrNoBody = errors.New("server: this response has no body")
	// ErrStatus says that a status code cannot be sent by this method.
	ErrStatus = errors.New("server: not a final status code from 200 to 999")
	// ErrClientGone is the reason when the client has gone away, and the
	// cause of the request's context then.
	ErrClientGone = errors.New("server: client has gone away")
	// ErrBodyTooLarge is returned by a body beyond its limit, whose request
	// is answered with 413 unless the response is on its way already.
	ErrBodyTooLarge = errors.New("server: request body too large")
	// ErrTooSlow says that the client sends or takes a body below the least
	// rate, or beyond the deadline of the route.
	ErrTooSlow = errors.New("server: client is too slow")
	// ErrDeadline is the cause of a context whose route's time is over.
	ErrDeadline = errors.New("server: time for the request is over")
	// ErrHijacked says that the connection was taken over.
	ErrHijacked = errors.New("server: connection was taken over")
	// ErrNoHijack says that the connection carries several requests, so that
	// none of them can take it over: HTTP/2.
	ErrNoHijack = errors.New("server: a connection of HTTP/2 cannot be taken over")
	// ErrShutdown is the cause of what the end of the drain time has cut.
	ErrShutdown = errors.New("server: shut down")
	// ErrHandlerFailed is the reason when a connection was closed because a
	// handler panicked in the middle of its response.
	ErrHandlerFailed = errors.New("server: handler failed in mid-response")
	// ErrRunning is returned by what may be called only once or only before
	// the server runs.
	ErrRunning = errors.New("server: already running, or has run")
)

// A HandlerError is given to OnError when a handler panicked or called
// runtime.Goexit.
type HandlerError struct {
	Value any    // what was passed to panic; nil for runtime.Goexit
	Stack []byte // of the panic
}

func (e *HandlerError) Error() string { return "server: handler panicked" }

// A DrainError tells what Shutdown had to cut when its time was over.
type DrainError struct {
	Connections int // connections that were closed by force
	Requests    int // requests that were not answered to their end
}

func (e *DrainError) Error() string {
	return "server: drain time is over: cut " + strconv.Itoa(e.Connections) + " connections with " +
		strconv.Itoa(e.Requests) + " requests"
}
