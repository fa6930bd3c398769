package server

import "time"

// A departure watches whether a client takes what is pending for it. Reading one
// octet now and then does not help: what counts is the rate from one look to the
// next. The zero value watches nothing. Loop only.
type departure struct {
	at   time.Duration // when to look, or zero
	mark int64         // bytes sent at the last look
}

// begin starts the watch, unless there is one or there is nothing to ask of the
// client, and reports whether it did. ex may be nil. rests says that the
// connection serves no request: see pace.
func (d *departure) begin(s *shard, t transport, ex *exchange, rests bool) bool {
	_, every := s.pace(ex, rests)
	if d.at != 0 || every <= 0 {
		return false
	}
	d.mark, d.at = t.Sent(), s.after(every)
	return true
}

// pace is what a client has to take of the output from one look to the next,
// and the time between the looks; zero or less if there is none. Where no rate
// is asked for, it is left alone as long as it is served; but a connection that
// is there for its output only, and has none taken, is an idle one.
func (s *shard) pace(ex *exchange, rests bool) (least int64, every time.Duration) {
	cfg := &s.srv.snap.Load().cfg
	if least = s.leastBytes(ex); least > 0 {
		return least, cfg.MinRateGrace
	}
	if rests {
		return 1, cfg.IdleTimeout
	}
	return 0, 0
}

// due reports whether it is time to look.
func (d *departure) due(now time.Duration) bool { return d.at != 0 && now >= d.at }

// tooSlow reports whether the client has taken less than it must since the last
// look. If it has not, and more is pending, there is another look to come.
func (d *departure) tooSlow(s *shard, t transport, ex *exchange, rests bool) bool {
	d.at = 0
	if t.Pending() == 0 {
		return false
	}
	if least, _ := s.pace(ex, rests); t.Sent()-d.mark < least {
		return true
	}
	d.begin(s, t, ex, rests)
	return false
}

// tooSlow cuts a connection whose client does not take its output.
func (s *shard) tooSlow(t transport, ex *exchange) {
	limit := "min_rate"
	if s.leastBytes(ex) == 0 {
		limit = "idle_timeout_sec"
	}
	s.limitHit(limit)
	t.Close(ErrTooSlow)
}

// leastBytes is what has to be transferred from one look to the next; zero
// if there is no least rate. ex may be nil.
func (s *shard) leastBytes(ex *exchange) int64 {
	cfg := &s.srv.snap.Load().cfg
	rate := cfg.MinRate
	if ex != nil && ex.route.settings.MinRate != 0 {
		rate = ex.route.settings.MinRate
	}
	return int64(max(rate, 0)) * int64(cfg.MinRateGrace) / int64(time.Second)
}

// after is d from now, or zero, which is never, if d is zero or Off. Hot path.
func (s *shard) after(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return s.loop.Now() + d
}

// earlier is the lesser of two times of which zero is never.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
