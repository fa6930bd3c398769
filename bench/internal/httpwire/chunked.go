package httpwire

import "bytes"

// feedLine takes the rest of a line of the chunked coding (RFC 9112, section
// 7.1): a size, the end of a chunk or a trailer.
func (p *Parser) feedLine(b []byte) (n int, done bool, err error) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		if len(p.carry)+len(b) > maxHead {
			return len(b), false, ErrTooLong
		}
		p.carry = append(p.carry, b...)
		return len(b), false, nil
	}
	line := b[:i+1]
	if len(p.carry) > 0 {
		p.carry = append(p.carry, line...)
		line = p.carry
	}
	done, err = p.line(line)
	p.carry = p.carry[:0]
	return i + 1, done, err
}

// line acts on a complete line, which includes its end.
func (p *Parser) line(line []byte) (done bool, err error) {
	text, ok := bytes.CutSuffix(line, endOfLine)
	if !ok {
		return false, ErrChunk
	}
	switch p.state {
	case stateChunkSize:
		if p.left, ok = chunkSize(text); !ok {
			return false, ErrChunk
		}
		p.state = stateChunkData
		if p.left == 0 {
			p.state = stateTrailer
		}
	case stateChunkEnd:
		if len(text) != 0 {
			return false, ErrChunk
		}
		p.state = stateChunkSize
	case stateTrailer:
		return len(text) == 0, nil
	}
	return false, nil
}

// chunkSize reads the hexadecimal size at the start of a chunk line; what
// follows a semicolon is an extension.
func chunkSize(text []byte) (n int64, ok bool) {
	text, _, _ = bytes.Cut(text, []byte(";"))
	text = bytes.TrimRight(text, " \t")
	if len(text) == 0 || len(text) > 15 {
		return 0, false
	}
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		n = n<<4 | int64(c)
	}
	return n, true
}
