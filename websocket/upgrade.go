package websocket

import (
	"crypto/sha1" // RFC 6455 names it; it protects nothing
	"encoding/base64"
	"strings"
)

// A Field is one field of a request or response, the name in lower case.
type Field = struct{ Name, Value string }

// A Request is what an opening handshake is judged by.
type Request struct {
	Method  string
	Minor   int // of the version HTTP/1.x
	Host    string
	Fields  []Field
	HasBody bool // it has a Content-Length other than 0, or a Transfer-Encoding

	// Extended says that it is an extended CONNECT with the :protocol
	// "websocket" (RFC 8441, section 5) and that Method and Minor mean
	// nothing. There is no key then, and neither Upgrade nor Connection.
	Extended bool
}

// A Policy is what a server accepts of those that are well-formed. The zero
// value is safe.
type Policy struct {
	// Subprotocols are the subprotocols that the server speaks. The first
	// that a client offers and that is among them is chosen.
	Subprotocols []string

	// Deflate is whether and how messages may be compressed.
	Deflate Deflate

	// Origin decides whether scripts of the given origin may connect to the
	// given host (RFC 6455, section 10.2). It is not called for clients that
	// are no browsers and send none. nil is [SameOrigin].
	Origin func(origin, host string) bool
}

// A Handshake is one that is accepted.
type Handshake struct {
	// Extended is that of the Request. The status of the response is 200
	// with it, otherwise 101.
	Extended bool
	// Accept is the value of Sec-WebSocket-Accept, empty if Extended.
	Accept string
	// Protocol is the subprotocol that was chosen, empty for none.
	Protocol string
	// Extensions are for Conn.Init.
	Extensions Extensions

	extensions string // the answer to their offers, empty for none
}

// Status is the status of the response.
func (h *Handshake) Status() int {
	if h.Extended {
		return 200
	}
	return 101
}

// AppendFields appends the fields of the response (RFC 6455, section 4.2.2).
// Connection: Upgrade is not among them.
func (h *Handshake) AppendFields(dst []Field) []Field {
	if !h.Extended {
		dst = append(dst, Field{"upgrade", "websocket"}, Field{"sec-websocket-accept", h.Accept})
	}
	if h.Protocol != "" {
		dst = append(dst, Field{"sec-websocket-protocol", h.Protocol})
	}
	if h.extensions != "" {
		dst = append(dst, Field{extensionsField, h.extensions})
	}
	return dst
}

// A HandshakeError reports a handshake that is refused: answer with Status and
// Fields. Its values are package variables, compared by pointer.
type HandshakeError struct {
	Status int     // 400, 403, 405 or 426
	Fields []Field // that belong to the response
	Rule   string  // where the rule stands, for example "RFC 6455 4.2.1"
	Reason string  // what was wrong, without any peer data
}

// Error returns the reason and the rule.
func (e *HandshakeError) Error() string {
	return "websocket: " + e.Reason + " (" + e.Rule + ")"
}

// The ways in which a handshake can be refused.
var (
	errMethod = &HandshakeError{405, []Field{{"allow", "GET"}}, "RFC 6455 4.1", "method is not GET"}
	// RFC 9110, section 15.5.22 wants Upgrade in every 426.
	errHandshakeVersion = &HandshakeError{
		426, []Field{{"upgrade", "websocket"}, {"sec-websocket-version", "13"}}, "RFC 6455 4.4", "version is not 13",
	}
	errHTTPVersion = &HandshakeError{400, nil, "RFC 6455 4.2.1", "HTTP version below 1.1"}
	errBody        = &HandshakeError{400, nil, "RFC 6455 4.1", "handshake with content"}
	errUpgrade     = &HandshakeError{400, nil, "RFC 6455 4.2.1", "Upgrade does not name websocket"}
	errConnection  = &HandshakeError{400, nil, "RFC 6455 4.2.1", "Connection does not name upgrade"}
	errKey         = &HandshakeError{400, nil, "RFC 6455 4.2.1", "key is not 16 octets in base64"}
	errProtocol    = &HandshakeError{400, nil, "RFC 6455 4.1", "subprotocols are not a list of tokens"}
	errExtensions  = &HandshakeError{400, nil, "RFC 6455 9.1", "malformed extensions"}
	errOriginTwice = &HandshakeError{400, nil, "RFC 6454 7.3", "more than one Origin"}
	errOrigin      = &HandshakeError{403, nil, "RFC 6455 10.2", "origin refused"}
)

// IsUpgrade reports whether a request wants to be a handshake, well-formed or
// not: it asks to upgrade to websocket, or has a field that only handshakes
// have. Any other request is ordinary HTTP.
func IsUpgrade(fields []Field) bool {
	for _, f := range fields {
		switch f.Name {
		case "upgrade":
			if listHas(f.Value, "websocket") {
				return true
			}
		case "sec-websocket-key", "sec-websocket-version":
			return true
		}
	}
	return false
}

// Check judges an opening handshake by RFC 6455, section 4.2.1, and the
// policy. The error is a [*HandshakeError].
func (p *Policy) Check(r *Request) (Handshake, error) {
	h := Handshake{Extended: r.Extended}
	if err := p.check(r, &h); err != nil {
		return Handshake{}, err
	}
	return h, nil
}

func (p *Policy) check(r *Request, h *Handshake) *HandshakeError {
	if !r.Extended && r.Method != "GET" {
		return errMethod
	}
	if version, n := single(r.Fields, "sec-websocket-version"); n != 1 || version != "13" {
		return errHandshakeVersion
	}
	if !r.Extended {
		if err := h.checkUpgrade(r); err != nil {
			return err
		}
	}
	if err := p.checkOrigin(r); err != nil {
		return err
	}
	var err *HandshakeError
	if h.Protocol, err = p.choose(r.Fields); err != nil {
		return err
	}
	return p.Deflate.negotiate(r.Fields, h)
}

// checkUpgrade checks what belongs to HTTP/1.1 only, and sets Accept.
func (h *Handshake) checkUpgrade(r *Request) *HandshakeError {
	switch {
	case r.Minor < 1:
		return errHTTPVersion
	case r.HasBody:
		return errBody
	case !anyHas(r.Fields, "upgrade", "websocket"):
		return errUpgrade
	case !anyHas(r.Fields, "connection", "upgrade"):
		return errConnection
	}
	key, n := single(r.Fields, "sec-websocket-key")
	if n != 1 || !validKey(key) {
		return errKey
	}
	h.Accept = AcceptKey(key)
	return nil
}

// keyBytes and keyChars are the lengths of the nonce in a key, and of the
// key.
const (
	keyBytes = 16
	keyChars = 24
)

// validKey reports whether key is 16 octets in base64.
func validKey(key string) bool {
	if len(key) != keyChars {
		return false
	}
	var nonce, text [keyChars]byte
	copy(text[:], key)
	n, err := base64.StdEncoding.Decode(nonce[:], text[:])
	return err == nil && n == keyBytes
}

// AcceptKey is the Sec-WebSocket-Accept that belongs to a key (RFC 6455,
// section 4.2.2).
func AcceptKey(key string) string {
	var text [keyChars + len(acceptSuffix)]byte
	sum := sha1.Sum(append(append(text[:0], key...), acceptSuffix...))
	var accept [28]byte
	base64.StdEncoding.Encode(accept[:], sum[:])
	return string(accept[:])
}

const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// choose chooses a subprotocol: the first that is offered and spoken.
func (p *Policy) choose(fields []Field) (string, *HandshakeError) {
	chosen := ""
	for _, f := range fields {
		if f.Name != "sec-websocket-protocol" {
			continue
		}
		for name := range strings.SplitSeq(f.Value, ",") {
			if name = trim(name); !isToken(name) {
				return "", errProtocol
			}
			if chosen == "" {
				chosen = p.spoken(name)
			}
		}
	}
	return chosen, nil
}

func (p *Policy) spoken(name string) string {
	for _, own := range p.Subprotocols {
		if own == name {
			return own
		}
	}
	return ""
}

// single returns the value of a field that must stand alone, and how often it
// is there.
func single(fields []Field, name string) (value string, n int) {
	for _, f := range fields {
		if f.Name == name {
			value = f.Value
			n++
		}
	}
	return value, n
}

// anyHas reports whether a list of tokens, in all its fields together, has the
// given one.
func anyHas(fields []Field, name, token string) bool {
	for _, f := range fields {
		if f.Name == name && listHas(f.Value, token) {
			return true
		}
	}
	return false
}

// listHas reports whether a comma-separated list has a token, in any case.
func listHas(list, token string) bool {
	for t := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(trim(t), token) {
			return true
		}
	}
	return false
}

// trim removes optional whitespace (RFC 9110, section 5.6.3).
func trim(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
