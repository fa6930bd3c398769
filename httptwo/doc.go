// Package httptwo speaks HTTP/2 (RFC 9113) as a server, without sockets, clocks
// or goroutines.
package httptwo
