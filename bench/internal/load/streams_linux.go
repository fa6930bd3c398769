package load

import (
	"time"

	"reactor.example/bench/internal/h2wire"
)

// streamWindow is how much a server may send ahead, in bytes: enough that
// windows are not what is measured.
const streamWindow = 16 << 20

// startStreams begins HTTP/2 on c and opens all its streams. It does not wait
// for the server's settings, as browsers do not.
func (l *loop) startStreams(c *conn) {
	if c.h2 == nil {
		c.h2 = new(h2wire.Conn)
	}
	c.h2.Start(streamWindow, h2wire.Ahead)
	c.phase, c.spare = phaseBusy, c.spare[:0]
	l.openStreams(c, max(1, c.g.spec.Depth), l.now())
}

// openStreams opens n more streams and sends everything that c has to send. Hot
// path.
func (l *loop) openStreams(c *conn, n int, now time.Duration) {
	for range n {
		block := c.g.spec.Main.Again
		if c.h2.First() {
			block = c.g.spec.Main.Wire
		}
		if _, err := c.h2.Open(block, false, int64(now)); err != nil {
			l.fail(c, &l.errs.Stuck)
			return
		}
		c.sent = now
	}
	c.left = c.h2.Live()
	if len(c.h2.Out) > 0 {
		l.push(c)
	}
}

// push writes the output of c, after what is left of an earlier one. Hot path.
func (l *loop) push(c *conn) {
	if len(c.rest) > 0 {
		c.rest = append(c.rest, c.h2.Out...)
		c.h2.Out = c.h2.Out[:0]
	} else {
		c.rest, c.spare, c.h2.Out = c.h2.Out, c.h2.Out, c.spare[:0]
	}
	l.flush(c)
}

// feedStreams takes bytes of HTTP/2. All requests that follow the answers in b
// leave in one write. Hot path.
func (l *loop) feedStreams(c *conn, b []byte) {
	now := l.now()
	answered := 0
	for len(b) > 0 {
		n, end, ended, err := c.h2.Feed(b)
		b = b[n:]
		if err != nil {
			l.fail(c, &l.errs.Parse)
			return
		}
		if ended {
			answered++
			l.judge(c, answer{status: end.Status, body: end.Body, since: time.Duration(end.Tag)}, now)
		}
	}
	c.left = c.h2.Live()
	if !c.h2.Leaving() {
		l.openStreams(c, answered, now)
		return
	}
	if c.left == 0 {
		c.g.res.Reconnects++
		l.shut(c)
		l.open(c)
	}
}
