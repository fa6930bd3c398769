package httptwo

import "slices"

// streamSet holds the streams of a session in the order of their numbers: those
// that are not closed, and those that the caller has not released. Numbers only
// go up, so a new one belongs at the end.
type streamSet struct {
	list []*Stream
}

// keepStreams is how long a list may be that an idle session keeps.
const keepStreams = 8

// find returns the stream with the given number, nil if there is none. Hot
// path.
func (s *streamSet) find(id uint32) *Stream {
	if i := s.index(id); i < len(s.list) && s.list[i].ID == id {
		return s.list[i]
	}
	return nil
}

// index returns where the stream with the given number is, or would be. Hot
// path.
func (s *streamSet) index(id uint32) int {
	lo, hi := 0, len(s.list)
	if hi > 0 && s.list[hi-1].ID < id {
		return hi // a new one
	}
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if s.list[mid].ID < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// add puts a new stream in. A list that grows becomes one that the loop has to
// spare. Hot path.
func (s *streamSet) add(st *Stream, l *loopState) {
	if n := len(s.list); n == cap(s.list) && n >= keepStreams {
		if last := len(l.lists) - 1; last >= 0 && cap(l.lists[last]) > n {
			s.list = append(l.lists[last], s.list...)
			l.lists[last] = nil
			l.lists = l.lists[:last]
		}
	}
	s.list = append(s.list, st)
}

// remove takes a stream out. Hot path.
func (s *streamSet) remove(st *Stream, l *loopState) {
	i := s.index(st.ID)
	s.list = slices.Delete(s.list, i, i+1)
	if len(s.list) == 0 && cap(s.list) > keepStreams {
		if len(l.lists) < maxSpareLists {
			l.lists = append(l.lists, s.list)
		}
		s.list = nil
	}
}

// maxResetIDs bounds what is remembered of streams that we have reset.
const maxResetIDs = 128

// resetRing remembers the streams that we have reset before the client had
// ended them: it may have sent frames for them that are still under way, and
// those are no error (RFC 9113, section 5.1).
type resetRing struct {
	ids  []uint32
	next int // where the oldest stands once the ring is full
}

func (r *resetRing) add(id uint32) {
	if len(r.ids) < maxResetIDs {
		r.ids = append(r.ids, id)
		return
	}
	r.ids[r.next] = id
	r.next = (r.next + 1) % maxResetIDs
}

// has reports whether we may have reset the stream: of streams older than all
// that are remembered nothing is known when the ring has been full.
func (r *resetRing) has(id uint32) bool {
	if len(r.ids) == maxResetIDs && id < r.ids[r.next] {
		return true
	}
	return slices.Contains(r.ids, id)
}
