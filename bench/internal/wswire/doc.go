// Package wswire is the load generator's end of WebSocket (RFC 6455): it writes
// the opening handshake and masked frames once, and reads a server's frames
// piece by piece, as they come from a socket.
//
// The parser keeps only what a load generator checks: the opcode, how long the
// message was and whether it was compressed (RFC 7692). The handshake always
// uses the sample nonce of RFC 6455, so that a yardstick may have its answer
// ready.
package wswire
