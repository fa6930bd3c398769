package tls

import (
	"io"
	"net/netip"
	"sync"
)

// A handshake is what a session needs from its first octet until it is open.
// crypto/tls cannot be interrupted in a handshake, so it runs on a goroutine
// of its own, from a complete ClientHello to the end, and is dropped then.
type handshake struct {
	// Set when made, never changed.
	s   *Session
	key netip.Addr // what it holds in the slots

	// The session's goroutine only, before the handshake runs.
	hello hello

	// The handshake's goroutine only.
	computes bool // it has the right to compute

	// Guards the session's pipe as well, while the handshake runs.
	mu       sync.Mutex
	ended    bool  // done, failed, or the session was aborted
	isFull   bool  // a Feed found no room
	isLast   bool  // nothing more will be fed
	isUnsaid bool  // output was written and nobody was notified
	alert    uint8 // the alert that left in clear; zero if none did

	wake chan struct{} // capacity 1: something was fed
	gone chan struct{} // closed when the session is aborted
}

// begin runs the handshake. The ClientHello is stored in the pipe.
func (h *handshake) begin() {
	h.wake = make(chan struct{}, 1)
	h.gone = make(chan struct{})
	h.s.pipe.hs = h
	h.s.a.counts.started.Add(1)
	h.s.phase.Store(int32(PhaseHandshaking))
	h.s.a.spawn(h.run)
}

// run is the goroutine.
func (h *handshake) run() {
	err := errAborted
	if h.compute() {
		err = h.s.conn.Handshake()
	}
	h.rest()
	h.end(err)
}

// end hands the session back to the goroutine that feeds it. Nothing of the
// session is touched behind it but notify, which never changes.
func (h *handshake) end(err error) {
	s := h.s
	var protocol string
	counts := &s.a.counts
	if err == nil {
		state := s.conn.ConnectionState()
		protocol = state.NegotiatedProtocol
		counts.done.Add(1)
		if state.DidResume {
			counts.resumed.Add(1)
		}
	} else {
		counts.failed.Add(1)
	}
	s.a.slots.give(h.key)
	notify := s.notify

	h.mu.Lock()
	aborted := h.ended
	h.ended = true
	s.pipe.hs = nil
	if err != nil || aborted {
		s.pipe.dropInput()
	}
	switch {
	case aborted:
		s.pipe.out = nil
	case err == nil:
		s.protocol = protocol
		s.phase.Store(int32(PhaseOpen))
	default:
		s.err = typed(err, h.alert)
		s.phase.Store(int32(PhaseClosed))
	}
	h.mu.Unlock()
	if !aborted {
		notify()
	}
}

// compute waits for the right to compute, of which there are few, and reports
// whether the session still wants it.
func (h *handshake) compute() bool {
	select {
	case h.s.a.computing <- struct{}{}:
		h.computes = true
		return true
	case <-h.gone:
		return false
	}
}

// rest gives the right to compute back, if it was given.
func (h *handshake) rest() {
	if h.computes {
		<-h.s.a.computing
		h.computes = false
	}
}

// read gives crypto/tls what was fed, and waits for more without the right to
// compute. Only here is anybody notified of output: what a handshake writes
// between two reads belongs together.
func (h *handshake) read(b []byte) (int, error) {
	for {
		n, notify, err := h.tryRead(b)
		if notify {
			h.s.notify()
		}
		if n > 0 || err != nil {
			return n, err
		}
		h.rest()
		select {
		case <-h.wake:
		case <-h.gone:
			return 0, errAborted
		}
		if !h.compute() {
			return 0, errAborted
		}
	}
}

func (h *handshake) tryRead(b []byte) (n int, notify bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return 0, false, errAborted
	}
	n = h.s.pipe.take(b)
	if h.isFull && h.s.pipe.stored() <= maxPendingBytes/2 {
		h.isFull = false
		notify = true
	}
	if n == 0 && h.isUnsaid {
		h.isUnsaid = false
		notify = true
	}
	if n == 0 && h.isLast {
		err = io.ErrUnexpectedEOF
	}
	return n, notify, err
}

// write keeps what crypto/tls sends until the session is asked for output.
func (h *handshake) write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return 0, errAborted
	}
	if len(b) == recordHeaderBytes+2 && b[0] == recordAlert {
		h.alert = b[recordHeaderBytes+1]
	}
	h.s.pipe.out = append(h.s.pipe.out, b...)
	h.isUnsaid = true
	return len(b), nil
}

// feed stores what comes while the handshake runs.
func (h *handshake) feed(b []byte) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.s.pipe.store(b)
	h.isFull = n < len(b)
	h.rouse()
	return n
}

// feedEOF says that nothing more comes.
func (h *handshake) feedEOF() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.isLast = true
	h.rouse()
}

// rouse wakes the goroutine, if it waits. h.mu is held.
func (h *handshake) rouse() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// abort ends a handshake that runs, and reports whether it still did.
func (h *handshake) abort(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return false
	}
	h.ended = true
	h.s.err = err
	h.s.phase.Store(int32(PhaseClosed))
	close(h.gone)
	return true
}
