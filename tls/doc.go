// Package tls is TLS 1.2 and 1.3 without sockets: ciphertext in, plaintext out,
// and back, over the standard library's crypto/tls.
package tls
