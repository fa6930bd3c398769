package server

import (
	"io"

	"reactor.example/websocket"
)

// A messageReader is a message on its way from the loop to its callback: what
// OnStream is given. There is a new one for each message, so that one that is
// kept too long reads nothing of another. It is guarded by WebSocket.mu.
type messageReader struct {
	c    *WebSocket
	body requestBody // of which only the buffer and its flags are used
}

// add appends a part. Loop only.
func (r *messageReader) add(m *websocket.Message, buffers Buffers) {
	if !r.body.discarded {
		r.body.add(m.Data, buffers)
	}
	r.body.end = m.Last
	r.rouse()
}

// room is how much more there is room for. Loop only.
func (r *messageReader) room(bound int) int {
	if r.body.discarded {
		return bound
	}
	room := bound - r.body.buffered()
	if room < bound/8 {
		r.body.starved = true
		return 0
	}
	return room // more than a control frame has
}

// fail says that the rest of the message will not come. Loop only.
func (r *messageReader) fail(err error) {
	if !r.body.end && r.body.err == nil {
		r.body.err = err
	}
	r.rouse()
}

// rouse wakes those who read.
func (r *messageReader) rouse() {
	if r.body.waiting {
		r.body.waiting = false
		r.c.rouse()
	}
}

// Read implements io.Reader, see OnStream.
func (r *messageReader) Read(p []byte) (int, error) {
	c := r.c
	c.mu.Lock()
	defer c.mu.Unlock()
	in := &r.body
	for {
		if n, ok, err := in.next(p); ok {
			if n > 0 {
				r.askForMore()
			}
			return n, err
		}
		in.waiting = true
		c.knownStreams().await(true)
	}
}

// askForMore asks the loop for more when there is room again.
func (r *messageReader) askForMore() {
	in := &r.body
	if in.starved && in.buffered() <= r.c.shard.srv.snap.Load().cfg.BodyBuffer/2 {
		in.starved = false
		r.c.poke()
	}
}

// WriteTo implements io.WriterTo, which io.Copy uses.
func (r *messageReader) WriteTo(w io.Writer) (int64, error) { return copyThrough(w, r) }

// leave ends the callback's claim: nothing is read any more.
func (r *messageReader) leave() {
	c := r.c
	c.mu.Lock()
	r.body.discarded = true
	r.rouse()
	if r.body.starved {
		r.body.starved = false
		c.poke()
	}
	c.mu.Unlock()
}

// release gives the buffer back. Loop only.
func (r *messageReader) release() {
	r.c.mu.Lock()
	r.body.off = 0
	r.body.release(r.c.shard.loop.Buffers())
	r.c.mu.Unlock()
}
