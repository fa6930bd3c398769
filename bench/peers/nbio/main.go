// Command nbio echoes WebSocket messages at /ws with github.com/lesismal/nbio,
// as its documentation would have one write it.
//
//	nbio -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

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
	upgrader := websocket.NewUpgrader()
	upgrader.MessageLengthLimit = maxMessage
	upgrader.EnableCompression(true)
	upgrader.OnMessage(func(c *websocket.Conn, kind websocket.MessageType, message []byte) {
		_ = c.WriteMessage(kind, message)
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) { _, _ = upgrader.Upgrade(w, r, nil) })
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
