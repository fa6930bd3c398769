package server

import (
	"net"
	"slices"
	"strings"
	"time"

	"reactor.example/reactor"
	"reactor.example/tls"
)

// A door is a listener as it serves: what is settled about the connections that
// come through it before their first octet. It does not change.
type door struct {
	srv          *Server
	listener     *reactor.Listener
	http1, http2 bool
	redirect     *route // answers everything, or nil

	acceptor         *tls.Acceptor // nil: no encryption
	handshakeTimeout time.Duration
}

// newDoor makes the door of l. It opens no socket yet. The error is about the files
// of its TLS.
func (s *Server) newDoor(l *Listener) (*door, error) {
	protocols := l.protocols(!s.cfg.HTTP2.Disabled)
	d := &door{
		srv:   s,
		http1: slices.Contains(protocols, protoHTTP1),
		http2: slices.Contains(protocols, protoHTTP2),
	}
	if l.RedirectHTTPS > 0 {
		d.redirect = &route{bare: redirectTo(l.RedirectHTTPS), group: &s.top}
		d.redirect.compile(len(s.shards))
		d.http1, d.http2 = true, false
	}
	if l.TLS != nil {
		var err error
		if d.acceptor, err = tls.NewAcceptor(l.TLS.acceptorConfig(protocols, s.reactor.Go)); err != nil {
			return nil, err
		}
		d.handshakeTimeout = l.TLS.HandshakeTimeout
	}
	return d, nil
}

// redirectTo makes the handler that sends everybody to https on that port.
func redirectTo(port int) Handler {
	suffix := ""
	if port != 443 {
		suffix = ":" + itoa(port)
	}
	return func(w *Response, r *Request) {
		host := r.Host()
		if name, _, err := net.SplitHostPort(host); err == nil {
			if host = name; strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
		}
		if host == "" || r.RawPath() == "" {
			w.Text(400, statusText(400)) // nothing to send it to
			return
		}
		target := r.RawPath()
		if q := r.RawQuery(); q != "" {
			target += "?" + q
		}
		w.Redirect(308, "https://"+host+suffix+target)
	}
}

// accept is reactor.ListenConfig.Open.
func (d *door) accept(c *reactor.Conn) reactor.Handler {
	s := d.srv
	sh := s.shards[c.Loop().Index()]
	cfg := &s.snap.Load().cfg
	open := s.open.Add(1)
	if cfg.MaxConnections > 0 && open > int64(cfg.MaxConnections) {
		return d.shed(sh, c, "max_connections")
	}
	counted := cfg.MaxConnectionsPerAddress > 0
	if !s.addresses.add(c.RemoteAddr().Addr(), cfg.MaxConnectionsPerAddress) {
		return d.shed(sh, c, "max_connections_per_address")
	}
	sh.counts.accepted++
	if fn := s.cfg.Observer.Accepted; fn != nil {
		fn(connInfo(c))
	}
	if s.layer != nil {
		return s.layer(sh, c)
	}
	if d.acceptor != nil {
		return newTLSConn(sh, c, d, counted)
	}
	return d.plain(sh, c, counted)
}

// shed refuses a connection: see shard.shed. Nothing can be said before TLS.
func (d *door) shed(sh *shard, c *reactor.Conn, limit string) reactor.Handler {
	return sh.shed(c, limit, d.acceptor == nil)
}

// notice is what clients are told for whom there is no descriptor.
func (d *door) notice() []byte {
	if d.acceptor != nil {
		return nil
	}
	return []byte(overloadNotice)
}

// plain makes the protocol of a connection without encryption.
func (d *door) plain(sh *shard, t transport, counted bool) protocol {
	if !d.http1 {
		return newHTTP2(sh, t, counted)
	}
	var flags flags1
	if counted {
		flags |= byAddress
	}
	if d.http2 {
		flags |= fresh | detects
	}
	if d.redirect != nil {
		flags |= redirects
	}
	return newHTTP1(sh, t, flags)
}

// redirectOf is the route that answers everything on the connection's door.
func (h *http1) redirectOf() *route {
	if c, ok := h.t.(*reactor.Conn); ok {
		for _, d := range h.shard.srv.doors {
			if d.listener == c.Listener() {
				return d.redirect
			}
		}
	}
	return nil
}
