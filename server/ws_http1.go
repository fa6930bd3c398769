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
	c.start(h.t, flags)
}

// lose tells a WebSocket that its client was gone before it was answered.
func (h *http1) lose(ex *exchange) {
	if ex.socket != nil {
		(*wsConn)(ex.socket).abandon()
	}
}
