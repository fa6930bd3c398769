package server

import (
	"net/netip"
	"time"

	"reactor.example/httpone"
	"reactor.example/httptwo"
	"reactor.example/reactor"
)

// A shard is the server's part of one loop: what its connections share
// without a lock. All of it is for the loop only.
type shard struct {
	srv   *Server
	loop  *reactor.Loop
	index int

	exchanges []*exchange     // free
	requests  []*parsed       // free
	config    *httpone.Config // of connections that begin now
	configOf  *snapshot       // what config was made from
	draining  bool

	http1s       []*http1      // free
	calls        []*socketCall // free
	senders      senders
	pumpSenders  func() // pumpSome, made once
	publications publications

	plain []byte // see plainRoom

	twoConfig   *httptwo.Config // of connections that begin now
	twoConfigOf *snapshot
	twoCounters httptwo.Counters
	streams     []*stream2 // free
	collecting  []*stream2 // may have to start before their bodies are complete
	departed    []*stream2 // whose responses have left
	asking      []*tunnel  // whose protocols have output to make
	stirred     []*tunnel  // whose output has left

	date     string // the value of Date
	dateNext time.Duration

	counts counts
}

func newShard(s *Server, l *reactor.Loop) *shard {
	sh := &shard{srv: s, loop: l, index: l.Index()}
	sh.pumpSenders = sh.pumpSome
	sh.publications.queue = make(chan publication, queuedPublications)
	sh.publications.post = sh.deliverSome
	return sh
}

// now is the value of the Date field, made once a second. Hot path.
func (s *shard) now() string {
	if s.loop.Now() >= s.dateNext {
		wall := s.loop.Wall()
		s.date = string(httpone.AppendDate(nil, wall))
		s.dateNext = s.loop.Now() + time.Second - time.Duration(wall.Nanosecond())
		s.reportLag()
	}
	return s.date
}

// reportLag tells the observer how busy the loop has been. It is called about
// once a second, if there are responses at all.
func (s *shard) reportLag() {
	if fn := s.srv.cfg.Observer.LoopLag; fn != nil {
		longest, queued := s.loop.TakeLag()
		fn(s.index, longest, queued)
	}
}

// parserConfig is the configuration of the parser, made anew after a reload.
func (s *shard) parserConfig() *httpone.Config {
	if snap := s.srv.snap.Load(); snap != s.configOf {
		s.configOf = snap
		s.config = &httpone.Config{
			MaxHeadBytes:   snap.cfg.MaxHeaderSize,
			MaxTargetBytes: min(snap.cfg.MaxTargetSize, snap.cfg.MaxHeaderSize),
			MaxFields:      snap.cfg.MaxHeaderFields,
			MaxBodyBytes:   snap.cfg.MaxBodySize,
			Remember:       true,
		}
	}
	return s.config
}

func (s *shard) newRequest() *parsed {
	if n := len(s.requests); n > 0 {
		r := s.requests[n-1]
		s.requests = s.requests[:n-1]
		return r
	}
	return new(parsed)
}

func (s *shard) freeRequest(r *parsed) {
	r.Keep()
	if len(s.requests) < keptExchanges {
		s.requests = append(s.requests, r)
	}
}

func connInfo(c *reactor.Conn) ConnInfo {
	return ConnInfo{ID: c.ID(), Remote: c.RemoteAddr(), Loop: c.Loop().Index()}
}

// closed is the end of an accepted connection.
func (s *shard) closed(info ConnInfo, byAddress bool, err error) {
	s.srv.open.Add(-1)
	if byAddress {
		s.srv.addresses.remove(info.Remote.Addr())
	}
	if fn := s.srv.cfg.Observer.Closed; fn != nil {
		fn(info, err)
	}
}

// limitHit counts a refusal by its name in the configuration.
func (s *shard) limitHit(name string) {
	if fn := s.srv.cfg.Observer.LimitHit; fn != nil {
		fn(name)
	}
}

// overloadNotice is what a client gets that there is no room for.
const overloadNotice = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 24\r\n\r\n503 Service Unavailable\n"

// shed refuses a connection politely: the notice, FIN, and a short time in
// which the client's request is read and thrown away, so that a reset does
// not overtake the notice.
func (s *shard) shed(c *reactor.Conn, limit string, politely bool) reactor.Handler {
	s.counts.shed++
	s.limitHit(limit)
	s.srv.open.Add(-1) // or those on their way out would keep others from coming in
	if politely {
		c.Write([]byte(overloadNotice))
	}
	if s.srv.shedding.Add(1) > maxShedding || !politely {
		c.CloseAfterFlush()
	} else {
		c.CloseWrite()
	}
	c.SetDeadline(s.loop.Now() + shedTime)
	return &shedding{shard: s, conn: c}
}

// shedTime is how long that takes at most, and maxShedding how many may be at
// it; more are closed behind the notice.
const (
	shedTime    = time.Second
	maxShedding = 1024
)

// shedding is the protocol of a connection that was refused.
type shedding struct {
	shard *shard
	conn  *reactor.Conn
}

func (h *shedding) OnInput(*reactor.Conn) {
	h.conn.Consume(len(h.conn.Input()))
	if h.conn.EOF() {
		h.conn.Close(nil)
	}
}
func (h *shedding) OnDrain(*reactor.Conn)      {}
func (h *shedding) OnBlocked(*reactor.Conn)    {}
func (h *shedding) OnPeerClosed(*reactor.Conn) {}
func (h *shedding) OnDeadline(*reactor.Conn)   { h.conn.Close(nil) }
func (h *shedding) drain()                     { h.conn.Close(nil) }

func (h *shedding) connState() ConnState {
	return ConnState{ConnInfo: connInfo(h.conn), State: "shed"}
}

func (h *shedding) OnClose(*reactor.Conn, error) { h.shard.srv.shedding.Add(-1) }

// joinHostPort is netip's notation for IP addresses, host:port for names.
func joinHostPort(host string, port int) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		return netip.AddrPortFrom(ip, uint16(port)).String()
	}
	return host + ":" + itoa(port)
}
