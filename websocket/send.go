package websocket

// AppendMessage appends a whole message, OpText or OpBinary, as one frame.
// Text has to be valid UTF-8: that is the caller's to know. When a Close was
// sent or received, nothing is appended. Hot path.
func (c *Conn) AppendMessage(dst []byte, op OpCode, payload []byte) []byte {
	if !c.MaySend() {
		return dst
	}
	if c.deflate.on() && len(payload) >= int(c.deflate.minBytes) {
		return c.appendPacked(dst, op, payload)
	}
	return c.appendFrame(dst, op, true, 0, payload)
}

// AppendFragment appends a part of a message that is not known as a whole:
// the first part with OpText or OpBinary, the others with OpContinuation, fin
// with the last. Pings, pongs and a Close may come in between, other messages
// may not (RFC 6455, section 5.4). Where compression was agreed on, such a
// message is compressed, unless its first part is its last.
func (c *Conn) AppendFragment(dst []byte, op OpCode, fin bool, payload []byte) []byte {
	if !c.MaySend() {
		return dst
	}
	if c.deflate.on() {
		if op != OpContinuation {
			c.packing = !fin
		}
		if c.packing {
			c.packing = !fin
			return c.appendPackedFragment(dst, op, fin, payload)
		}
	}
	return c.appendFrame(dst, op, fin, 0, payload)
}

// AppendPing appends a ping. Of the payload at most [MaxControlBytes] are
// sent.
func (c *Conn) AppendPing(dst, payload []byte) []byte { return c.appendControl(dst, OpPing, payload) }

// AppendPong appends a pong: the answer to a ping, with the same payload, or
// one that nobody asked for. While the peer's answer to our Close is awaited
// a ping is still answered (RFC 6455, section 5.5.2).
func (c *Conn) AppendPong(dst, payload []byte) []byte { return c.appendControl(dst, OpPong, payload) }

func (c *Conn) appendControl(dst []byte, op OpCode, payload []byte) []byte {
	if !c.state.receives() || op == OpPing && c.state != StateOpen {
		return dst
	}
	return c.appendFrame(dst, op, true, 0, payload[:min(len(payload), MaxControlBytes)])
}

// MaySend reports whether messages can still be sent: no Close was sent or
// received.
func (c *Conn) MaySend() bool { return c.state == StateOpen }
