// Command nbio echoes WebSocket messages at /ws, and sends those at /publish to
// everybody there, with github.com/lesismal/nbio, as its documentation would
// have one write it.
//
//	nbio -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"sync"

	"github.com/lesismal/llib/std/crypto/tls"
	"github.com/lesismal/nbio/logging"
	"github.com/lesismal/nbio/nbhttp"
	"github.com/lesismal/nbio/nbhttp/websocket"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 16 << 20

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	logging.SetLevel(logging.LevelError)
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", echo())
	mux.HandleFunc("/publish", publish())
	config := nbhttp.Config{Network: "tcp", Addrs: []string{*addr}, Handler: mux, MaxLoad: 100_000}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			log.Fatal(err)
		}
		config.Addrs, config.AddrsTLS = nil, []string{*addr}
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
	}
	engine := nbhttp.NewEngine(config)
	if err := engine.Start(); err != nil {
		log.Fatal(err)
	}
	at := engine.Addrs
	if *cert != "" {
		at = engine.AddrsTLS
	}
	fmt.Printf("listening on %s\n", at[0])
	select {}
}

func upgrade() (*websocket.Upgrader, http.HandlerFunc) {
	upgrader := websocket.NewUpgrader()
	upgrader.MessageLengthLimit = maxMessage
	upgrader.EnableCompression(true)
	return upgrader, func(w http.ResponseWriter, r *http.Request) { _, _ = upgrader.Upgrade(w, r, nil) }
}

func echo() http.HandlerFunc {
	upgrader, handler := upgrade()
	upgrader.OnMessage(func(c *websocket.Conn, kind websocket.MessageType, message []byte) {
		_ = c.WriteMessage(kind, message)
	})
	return handler
}

// publish is where everybody hears what anybody says.
func publish() http.HandlerFunc {
	upgrader, handler := upgrade()
	var mu sync.Mutex
	members := make(map[*websocket.Conn]bool)
	upgrader.OnOpen(func(c *websocket.Conn) {
		mu.Lock()
		defer mu.Unlock()
		members[c] = true
	})
	upgrader.OnClose(func(c *websocket.Conn, _ error) {
		mu.Lock()
		defer mu.Unlock()
		delete(members, c)
	})
	upgrader.OnMessage(func(_ *websocket.Conn, kind websocket.MessageType, message []byte) {
		mu.Lock()
		defer mu.Unlock()
		for c := range members {
			_ = c.WriteMessage(kind, message)
		}
	})
	return handler
}
