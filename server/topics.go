package server

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"reactor.example/websocket"
)

// topics are the topics of a server that have subscribers. A topic has a part
// for each loop: its connections there. Publishing frames a message once and
// gives it to the loops, in the same order for all; each loop gives it to its
// connections, a few at a time.
type topics struct {
	mu     sync.RWMutex
	byName map[string]*topic
}

type topic struct {
	name  string
	order sync.Mutex // held while a message is given to the loops
	n     int        // subscribers, guarded by topics.mu
	parts []topicPart
}

// topicPart is a topic on one loop.
type topicPart struct {
	topic *topic
	mu    sync.Mutex
	subs  []*WebSocket
	at    map[*WebSocket]int // index in subs
	lent  bool               // a delivery walks over subs: copy before changing it
	// packs counts those who have agreed on compression, by what they have
	// agreed on; nil if nobody has.
	packs map[websocket.Extensions]int
}

// Subscribe makes the connection get what is published to the topic, from
// now on, until it ends or unsubscribes. Subscribing twice is subscribing
// once. Any goroutine. The error is ErrSocketClosed when the connection has
// ended.
func (c *WebSocket) Subscribe(name string) error {
	more := c.extra()
	more.mu.Lock()
	defer more.mu.Unlock()
	if c.gone() {
		return ErrSocketClosed
	}
	if part := c.shard.srv.topics.subscribe(name, c); part != nil {
		more.topics = append(more.topics, part)
	}
	return nil
}

// Unsubscribe undoes Subscribe. Messages that were published before may
// still come. Any goroutine.
func (c *WebSocket) Unsubscribe(name string) {
	more := c.extra()
	more.mu.Lock()
	defer more.mu.Unlock()
	for i, part := range more.topics {
		if part.topic.name == name {
			c.shard.srv.topics.unsubscribe(part, c)
			last := len(more.topics) - 1
			more.topics[i] = more.topics[last]
			more.topics[last] = nil
			more.topics = more.topics[:last]
			return
		}
	}
}

// unsubscribeAll is called when the connection is gone.
func (c *WebSocket) unsubscribeAll() {
	more := c.more.Load()
	if more == nil {
		return
	}
	more.mu.Lock()
	defer more.mu.Unlock()
	for _, part := range more.topics {
		c.shard.srv.topics.unsubscribe(part, c)
	}
	more.topics = nil
}

func (ts *topics) subscribe(name string, c *WebSocket) *topicPart {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.byName[name]
	if t == nil {
		t = newTopic(name, len(c.shard.srv.shards))
		if ts.byName == nil {
			ts.byName = make(map[string]*topic)
		}
		ts.byName[name] = t
	}
	part := &t.parts[c.shard.index]
	if !part.add(c) {
		return nil
	}
	t.n++
	return part
}

func (ts *topics) unsubscribe(part *topicPart, c *WebSocket) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if part.remove(c) {
		t := part.topic
		if t.n--; t.n == 0 {
			delete(ts.byName, t.name)
		}
	}
}

func newTopic(name string, loops int) *topic {
	t := &topic{name: name, parts: make([]topicPart, loops)}
	for i := range t.parts {
		t.parts[i].topic, t.parts[i].at = t, make(map[*WebSocket]int)
	}
	return t
}

func (p *topicPart) add(c *WebSocket) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.at[c]; ok {
		return false
	}
	p.own()
	p.at[c] = len(p.subs)
	p.subs = append(p.subs, c)
	if c.extensions.Deflate() {
		if p.packs == nil {
			p.packs = make(map[websocket.Extensions]int)
		}
		p.packs[c.extensions]++
	}
	return true
}

func (p *topicPart) remove(c *WebSocket) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, ok := p.at[c]
	if !ok {
		return false
	}
	p.own()
	last := len(p.subs) - 1
	moved := p.subs[last]
	p.subs[i], p.subs[last] = moved, nil
	p.at[moved] = i
	p.subs = p.subs[:last]
	delete(p.at, c)
	if c.extensions.Deflate() {
		if p.packs[c.extensions]--; p.packs[c.extensions] == 0 {
			delete(p.packs, c.extensions)
		}
	}
	return true
}

// kinds are the ways to compress for the subscribers of this moment.
func (p *topicPart) kinds() []websocket.Extensions {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.packs))
}

// own makes subs a list that nobody else looks at. p.mu is held.
func (p *topicPart) own() {
	if p.lent {
		p.subs, p.lent = append([]*WebSocket(nil), p.subs...), false
	}
}

// lend returns the subscribers of this moment.
func (p *topicPart) lend() []*WebSocket {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent = len(p.subs) > 0
	return p.subs
}

// Publish sends a message to all subscribers of a topic. It is framed once, and
// compressed once for those who have agreed on that. Any goroutine, also in
// callbacks. All subscribers get the messages of a topic in the same order. It
// waits only if a loop has not kept up with the last thousand messages. Who reads
// too slowly loses the message, or the connection: see
// WebSocketConfig.SlowReader; OnError tells of it.
//
// The error is ErrNotText, or nil, also when there is no subscriber.
func (s *Server) Publish(topic string, m Message) error {
	if m.Op == websocket.OpText && !utf8.Valid(m.Data) {
		return ErrNotText
	}
	s.topics.mu.RLock()
	t := s.topics.byName[topic]
	s.topics.mu.RUnlock()
	if t == nil {
		return nil
	}
	message := newPublished(t, m)
	t.order.Lock()
	defer t.order.Unlock()
	for i := range t.parts {
		if part := &t.parts[i]; part.hasAny() {
			s.shards[i].publications.add(s.shards[i], publication{part, message})
		}
	}
	return nil
}

// PublishText is Publish for a text message.
func (s *Server) PublishText(topic, text string) error {
	return s.Publish(topic, Message{websocket.OpText, bytesOf(text)})
}

func (p *topicPart) hasAny() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.subs) > 0
}

// Subscribers is how many connections are subscribed to a topic. Any
// goroutine.
func (s *Server) Subscribers(topic string) int {
	s.topics.mu.RLock()
	defer s.topics.mu.RUnlock()
	if t := s.topics.byName[topic]; t != nil {
		return t.n
	}
	return 0
}

// A publication is a message on its way to the subscribers of one loop.
type publication struct {
	part    *topicPart
	message *published
}

// publications are those of a shard.
type publications struct {
	queue  chan publication
	posted atomic.Bool
	post   func() // deliverSome, made once

	// Loop only: the one that is being delivered.
	message *published
	subs    []*WebSocket
	next    int
}

const (
	// queuedPublications is how many of them may wait for a loop.
	queuedPublications = 1024
	// deliveriesPerPost bounds how many connections get a message before the
	// loop looks at others. As many outputs are at hand.
	deliveriesPerPost = 32
)

// add gives p to the loop. Any goroutine.
func (q *publications) add(s *shard, p publication) {
	select {
	case q.queue <- p:
	case <-s.srv.stopped:
		return
	}
	q.call(s)
}

func (q *publications) call(s *shard) {
	if !q.posted.Swap(true) {
		s.loop.Post(q.post)
	}
}

// deliverSome goes on with what was published. Loop only.
func (s *shard) deliverSome() {
	q := &s.publications
	for range deliveriesPerPost {
		for q.next == len(q.subs) {
			select {
			case p := <-q.queue:
				q.message, q.subs, q.next = p.message, p.part.lend(), 0
			default:
				q.message, q.subs, q.next = nil, nil, 0
				q.posted.Store(false)
				if len(q.queue) > 0 {
					q.call(s)
				}
				return
			}
		}
		c := (*wsConn)(q.subs[q.next])
		q.next++
		c.deliver(q.message.frame(c.extensions))
	}
	s.loop.Post(q.post)
}

// deliver sends a frame that is shared with others. Loop only. Hot path.
func (c *wsConn) deliver(frame []byte) {
	c.mu.Lock()
	if c.sending != sendsOpen || c.t == nil {
		c.mu.Unlock()
		return
	}
	c.messages++
	if c.box != nil || c.t.Congested() { // something waits, or is written in fragments
		c.wait(frame)
		return
	}
	c.mu.Unlock()
	if len(frame) >= refLimit {
		c.t.WriteRef(frame)
	} else {
		c.t.SetBuffer(append(c.t.Buffer(), frame...))
	}
}

// wait keeps a copy of a frame for a client that reads slowly, or loses it.
// c.mu is held, and released.
func (c *wsConn) wait(frame []byte) {
	if c.waiting()+len(frame) <= c.cfg().WebSocket.MaxBacklog {
		c.queue(OpText).write(frame)
		c.flags |= socketWaited
		c.mu.Unlock()
		return
	}
	lost := (*WebSocket)(c).overflow() != nil
	c.mu.Unlock()
	if lost && c.flags&socketLost == 0 {
		c.flags |= socketLost | socketLosing
		c.goOn()
	}
}
