package h2wire

import "encoding/binary"

// finish acts on a complete frame. p is its payload unless it is plain DATA.
func (c *Conn) finish(p []byte) (end Ending, ended bool, err error) {
	flags := c.head[4]
	switch c.head[3] {
	case typeData:
		if flags&flagPadded != 0 {
			if len(p) == 0 || int(p[0]) >= len(p) {
				return end, false, ErrFrame
			}
			if err := c.data(int64(len(p)-1-int(p[0])), int64(len(p))); err != nil {
				return end, false, err
			}
		}
		end, ended = c.close(flags&flagEndStream != 0)
	case typeHeaders:
		end, ended, err = c.headers(p, flags)
	case typeContinuation:
		if c.inBlock = flags&flagEndHeaders == 0; !c.inBlock {
			end, ended = c.close(c.blockEnd)
		}
	case typeRST:
		if st := c.slot(c.id()); st.is(c.id()) {
			st.end.Status = 0
			end, ended = c.close(true)
		}
	default:
		err = c.control(p, flags)
	}
	return end, ended, err
}

// headers reads the start of a header block: the status of the first one that
// is not interim. Trailers are skipped.
func (c *Conn) headers(p []byte, flags byte) (end Ending, ended bool, err error) {
	pad := 0
	if flags&flagPadded != 0 && len(p) > 0 {
		pad, p = int(p[0]), p[1:]
	}
	if flags&flagPriority != 0 {
		p = p[min(5, len(p)):]
	}
	if pad > len(p) {
		return end, false, ErrFrame
	}
	if st := c.slot(c.id()); st.end.Status < 200 {
		st.end.Status = status(p[:len(p)-pad])
	}
	c.inBlock = flags&flagEndHeaders == 0
	c.blockEnd = flags&flagEndStream != 0
	if !c.inBlock {
		end, ended = c.close(c.blockEnd)
	}
	return end, ended, nil
}

// close ends the stream of the frame if last says so.
func (c *Conn) close(last bool) (Ending, bool) {
	st := c.slot(c.id())
	if !last || !st.open {
		return Ending{}, false
	}
	st.open = false
	c.live--
	return st.end, true
}

// data counts body octets of a stream, and room octets of its window, which
// padding fills too. When half of a window is used it is opened again.
func (c *Conn) data(body, room int64) error {
	st := c.slot(c.id())
	st.end.Body += body
	st.unread += room
	c.unread += room
	if st.unread > c.window || c.unread > c.window {
		return ErrWindow
	}
	if c.unread > c.window/2 {
		c.windowUpdate(0, c.unread)
		c.unread = 0
	}
	if st.unread > c.window/2 {
		c.windowUpdate(c.id(), st.unread)
		st.unread = 0
	}
	return nil
}

func (c *Conn) windowUpdate(id uint32, n int64) {
	c.Out = appendFrame(c.Out, 4, typeWindowUpdate, 0, id)
	c.Out = binary.BigEndian.AppendUint32(c.Out, uint32(n))
}

// control acts on a frame about the connection, or about a window.
func (c *Conn) control(p []byte, flags byte) error {
	switch c.head[3] {
	case typeSettings:
		if flags&flagAck != 0 {
			return nil
		}
		c.Out = appendFrame(c.Out, 0, typeSettings, flagAck, 0)
		return c.settings(p)
	case typePing:
		if flags&flagAck == 0 {
			c.Out = append(appendFrame(c.Out, len(p), typePing, flagAck, 0), p...)
		}
	case typeGoAway:
		if len(p) < 8 {
			return ErrFrame
		}
		if code := binary.BigEndian.Uint32(p[4:]); code != 0 {
			return GoAwayError{Code: code}
		}
		c.leaving = true
	case typeWindowUpdate:
		if len(p) != 4 {
			return ErrFrame
		}
		n := int64(binary.BigEndian.Uint32(p))
		if c.id() == 0 {
			c.credit += n
		} else if st := c.slot(c.id()); st.is(c.id()) {
			st.credit += n
		}
	}
	return nil
}

// settings takes the server's settings.
func (c *Conn) settings(p []byte) error {
	for ; len(p) >= 6; p = p[6:] {
		v := int64(binary.BigEndian.Uint32(p[2:]))
		switch binary.BigEndian.Uint16(p) {
		case setTableSize:
			if v < ownTable {
				return ErrTable
			}
		case setMaxStreams:
			c.maxOpen = v
		case setInitialWindow:
			for i := range c.streams {
				c.streams[i].credit += v - c.initial
			}
			c.initial = v
		case setMaxFrame:
			c.maxSend = int(v)
		}
	}
	if len(p) != 0 {
		return ErrFrame
	}
	return nil
}
