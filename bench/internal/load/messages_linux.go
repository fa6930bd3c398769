package load

import "reactor.example/bench/internal/wswire"

// maxUpgrade bounds the answer to an opening handshake, in bytes.
const maxUpgrade = 8 << 10

// messages are what a connection of WebSocket keeps.
type messages struct {
	head   []byte // of the answer to the opening handshake
	parser wswire.Parser
}

// upgrade sends the opening handshake.
func (l *loop) upgrade(c *conn) {
	if c.ws == nil {
		c.ws = new(messages)
	}
	c.ws.head = c.ws.head[:0]
	c.ws.parser.Reset()
	c.ws.parser.Keep = c.g.spec.Deflate // until one has been looked into
	c.phase, c.sent, c.rest = phaseUpgrade, l.now(), c.g.spec.Upgrade
	l.flush(c)
}

// upgraded takes bytes of the answer to the opening handshake.
func (l *loop) upgraded(c *conn, b []byte) {
	c.ws.head = append(c.ws.head, b...)
	n := wswire.Head(c.ws.head)
	if n == 0 && len(c.ws.head) < maxUpgrade {
		return
	}
	if n == 0 || wswire.CheckUpgrade(c.ws.head[:n], c.g.spec.Deflate) != nil || n < len(c.ws.head) {
		l.fail(c, &l.errs.Connect)
		return
	}
	l.made(c)
	if c.g.spec.Chorus {
		l.join(c)
		return
	}
	l.ready(c, l.now())
}

// feedMessages takes bytes of WebSocket. Hot path.
func (l *loop) feedMessages(c *conn, b []byte) {
	if c.phase == phaseUpgrade {
		l.upgraded(c, b)
		return
	}
	now := l.now()
	for len(b) > 0 {
		n, done, err := c.ws.parser.Feed(b)
		b = b[n:]
		if err != nil || done && c.left == 0 { // a message that answers nothing
			l.fail(c, &l.errs.Parse)
			return
		}
		if !done {
			continue
		}
		l.judge(c, l.echoed(c), now)
		c.left--
		switch {
		case c.g.spec.Chorus:
			l.hear(c)
		case c.left == 0 && len(b) == 0:
			l.ready(c, now)
		}
	}
}

// echoed returns the last message as an answer. A compressed one counts with
// the length that it has inflated: it is inflated once for each connection, and
// all others are taken to be the same.
func (l *loop) echoed(c *conn) answer {
	got := c.ws.parser.Message()
	a := answer{status: 200, body: got.Len, since: c.since}
	if !c.g.spec.Deflate {
		if got.Compressed {
			a.status = 0
		}
		return a
	}
	if a.body = c.g.spec.Main.Body; !got.Compressed {
		a.status = 0
	} else if c.ws.parser.Keep {
		c.ws.parser.Keep = false
		plain, err := wswire.Inflate(c.ws.parser.Payload())
		if a.body = int64(len(plain)); err != nil {
			a.status = 0
		}
	}
	return a
}
