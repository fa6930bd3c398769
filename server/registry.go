package server

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"reactor.example/reactor"
)

// ConnState is what is known of an open connection at one moment.
type ConnState struct {
	ConnInfo
	// State says what the connection waits for: "idle" (the next request),
	// "head", "body", "handler", "stream" (the handler, and more of the
	// body), "drain" or "linger" (the rest of what nobody reads), "closing".
	State string
	// Age is how long it has been open.
	Age time.Duration
	// Held is the memory that it holds in buffers: received and not
	// consumed, and written and not sent, in bytes.
	Held int64
}

// Connections asks every loop for its connections, at most limit of each, and
// waits for the answers; zero means 1000. The list is in the order of their
// IDs. A handler may call it. It is empty unless the server runs.
func (s *Server) Connections(limit int) (list []ConnState) {
	select {
	case <-s.ready:
	default:
		return nil
	}
	or(&limit, 1000)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, sh := range s.shards {
		wg.Add(1)
		ask := func() {
			defer wg.Done()
			found := sh.connections(limit)
			mu.Lock()
			defer mu.Unlock()
			list = append(list, found...)
		}
		if !sh.loop.Post(ask) {
			wg.Done()
		}
	}
	wg.Wait()
	slices.SortFunc(list, func(a, b ConnState) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// connections lists at most limit connections. Loop only.
func (s *shard) connections(limit int) (list []ConnState) {
	s.loop.Conns(func(c *reactor.Conn) {
		if p, ok := c.Handler().(interface{ connState() ConnState }); ok && len(list) < limit {
			list = append(list, p.connState())
		}
	})
	return list
}

// connState implements protocol.
func (h *http1) connState() ConnState {
	st := ConnState{
		ConnInfo: h.connInfo(),
		State:    h.phase.String(),
		Age:      h.shard.loop.Now() - h.opened,
		Held:     int64(len(h.t.Input())) + h.t.Pending(),
	}
	if ex := h.ex; ex != nil {
		ex.mu.Lock()
		st.Held += int64(len(ex.body.buf) + ex.reply.buf.n)
		ex.mu.Unlock()
	}
	return st
}

// String is the name of the phase in ConnState.
func (p phase1) String() string {
	switch p {
	case phaseIdle:
		return "idle"
	case phaseHead:
		return "head"
	case phaseInline:
		return "body"
	case phaseReply:
		return "handler"
	case phaseStream:
		return "stream"
	case phaseDrain:
		return "drain"
	case phaseLinger:
		return "linger"
	}
	return "closing"
}
