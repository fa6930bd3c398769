package client

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"reactor.example/websocket"
)

// Options are what a client asks for. The zero value is a plain connection
// with the default limits. They must not change while they are used.
type Options struct {
	// Header holds more fields of the handshake, for example Origin or
	// Cookie.
	Header http.Header
	// Subprotocols are offered in this order; Conn.Subprotocol tells which
	// the server chose.
	Subprotocols []string
	// Deflate offers compression if it is enabled.
	Deflate websocket.Deflate
	// MaxMessageBytes limits a message after inflating, in bytes. Zero means
	// 16 MiB, websocket.Off no limit.
	MaxMessageBytes int64
	// OnPing and OnPong are called for every ping and pong that comes, by the
	// goroutine that reads. The ping was answered already. They may write, but
	// not read. data is valid until they return.
	OnPing, OnPong func(data []byte)
	// CloseTimeout is how long Close waits for the server's answer. Zero means
	// 5 seconds.
	CloseTimeout time.Duration
}

const defaultCloseTimeout = 5 * time.Second

func (o *Options) closeTimeout() time.Duration {
	if o.CloseTimeout == 0 {
		return defaultCloseTimeout
	}
	return o.CloseTimeout
}

// A HandshakeError reports that there is no WebSocket: the server refused, or
// what it answered is not what RFC 6455, section 4.1 demands.
type HandshakeError struct {
	Status int    // of the response
	Reason string // what was wrong with it
}

// Error returns the reason and the status.
func (e *HandshakeError) Error() string {
	return fmt.Sprintf("client: %s (status %d)", e.Reason, e.Status)
}

// maxRefusal is how much of the content of a refusal is kept.
const maxRefusal = 64 << 10

// New opens a WebSocket on conn, which is connected to the server: it sends the
// handshake for address, for example "ws://127.0.0.1:8080/chat?room=1", and
// waits for the answer. nil options are the zero value. The connection then
// belongs to the Conn.
//
// The response is returned whenever there was one, with what it had as
// content. The error is a [*HandshakeError] if the response was not the right
// one, or that of the connection. conn is closed if there is an error.
func New(conn net.Conn, address string, options *Options) (*Conn, *http.Response, error) {
	if options == nil {
		options = &Options{}
	}
	c, resp, err := open(conn, address, options)
	if err != nil {
		_ = conn.Close()
		return nil, resp, err
	}
	return c, resp, nil
}

func open(conn net.Conn, address string, o *Options) (*Conn, *http.Response, error) {
	if err := o.Deflate.Validate(); err != nil {
		return nil, nil, err
	}
	req, key, err := o.request(address)
	if err != nil {
		return nil, nil, err
	}
	var head bytes.Buffer
	if err := req.Write(&head); err != nil {
		return nil, nil, err
	}
	if _, err := conn.Write(head.Bytes()); err != nil {
		return nil, nil, err
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return nil, nil, err
	}
	ext, refusal := o.verify(resp, key)
	if refusal != "" {
		content, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		resp.Body = io.NopCloser(bytes.NewReader(content))
		return nil, resp, &HandshakeError{resp.StatusCode, refusal}
	}
	resp.Body = http.NoBody
	early, _ := r.Peek(r.Buffered()) // frames that came with the response
	return newConn(conn, o, ext, resp.Header.Get("Sec-WebSocket-Protocol"), bytes.Clone(early)), resp, nil
}

// request is the handshake (RFC 6455, section 4.1).
func (o *Options) request(address string) (req *http.Request, key string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", err
	}
	if u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" || u.Fragment != "" {
		return nil, "", errors.New("client: the address is not ws://host/path")
	}
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	key = base64.StdEncoding.EncodeToString(nonce)
	h := o.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if _, ok := h["User-Agent"]; !ok {
		h.Set("User-Agent", "")
	}
	h.Set("Upgrade", "websocket")
	h.Set("Connection", "Upgrade")
	h.Set("Sec-WebSocket-Key", key)
	h.Set("Sec-WebSocket-Version", "13")
	if len(o.Subprotocols) > 0 {
		h.Set("Sec-WebSocket-Protocol", strings.Join(o.Subprotocols, ", "))
	}
	if offer := o.Deflate.Offer(); offer != "" {
		h.Set("Sec-WebSocket-Extensions", offer)
	}
	return &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: h}, key, nil
}

// verify judges the response (RFC 6455, section 4.1). refusal says what is
// wrong, and is empty if nothing is.
func (o *Options) verify(resp *http.Response, key string) (ext websocket.Extensions, refusal string) {
	h := resp.Header
	protocols := h.Values("Sec-WebSocket-Protocol")
	switch {
	case resp.StatusCode != http.StatusSwitchingProtocols:
		return ext, "server refuses"
	case !strings.EqualFold(strings.Join(h.Values("Upgrade"), ","), "websocket"):
		return ext, "Upgrade is not websocket"
	case !hasToken(h.Values("Connection"), "upgrade"):
		return ext, "Connection does not name upgrade"
	case strings.Join(h.Values("Sec-WebSocket-Accept"), ",") != websocket.AcceptKey(key):
		return ext, "Sec-WebSocket-Accept does not belong to the key"
	case len(protocols) > 1 || len(protocols) == 1 && !slices.Contains(o.Subprotocols, protocols[0]):
		return ext, "subprotocol that was not offered"
	}
	var fields []websocket.Field
	for _, v := range h.Values("Sec-WebSocket-Extensions") {
		fields = append(fields, websocket.Field{Name: "sec-websocket-extensions", Value: v})
	}
	ext, err := o.Deflate.Accept(fields)
	if err != nil {
		return ext, "extension that was not offered"
	}
	return ext, ""
}

// hasToken reports whether a list of tokens has the given one, in any case.
func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.Trim(t, " \t"), token) {
				return true
			}
		}
	}
	return false
}
