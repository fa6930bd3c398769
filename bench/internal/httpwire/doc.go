// Package httpwire is the load generator's end of HTTP/1.1: it writes request
// bytes once and reads responses piece by piece, as they come from a socket.
//
// The parser keeps only what a load generator checks: the status code, how long
// the body was and whether the connection lives on. It understands
// Content-Length, chunked coding with trailers, interim responses and bodies
// that end with the connection (RFC 9112, section 6.3).
package httpwire
