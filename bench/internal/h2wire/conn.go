package h2wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors of Feed. After one of them the connection cannot be read any further.
var (
	ErrFrame  = errors.New("h2wire: malformed frame")
	ErrStream = errors.New("h2wire: frame on a stream that is not open")
	ErrWindow = errors.New("h2wire: more DATA than the window had room for")
	ErrTable  = errors.New("h2wire: the server's header table is too small")
	ErrStarve = errors.New("h2wire: a stream was overtaken by all others for too long")
)

// A GoAwayError reports that the server gave the connection up for a reason
// (RFC 9113, section 6.8).
type GoAwayError struct{ Code uint32 }

// Error implements error.
func (e GoAwayError) Error() string { return fmt.Sprintf("h2wire: GOAWAY with code %d", e.Code) }

// Frame types, flags and settings (RFC 9113, sections 6 and 6.5.2).
const (
	typeData         = 0x0
	typeHeaders      = 0x1
	typeRST          = 0x3
	typeSettings     = 0x4
	typePushPromise  = 0x5
	typePing         = 0x6
	typeGoAway       = 0x7
	typeWindowUpdate = 0x8
	typeContinuation = 0x9

	flagAck        = 0x1
	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20

	setTableSize     = 0x1
	setPush          = 0x2
	setMaxStreams    = 0x3
	setInitialWindow = 0x4
	setMaxFrame      = 0x5
)

const (
	preface       = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	frameHead     = 9
	maxFrame      = 16384 // what we let the server send, the default
	defaultWindow = 65535
	// ownTable is what requests need of the server's dynamic table.
	ownTable = 512
	// Ahead is how far the newest stream may be ahead of the oldest, where many
	// are open at once.
	Ahead = 8192
)

// An Ending is how a stream ended.
type Ending struct {
	ID     uint32
	Status int   // 0 if it had none, or was reset
	Body   int64 // length of the body, in bytes
	Tag    int64 // what Open was given
}

// A stream is one exchange. It stays in its slot of the table until the next
// one takes it.
type stream struct {
	end    Ending
	open   bool
	unread int64 // DATA since our last WINDOW_UPDATE
	credit int64 // what we may send
}

// A Conn is the client's end of one connection. Call Start first. It belongs to
// one goroutine and keeps no reference to what it is fed.
type Conn struct {
	// Out is what has to be sent. The caller takes it and sets it to an empty
	// slice whenever it likes.
	Out []byte

	window  int64 // that the server may fill, of each stream and the connection
	streams []stream
	next    uint32 // id of the next stream
	live    int

	head    [frameHead]byte // of the frame: it gathers here
	have    int
	left    int    // octets of its payload to come
	payload []byte // gathered, unless it is DATA

	unread   int64 // DATA since our last WINDOW_UPDATE
	credit   int64 // what we may send on the connection
	initial  int64 // and on a new stream
	maxSend  int   // the largest frame that the server takes
	maxOpen  int64 // the streams that it takes
	leaving  bool  // it sent GOAWAY without an error
	inBlock  bool  // a header block goes on in CONTINUATION
	blockEnd bool  // and its stream ends with it
}

// Start prepares c for a new connection and puts the preface into Out. window
// is how many octets of DATA the server may send without being asked for more,
// on each stream and on the whole connection; it is at least 65,535. ahead is how
// many streams may be opened while the oldest goes on: memory for each is kept.
func (c *Conn) Start(window int64, ahead int) {
	if len(c.streams) != ahead {
		c.streams = make([]stream, ahead)
	}
	clear(c.streams)
	*c = Conn{
		Out: append(c.Out[:0], preface...), streams: c.streams, payload: c.payload[:0],
		window: max(window, defaultWindow), next: 1, credit: defaultWindow, initial: defaultWindow, maxSend: maxFrame, maxOpen: 1 << 31,
	}
	settings := []struct {
		id    uint16
		value uint32
	}{{setPush, 0}, {setInitialWindow, uint32(c.window)}}
	c.Out = appendFrame(c.Out, 6*len(settings), typeSettings, 0, 0)
	for _, s := range settings {
		c.Out = binary.BigEndian.AppendUint16(c.Out, s.id)
		c.Out = binary.BigEndian.AppendUint32(c.Out, s.value)
	}
	if c.window > defaultWindow {
		c.windowUpdate(0, c.window-defaultWindow)
	}
}

// Live returns how many streams are open.
func (c *Conn) Live() int { return c.live }

// MaxStreams returns how many streams the server allows, as far as it is known.
func (c *Conn) MaxStreams() int64 { return c.maxOpen }

// Leaving reports whether the server wants no further streams.
func (c *Conn) Leaving() bool { return c.leaving }

// First reports whether no stream has been opened yet.
func (c *Conn) First() bool { return c.next == 1 }

// Open begins a stream with a header block of Blocks and returns its id. body
// says that DATA will follow. Hot path.
func (c *Conn) Open(block []byte, body bool, tag int64) (uint32, error) {
	id := c.next
	st := c.slot(id)
	if st.open {
		return 0, ErrStarve
	}
	*st = stream{end: Ending{ID: id, Tag: tag}, open: true, credit: c.initial}
	c.next += 2
	c.live++
	flags := byte(flagEndHeaders | flagEndStream)
	if body {
		flags = flagEndHeaders
	}
	c.Out = append(appendFrame(c.Out, len(block), typeHeaders, flags, id), block...)
	return id, nil
}

// Send puts DATA of the stream into Out, as much of b as the windows and one
// frame have room for, and returns how much that was. end says that b is the
// end of the body.
func (c *Conn) Send(id uint32, b []byte, end bool) int {
	st := c.slot(id)
	n := int(min(int64(len(b)), int64(c.maxSend), c.credit, st.credit))
	if n <= 0 || !st.open {
		return 0
	}
	c.credit -= int64(n)
	st.credit -= int64(n)
	flags := byte(0)
	if end && n == len(b) {
		flags = flagEndStream
	}
	c.Out = append(appendFrame(c.Out, n, typeData, flags, id), b[:n]...)
	return n
}

// slot returns where a stream is kept.
func (c *Conn) slot(id uint32) *stream { return &c.streams[int(id/2)%len(c.streams)] }

// Feed consumes bytes up to the end of one stream: n is how many it took, and
// ended whether a stream has ended, in which case the rest of b belongs to what
// comes after. Without ended all of b was taken. Hot path.
func (c *Conn) Feed(b []byte) (n int, end Ending, ended bool, err error) {
	for n < len(b) || c.have == frameHead && c.left == 0 {
		if c.have < frameHead {
			k := copy(c.head[c.have:], b[n:])
			n += k
			if c.have += k; c.have < frameHead {
				break
			}
			if err := c.begin(); err != nil {
				return n, end, false, err
			}
			continue
		}
		k := min(len(b)-n, c.left)
		part := b[n : n+k]
		n += k
		c.left -= k
		if c.plainData() {
			if err := c.data(int64(k), int64(k)); err != nil {
				return n, end, false, err
			}
		} else if c.left > 0 || len(c.payload) > 0 {
			c.payload = append(c.payload, part...)
			part = c.payload
		}
		if c.left > 0 {
			break
		}
		c.have = 0
		end, ended, err = c.finish(part)
		c.payload = c.payload[:0]
		if ended || err != nil {
			return n, end, ended, err
		}
	}
	return n, end, false, nil
}

// plainData reports whether the frame is DATA, which need not be gathered.
func (c *Conn) plainData() bool { return c.head[3] == typeData && c.head[4]&flagPadded == 0 }

// id returns the stream of the frame.
func (c *Conn) id() uint32 { return binary.BigEndian.Uint32(c.head[5:]) &^ (1 << 31) }

// begin looks at a complete frame head.
func (c *Conn) begin() error {
	c.left = int(c.head[0])<<16 | int(c.head[1])<<8 | int(c.head[2])
	typ := c.head[3]
	if c.left > maxFrame || typ == typePushPromise || c.inBlock != (typ == typeContinuation) {
		return ErrFrame
	}
	if (typ == typeData || typ == typeHeaders) && !c.slot(c.id()).is(c.id()) {
		return ErrStream
	}
	return nil
}

// is reports whether st is the open stream with this id.
func (st *stream) is(id uint32) bool { return st.open && st.end.ID == id }
