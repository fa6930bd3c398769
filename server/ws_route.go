package server

import (
	"errors"
	"sync/atomic"

	"reactor.example/httpone"
	"reactor.example/router"
	"reactor.example/websocket"
)

// SocketSettings are what a WebSocket route accepts. The zero value is safe.
type SocketSettings struct {
	// Subprotocols are those that the route speaks: the first that a client
	// offers and that is among them is chosen. WebSocket.Subprotocol tells
	// which.
	Subprotocols []string
	// Origin decides whether scripts of an origin may connect to a host, for
	// example [AnyOrigin] or what [Origins] makes. It is
	// called where handlers are, and not for clients that send no Origin. Nil
	// allows the pages of the same host only.
	Origin func(origin, host string) bool
	// MaxMessageBytes bounds a message after inflating, in bytes; a larger
	// one ends the connection with 1009. Zero means Config.MaxWSMessageSize,
	// Off no bound.
	MaxMessageBytes int64
}

// wsRoute is what a route for WebSockets has besides.
type wsRoute struct {
	open     func(*WebSocket)
	policy   websocket.Policy
	settings SocketSettings
	configs  []socketConfig // of each loop
	// streams is whether a message was ever streamed: callbacks then say that
	// they hold the loop, so that they can let go of it when they wait.
	streams atomic.Bool
}

// socketConfig is a configuration, the same for who streams, and what they were
// made from.
type socketConfig struct {
	whole, streamed *websocket.Config
	of              *snapshot
}

// WebSocket registers a route for WebSockets, with the safe settings:
//
//	srv.WebSocket("/echo", func(c *server.WebSocket) {
//		c.OnMessage(func(m server.Message) { c.Send(m) })
//	})
//
// When a handshake has passed the middleware and is valid, open is called
// with the connection to be, before the client is answered: it installs the
// callbacks, and may block. The route answers handshakes only, by HTTP/1.1 or
// as an extended CONNECT of HTTP/2. Other requests for the same path are
// ordinary HTTP and have routes of their own, or get a 404.
func (g *Group) WebSocket(pattern string, open func(c *WebSocket)) {
	g.WebSocketWith(pattern, SocketSettings{}, open)
}

// WebSocketWith is WebSocket with settings.
func (g *Group) WebSocketWith(pattern string, settings SocketSettings, open func(c *WebSocket)) {
	if g.srv.mayRegister() {
		g.addSocket(pattern, settings, open)
	}
}

func (g *Group) addSocket(pattern string, settings SocketSettings, open func(c *WebSocket)) {
	srv := g.srv
	if srv.sockets == nil {
		srv.sockets = router.New[*route]()
	}
	ws := &wsRoute{
		open:     open,
		policy:   websocket.Policy{Subprotocols: settings.Subprotocols, Origin: settings.Origin},
		settings: settings,
	}
	rt := &route{method: "GET", pattern: router.Join(g.prefix, pattern), group: g, socket: ws, bare: ws.handshake}
	if _, err := srv.sockets.Add(router.AnyMethod, rt.pattern, rt); err != nil {
		srv.registerErr = errors.Join(srv.registerErr, err)
		return
	}
	srv.routes = append(srv.routes, rt)
}

// socketRoute finds the route of a handshake; nil if the request is none, or
// there is no such route. Hot path for servers with WebSockets.
func (s *shard) socketRoute(ex *exchange) *route {
	if s.srv.sockets == nil || !ex.asksForSocket() {
		return nil
	}
	rt, verdict := s.srv.sockets.Match("GET", ex.head.path, &ex.params)
	if verdict != router.Found {
		return nil
	}
	return rt.Handler
}

// asksForSocket reports whether a request wants to be a handshake.
func (ex *exchange) asksForSocket() bool {
	return ex.head.extended || ex.head.method == "GET" && websocket.IsUpgrade(ex.head.fields)
}

// handshake is the Handler of a WebSocket route: it judges the handshake and
// lets the user's function install its callbacks. The carrier sends the
// answer and goes on with the connection, see http1.upgrade.
func (rt *wsRoute) handshake(w *Response, r *Request) {
	ex := r.ex
	if ex.shard.srv.state.Load() == stateDraining {
		w.Header().Set("retry-after", "1")
		w.Text(503, statusText(503))
		return
	}
	request := ex.socketRequest()
	policy := rt.policy
	policy.Deflate.Enabled = ex.snap.cfg.WebSocket.Compression
	hs, err := policy.Check(&request)
	if err != nil {
		refuseSocket(w, err)
		return
	}
	c := newWebSocket(ex, rt, hs)
	c.setRequest(r)
	rt.open(c)
	c.setRequest(nil)
	w.upgrade(c, &hs)
}

func (c *WebSocket) setRequest(r *Request) {
	c.mu.Lock()
	c.request = r
	c.mu.Unlock()
}

// config is that of the state machine on one loop, made anew after a reload.
func (rt *wsRoute) config(s *shard, streams bool) *websocket.Config {
	known := &rt.configs[s.index]
	if snap := s.srv.snap.Load(); known.of != snap {
		known.of = snap
		known.whole = &websocket.Config{
			MaxMessageBytes: rt.settings.MaxMessageBytes,
			Buffers:         s.loop.Buffers(),
		}
		or(&known.whole.MaxMessageBytes, snap.cfg.MaxWSMessageSize)
		streamed := *known.whole
		streamed.Stream = true
		known.streamed = &streamed
	}
	if streams {
		return known.streamed
	}
	return known.whole
}

// socketRequest is the request as package websocket judges it.
func (ex *exchange) socketRequest() websocket.Request {
	hd := &ex.head
	r := websocket.Request{
		Method: hd.method, Minor: 1, Host: hd.host, Fields: hd.fields,
		HasBody: hd.length != 0, Extended: hd.extended,
	}
	if hd.proto == "HTTP/1.0" {
		r.Minor = 0
	}
	return r
}

// refuseSocket answers a handshake that is refused.
func refuseSocket(w *Response, err error) {
	var refusal *websocket.HandshakeError
	if !errors.As(err, &refusal) {
		w.Text(400, statusText(400))
		return
	}
	for _, f := range refusal.Fields {
		w.Header().Set(f.Name, f.Value)
	}
	w.Text(refusal.Status, itoa(refusal.Status)+" "+httpone.StatusText(refusal.Status)+": "+refusal.Reason+"\n")
}

// upgrade makes the response the one that opens c. Middleware may have set
// fields of it, but not a status.
func (w *Response) upgrade(c *WebSocket, hs *websocket.Handshake) {
	if !w.ex.enter(w.gen) {
		return
	}
	defer w.ex.mu.Unlock()
	r := &w.ex.reply
	if r.begun() {
		return
	}
	var fields [4]Field
	for _, f := range hs.AppendFields(fields[:0]) {
		r.setDefault(f.Name, f.Value)
	}
	r.status, r.stage = hs.Status(), replyWhole
	w.ex.socket = c
}
