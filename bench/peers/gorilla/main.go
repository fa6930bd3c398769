// Command gorilla echoes WebSocket messages at /ws, and sends those at /publish to
// everybody there, with github.com/gorilla/websocket, as its documentation would
// have one write it.
//
//	gorilla -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 16 << 20

var upgrader = websocket.Upgrader{EnableCompression: true}

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /ws", echo)
	http.HandleFunc("GET /publish", everybody.serve)
	fmt.Printf("listening on %s\n", ln.Addr())
	if *cert != "" {
		log.Fatal(http.ServeTLS(ln, nil, *cert, *key))
	}
	log.Fatal(http.Serve(ln, nil))
}

func echo(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	conn.SetReadLimit(maxMessage)
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

// A room is where everybody hears what anybody says.
type room struct {
	mu      sync.Mutex
	members map[*websocket.Conn]bool
}

var everybody = room{members: make(map[*websocket.Conn]bool)}

func (r *room) serve(w http.ResponseWriter, req *http.Request) {
	conn, err := upgrader.Upgrade(w, req, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	conn.SetReadLimit(maxMessage)
	r.mu.Lock()
	r.members[conn] = true
	r.mu.Unlock()
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			break
		}
		r.publish(kind, message)
	}
	r.mu.Lock()
	delete(r.members, conn)
	r.mu.Unlock()
}

// publish frames the message once and sends it to all, one at a time.
func (r *room) publish(kind int, message []byte) {
	prepared, err := websocket.NewPreparedMessage(kind, message)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.members {
		_ = c.WritePreparedMessage(prepared)
	}
}
