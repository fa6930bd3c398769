package testserver

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"reactor.example/bench/internal/wswire"
)

// Start serves h until the test ends, and returns the address. With secure it
// speaks TLS and agrees on HTTP/2 with whoever offers it; without, it takes both
// HTTP/1.1 and HTTP/2 from the first octet.
func Start(tb testing.TB, secure bool, h http.HandlerFunc) string {
	tb.Helper()
	srv := httptest.NewUnstartedServer(h)
	if secure {
		srv.EnableHTTP2 = true
		srv.StartTLS()
	} else {
		srv.Config.Protocols = new(http.Protocols)
		srv.Config.Protocols.SetHTTP1(true)
		srv.Config.Protocols.SetUnencryptedHTTP2(true)
		srv.Start()
	}
	tb.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.Listener.Addr().String()
}

// Echo takes the connection over and sends every frame back as it came,
// unmasked, compressed ones included. It judges nothing.
func Echo(w http.ResponseWriter, r *http.Request) {
	upgraded(w, r, func(conn net.Conn) func([]byte) {
		return func(frame []byte) { _, _ = conn.Write(frame) }
	})
}

// upgraded takes the connection over and gives every frame, unmasked, to what
// join returns. It returns when the peer has gone.
func upgraded(w http.ResponseWriter, r *http.Request, join func(net.Conn) func([]byte)) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + wswire.Accept + "\r\n"
	if offer := r.Header.Get("Sec-WebSocket-Extensions"); strings.Contains(offer, "permessage-deflate") {
		head += "Sec-WebSocket-Extensions: " + offer + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		return
	}
	got := join(conn)
	for {
		frame, err := unmasked(rw.Reader)
		if err != nil || frame[0]&0x0f == wswire.OpClose {
			return
		}
		got(frame)
	}
}

// unmasked reads one frame and returns it as a server would send it.
func unmasked(r *bufio.Reader) ([]byte, error) {
	const maskBit = 0x80
	head := make([]byte, 2, 14)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	head[1] &^= maskBit
	more := map[byte]int{126: 2, 127: 8}[head[1]]
	head = head[:2+more]
	if _, err := io.ReadFull(r, head[2:]); err != nil {
		return nil, err
	}
	n := uint64(head[1])
	switch more {
	case 2:
		n = uint64(binary.BigEndian.Uint16(head[2:]))
	case 8:
		n = binary.BigEndian.Uint64(head[2:])
	}
	body := make([]byte, 4+n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	for i := range body[4:] {
		body[4+i] ^= body[i%4]
	}
	return append(head, body[4:]...), nil
}
