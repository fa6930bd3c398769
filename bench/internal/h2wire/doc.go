// Package h2wire is the load generator's end of HTTP/2 (RFC 9113): it writes
// header blocks made once, and reads frames piece by piece, as they come from a
// socket.
//
// A Conn keeps only what a load generator checks: the status and the length of
// the body of each stream. It acknowledges SETTINGS and PING, opens the windows
// that the server sends into, and keeps account of those it sends into itself.
// It reads header blocks no further than the status, which a server sends first
// (RFC 9113, section 8.3) and which for 200 is an entry of the static table, so
// it needs no dynamic one. A status in a form that it does not read counts as 0.
package h2wire
