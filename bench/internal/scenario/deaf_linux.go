package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"reactor.example/bench/internal/hist"
	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/peer"
	"reactor.example/bench/internal/procfs"
	"reactor.example/bench/internal/wswire"
)

const (
	deafOneIn      = 100      // of the subscribers, one never reads
	backlogBound   = 1 << 20  // websocket.max_backlog, by default
	fillLimit      = 64 << 20 // for each: no kernel buffers as much
	publishPeriod  = 500 * time.Millisecond
	closePatience  = 10 * time.Second // more than websocket.close_timeout_sec
	publishMessage = 64
)

// slowReaders are the rows of published messages beside subscribers that never
// read, one for each policy of our server.
func slowReaders() []*Scenario {
	row := func(name, policy string, left float64, targets ...Target) *Scenario {
		text := "WebSocket message to 10,000 subscribers of whom 100 never read, policy " + policy
		return &Scenario{
			Name: name, Row: text, Mode: ws, Base: "gws",
			About:  text + " (-idle says how many in all); a message every 500 ms, in turns without the 100 and with them",
			Routes: []string{peer.PublishRoute, peer.OwnRoute}, Config: "max_connections = 20000 # the counters are asked for, too\n[websocket]\nclose_timeout_sec = 1\nslow_reader = \"" + policy + "\"\n",
			Columns:  []Metric{P99, Calm99, Slower, Backlog, Dropped, Left, Mem},
			Headline: []Metric{Slower, Backlog},
			Targets: append(targets,
				Target{Metric: Slower, Factor: 2}, Target{Metric: Backlog, Factor: 1.1},
				Target{Metric: Left, AtLeast: left > 0, Factor: left}),
			Measure: func(ctx context.Context, e Env, h Host) (Sample, error) {
				return besideDeaf(ctx, e.Defaults(), h, left > 0)
			},
		}
	}
	return []*Scenario{
		row("ws-publish-stuck", "report", 0),
		row("ws-publish-stuck-drop", "drop", 0),
		row("ws-publish-stuck-close", "close", 1),
	}
}

// A slowRound is one measurement of the subscribers that read, with the figures
// of the server at its end.
type slowRound struct {
	latency  hist.Histogram
	resident int64
	sockets  socketCounts
	errs     load.Errors
}

// besideDeaf measures twice without and with those who never read, in turns.
// leaves says that the server is to end them.
func besideDeaf(ctx context.Context, e Env, h Host, leaves bool) (Sample, error) {
	if err := enoughFiles(e.IdleConns); err != nil {
		return nil, err
	}
	deaf := max(1, e.IdleConns/deafOneIn)
	var calm, rough slowRound
	s := Sample{Errors: 0}
	for range 2 {
		without, err := publishing(ctx, e, h, e.IdleConns-deaf)
		if err != nil {
			return nil, fmt.Errorf("without those who never read: %w", err)
		}
		set, err := deafened(ctx, h.Addr(), deaf, leaves)
		if err != nil {
			return nil, err
		}
		with, err := publishing(ctx, e, h, e.IdleConns-deaf)
		set.Close()
		if err != nil {
			return nil, fmt.Errorf("with those who never read: %w", err)
		}
		calm.latency.Add(&without.latency)
		rough.latency.Add(&with.latency)
		s[Errors] += float64(without.errs.Total() + with.errs.Total())
		s[Backlog] = max(s[Backlog], float64(with.resident-without.resident)/float64(deaf*backlogBound))
		s[Slower] = max(s[Slower], float64(with.latency.Quantile(0.99))/float64(without.latency.Quantile(0.99)))
		s[Left] = 1 - float64(with.sockets.Active-int64(e.IdleConns-deaf))/float64(deaf)
		s[Dropped] = float64(with.sockets.Dropped)
		s[Mem] = float64(with.resident)
	}
	s[P99] = float64(rough.latency.Quantile(0.99)) / micros
	s[Calm99] = float64(calm.latency.Quantile(0.99)) / micros
	if s[Errors] > 0 {
		return s, fmt.Errorf("%.0f errors", s[Errors])
	}
	return s, nil
}

// publishing measures how long a message takes to n subscribers that read.
func publishing(ctx context.Context, e Env, h Host, n int) (*slowRound, error) {
	var out slowRound
	var memErr, statsErr error
	res, err := load.Run(ctx, load.Plan{
		Addr: h.Addr(), Threads: 1, Length: e.Length,
		Warmup: e.Warmup + 200*time.Millisecond, // until all have gathered
		Groups: []load.Group{{
			Name: "/publish", Conns: n, Mode: ws, Chorus: true, Period: min(publishPeriod, e.Length/4),
			Main: message(publishMessage), Upgrade: wswire.Upgrade{Path: peer.PublishRoute, Host: h.Addr()}.Append(nil),
		}},
		End: func() {
			out.resident, memErr = procfs.Resident(h.Pid())
			out.sockets, statsErr = countSockets(ctx, h.Addr())
		},
	})
	for _, err := range []error{err, memErr, statsErr} {
		if err != nil {
			return nil, err
		}
	}
	out.errs, out.latency = res.Errors, res.Groups[0].Latency
	if out.latency.Count() == 0 {
		return nil, fmt.Errorf("nothing was heard in %v (errors: %v)", e.Length, res.Errors)
	}
	return &out, out.gone(ctx, h.Addr(), n)
}

// gone waits until the server has noticed that the n subscribers of the round
// have left.
func (out *slowRound) gone(ctx context.Context, addr string, n int) error {
	return untilSockets(ctx, addr, func(now socketCounts) bool { return now.Active <= max(0, out.sockets.Active-int64(n)) })
}

// deafened subscribes n that never read, and publishes until nothing more is
// taken for any of them: their sockets are full then, and their backlogs. With
// leaves it waits until the server has ended them.
func deafened(ctx context.Context, addr string, n int, leaves bool) (*load.Idle, error) {
	upgrade := wswire.Upgrade{Path: peer.PublishRoute, Host: addr}.Append(nil)
	set, err := load.OpenDeaf(ctx, addr, n, upgrade)
	if err != nil {
		return nil, err
	}
	sizes := []int{16 << 10, 1 << 10, publishMessage} // the next fill what the last had no room for
	if leaves {
		sizes = sizes[:1]
	}
	if err = fill(ctx, addr, n, upgrade, sizes); err == nil && leaves {
		err = untilSockets(ctx, addr, func(now socketCounts) bool { return now.Active == 0 })
	}
	if err != nil {
		set.Close()
		return nil, err
	}
	return set, nil
}

// fill publishes messages of each size until the n have all lost one.
func fill(ctx context.Context, addr string, n int, upgrade []byte, sizes []int) error {
	speaker, err := load.Dial(addr, ws, nil)
	if err != nil {
		return err
	}
	defer func() { _ = speaker.Close() }()
	defer context.AfterFunc(ctx, speaker.Abort)()
	if err := speaker.Upgrade(upgrade); err != nil {
		return err
	}
	for _, size := range sizes {
		if err := fillWith(ctx, addr, int64(n), speaker, size); err != nil {
			return err
		}
	}
	return nil
}

func fillWith(ctx context.Context, addr string, n int64, speaker *load.Client, size int) error {
	before, err := countSockets(ctx, addr)
	if err != nil {
		return err
	}
	r := message(size)
	for range fillLimit / size {
		if err := speaker.Do(r, nil); err != nil {
			return err
		}
		now, err := countSockets(ctx, addr)
		if err != nil {
			return err
		}
		if now.Dropped-before.Dropped >= n {
			return nil
		}
	}
	return fmt.Errorf("those who never read were sent %d MiB each, and all was taken", fillLimit>>20)
}

// socketCounts are what our server counts of its WebSockets.
type socketCounts struct {
	Active  int64 `json:"active"`
	Dropped int64 `json:"dropped"`
}

// countSockets asks the server.
func countSockets(ctx context.Context, addr string) (socketCounts, error) {
	var stats struct {
		WebSockets socketCounts `json:"websockets"`
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+peer.OwnRoute, nil)
	if err != nil {
		return stats.WebSockets, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return stats.WebSockets, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return stats.WebSockets, fmt.Errorf("%s: %s", peer.OwnRoute, resp.Status)
	}
	return stats.WebSockets, json.NewDecoder(resp.Body).Decode(&stats)
}

// untilSockets asks the server until its counts are such.
func untilSockets(ctx context.Context, addr string, such func(socketCounts) bool) error {
	const look = 20 * time.Millisecond
	for end := time.Now().Add(closePatience); ; {
		now, err := countSockets(ctx, addr)
		if err != nil || such(now) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("after %v there are still %d WebSockets", closePatience, now.Active)
		}
		if err := pause(ctx, look); err != nil {
			return err
		}
	}
}
