package server

import (
	"slices"
	"sync"

	"reactor.example/websocket"
)

// Where a handshake has agreed on compression (RFC 7692), every message is
// compressed by itself, and refers to none before it: a connection that is idle
// holds nothing for it, and a published message is compressed once for all who
// have agreed on the same. It is done by whoever sends, not by the loop, and
// with compressors that belong to nobody.

// sendPacked is send for a message that may be compressed. Any goroutine. Hot
// path.
func (c *WebSocket) sendPacked(op websocket.OpCode, payload []byte) error {
	scratch := packBuffers.Get().(*[]byte)
	defer packBuffers.Put(scratch)
	frame := c.extensions.AppendMessage((*scratch)[:0], op, payload)
	if cap(frame) <= keptPackBytes {
		*scratch = frame
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ok, err := c.admit(len(frame)); !ok {
		return err
	}
	c.queue(op).write(frame)
	c.messages++
	c.poke()
	return nil
}

// packBuffers hold a frame between its compression and its copy to the outbox.
var packBuffers = sync.Pool{New: func() any { return new([]byte) }}

// keptPackBytes is the largest of them that is used again.
const keptPackBytes = 64 << 10

// A published message is one on its way to subscribers, framed for every kind
// of them. It never changes.
type published struct {
	plain  []byte
	packed []packedFrame
}

// A packedFrame is for those who have agreed on extensions.
type packedFrame struct {
	extensions websocket.Extensions
	frame      []byte
}

// maxPacked bounds how many times a published message is compressed. Those
// beyond, whose clients have thought of still other parameters, get it as it is,
// which is always allowed (RFC 7692, section 6).
const maxPacked = 8

// newPublished frames m for the kinds of subscribers that t has.
func newPublished(t *topic, m Message) *published {
	p := new(published)
	p.plain = websocket.AppendFrame(make([]byte, 0, websocket.MaxHeaderBytes+len(m.Data)), m.Op, true, m.Data)
	for i := range t.parts {
		for _, e := range t.parts[i].kinds() {
			if p.index(e) < 0 && len(p.packed) < maxPacked {
				p.packed = append(p.packed, packedFrame{e, e.AppendMessage(nil, m.Op, m.Data)})
			}
		}
	}
	return p
}

func (p *published) index(e websocket.Extensions) int {
	return slices.IndexFunc(p.packed, func(f packedFrame) bool { return f.extensions == e })
}

// frame is the one for a connection with these extensions. Hot path.
func (p *published) frame(e websocket.Extensions) []byte {
	if i := p.index(e); i >= 0 {
		return p.packed[i].frame
	}
	return p.plain
}
