//go:build linux

package peer

import (
	"context"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/wswire"
)

const (
	startLimit = 15 * time.Second // for a server to answer
	stopLimit  = 3 * time.Second  // for a server to end when asked
)

// A Server is a running child process that has answered. Stop it.
type Server struct {
	addr    string
	cmd     *exec.Cmd
	startUp time.Duration
	said    *output
	mode    load.Mode
	ended   chan struct{} // closed when the process has
	err     error         // why it ended; set before ended is closed
}

// Addr returns the address where the server listens, 127.0.0.1:port.
func (s *Server) Addr() string { return s.addr }

// Pid returns the process id.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// StartUp returns the time from the start of the process to its first answer.
func (s *Server) StartUp() time.Duration { return s.startUp }

// Ended returns a channel that is closed when the process has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Terminate asks the process to end and does not wait.
func (s *Server) Terminate() error { return syscall.Kill(s.Pid(), syscall.SIGTERM) }

// Err returns why the process ended: nil for the exit code 0. It is there once
// Ended is closed.
func (s *Server) Err() error { return s.err }

// Said returns the end of what the server printed, for error messages.
func (s *Server) Said() string { return s.said.tail() }

// Start starts sp and returns when it has answered in the mode of o: GET
// /plaintext, or one message of the echo. The child ends with this process at
// the latest.
func (c *Catalog) Start(ctx context.Context, sp Spec, o Options) (*Server, error) {
	cmd, addr, err := c.command(ctx, sp, o)
	if err != nil {
		return nil, err
	}
	s := &Server{addr: addr, mode: o.Mode, cmd: cmd, said: newOutput(), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = s.said, s.said
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	from := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("peer: %s: %w", sp, err)
	}
	go func() {
		s.err = cmd.Wait()
		close(s.ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := s.await(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("peer: %s: %w; it said:\n%s", sp, err, s.Said())
	}
	s.startUp = time.Since(from)
	return s, nil
}

// await waits until the server has said where it listens and has answered.
func (s *Server) await(ctx context.Context) error {
	if s.addr == "" {
		select {
		case s.addr = <-s.said.addr:
		case <-s.ended:
			return fmt.Errorf("ended before it listened: %w", s.err)
		case <-ctx.Done():
			return fmt.Errorf("did not say where it listens: %w", ctx.Err())
		}
	}
	const pause = time.Millisecond
	for {
		err := probe(s.addr, s.mode)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("ended before it answered: %w", s.err)
		case <-ctx.Done():
			return fmt.Errorf("does not answer: %w", err)
		case <-time.After(pause):
		}
	}
}

// probe asks for /plaintext once, or sends one message.
func probe(addr string, m load.Mode) error {
	c, err := load.Dial(addr, m, nil)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	r := load.Request{Body: int64(len("Hello, World!"))}
	switch m.Proto {
	case load.HTTP2:
		r.Wire, r.Again = h2wire.Request{Secure: m.TLS, Path: "/plaintext", Host: addr}.Blocks()
	case load.WebSocket:
		if err := c.Upgrade(wswire.Upgrade{Path: "/ws", Host: addr}.Append(nil)); err != nil {
			return err
		}
		r.Wire = wswire.AppendFrame(nil, wswire.OpText, []byte("Hello, World!"), false)
	default:
		r.Wire = httpwire.Request{Path: "/plaintext", Host: addr, Close: true}.Append(nil)
	}
	return c.Do(r, nil)
}

// Stop asks the process to end, and after a while makes it and its children.
// It may be called again.
func (s *Server) Stop() {
	select {
	case <-s.ended:
		return
	default:
	}
	_ = syscall.Kill(s.Pid(), syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopLimit):
		_ = syscall.Kill(-s.Pid(), syscall.SIGKILL) // its own group, made by Setpgid
		<-s.ended
	}
}
