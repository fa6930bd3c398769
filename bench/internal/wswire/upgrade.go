package wswire

import (
	"bytes"
	"errors"
)

const (
	// Key is the nonce of every opening handshake, the sample of RFC 6455,
	// section 1.3.
	Key = "dGhlIHNhbXBsZSBub25jZQ=="
	// Accept is the answer to it.
	Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	// Offer is the compression that is asked for: each message on its own, in
	// both directions, so that the same bytes are right every time.
	Offer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
)

// Errors of CheckUpgrade.
var (
	ErrUpgrade = errors.New("wswire: not a 101 answer to the opening handshake")
	ErrAccept  = errors.New("wswire: wrong Sec-WebSocket-Accept")
	ErrDeflate = errors.New("wswire: permessage-deflate was not agreed as asked for")
)

// An Upgrade describes an opening handshake.
type Upgrade struct {
	Path    string
	Host    string
	Deflate bool // ask for Offer
}

// Append appends the request to dst and returns the extended slice.
func (u Upgrade) Append(dst []byte) []byte {
	for _, s := range []string{
		"GET ", u.Path, " HTTP/1.1\r\nHost: ", u.Host,
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ", Key,
		"\r\nSec-WebSocket-Version: 13\r\n",
	} {
		dst = append(dst, s...)
	}
	if u.Deflate {
		dst = append(dst, "Sec-WebSocket-Extensions: "+Offer+"\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// Head looks for the end of a response head in b and returns the length of the
// head with its empty line, or 0 if it is not complete.
func Head(b []byte) int {
	const end = "\r\n\r\n"
	if i := bytes.Index(b, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return 0
}

// CheckUpgrade judges a complete response head.
func CheckUpgrade(head []byte, deflate bool) error {
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		return ErrUpgrade
	}
	accept, extensions := "", ""
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch string(bytes.ToLower(name)) {
		case "sec-websocket-accept":
			accept = string(bytes.TrimSpace(value))
		case "sec-websocket-extensions":
			extensions = string(bytes.TrimSpace(value))
		}
	}
	if accept != Accept {
		return ErrAccept
	}
	agreed := len(extensions) > 0 &&
		bytes.Contains([]byte(extensions), []byte("permessage-deflate")) &&
		bytes.Contains([]byte(extensions), []byte("server_no_context_takeover"))
	if deflate && !agreed || !deflate && extensions != "" {
		return ErrDeflate
	}
	return nil
}
