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
	lo, hi := 0, len(s.list)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if s.list[mid].ID < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(s.list) && s.list[lo].ID == id {
		return s.list[lo]
	}
	return nil
}

func (s *streamSet) add(st *Stream) { s.list = append(s.list, st) }

// remove takes a stream out. Hot path.
func (s *streamSet) remove(st *Stream) {
	i, ok := slices.BinarySearchFunc(s.list, st.ID, func(st *Stream, id uint32) int { return int(st.ID) - int(id) })
	if !ok {
		return
	}
	s.list = slices.Delete(s.list, i, i+1)
	if len(s.list) == 0 && cap(s.list) > keepStreams {
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
