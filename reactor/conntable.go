package reactor

// A connTable finds the connection of an event. A key holds the slot and the
// slot's generation, so that an event that was meant for a connection that
// is gone finds nothing, whoever has the slot now.
type connTable struct {
	slots []slot
	free  []uint32
	n     int
}

type slot struct {
	conn *Conn
	gen  uint32
}

// listenerKey marks the key of a listener; the rest of it is an index.
const listenerKey = 1 << 63

// maxGen keeps generations clear of listenerKey.
const maxGen = 1<<31 - 1

func (c *Conn) key() uint64 { return uint64(c.gen)<<32 | uint64(c.slot) }

func (t *connTable) add(c *Conn) {
	if n := len(t.free); n > 0 {
		c.slot, t.free = t.free[n-1], t.free[:n-1]
	} else {
		c.slot = uint32(len(t.slots))
		t.slots = append(t.slots, slot{})
	}
	s := &t.slots[c.slot]
	s.gen = (s.gen + 1) & maxGen
	s.conn, c.gen = c, s.gen
	c.timer.owner = c.slot
	t.n++
}

func (t *connTable) remove(c *Conn) {
	t.slots[c.slot].conn = nil
	t.free = append(t.free, c.slot)
	t.n--
}

// get returns the connection that key stands for, or nil. Hot path.
func (t *connTable) get(key uint64) *Conn {
	if i := uint32(key); int(i) < len(t.slots) {
		if s := &t.slots[i]; s.gen == uint32(key>>32) {
			return s.conn
		}
	}
	return nil
}

func (t *connTable) each(fn func(*Conn)) {
	for i := range t.slots {
		if c := t.slots[i].conn; c != nil {
			fn(c)
		}
	}
}
