package server

// upgrade gives the connection to a WebSocket: the 101 has been written. What
// the client has sent behind its handshake are the first frames.
func (h *http1) upgrade(socket *WebSocket) {
	s := h.shard
	s.freeRequest(h.req)
	h.req = nil
	h.phase = phaseEnd
	s.counts.conns--
	c := (*wsConn)(socket)
	switchTo(h.t, c)
	flags := socketOwner
	if h.flags&byAddress != 0 {
		flags |= socketByAddress
	}
	t := h.t
	if len(s.http1s) < keptExchanges {
		*h = http1{}
		s.http1s = append(s.http1s, h) // nobody knows it any more
	}
	c.start(t, flags)
}

// freeHTTP1 returns what an upgraded connection has left behind, or a new one.
func (s *shard) freeHTTP1() *http1 {
	n := len(s.http1s)
	if n == 0 {
		return new(http1)
	}
	h := s.http1s[n-1]
	s.http1s = s.http1s[:n-1]
	return h
}
