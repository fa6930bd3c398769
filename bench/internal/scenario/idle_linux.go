package scenario

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/procfs"
	"reactor.example/bench/internal/wswire"
)

// idle returns a Measure that opens connections which exchange something once
// and then do nothing. It measures how much the server's resident memory grew
// per connection once it has settled, and how much the server does meanwhile.
// With pinged WebSockets answer pings, in clear.
func idle(m load.Mode, pinged bool) Measure {
	return func(ctx context.Context, e Env, h Host) (Sample, error) {
		return idling(ctx, e.Defaults(), h, m, pinged)
	}
}

// once is the one exchange of an idle connection.
func once(addr string, m load.Mode) load.Request {
	switch m.Proto {
	case load.HTTP2:
		return streamed(addr, m, "/plaintext", 13)
	case load.WebSocket:
		return message(16)
	}
	return get(addr, "/plaintext", 13)
}

func idling(ctx context.Context, e Env, h Host, m load.Mode, pinged bool) (Sample, error) {
	r := once(h.Addr(), m)
	upgrade := wswire.Upgrade{Path: "/ws", Host: h.Addr()}.Append(nil)
	if err := enoughFiles(e.IdleConns); err != nil {
		return nil, err
	}
	if err := warm(h.Addr(), m, upgrade, r); err != nil {
		return nil, err
	}
	before, err := settled(ctx, e, h.Pid())
	if err != nil {
		return nil, err
	}
	set, err := load.OpenIdle(ctx, h.Addr(), m, e.IdleConns, upgrade, r)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	if pinged {
		stop, err := set.AnswerPings()
		if err != nil {
			return nil, err
		}
		defer stop()
	}
	after, err := settled(ctx, e, h.Pid())
	if err != nil {
		return nil, err
	}
	s, err := watch(ctx, e, h.Pid())
	if err != nil {
		return nil, err
	}
	s[Mem] = float64(after)
	s[PerConn] = float64(after-before) / float64(e.IdleConns)
	if n := set.Lost(); n > 0 {
		s[Errors] = float64(n)
		return s, fmt.Errorf("%d of %d idle connections were not kept", n, e.IdleConns)
	}
	return s, nil
}

// enoughFiles fails if this process, and so its children, may not have n
// connections.
func enoughFiles(n int) error {
	const spare = 200
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim); err != nil {
		return err
	}
	if lim.Max < uint64(n+spare) {
		return fmt.Errorf("%d idle connections need as many open files, and the limit is %d (ulimit -Hn)", n, lim.Max)
	}
	return nil
}

// warm makes some requests on one connection, so that what a server sets up
// once is not charged to the idle ones.
func warm(addr string, m load.Mode, upgrade []byte, r load.Request) error {
	c, err := load.Dial(addr, m, nil)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if m.Proto == load.WebSocket {
		if err := c.Upgrade(upgrade); err != nil {
			return err
		}
	}
	for range 100 {
		if err := c.Do(r, nil); err != nil {
			return err
		}
	}
	return nil
}

// settled returns the resident memory once two looks differ by less than half
// a percent, or the last of twenty looks. There are five at least: some servers
// tidy up only when they have come to rest.
func settled(ctx context.Context, e Env, pid int) (int64, error) {
	last := int64(-1)
	for look := range 20 {
		if err := pause(ctx, e.Settle); err != nil {
			return 0, err
		}
		now, err := procfs.Resident(pid)
		if err != nil {
			return 0, err
		}
		if diff := now - last; look >= 4 && max(diff, -diff) < now/200 {
			return now, nil
		}
		last = now
	}
	return last, nil
}

// watch measures what the process does for the length of e.
func watch(ctx context.Context, e Env, pid int) (Sample, error) {
	cpu, err := procfs.CPU(pid)
	if err != nil {
		return nil, err
	}
	wakes, err := procfs.Switches(pid)
	if err != nil {
		return nil, err
	}
	from := time.Now()
	if err := pause(ctx, e.Length); err != nil {
		return nil, err
	}
	cpu2, err := procfs.CPU(pid)
	if err != nil {
		return nil, err
	}
	wakes2, err := procfs.Switches(pid)
	if err != nil {
		return nil, err
	}
	took := time.Since(from)
	threads, err := procfs.Threads(pid)
	if err != nil {
		return nil, err
	}
	return Sample{
		Load:    100 * float64(cpu2-cpu) / float64(took),
		Wakes:   max(0, float64(wakes2-wakes)) / took.Seconds(),
		Threads: float64(threads),
		Errors:  0,
	}, nil
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
