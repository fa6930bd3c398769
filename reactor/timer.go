package reactor

import (
	"math/bits"
	"time"
)

// A timer tick is 1<<tickShift ns, about 67 ms. Deadlines are exact to one.
const tickShift = 26

const (
	slotBits    = 6 // so that one uint64 tells which slots are in use
	slotCount   = 1 << slotBits
	timerLevels = 4 // about 4 s, 4.5 min, 5 h and 13 days
)

// A timerEntry is one deadline, embedded in what it belongs to. The zero value
// is ready. It must not be copied or freed while it is filed.
type timerEntry struct {
	next, prev *timerEntry
	due        time.Duration // on the clock of Kernel.Now
	owner      uint32        // the user's own, for example a slot in a table
	slot       uint16        // 1 + where it is filed; 0 is nowhere
}

// A timerWheel holds deadlines and finds those that are over. It belongs to one
// goroutine at a time; the zero value is ready.
//
// An entry is filed under the tick at which it falls due, or in a coarser slot
// the farther away that is. The slots of level L are 64 to the power of L ticks
// wide, and they cover just what is left of the slot of level L+1 that the
// present lies in. So whatever is filed on a level comes up before all that is
// filed above it, and the next slot that matters is the first one of the lowest
// level in use. When a slot of an upper level comes up, its entries are filed
// again, farther down.
//
// Most deadlines are moved again and again and never come true. To move one to
// a later time stores that time and no more: the entry is looked at when its
// old slot comes up. Only one that moves in front of its slot is re-filed.
type timerWheel struct {
	tick  uint64 // all slots up to this one have been handled
	now   uint64 // the present: ahead of tick only while advance is at work
	used  [timerLevels]uint64
	slots [timerLevels * slotCount]*timerEntry
}

// set arms e, or moves it, so that it fires at due, never earlier and at most
// a tick later. Hot path.
func (w *timerWheel) set(e *timerEntry, due time.Duration) {
	e.due = due
	if e.slot == 0 {
		w.file(e)
		return
	}
	if dueTick(due) < w.startOf(e.slot-1) {
		w.remove(e)
		w.file(e)
	}
}

// clear disarms e. One that is not armed is left alone.
func (w *timerWheel) clear(e *timerEntry) {
	if e.slot != 0 {
		w.remove(e)
	}
}

// advance moves the wheel to now and calls fire for each entry that is due, by
// then disarmed. fire may set and clear any entry.
func (w *timerWheel) advance(now time.Duration, fire func(*timerEntry)) {
	w.now = max(w.now, uint64(now)>>tickShift)
	for {
		slot, tick, ok := w.first()
		if !ok || tick > w.now {
			break
		}
		w.tick = tick
		for e := w.slots[slot]; e != nil; e = w.slots[slot] {
			w.remove(e)
			if dueTick(e.due) > w.now {
				w.file(e)
			} else {
				fire(e)
			}
		}
	}
	w.tick = w.now
}

// next is how long after now the wheel wants to be advanced again: 0 is at
// once, negative is never.
func (w *timerWheel) next(now time.Duration) time.Duration {
	_, tick, ok := w.first()
	if !ok {
		return -1
	}
	return max(time.Duration(tick<<tickShift)-now, 0)
}

// dueTick is the first tick at which a deadline is over.
func dueTick(due time.Duration) uint64 {
	return (uint64(max(due, 0)) + 1<<tickShift - 1) >> tickShift
}

// first finds the next slot in use and the tick at which it comes up.
func (w *timerWheel) first() (slot uint16, tick uint64, ok bool) {
	for level, used := range w.used {
		if used != 0 {
			// Only the top level can have slots in front of the current one:
			// they belong to its next turn. Rotated, all lie behind it.
			here := int(w.tick >> (level * slotBits) % slotCount)
			ahead := bits.TrailingZeros64(bits.RotateLeft64(used, -here))
			slot = uint16(level*slotCount + (here+ahead)%slotCount)
			return slot, w.startOf(slot), true
		}
	}
	return 0, 0, false
}

// startOf is the tick at which a slot comes up next.
func (w *timerWheel) startOf(slot uint16) uint64 {
	shift := uint(slot/slotCount) * slotBits
	here := w.tick >> shift
	ahead := (uint64(slot) - here) % slotCount
	return (here + ahead) << shift
}

// file puts e where it comes up at its time or before, and after the present.
func (w *timerWheel) file(e *timerEntry) {
	tick := max(dueTick(e.due), w.now+1)
	// The level is told by the highest digit, to base 64, in which the two
	// ticks differ. What is beyond the top level waits in its last slot.
	level := min((bits.Len64(tick^w.tick)-1)/slotBits, timerLevels-1)
	shift := uint(level) * slotBits
	ahead := min(tick>>shift-w.tick>>shift, slotCount-1)
	digit := (w.tick>>shift + ahead) % slotCount
	slot := uint16(level*slotCount) + uint16(digit)

	e.slot = slot + 1
	e.next = w.slots[slot]
	if e.next != nil {
		e.next.prev = e
	}
	w.slots[slot] = e
	w.used[level] |= 1 << digit
}

func (w *timerWheel) remove(e *timerEntry) {
	slot := e.slot - 1
	if e.next != nil {
		e.next.prev = e.prev
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		w.slots[slot] = e.next
		if e.next == nil {
			w.used[slot/slotCount] &^= 1 << (slot % slotCount)
		}
	}
	e.next, e.prev, e.slot = nil, nil, 0
}
