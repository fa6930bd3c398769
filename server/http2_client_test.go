package server

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A twoConn is the client's end of a connection of HTTP/2 that can do what the
// client of net/http does not: extended CONNECT. It keeps to the windows, both
// its own and the server's, and believes whatever else the server says.
type twoConn struct {
	nc net.Conn

	mu      sync.Mutex
	wake    sync.Cond // for who waits for a window, data or a head
	streams map[uint32]*twoStream
	next    uint32
	room    int64 // what may be sent on the connection
	initial int64 // and on a new stream
	extends bool  // SETTINGS_ENABLE_CONNECT_PROTOCOL
	goaway  int   // frames that were received
	err     error // why the connection has ended
}

// A twoStream is a stream of it, as a net.Conn.
type twoStream struct {
	net.Conn // none: what is not here cannot be called
	c        *twoConn
	id       uint32
	status   int    // once the head has come
	in       []byte // received and not read
	room     int64
	ended    bool   // END_STREAM came
	reset    uint32 // the code of RST_STREAM, plus one
	wrote    bool   // END_STREAM was sent
}

// openTwo opens a connection, over TLS if the server asks for it, and exchanges
// settings.
func (g *rig) openTwo() (*twoConn, error) {
	p, err := g.tryDial()
	if err != nil {
		return nil, err
	}
	if g.srv.cfg.TLS.Enabled {
		p.Conn = tls.Client(p.Conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	}
	c := &twoConn{nc: p.Conn, streams: map[uint32]*twoStream{}, next: 1, room: 65535, initial: 65535}
	c.wake.L = &c.mu
	c.mu.Lock()
	defer c.mu.Unlock()
	// Without a dynamic table a status stands for itself: see statusOf.
	io.WriteString(p, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	c.frame(twoSettings, 0, 0, []byte{0, 1, 0, 0, 0, 0})
	g.t.Cleanup(func() { p.Conn.Close() })
	go c.read()
	return c, nil
}

// frame sends a frame. c.mu is held.
func (c *twoConn) frame(typ, flags byte, id uint32, payload []byte) error {
	_, err := io.WriteString(c.nc, twoBytes(typ, flags, id, string(payload)))
	return err
}

// open sends an extended CONNECT and waits for the answer. fields are in
// pairs; a first one may be another :protocol.
func (c *twoConn) open(path, host string, fields ...string) (*twoStream, error) {
	var block []byte
	protocol := "websocket"
	if len(fields) > 1 && fields[0] == ":protocol" {
		protocol, fields = fields[1], fields[2:]
	}
	list := append([]string{":method", "CONNECT", ":protocol", protocol, ":scheme", "http", ":path", path, ":authority", host}, fields...)
	for i, s := range list {
		if i%2 == 0 {
			block = append(block, 0) // a literal, not indexed
			s = strings.ToLower(s)
		}
		if n := len(s); n < 127 {
			block = append(block, byte(n))
		} else {
			block = binary.AppendUvarint(append(block, 127), uint64(n-127)) // RFC 7541, section 5.1
		}
		block = append(block, s...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &twoStream{c: c, id: c.next, room: c.initial}
	c.streams[st.id] = st
	c.next += 2
	c.frame(twoHeaders, twoEndHeaders, st.id, block)
	for st.status == 0 && st.reset == 0 && c.err == nil {
		c.wake.Wait()
	}
	if st.status == 0 {
		return st, errors.Join(errors.New("no answer"), c.err)
	}
	return st, nil
}

// read takes frames until the connection ends.
func (c *twoConn) read() {
	r := bufio.NewReader(c.nc)
	for {
		var head [9]byte
		_, err := io.ReadFull(r, head[:])
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if err == nil {
			_, err = io.ReadFull(r, payload)
		}
		c.mu.Lock()
		if c.err = err; err == nil {
			c.got(head[3], head[4], binary.BigEndian.Uint32(head[5:])&(1<<31-1), payload)
		}
		c.wake.Broadcast()
		c.mu.Unlock()
		if err != nil {
			c.nc.Close() // or the server would wait for that
			return
		}
	}
}

// got takes a frame. c.mu is held.
func (c *twoConn) got(typ, flags byte, id uint32, p []byte) {
	st := c.streams[id]
	switch typ {
	case twoData:
		if len(p) > 0 {
			c.frame(twoWindow, 0, 0, binary.BigEndian.AppendUint32(nil, uint32(len(p))))
		}
	case twoSettings:
		if flags&twoAck != 0 {
			return
		}
		for ; len(p) >= 6; p = p[6:] {
			switch v := binary.BigEndian.Uint32(p[2:]); binary.BigEndian.Uint16(p) {
			case 4:
				c.initial = int64(v)
			case 8:
				c.extends = v == 1
			}
		}
		c.frame(twoSettings, twoAck, 0, nil)
	case twoPing:
		if flags&twoAck == 0 {
			c.frame(twoPing, twoAck, 0, p)
		}
	case twoGoAway:
		c.goaway++
	case twoWindow:
		n := int64(binary.BigEndian.Uint32(p))
		if id == 0 {
			c.room += n
		} else if st != nil {
			st.room += n
		}
	}
	if st == nil {
		return
	}
	switch typ {
	case twoHeaders:
		st.status = statusOf(p)
	case twoData:
		st.in = append(st.in, p...)
	case twoReset:
		st.reset = binary.BigEndian.Uint32(p) + 1
	}
	if typ <= twoHeaders && flags&twoEndStream != 0 {
		st.ended = true
	}
}

// statusOf reads the status at the beginning of a field block (RFC 7541): of
// the static table, or three digits, in Huffman's code or not.
func statusOf(block []byte) int {
	for block[0]&0xe0 == 0x20 { // a new size of the table
		block = block[1:]
	}
	if block[0]&0x80 != 0 {
		return [...]int{200, 204, 206, 304, 400, 404, 500}[block[0]&0x7f-8]
	}
	n := int(block[1] & 0x7f)
	text := block[2 : 2+n]
	if block[1]&0x80 != 0 {
		bits, digits := 0, []byte(nil)
		have := 8 * n
		for _, b := range text {
			bits = bits<<8 | int(b)
		}
		for len(digits) < 3 {
			if five := bits >> (have - 5) & 0x1f; five <= 2 { // 0 to 2 have five bits
				digits, have = append(digits, '0'+byte(five)), have-5
			} else { // and the others six, from 0x19 on
				digits, have = append(digits, '3'+byte(bits>>(have-6)&0x3f-0x19)), have-6
			}
		}
		text = digits
	}
	status, _ := strconv.Atoi(string(text))
	return status
}

// Read gives what has come, and opens the window of the stream again. That of
// the connection is opened when something comes: who does not read one stream
// does not hold up the others.
func (st *twoStream) Read(b []byte) (int, error) {
	c := st.c
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(st.in) == 0 {
		switch {
		case st.ended:
			return 0, io.EOF
		case st.reset != 0:
			return 0, errors.New("RST_STREAM with " + strconv.Itoa(int(st.reset-1)))
		case c.err != nil:
			return 0, c.err
		}
		c.wake.Wait()
	}
	n := copy(b, st.in)
	st.in = st.in[n:]
	if !st.ended && st.reset == 0 {
		c.frame(twoWindow, 0, st.id, binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	return n, nil
}

// Write sends DATA as the windows allow.
func (st *twoStream) Write(b []byte) (total int, err error) {
	c := st.c
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(b) > 0 {
		n := min(int64(len(b)), c.room, st.room, 16384)
		switch {
		case st.wrote || st.reset != 0:
			return total, io.ErrClosedPipe
		case c.err != nil:
			return total, c.err
		case n <= 0:
			c.wake.Wait()
			continue
		}
		if err := c.frame(twoData, 0, st.id, b[:n]); err != nil {
			return total, err
		}
		c.room -= n
		st.room -= n
		total += int(n)
		b = b[n:]
	}
	return total, nil
}

// CloseWrite sends END_STREAM.
func (st *twoStream) CloseWrite() error {
	st.c.mu.Lock()
	defer st.c.mu.Unlock()
	if st.wrote || st.reset != 0 {
		return nil
	}
	st.wrote = true
	return st.c.frame(twoData, twoEndStream, st.id, nil)
}

// Close resets the stream, unless it is over.
func (st *twoStream) Close() error {
	st.c.mu.Lock()
	defer st.c.mu.Unlock()
	if st.reset != 0 || st.ended && st.wrote {
		return nil
	}
	st.reset = 9 // CANCEL, of our own
	return st.c.frame(twoReset, 0, st.id, []byte{0, 0, 0, 8})
}

// SetDeadline is that of the connection.
func (st *twoStream) SetDeadline(at time.Time) error { return st.c.nc.SetDeadline(at) }
