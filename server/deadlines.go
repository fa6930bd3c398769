package server

import "time"

// A departure watches whether a client takes what is pending for it. Reading one
// octet now and then does not help: what counts is the rate from one look to the
// next. The zero value watches nothing. Loop only.
type departure struct {
	at   time.Duration // when to look, or zero
	mark int64         // bytes sent at the last look
}

// begin starts the watch, unless there is one or there is no least rate, and
// reports whether it did. ex may be nil.
func (d *departure) begin(s *shard, t transport, ex *exchange) bool {
	if d.at != 0 || s.leastBytes(ex) == 0 {
		return false
	}
	d.lookLater(s, t)
	return true
}

func (d *departure) lookLater(s *shard, t transport) {
	d.mark = t.Sent()
	d.at = s.after(s.srv.snap.Load().cfg.MinRateGrace)
}

// due reports whether it is time to look.
func (d *departure) due(now time.Duration) bool { return d.at != 0 && now >= d.at }

// tooSlow reports whether the client has taken less than it must since the last
// look. If it has not, and more is pending, there is another look to come.
func (d *departure) tooSlow(s *shard, t transport, ex *exchange) bool {
	d.at = 0
	if t.Pending() == 0 {
		return false
	}
	if t.Sent()-d.mark < s.leastBytes(ex) {
		return true
	}
	d.lookLater(s, t)
	return false
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
