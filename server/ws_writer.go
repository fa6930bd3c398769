package server

import (
	"sync"
	"unicode/utf8"

	"reactor.example/websocket"
)

// A MessageWriter is a message that is sent while it is made: see
// WebSocket.NewWriter. Its methods may be called by any goroutine, though a
// message should have one writer.
type MessageWriter struct {
	// Set when made, never changed.
	c  *WebSocket
	op OpCode

	mu   sync.Mutex      // held in Write, Flush and Close; taken before c.mu
	buf  *[]byte         // what is not sent yet, of fragmentBuffers, or nil
	conn *websocket.Conn // remembers what the next fragment may repeat, if compressed

	begun bool  // a fragment was sent; guarded by mu and by c.mu
	err   error // why nothing more is taken; guarded by c.mu
}

// NewWriter begins a message, OpText or OpBinary, that is sent in fragments
// while it is written, and that ends with Close:
//
//	w := c.NewWriter(server.OpBinary)
//	defer w.Abort() // does nothing behind Close
//	if _, err := io.Copy(w, file); err != nil {
//		return err
//	}
//	return w.Close()
//
// NewWriter itself neither waits nor fails. A message of up to 32 KiB leaves
// whole, when it is closed.
//
// The message has its place among others from its first fragment on: what Send
// and Publish send meanwhile leaves behind it, within WebSocketConfig.MaxBacklog,
// and a second writer waits for the first. So does a Close, for
// WebSocketConfig.CloseTimeout at most. Pings and pongs leave in between. Who
// neither closes nor aborts a message has the connection send no other.
func (c *WebSocket) NewWriter(op OpCode) *MessageWriter {
	if op != OpText {
		op = OpBinary
	}
	c.streams()
	return &MessageWriter{c: c, op: op}
}

// fragmentBytes is how much is gathered for a fragment.
const fragmentBytes = 32 << 10

var fragmentBuffers = sync.Pool{New: func() any {
	b := make([]byte, 0, fragmentBytes)
	return &b
}}

// Write implements io.Writer. It copies p, and waits while the client does not
// keep up: what waits for it is bounded by Config.BodyBuffer and by half of
// WebSocketConfig.MaxBacklog.
//
// The error is ErrSocketClosed when a Close was sent or received or the
// connection is gone; ErrMessageOver behind Close and Abort; ErrNotText for text
// that is not UTF-8, which ends the message as Abort does. In the function that
// opens the connection there is nobody to wait for: ErrBacklog.
func (w *MessageWriter) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return 0, err
	}
	for n < len(p) {
		if w.buf == nil {
			w.buf = fragmentBuffers.Get().(*[]byte)
		}
		b := *w.buf
		k := copy(b[len(b):cap(b)], p[n:])
		*w.buf = b[:len(b)+k]
		n += k
		if len(b)+k == cap(b) && n < len(p) { // else it may be the end
			if err := w.emit(false); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// WriteString implements io.StringWriter.
func (w *MessageWriter) WriteString(s string) (int, error) { return w.Write(bytesOf(s)) }

// Flush sends what was written so far, but for a character of text that is not
// complete. It waits as Write does.
func (w *MessageWriter) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	if w.buf == nil {
		return nil
	}
	return w.emit(false)
}

// Close ends the message. When it returns nil the message will be sent unless
// the connection ends.
func (w *MessageWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.usable(); err != nil {
		return err
	}
	return w.emit(true)
}

// Abort gives the message up; behind Close it does nothing. If a part of it was
// sent there is no way to take that back, and the connection is closed with
// 1011, so that the client does not take it for the whole. It wakes a Write that
// waits.
func (w *MessageWriter) Abort() {
	w.c.mu.Lock()
	w.giveUp(ErrMessageOver)
	w.c.mu.Unlock()
	if w.mu.TryLock() { // else Write does it
		w.drop()
		w.mu.Unlock()
	}
}

// giveUp ends the message early. c.mu is held.
func (w *MessageWriter) giveUp(err error) {
	if w.err != nil {
		return
	}
	w.err = err
	switch c := w.c; {
	case !w.hasTurn():
	case w.begun:
		c.goodbye(websocket.CloseInternalError, "message given up", true)
	default:
		w.endTurn()
	}
}

// usable returns why nothing can be written any more, or nil. w.mu is held.
func (w *MessageWriter) usable() error {
	w.c.mu.Lock()
	err := w.fault()
	w.c.mu.Unlock()
	if err != nil {
		w.drop()
	}
	return err
}

// fault is usable while c.mu is held.
func (w *MessageWriter) fault() error {
	switch sending := w.c.sending; {
	case w.err != nil:
	case sending > sendsClose, !w.hasTurn() && (w.begun || sending == sendsClose):
		w.err = ErrSocketClosed
	}
	return w.err
}

// hasTurn reports whether it is this message that is being sent. c.mu is held.
func (w *MessageWriter) hasTurn() bool { return w.c.box != nil && w.c.box.writer == w }

// endTurn lets what has waited behind the message follow. c.mu is held.
func (w *MessageWriter) endTurn() {
	box := w.c.box
	box.writer = nil
	box.join(&box.behind)
	w.c.rouse() // another writer
	w.c.poke()
}

// drop gives up what an unfinished message needs. w.mu is held.
func (w *MessageWriter) drop() {
	w.dropBuffer()
	w.conn = nil
}

// dropBuffer gives the buffer up. w.mu is held.
func (w *MessageWriter) dropBuffer() {
	if w.buf != nil {
		*w.buf = (*w.buf)[:0]
		fragmentBuffers.Put(w.buf)
		w.buf = nil
	}
}

// emit sends what was gathered, as a fragment or with fin as the last one. w.mu
// is held.
func (w *MessageWriter) emit(fin bool) error {
	var all []byte
	if w.buf != nil {
		all = *w.buf
	}
	n := len(all)
	if w.op == OpText {
		if !fin {
			n -= unfinishedRune(all)
		}
		if !utf8.Valid(all[:n]) {
			w.c.mu.Lock()
			w.giveUp(ErrNotText)
			w.c.mu.Unlock()
			return w.usable()
		}
	}
	if n == 0 && !fin {
		return nil
	}
	err := w.put(fin, all[:n])
	switch {
	case err != nil || fin:
		w.drop()
	case n == len(all):
		w.dropBuffer()
	default:
		*w.buf = all[:copy(all, all[n:])]
	}
	return err
}

// unfinishedRune is how many bytes at the end of b begin a character that is
// longer.
func unfinishedRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if at := len(b) - n; utf8.RuneStart(b[at]) {
			if utf8.FullRune(b[at:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// put gives a fragment to the loop, when there is room for it and it is the turn
// of this message. w.mu is held.
func (w *MessageWriter) put(fin bool, payload []byte) error {
	c := w.c
	op := websocket.OpContinuation
	if !w.begun {
		op = w.op
	}
	var packed []byte
	if c.extensions.Deflate() {
		scratch := packBuffers.Get().(*[]byte)
		defer packBuffers.Put(scratch)
		packed = w.pack((*scratch)[:0], op, fin, payload)
		if cap(packed) <= keptPackBytes {
			*scratch = packed
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if packed != nil {
		if err := w.admit(len(packed)); err != nil {
			return err
		}
		c.box.write(packed)
	} else {
		if err := w.admit(len(payload)); err != nil {
			return err
		}
		c.box.frame(op, fin, payload)
	}
	if w.begun = true; fin {
		c.messages++
		w.err = ErrMessageOver
		w.endTurn()
	}
	c.poke()
	return nil
}

// pack appends a frame that is compressed, if that makes a whole message
// shorter. Fragments may repeat what was in those before.
func (w *MessageWriter) pack(dst []byte, op OpCode, fin bool, payload []byte) []byte {
	if fin && !w.begun {
		return w.c.extensions.AppendMessage(dst, op, payload)
	}
	if w.conn == nil {
		w.conn = new(websocket.Conn)
		w.conn.Init(nil, w.c.extensions)
	}
	return w.conn.AppendFragment(dst, op, fin, payload)
}

// admit waits until n bytes of the message may be sent. c.mu is held.
func (w *MessageWriter) admit(n int) error {
	c := w.c
	bound := c.writeBound()
	for {
		if err := w.fault(); err != nil {
			return err
		}
		box := c.outbox()
		if box.writer == nil {
			box.writer = w
		}
		mine := box.writer == w
		if mine && (box.n == 0 || box.n+n <= bound) {
			return nil
		}
		if c.request != nil && c.t == nil {
			w.giveUp(ErrBacklog)
			return w.err
		}
		c.streams().await(mine)
	}
}

// writeBound bounds what waits of a message that is written: less than what
// messages may, or those that follow it would be refused.
func (c *WebSocket) writeBound() int {
	cfg := &c.shard.srv.snap.Load().cfg
	return min(cfg.BodyBuffer, cfg.WebSocket.MaxBacklog/2)
}

// noteRoom wakes a writer when the client has taken half of what waited. c.mu is
// held.
func (c *wsConn) noteRoom() {
	w := (*WebSocket)(c)
	if c.box.n <= w.writeBound()/2 {
		w.rouse()
	}
}

// writes reports whether a message is being sent in fragments. Loop only.
func (c *wsConn) writes() bool {
	if (*WebSocket)(c).knownStreams() == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.box != nil && c.box.writer != nil
}

// cut gives up the message that is being sent in fragments, if there is one, and
// what waits behind it: nothing but a Close may follow. c.mu is held.
func (c *WebSocket) cut() bool {
	if c.box == nil || c.box.writer == nil {
		return false
	}
	c.box.behind.reset()
	c.box.writer.endTurn()
	return true
}
