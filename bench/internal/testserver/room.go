package testserver

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"sync"

	"reactor.example/bench/internal/wswire"
)

// backlog is how many frames wait for a member that does not read.
const backlog = 64

// A Room holds WebSockets. What members are too slow for they lose.
type Room struct {
	// Ends makes a member that has lost something leave.
	Ends bool

	mu      sync.Mutex
	members map[*member]bool
	dropped int64
}

// A member is a connection in a room.
type member struct {
	conn net.Conn
	out  chan []byte
}

// Serve takes the connection over, and sends every frame to all that are there.
func (room *Room) Serve(w http.ResponseWriter, r *http.Request) {
	room.serve(w, r, func(*member) func([]byte) { return room.say })
}

// Echo is the function Echo in a room that can say goodbye.
func (room *Room) Echo(w http.ResponseWriter, r *http.Request) {
	room.serve(w, r, func(m *member) func([]byte) {
		return func(frame []byte) { m.out <- frame }
	})
}

// Watch returns a handler that gives every frame to got.
func (room *Room) Watch(got func([]byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		room.serve(w, r, func(*member) func([]byte) { return got })
	}
}

// serve gives the frames of a new member to what got returns.
func (room *Room) serve(w http.ResponseWriter, r *http.Request, got func(*member) func([]byte)) {
	m := &member{out: make(chan []byte, backlog)}
	upgraded(w, r, func(conn net.Conn) func([]byte) {
		m.conn = conn
		go m.write()
		room.mu.Lock()
		defer room.mu.Unlock()
		if room.members == nil {
			room.members = make(map[*member]bool)
		}
		room.members[m] = true
		return got(m)
	})
	room.mu.Lock()
	defer room.mu.Unlock()
	delete(room.members, m)
	close(m.out)
}

func (m *member) write() {
	for frame := range m.out {
		_, _ = m.conn.Write(frame)
	}
}

func (room *Room) say(frame []byte) {
	room.mu.Lock()
	defer room.mu.Unlock()
	for m := range room.members {
		select {
		case m.out <- frame:
		default:
			room.dropped++
			if room.Ends {
				_ = m.conn.Close()
			}
		}
	}
}

// Stats answers with what our own server tells of its WebSockets.
func (room *Room) Stats(w http.ResponseWriter, _ *http.Request) {
	room.mu.Lock()
	defer room.mu.Unlock()
	_, _ = fmt.Fprintf(w, `{"websockets":{"active":%d,"dropped":%d}}`, len(room.members), room.dropped)
}

// Goodbye sends everybody a Close with the given code.
func (room *Room) Goodbye(code uint16) {
	room.say(binary.BigEndian.AppendUint16([]byte{0x80 | wswire.OpClose, 2}, code))
}

// Members returns how many there are.
func (room *Room) Members() int {
	room.mu.Lock()
	defer room.mu.Unlock()
	return len(room.members)
}

// Ping pings everybody.
func (room *Room) Ping() { room.say([]byte{0x80 | wswire.OpPing, 0}) }

// Hurry ends all connections without a word.
func (room *Room) Hurry() {
	room.mu.Lock()
	defer room.mu.Unlock()
	for m := range room.members {
		_ = m.conn.Close()
	}
}
