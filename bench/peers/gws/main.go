// Command gws echoes WebSocket messages at /ws, and sends those at /publish to
// everybody there, with github.com/lxzan/gws, as its documentation would have
// one write it.
//
//	gws -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/lxzan/gws"
)

// maxMessage bounds a message, in bytes.
const maxMessage = 16 << 20

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", upgrade(echo{}))
	mux.HandleFunc("GET /publish", upgrade(&room{members: gws.NewConcurrentMap[*gws.Conn, bool]()}))
	fmt.Printf("listening on %s\n", ln.Addr())
	srv := http.Server{Handler: mux}
	if *cert != "" {
		log.Fatal(srv.ServeTLS(ln, *cert, *key))
	}
	log.Fatal(srv.Serve(ln))
}

func upgrade(events gws.Event) http.HandlerFunc {
	upgrader := gws.NewUpgrader(events, &gws.ServerOption{
		ReadMaxPayloadSize: maxMessage,
		PermessageDeflate:  gws.PermessageDeflate{Enabled: true},
	})
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r)
		if err != nil {
			return
		}
		go conn.ReadLoop() // the goroutine of net/http ends, and its buffers with it
	}
}

// echo sends every message back.
type echo struct{ gws.BuiltinEventHandler }

// OnMessage implements gws.Event.
func (echo) OnMessage(c *gws.Conn, m *gws.Message) {
	defer func() { _ = m.Close() }()
	_ = c.WriteMessage(m.Opcode, m.Bytes())
}

// A room is where everybody hears what anybody says.
type room struct {
	gws.BuiltinEventHandler
	members *gws.ConcurrentMap[*gws.Conn, bool]
}

// OnOpen implements gws.Event.
func (r *room) OnOpen(c *gws.Conn) { r.members.Store(c, true) }

// OnClose implements gws.Event.
func (r *room) OnClose(c *gws.Conn, _ error) { r.members.Delete(c) }

// OnMessage implements gws.Event. The message is framed once.
func (r *room) OnMessage(_ *gws.Conn, m *gws.Message) {
	defer func() { _ = m.Close() }()
	all := gws.NewBroadcaster(m.Opcode, m.Bytes())
	defer func() { _ = all.Close() }()
	r.members.Range(func(c *gws.Conn, _ bool) bool {
		_ = all.Broadcast(c)
		return true
	})
}
