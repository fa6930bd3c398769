package server

import (
	"context"
	"time"

	"reactor.example/reactor"
)

// Shutdown ends the server gracefully: it listens no more, closes idle
// connections, lets requests in flight finish, says Connection: close, and
// returns when all is done. When ctx is done, or when
// Config.ShutdownDrainTimeout is over, what is left is cut, and the error is
// a *DrainError. Further calls wait for the first, or until their own ctx is
// done.
func (s *Server) Shutdown(ctx context.Context) error {
	first := s.beginStop(ctx)
	select {
	case <-s.stopped:
		return s.stopErr
	case <-ctx.Done():
	}
	grace := time.Duration(0)
	if first {
		grace = cutGrace
	}
	select {
	case <-s.stopped:
		return s.stopErr
	case <-time.After(grace):
		return ctx.Err()
	}
}

// beginStop starts the drain and reports whether it is this call that did.
func (s *Server) beginStop(ctx context.Context) bool {
	s.life.Lock()
	defer s.life.Unlock()
	switch s.state.Load() {
	case stateNew:
		s.never()
	case stateServing:
		s.state.Store(stateDraining)
		close(s.stopping)
		go s.drain(ctx)
		return true
	}
	return false
}

// never makes a server that does not serve one that has stopped. life is
// held.
func (s *Server) never() {
	s.state.Store(stateStopped)
	close(s.stopping)
	close(s.stopped)
}

// cutGrace is what a cut drain may take to close everything.
const cutGrace = 5 * time.Second

// drain runs the shutdown and closes stopped at its end.
func (s *Server) drain(ctx context.Context) {
	defer close(s.stopped)
	limit := max(s.snap.Load().cfg.ShutdownDrainTimeout, 0)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s.reactor.CloseListeners()
	for _, sh := range s.shards {
		sh.loop.Post(sh.beginDrain)
	}
	if s.reactor.Shutdown(ctx) != nil {
		cut := &DrainError{
			Connections: int(s.cutConns.Load()),
			Requests:    max(int(s.cutRequests.Load()), s.reactor.Away()),
		}
		if *cut != (DrainError{}) {
			s.stopErr = cut
		}
	}
	s.state.Store(stateStopped)
	s.logs.close()
}

// beginDrain tells every connection of the loop that the end has come: once,
// and again when the loop has looked at what had arrived by then, so that a
// request which was on its way is answered.
func (s *shard) beginDrain() {
	s.draining = true
	s.drainAll()
	s.loop.Post(s.drainAll)
}

func (s *shard) drainAll() {
	s.loop.Conns(func(c *reactor.Conn) {
		if p, ok := c.Handler().(interface{ drain() }); ok {
			p.drain()
		}
	})
}
