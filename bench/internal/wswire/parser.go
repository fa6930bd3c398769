package wswire

import (
	"encoding/binary"
	"errors"
)

// Errors of Feed. After one of them the connection cannot be read any further.
var (
	ErrMasked   = errors.New("wswire: a server masked a frame")
	ErrSequence = errors.New("wswire: fragments out of order")
	ErrClosed   = errors.New("wswire: the server closed")
	ErrReserved = errors.New("wswire: reserved bits or opcode")
)

// A Message is what the parser found out about one message.
type Message struct {
	Op         byte
	Len        int64 // of the payload as it came, in bytes
	Compressed bool
}

// A Parser reads the messages of one connection. The zero value is ready for
// the first. It belongs to one goroutine and keeps no reference to what it is
// fed.
type Parser struct {
	// Keep makes the parser keep the payload of messages for Payload.
	Keep bool

	head    [10]byte // of the frame: it gathers here
	have    int      // octets of it
	left    uint64   // of the frame's payload
	inFrame bool
	control bool // the frame is a control frame, which is skipped
	last    bool // the frame ends its message
	open    bool // a message has begun
	msg     Message
	payload []byte
}

// Message returns the message that Feed completed last.
func (p *Parser) Message() Message { return p.msg }

// Payload returns the payload of that message if Keep was set. It is valid
// until the next Feed.
func (p *Parser) Payload() []byte { return p.payload }

// Reset prepares p for a new connection.
func (p *Parser) Reset() { *p = Parser{Keep: p.Keep, payload: p.payload[:0]} }

// Feed consumes bytes up to the end of one message: n is how many it took and
// done whether the message is complete, in which case the rest of b belongs to
// the next one. Without done all of b was taken. Pings and pongs are skipped.
// Hot path.
func (p *Parser) Feed(b []byte) (n int, done bool, err error) {
	for n < len(b) || p.inFrame && p.left == 0 {
		if !p.inFrame {
			p.head[p.have] = b[n]
			p.have++
			n++
			if p.have >= 2 && p.have == p.headLen() {
				if err := p.begin(); err != nil {
					return n, false, err
				}
			}
			continue
		}
		k := int(min(uint64(len(b)-n), p.left))
		if !p.control {
			p.msg.Len += int64(k)
			if p.Keep {
				p.payload = append(p.payload, b[n:n+k]...)
			}
		}
		n += k
		if p.left -= uint64(k); p.left > 0 {
			break
		}
		p.inFrame, p.have = false, 0
		if p.last && !p.control {
			p.open = false
			return n, true, nil
		}
	}
	return n, false, nil
}

// headLen returns how long the head is whose first two octets are there.
func (p *Parser) headLen() int {
	switch p.head[1] &^ maskBit {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

// begin reads a complete frame head (RFC 6455, section 5.2).
func (p *Parser) begin() error {
	op := p.head[0] & 0x0f
	switch p.have {
	case 4:
		p.left = uint64(binary.BigEndian.Uint16(p.head[2:]))
	case 10:
		p.left = binary.BigEndian.Uint64(p.head[2:])
	default:
		p.left = uint64(p.head[1])
	}
	p.inFrame, p.last, p.control = true, p.head[0]&finBit != 0, op >= OpClose
	switch {
	case p.head[1]&maskBit != 0:
		return ErrMasked
	case p.head[0]&0x30 != 0 || op > 0xa || op > OpBinary && op < OpClose:
		return ErrReserved
	case op == OpClose:
		return ErrClosed
	case p.control:
		return nil
	case (op == OpContinuation) != p.open:
		return ErrSequence
	case !p.open:
		p.open = true
		p.msg = Message{Op: op, Compressed: p.head[0]&rsv1Bit != 0}
		p.payload = p.payload[:0]
	}
	return nil
}
