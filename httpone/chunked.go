package httpone

// A chunkPhase is what the next octet of a chunked body belongs to:
//
//	chunk      = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//	last-chunk = 1*"0" [ chunk-ext ] CRLF
//	chunk-ext  = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
//
// (RFC 9112, section 7.1). Framing is consumed octet by octet as it comes, so
// no offset has to be kept.
type chunkPhase uint8

const (
	_              chunkPhase = iota // zero: not a phase, an illegal move
	atSize                           // first digit of chunk-size
	inSize                           // further digits
	atExt                            // BWS, then ";" must follow
	atExtName                        // BWS, then the first octet of a name
	inExtName                        // the rest of the name
	afterExtName                     // BWS behind a name: "=" or ";" must follow
	atExtValue                       // BWS, then the first octet of a value
	inExtValue                       // the rest of a token
	inExtQuoted                      // inside a quoted string
	inExtEscape                      // behind a backslash in it
	afterExtQuoted                   // behind the closing quote
	atSizeLF                         // LF of the chunk line
	inChunk                          // chunk-data
	atChunkCR                        // CR behind the data
	atChunkLF                        // LF behind the data
	inTrailers                       // trailer section
	numChunkPhases
)

// dataPerExtByte is how many octets of data earn back one octet of extensions.
const dataPerExtByte = 128

// nextChunked goes on with a chunked body. Hot path.
func (c *Conn) nextChunked(b []byte, r *Request) (Event, int, *ProtocolError) {
	for i := 0; ; {
		switch c.chunk {
		case inChunk:
			if i == len(b) {
				return EventNeedMore, i, nil
			}
			n := c.deliver(b[i:], r)
			if c.remain == 0 {
				c.chunk = atChunkCR
			}
			return EventData, i + n, nil
		case inTrailers:
			ev, n, err := c.nextTrailers(b[i:], r)
			return ev, i + n, err
		}
		if i == len(b) {
			return EventNeedMore, i, nil
		}
		if err := c.chunkOctet(b[i]); err != nil {
			return 0, i, err
		}
		i++
		if c.chunk == inTrailers {
			r.section.restart(atLine)
		}
	}
}

// chunkOctet takes one octet of chunk framing.
func (c *Conn) chunkOctet(ch byte) *ProtocolError {
	switch c.chunk {
	case atChunkCR:
		if ch != '\r' {
			return errChunkEnd
		}
		c.chunk = atChunkLF
		return nil
	case atChunkLF:
		if ch != '\n' {
			return errChunkEnd
		}
		c.chunk = atSize
		return nil
	case atSizeLF:
		if ch != '\n' {
			return errLineEnd
		}
		return c.beginChunk()
	}
	if ch == '\r' {
		return c.endChunkLine()
	}
	c.lineBytes++
	if int(c.lineBytes) > limit(c.cfg.MaxChunkLineBytes, defaultMaxChunkLineBytes) {
		return errChunkLine
	}
	if c.chunk <= inSize && octets[ch]&classHex != 0 {
		return c.chunkDigit(ch)
	}
	c.extBytes++
	if int(c.extBytes) > limit(c.cfg.MaxChunkExtBytes, defaultMaxChunkExtBytes) {
		return errChunkExtLong
	}
	return c.chunkExt(ch)
}

// chunkDigit takes one digit of a chunk size.
func (c *Conn) chunkDigit(ch byte) *ProtocolError {
	if c.remain >= 1<<59 {
		return errChunkHuge // the next digit would leave 63 bits
	}
	digit := ch - '0'
	if digit > 9 {
		digit = lower(ch) - 'a' + 10
	}
	c.remain = c.remain<<4 | int64(digit)
	c.chunk = inSize
	return nil
}

// endChunkLine takes the CR of a chunk line.
func (c *Conn) endChunkLine() *ProtocolError {
	switch c.chunk {
	case inSize, inExtName, inExtValue, afterExtQuoted:
		c.chunk = atSizeLF
		return nil
	case atSize:
		return errChunkSize
	}
	return errChunkExt
}

// beginChunk acts on a complete chunk line: the data follows, or the trailer
// section behind the last chunk.
func (c *Conn) beginChunk() *ProtocolError {
	if c.remain > c.allow {
		return errBodyLong
	}
	c.lineBytes = 0
	if c.remain == 0 {
		c.chunk = inTrailers
		return nil
	}
	c.extBytes -= int32(min(int64(c.extBytes), c.remain/dataPerExtByte))
	c.chunk = inChunk
	return nil
}
