package httptwo

import "reactor.example/httptwo/internal/frame"

// An inflow is a window for what we receive (RFC 9113, section 5.2). At any
// time size = avail + credit + what was received and is not consumed.
type inflow struct {
	avail  int32 // what the client may still send
	credit int32 // consumed and not yet announced; negative after the size was lowered
	size   int32
}

func (f *inflow) init(size int32) { *f = inflow{avail: size, size: size} }

// take books n octets received, and reports whether they were allowed. Hot
// path.
func (f *inflow) take(n uint32) bool {
	if int64(n) > int64(f.avail) {
		return false
	}
	f.avail -= int32(n)
	return true
}

// give books n octets consumed and returns by how much the window is to be
// opened: nothing until that is half of it, so that small reads do not make
// many frames. Hot path.
func (f *inflow) give(n int) (increment uint32) {
	f.credit += int32(n)
	if f.credit < max(f.size/2, 1) {
		return 0
	}
	increment = uint32(f.credit)
	f.avail += f.credit
	f.credit = 0
	return increment
}

// resize changes the size: at the next give the client hears of it.
func (f *inflow) resize(by int32) {
	f.size += by
	f.credit += by
}

// firstConnWindow is the window of a connection that nobody has touched (RFC
// 9113, section 6.9.2).
const firstConnWindow = 65535

// firstWindow is the window of a new stream. A smaller one than the default
// binds the client only once it has acknowledged our settings.
func (s *Session) firstWindow() int32 {
	if s.flags&sawAck == 0 {
		return max(s.cfg.initialWindow(), defaultInitialWindowSize)
	}
	return s.cfg.initialWindow()
}

// giveConn opens the window of the connection by n octets that are done with.
// Hot path.
func (s *Session) giveConn(n int) {
	if n == 0 {
		return
	}
	if s.in.credit < 0 {
		s.giveBudget(min(n, int(-s.in.credit)))
	}
	if increment := s.in.give(n); increment > 0 {
		s.out = frame.AppendWindowUpdate(s.room(updateLen), 0, increment)
	}
}

// giveBudget gives back what the session has of the budget of windows.
func (s *Session) giveBudget(n int) {
	if n = min(n, int(s.budget)); n > 0 {
		s.budget -= int32(n)
		if s.cfg.Windows != nil {
			s.cfg.Windows.Give(n)
		}
	}
}

// Consume tells the session that the application has consumed n octets of the
// body of a stream: as many as the Data events brought, in any portions. The
// windows open again. Hot path.
func (s *Session) Consume(st *Stream, n int) {
	n = min(n, int(st.unread))
	if n <= 0 {
		return
	}
	st.unread -= int32(n)
	st.read += int64(n)
	s.giveConn(n)
	s.giveStream(st, n)
}

// giveStream opens the window of a stream by n octets, and raises it when that
// looks worth it. Hot path.
func (s *Session) giveStream(st *Stream, n int) {
	if !st.state.receives() || st.flags&flagDiscard != 0 || s.data.end && s.data.st == st ||
		st.due >= 0 && st.due <= int64(st.in.avail) {
		return // the client does not need it
	}
	// The client waits for us whenever a window's worth takes longer than a
	// round trip. Somebody is reading: twice as much may be under way.
	if st.read >= int64(st.in.size) && st.in.size < s.cfg.streamWindow() {
		by := min(st.in.size, s.cfg.streamWindow()-st.in.size)
		if s.grow(st, by) {
			st.in.resize(by)
		}
	}
	if increment := st.in.give(n); increment > 0 {
		s.out = frame.AppendWindowUpdate(s.room(updateLen), st.ID, increment)
	}
}

// grow raises the window of the connection on behalf of a stream, within the
// bounds of the connection and of the process.
func (s *Session) grow(st *Stream, by int32) bool {
	most := s.cfg.connWindow() - s.in.size
	if most <= 0 {
		return false
	}
	conn := min(by, most)
	if s.cfg.Windows != nil && !s.cfg.Windows.Take(int(conn)) {
		return false
	}
	s.budget += conn
	st.grown += conn
	s.in.resize(conn)
	return true
}

// shrink takes back what a stream has raised. What was announced already stays
// open, and is charged to the budget, until so much has been received.
func (s *Session) shrink(st *Stream) {
	if st.grown == 0 {
		return
	}
	kept := max(s.in.credit, 0)
	s.in.resize(-st.grown)
	s.giveBudget(int(min(kept, st.grown)))
	st.grown = 0
}

// Discard tells the session that nobody will consume what is left of the body
// of a stream. It is thrown away as it comes, only the window of the connection
// opens for it, and no Data event comes for it any more.
func (s *Session) Discard(st *Stream) {
	st.flags |= flagDiscard
	s.discard(st)
}

func (s *Session) discard(st *Stream) {
	s.giveConn(int(st.unread))
	st.unread = 0
}
