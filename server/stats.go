package server

import (
	"sync"

	"reactor.example/reactor"
)

// Stats is what /stats shows. The names in JSON are a promise.
type Stats struct {
	UptimeSeconds int64           `json:"uptime_seconds"`
	Connections   ConnectionStats `json:"connections"`
	TLS           TLSStats        `json:"tls"`
	Requests      RequestStats    `json:"requests"`
	WebSockets    SocketStats     `json:"websockets"`
	// HTTP2 counts what HTTP/2 connections did wrong, and what the flood ledger
	// caught, by the names in docs/http2.md. Every name is there, also at zero.
	HTTP2  map[string]uint64 `json:"http2"`
	Config ConfigStats       `json:"config"`
	Loops  []LoopStats       `json:"loops"`
	Routes []RouteStats      `json:"routes"`
}

// ConnectionStats counts connections.
type ConnectionStats struct {
	Active        int64  `json:"active"`
	ActiveHTTP1   int64  `json:"active_http1"`
	ActiveHTTP2   int64  `json:"active_http2"`
	ActiveStreams int64  `json:"active_h2_streams"`
	TotalAccepted uint64 `json:"total_accepted"` // without those over a limit
	Shed          uint64 `json:"shed"`           // refused: over a limit, or out of descriptors
}

// TLSStats counts handshakes.
type TLSStats struct {
	InProgress int64  `json:"handshakes_in_progress"`
	Done       uint64 `json:"handshakes_done"`
	Resumed    uint64 `json:"handshakes_resumed"` // of those done
	Failed     uint64 `json:"handshakes_failed"`  // late and malformed ones included
	Refused    uint64 `json:"handshakes_refused"` // above a bound
}

// RequestStats counts requests.
type RequestStats struct {
	Total      uint64 `json:"total"`  // with faulty and refused ones
	Active     int64  `json:"active"` // begun and not ended
	Refused    uint64 `json:"refused"`
	Panics     uint64 `json:"panics"`
	Overloaded uint64 `json:"overloaded"` // answered with 503
}

// SocketStats counts WebSockets.
type SocketStats struct {
	Active      int64  `json:"active"`
	Total       uint64 `json:"total"` // opened so far
	MessagesIn  uint64 `json:"messages_in"`
	MessagesOut uint64 `json:"messages_out"`
	Pings       uint64 `json:"pings"`   // sent to silent clients
	Faults      uint64 `json:"faults"`  // ended by a rule that the client broke
	Dropped     uint64 `json:"dropped"` // messages not taken for clients that read too slowly
}

// ConfigStats is some of the configuration, as resolved.
type ConfigStats struct {
	BindHost       string `json:"bind_host"`
	BindPort       int    `json:"bind_port"` // the real one
	TLSEnabled     bool   `json:"tls_enabled"`
	HTTP2Enabled   bool   `json:"http2_enabled"`
	WorkerThreads  int    `json:"worker_threads"`
	MaxConnections int    `json:"max_connections"` // 0 is unlimited
	IdleTimeout    int64  `json:"idle_timeout_sec"`
	RequestTimeout int64  `json:"request_timeout_sec"`
}

// LoopStats is one event loop.
type LoopStats struct {
	Connections int    `json:"connections"`
	Iterations  uint64 `json:"iterations"`
	Events      uint64 `json:"events"`
	Tasks       uint64 `json:"tasks"`
	HandOffs    uint64 `json:"hand_offs"` // handlers moved away while they ran
	SentAway    uint64 `json:"sent_away"` // handlers that began away
	Away        int    `json:"away"`      // handlers away now
	BytesIn     uint64 `json:"bytes_in"`
	BytesOut    uint64 `json:"bytes_out"`
	LagP99Us    int64  `json:"lag_p99_us"` // an upper bound
}

// RouteStats is what is remembered of a route that any loop treats as
// blocking.
type RouteStats struct {
	Method  string `json:"method"`
	Pattern string `json:"pattern"`
	// BlockingLoops is the number of loops that start its handler away.
	BlockingLoops int `json:"blocking_loops"`
}

// counts are the counters of a shard. They belong to its loop.
type counts struct {
	accepted, shed                        uint64
	requests, refused, panics, overloaded uint64
	active, conns, http2, streams         int64

	sockets                        int64
	socketsOpened, socketFaults    uint64
	messagesIn, messagesOut, pings uint64
}

func (c *counts) add(o *counts) {
	c.accepted += o.accepted
	c.shed += o.shed
	c.requests += o.requests
	c.refused += o.refused
	c.panics += o.panics
	c.overloaded += o.overloaded
	c.active += o.active
	c.conns += o.conns
	c.http2 += o.http2
	c.streams += o.streams
	c.sockets += o.sockets
	c.socketsOpened += o.socketsOpened
	c.socketFaults += o.socketFaults
	c.messagesIn += o.messagesIn
	c.messagesOut += o.messagesOut
	c.pings += o.pings
}

// Stats asks every loop for its counters and waits for the answers. A
// handler may call it. It is zero before Ready and after the server has
// stopped.
func (s *Server) Stats() Stats {
	select {
	case <-s.ready:
	default:
		return Stats{}
	}
	cfg := &s.snap.Load().cfg
	st := Stats{
		UptimeSeconds: int64(s.uptime().Seconds()),
		Routes:        []RouteStats{}, // a list in JSON, also without any
		Config: ConfigStats{
			BindHost:       cfg.BindHost,
			BindPort:       s.boundPort(),
			TLSEnabled:     cfg.TLS.Enabled,
			HTTP2Enabled:   !cfg.HTTP2.Disabled,
			WorkerThreads:  len(s.shards),
			MaxConnections: max(cfg.MaxConnections, 0),
			IdleTimeout:    int64(max(cfg.IdleTimeout, 0).Seconds()),
			RequestTimeout: int64(max(cfg.RequestTimeout, 0).Seconds()),
		},
	}
	total, blocking := s.gather(&st)
	st.Connections.Active = s.open.Load()
	st.TLS = s.tlsStats()
	st.Connections.ActiveHTTP1 = total.conns
	st.Connections.ActiveHTTP2 = total.http2
	st.Connections.ActiveStreams = total.streams
	st.Connections.TotalAccepted = total.accepted
	st.Connections.Shed += total.shed
	st.Requests = RequestStats{total.requests, total.active, total.refused, total.panics, total.overloaded}
	st.WebSockets = SocketStats{
		Active: total.sockets, Total: total.socketsOpened, MessagesIn: total.messagesIn, MessagesOut: total.messagesOut,
		Pings: total.pings, Faults: total.socketFaults, Dropped: s.socketDrops.Load(),
	}
	for _, rt := range s.routes {
		if n := blocking[rt]; n > 0 {
			st.Routes = append(st.Routes, RouteStats{rt.method, rt.pattern, n})
		}
	}
	return st
}

// tlsStats adds up what the listeners have counted.
func (s *Server) tlsStats() (sum TLSStats) {
	for _, d := range s.tlsDoors() {
		one := d.acceptor.Stats()
		sum.InProgress += int64(one.InProgress)
		sum.Done += one.Done
		sum.Resumed += one.Resumed
		sum.Failed += one.Failed + one.Malformed
		sum.Refused += one.Refused
	}
	return sum
}

// gather collects what belongs to the loops, on the loops.
func (s *Server) gather(st *Stats) (total counts, blocking map[*route]int) {
	blocking = make(map[*route]int)
	st.HTTP2 = make(map[string]uint64)
	st.Loops = make([]LoopStats, len(s.shards))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, sh := range s.shards {
		wg.Add(1)
		ask := func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			total.add(&sh.counts)
			for name, n := range sh.twoCounters.All() {
				st.HTTP2[name] += n
			}
			for _, rt := range s.routes {
				if rt.memories[i].away() {
					blocking[rt]++
				}
			}
		}
		if !sh.loop.Post(ask) {
			wg.Done()
		}
	}
	wg.Wait()
	for i, sh := range s.shards {
		rs := sh.loop.Stats()
		st.Loops[i] = loopStats(rs)
		st.Connections.Shed += rs.Refused
	}
	return total, blocking
}

func loopStats(rs reactor.Stats) LoopStats {
	return LoopStats{
		Connections: rs.Connections,
		Iterations:  rs.Iterations,
		Events:      rs.Events,
		Tasks:       rs.Tasks,
		HandOffs:    rs.Moves,
		SentAway:    rs.SentAway,
		Away:        rs.Away,
		BytesIn:     rs.BytesIn,
		BytesOut:    rs.BytesOut,
		LagP99Us:    rs.Lag.Quantile(0.99).Microseconds(),
	}
}
