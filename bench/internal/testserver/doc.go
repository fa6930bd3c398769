// Package testserver serves tests of bench from within their own process, with
// the standard library: HTTP/1.1, HTTP/2 in clear and over TLS, and an echo of
// WebSocket.
package testserver
