package scenario

import (
	"context"
	"fmt"
	"time"

	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/peer"
	"reactor.example/bench/internal/wswire"
)

// shutdowns are the rows of SIGTERM with WebSockets open.
func shutdowns() []*Scenario {
	const spread = 3 // seconds
	row := func(name, text, config string, exit time.Duration) *Scenario {
		return &Scenario{
			Name: name, Row: text, Mode: ws, Config: config, Base: "gws",
			About:  text + " (10,000 unless -idle says otherwise), which answer their Close; latencies from the signal to the Close",
			Routes: []string{"/ws", peer.OwnRoute}, Columns: []Metric{Told, P50, P99, P999, Exit}, Headline: []Metric{Exit, Told},
			Targets: []Target{{Metric: Told, AtLeast: true, Factor: 1}, {Metric: Exit, Factor: float64(exit) / micros}},
			Measure: goodbye,
		}
	}
	return []*Scenario{
		row("ws-shutdown", "SIGTERM with WebSockets open", "", 2*time.Second),
		row("ws-shutdown-spread", fmt.Sprintf("SIGTERM with WebSockets open, spread over %d s", spread),
			fmt.Sprintf("[websocket]\nshutdown_spread_sec = %d\n", spread), (spread+2)*time.Second),
	}
}

// goodbye ends the server while WebSockets are open. Every one has to get a Close
// with 1001, and to be ended in good order when it has answered; the process
// has to end with code 0.
func goodbye(ctx context.Context, e Env, h Host) (Sample, error) {
	const goingAway, limit = 1001, 30 * time.Second
	e = e.Defaults()
	if err := enoughFiles(e.IdleConns); err != nil {
		return nil, err
	}
	upgrade := wswire.Upgrade{Path: "/ws", Host: h.Addr()}.Append(nil)
	set, err := load.OpenIdle(ctx, h.Addr(), ws, e.IdleConns, upgrade, message(16))
	if err != nil {
		return nil, err
	}
	defer set.Close()
	exit := make(chan time.Duration, 1)
	f, err := set.Farewell(ctx, goingAway, func() error {
		from := time.Now()
		go func() {
			<-h.Ended()
			exit <- time.Since(from)
		}()
		return h.Terminate()
	})
	if err != nil {
		return nil, err
	}
	s := Sample{
		Told:   float64(f.Told.Count()) / float64(e.IdleConns),
		P50:    float64(f.Told.Quantile(0.50)) / micros,
		P99:    float64(f.Told.Quantile(0.99)) / micros,
		P999:   float64(f.Told.Quantile(0.999)) / micros,
		Errors: float64(f.Other + f.Untold + f.Unended),
	}
	select {
	case took := <-exit:
		s[Exit] = float64(took) / micros
	case <-time.After(limit):
		return s, fmt.Errorf("the server has not ended after %v", limit)
	case <-ctx.Done():
		return s, ctx.Err()
	}
	if err := h.Err(); err != nil {
		return s, fmt.Errorf("the server ended with %w", err)
	}
	if s[Errors] > 0 {
		return s, fmt.Errorf("%d ended without a Close, %d with another, %d not after the Close", f.Untold, f.Other, f.Unended)
	}
	return s, nil
}
