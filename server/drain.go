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
	if s.state.CompareAndSwap(stateNew, stateStopped) {
		close(s.stopping)
		close(s.stopped)
		return nil
	}
	s.stopOnce.Do(func() {
		select {
		case <-s.stopped: // it never started
		default:
			s.state.Store(stateDraining)
			close(s.stopping)
			go s.drain(ctx)
		}
	})
	select {
	case <-s.stopped:
		return s.stopErr
	case <-ctx.Done():
		select {
		case <-s.stopped:
			return s.stopErr
		case <-time.After(cutGrace):
			return ctx.Err()
		}
	}
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
	var connections int64
	stop := context.AfterFunc(ctx, func() { connections = s.open.Load() })
	if err := s.reactor.Shutdown(ctx); err != nil {
		if !stop() {
			s.stopErr = &DrainError{Connections: int(connections), Requests: int(s.cut.Load())}
		}
	}
	s.state.Store(stateStopped)
	s.logs.close()
}

// beginDrain tells every connection of the loop that the end has come.
func (s *shard) beginDrain() {
	s.draining = true
	s.loop.Conns(func(c *reactor.Conn) {
		if p, ok := c.Handler().(interface{ drain() }); ok {
			p.drain()
		}
	})
}
