package httptwo

import (
	"math"
	"time"
)

// A Limit is one kind of work that a client can cause for little. All of them
// are accounted in one place, the ledger of a session: what a client does costs,
// honest work gives back, and a tenth of each limit comes back every second.
// Who has spent more than the limit loses the connection, with GOAWAY and
// ENHANCE_YOUR_CALM (RFC 9113, section 10.5).
type Limit uint8

// The limits of the ledger.
const (
	// LimitResets counts streams that end by RST_STREAM, whoever sent it:
	// cancelled ones, malformed ones, refused ones (CVE-2023-44487,
	// CVE-2025-8671, CVE-2019-9514).
	LimitResets Limit = iota
	// LimitPings counts PING frames (CVE-2019-9512).
	LimitPings
	// LimitSettings counts SETTINGS frames (CVE-2019-9515).
	LimitSettings
	// LimitWindowUpdates counts WINDOW_UPDATE frames.
	LimitWindowUpdates
	// LimitSmallWindows counts DATA frames that a window made small
	// (CVE-2019-9511).
	LimitSmallWindows
	// LimitSmallData counts empty and tiny DATA frames (CVE-2019-9518).
	LimitSmallData
	// LimitContinuations counts the CONTINUATION frames of one field block
	// (CVE-2024-27316).
	LimitContinuations
	// LimitPriorities counts PRIORITY and PRIORITY_UPDATE frames
	// (CVE-2019-9513).
	LimitPriorities
	// LimitIdle counts frames that say nothing: of unknown types, for streams
	// that are closed, answers to nothing, GOAWAY again.
	LimitIdle
	// LimitAnswers counts the answers (PING, SETTINGS, RST_STREAM) that wait
	// to be sent: a client that makes us answer has to read.
	LimitAnswers
	numLimits
)

var limitNames = [numLimits]string{
	"resets", "pings", "settings", "window_updates", "small_windows",
	"small_data", "continuations", "priorities", "idle_frames", "unread_answers",
}

// String returns the name of the limit, as statistics show it.
func (l Limit) String() string {
	if l < numLimits {
		return limitNames[l]
	}
	return "no limit"
}

// A Ledger holds the limits of the ledger of a session. In each zero means the
// documented default and a negative value ([Off]) switches the limit off.
type Ledger struct {
	// Resets: each stream that is reset costs 1, one with a field block that
	// was refused also 1 for each KiB of it. A request that is answered and
	// complete gives 1 back. Zero means 1000.
	Resets int
	// Pings: each PING costs 1. Each HEADERS or DATA frame that we send gives
	// 1 back: clients measure their bandwidth with PING. Zero means 200.
	Pings int
	// Settings: each SETTINGS frame costs 1, and 1 for each 8 settings in it.
	// Zero means 100.
	Settings int
	// WindowUpdates: each WINDOW_UPDATE costs 1. A DATA frame that we send
	// gives 4 back, and 1 for each KiB in it, unless it was small because of
	// the window. Zero means 10000.
	WindowUpdates int
	// SmallWindows: a DATA frame of less than 64 octets for which there was
	// more data but no more window costs 1. Any other gives 1 back. Zero means
	// 1000.
	SmallWindows int
	// SmallData: a DATA frame without END_STREAM costs 4, and each octet of
	// content gives 1 back, so that messages of gRPC cost nothing. Zero means
	// 40000.
	SmallData int
	// Continuations: each CONTINUATION of a field block costs 1. A new block
	// begins at nothing. Zero means 32.
	Continuations int
	// Priorities: each PRIORITY or PRIORITY_UPDATE costs 1. A request that is
	// answered and complete gives 8 back. Zero means 1000.
	Priorities int
	// IdleFrames: each costs 1. A request that is answered and complete gives
	// 8 back. Zero means 5000.
	IdleFrames int
	// Answers: each answer that waits costs 1, all is given back when they
	// are taken with AppendOutput. Zero means 1000.
	Answers int

	// Observe counts what is over a limit and does not end the connection.
	Observe bool
}

// maxLedgerLimit keeps sums of costs within 32 bits.
const maxLedgerLimit = 1 << 30

var ledgerDefaults = [numLimits]int{1000, 200, 100, 10000, 1000, 40000, 32, 1000, 5000, 1000}

func (l *Ledger) values() [numLimits]int {
	return [numLimits]int{
		l.Resets, l.Pings, l.Settings, l.WindowUpdates, l.SmallWindows,
		l.SmallData, l.Continuations, l.Priorities, l.IdleFrames, l.Answers,
	}
}

// resolve returns the limits with defaults filled in.
func (l *Ledger) resolve() (limits [numLimits]int32) {
	for i, v := range l.values() {
		if v < 0 {
			limits[i] = math.MaxInt32
		} else {
			limits[i] = int32(min(or(v, ledgerDefaults[i]), maxLedgerLimit))
		}
	}
	return limits
}

// What honest work gives back.
const (
	refundPerRequest = 8  // to priorities and idle frames
	refundPerFrame   = 4  // to window updates, for a DATA frame sent
	costPerData      = 4  // of a DATA frame received
	smallWindow      = 64 // octets of a DATA frame that the window made small
)

// A ledger is the account of one session.
type ledger struct {
	spent [numLimits]int32
	since time.Duration // until when what comes back with time was given back
}

// Errors of the ledger, by limit.
var errFlood = [numLimits]*ConnError{
	LimitResets:        calm("too many streams were reset"),
	LimitPings:         calm("too many PING frames"),
	LimitSettings:      calm("too many SETTINGS frames"),
	LimitWindowUpdates: calm("too many WINDOW_UPDATE frames"),
	LimitSmallWindows:  calm("window opened by too few octets too often"),
	LimitSmallData:     calm("too many empty or tiny DATA frames"),
	LimitContinuations: calm("too many CONTINUATION frames in a field block"),
	LimitPriorities:    calm("too many priority frames"),
	LimitIdle:          calm("too many frames that mean nothing"),
	LimitAnswers:       calm("too many answers that are not read"),
}

func calm(reason string) *ConnError {
	return &ConnError{EnhanceYourCalm, "RFC 9113 10.5", reason}
}

// charge books a cost and returns an error when that is more than the limit
// allows. Hot path.
func (s *Session) charge(l Limit, cost int32) *ConnError {
	spent := s.ledger.spent[l] + cost
	s.ledger.spent[l] = spent
	if spent <= s.loop.ledger[l] {
		return nil
	}
	return s.overdrawn(l)
}

// overdrawn gives back what came back with time, and judges then. Time is
// looked at only here and in elapse, so that the hot path has no clock.
func (s *Session) overdrawn(l Limit) *ConnError {
	limit := s.loop.ledger[l]
	s.elapse()
	if s.ledger.spent[l] <= limit {
		return nil
	}
	if c := s.cfg.Counters; c != nil {
		c.Limits[l]++
	}
	s.ledger.spent[l] = 0
	if s.cfg.Ledger.Observe {
		return nil
	}
	return errFlood[l]
}

// elapse gives back a tenth of each limit for every second that passed.
func (s *Session) elapse() {
	seconds := (s.now - s.ledger.since) / time.Second
	if seconds <= 0 {
		return
	}
	s.ledger.since += seconds * time.Second
	for l := range numLimits {
		if l == LimitContinuations || l == LimitAnswers {
			continue // bounds of what is there at once, not of a rate
		}
		back := int64(min(seconds, 10)) * int64(max(s.loop.ledger[l]/10, 1))
		s.ledger.spent[l] = int32(max(int64(s.ledger.spent[l])-back, 0))
	}
}

// refund books honest work. Hot path.
func (s *Session) refund(l Limit, n int32) {
	s.ledger.spent[l] = max(s.ledger.spent[l]-n, 0)
}

// refundRequest books a request that was answered and is complete. Hot path.
func (s *Session) refundRequest() {
	s.refund(LimitResets, 1)
	s.refund(LimitPriorities, refundPerRequest)
	s.refund(LimitIdle, refundPerRequest)
}

// sentData books a DATA frame of n octets that leaves; squeezed says that only
// the window kept it from being longer.
func (s *Session) sentData(n int, squeezed bool) *ConnError {
	if squeezed && n < smallWindow {
		return s.charge(LimitSmallWindows, 1)
	}
	s.refund(LimitPings, 1)
	s.refund(LimitSmallWindows, 1)
	s.refund(LimitWindowUpdates, refundPerFrame+int32(n>>10))
	return nil
}
