// Command gobwas echoes WebSocket messages at /ws, and sends those at /publish to
// everybody there, with github.com/gobwas/ws: a goroutine and a buffered reader
// for each connection.
//
//	gobwas -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"sync"

	"github.com/gobwas/ws"
)

const (
	maxMessage = 16 << 20 // bytes
	maxHead    = 10       // of a frame that is not masked
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", ln.Addr())
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			log.Fatal(err)
		}
		ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	for {
		conn, err := ln.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

func serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	publish := false
	upgrader := ws.Upgrader{OnRequest: func(uri []byte) error {
		publish = string(uri) == "/publish"
		return nil
	}}
	if _, err := upgrader.Upgrade(conn); err != nil {
		return
	}
	send := func(frame []byte) error {
		_, err := conn.Write(frame)
		return err
	}
	if publish {
		everybody.add(conn)
		defer everybody.remove(conn)
		send = everybody.publish
	}
	in := bufio.NewReader(conn)
	var frame []byte // the echo: a head and the payload
	for {
		h, err := ws.ReadHeader(in)
		if err != nil || ws.CheckHeader(h, ws.StateServerSide) != nil || h.OpCode == ws.OpClose || h.Length > maxMessage {
			return
		}
		if need := maxHead + int(h.Length); cap(frame) < need {
			frame = make([]byte, need)
		}
		payload := frame[maxHead : maxHead+int(h.Length)]
		if _, err := io.ReadFull(in, payload); err != nil {
			return
		}
		ws.Cipher(payload, h.Mask, 0)
		if h.OpCode == ws.OpPing {
			h.OpCode = ws.OpPong
		}
		h.Masked, h.Mask = false, [4]byte{}
		n := ws.HeaderSize(h)
		if err := ws.WriteHeader(&sink{frame[maxHead-n : maxHead]}, h); err != nil {
			return
		}
		if err := send(frame[maxHead-n : maxHead+int(h.Length)]); err != nil {
			return
		}
	}
}

// A sink writes into a slice.
type sink struct{ b []byte }

// Write implements io.Writer.
func (s *sink) Write(b []byte) (int, error) {
	n := copy(s.b, b)
	s.b = s.b[n:]
	return n, nil
}

// A room is where everybody hears what anybody says.
type room struct {
	mu      sync.Mutex
	members map[net.Conn]bool
}

var everybody = room{members: make(map[net.Conn]bool)}

func (r *room) add(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[c] = true
}

func (r *room) remove(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, c)
}

// publish sends a frame to all, one at a time.
func (r *room) publish(frame []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.members {
		_, _ = c.Write(frame)
	}
	return nil
}
