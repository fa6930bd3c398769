package httpwire

import (
	"bytes"
	"errors"
)

// Errors of Feed. After one of them the connection cannot be read any further.
var (
	ErrStatusLine = errors.New("httpwire: not an HTTP/1 status line")
	ErrField      = errors.New("httpwire: malformed field line")
	ErrLength     = errors.New("httpwire: unusable Content-Length or Transfer-Encoding")
	ErrChunk      = errors.New("httpwire: malformed chunk")
	ErrTooLong    = errors.New("httpwire: head or line too long")
	ErrCutOff     = errors.New("httpwire: connection ended within a response")
)

// maxHead bounds a response head and a chunk line, in bytes, so that a broken
// server cannot fill the generator's memory.
const maxHead = 64 << 10

// A state says what the parser reads next.
type state uint8

const (
	stateHead       state = iota // status line and fields
	stateFixed                   // left bytes of a body with a length
	stateUntilClose              // a body that ends with the connection
	stateChunkSize               // a chunk size line
	stateChunkData               // left bytes of a chunk
	stateChunkEnd                // CR LF after a chunk
	stateTrailer                 // trailer fields up to the empty line
)

// A Response is what the parser found out about one response.
type Response struct {
	Status int
	Body   int64 // length of the body without framing, in bytes
	Close  bool  // the server will not answer again on this connection
}

// A Parser reads the responses of one connection. The zero value is ready for
// the first. It belongs to one goroutine and keeps no reference to what it is
// fed.
type Parser struct {
	state state
	left  int64  // of the body or chunk
	carry []byte // an incomplete head or line

	seen     []byte // the head before this one, in bytes
	seenInfo head   // and what it said

	res Response
}

// Response returns the response that Feed or End completed last. It is valid
// until the next Feed.
func (p *Parser) Response() Response { return p.res }

// Reset prepares p for a new connection. What it remembers of heads it keeps.
func (p *Parser) Reset() {
	p.state, p.left, p.carry = stateHead, 0, p.carry[:0]
}

// Idle reports whether the parser stands between two responses.
func (p *Parser) Idle() bool { return p.state == stateHead && len(p.carry) == 0 }

// Feed consumes bytes up to the end of one response: n is how many it took and
// done whether the response is complete, in which case the rest of b belongs
// to the next one. Without done all of b was taken. Hot path.
func (p *Parser) Feed(b []byte) (n int, done bool, err error) {
	for n < len(b) {
		k := 0
		switch p.state {
		case stateHead:
			k, done, err = p.feedHead(b[n:])
		case stateFixed:
			k = p.skip(len(b) - n)
			done = p.left == 0
		case stateUntilClose:
			k = len(b) - n
			p.res.Body += int64(k)
		case stateChunkData:
			if k = p.skip(len(b) - n); p.left == 0 {
				p.state = stateChunkEnd
			}
		default:
			k, done, err = p.feedLine(b[n:])
		}
		n += k
		if err != nil {
			return n, false, err
		}
		if done {
			p.state = stateHead
			return n, true, nil
		}
	}
	return n, false, nil
}

// End tells the parser that the connection ended. It reports whether that
// completed a response, and ErrCutOff if it cut one off.
func (p *Parser) End() (done bool, err error) {
	switch {
	case p.state == stateUntilClose:
		p.state = stateHead
		return true, nil
	case p.Idle():
		return false, nil
	}
	return false, ErrCutOff
}

// skip takes up to n bytes of a body and returns how many.
func (p *Parser) skip(n int) int {
	k := min(int64(n), p.left)
	p.left -= k
	p.res.Body += k
	return int(k)
}

// feedHead takes the rest of a response head. A head like the one before is
// recognised without being parsed again.
func (p *Parser) feedHead(b []byte) (n int, done bool, err error) {
	if len(p.carry) == 0 {
		if len(p.seen) > 0 && bytes.HasPrefix(b, p.seen) {
			return len(p.seen), p.begin(p.seenInfo), nil
		}
		if i := bytes.Index(b, endOfHead); i >= 0 {
			n = i + len(endOfHead)
			done, err = p.parseHead(b[:n])
			return n, done, err
		}
	}
	old := len(p.carry)
	p.carry = append(p.carry, b...)
	from := max(0, old-len(endOfHead)+1)
	i := bytes.Index(p.carry[from:], endOfHead)
	if i < 0 {
		if len(p.carry) > maxHead {
			return len(b), false, ErrTooLong
		}
		return len(b), false, nil
	}
	end := from + i + len(endOfHead)
	done, err = p.parseHead(p.carry[:end])
	p.carry = p.carry[:0]
	return end - old, done, err
}

// parseHead reads a complete head, remembers it and begins its response.
func (p *Parser) parseHead(b []byte) (done bool, err error) {
	info, err := parseHead(b)
	if err != nil {
		return false, err
	}
	p.seen = append(p.seen[:0], b...)
	p.seenInfo = info
	return p.begin(info), nil
}

// begin starts the response that h announces, and reports whether it is
// complete already. An interim response is skipped.
func (p *Parser) begin(h head) (done bool) {
	if h.status < 200 {
		return false
	}
	p.res = Response{Status: h.status, Close: h.close}
	switch {
	case h.chunked:
		p.state = stateChunkSize
	case h.length > 0:
		p.state, p.left = stateFixed, h.length
	case h.length == 0:
		return true
	default:
		p.state, p.res.Close = stateUntilClose, true
	}
	return false
}
