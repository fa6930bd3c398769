// Package tls is the server's side of TLS 1.2 and 1.3 without sockets:
// ciphertext in, plaintext out, and back. The protocol is that of crypto/tls,
// unchanged; what is added is that nothing blocks and no goroutine belongs to
// an idle connection, so that an event loop can use it.
//
// An [Acceptor] is what the connections of a listener share: certificates,
// which are chosen by name and read again without a restart, and bounds. A
// [Session] is one connection.
//
// # How a session goes
//
// crypto/tls cannot be interrupted in a handshake, so that is the one thing
// that runs on a goroutine, begun when a ClientHello is complete: a client
// that is silent, or slow with it, starts nothing. It counts against two
// bounds from its first octet on. Only half as many handshakes as Go may use
// processors compute at once; one that waits for the client gives its right to
// the next. How long a handshake may take is the caller's to decide, who calls
// [Session.Abort].
//
// Once it is done there is no goroutine. A Read of crypto/tls that finds no
// more ciphertext gets an error that is temporary, which crypto/tls does not
// hold against the connection: [Session.Open] decrypts what there is and
// returns. A test fails on the first Go release in which that changes.
//
// # Memory
//
// A session that waits for its first octet is one small struct. Ciphertext is
// kept, in pooled buffers and up to 32 KiB, only until the session is open;
// afterwards crypto/tls keeps the begin of an incomplete record, in a buffer
// that is as large as the largest record so far.
//
// # What is implemented
//
//   - RFC 8446 and RFC 5246, by crypto/tls: TLS 1.3 and 1.2, session tickets
//     with keys that change daily, KeyUpdate, close_notify in both directions.
//   - RFC 6066: the server name (3), one stapled OCSP response (8).
//   - RFC 7301: ALPN, but that no protocol in common is not an error.
//   - RFC 9113, appendix A: [BadForHTTP2].
//
// Not implemented: 0-RTT data, renegotiation, encrypted ClientHello, clients.
package tls
