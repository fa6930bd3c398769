// Package websocket speaks WebSocket (RFC 6455, RFC 7692) as a server, without
// sockets, clocks or goroutines.
package websocket
