package websocket

import "encoding/binary"

// An inflater undoes DEFLATE (RFC 1951). It can stop wherever the input or the
// room for the output ends, and go on later: what a peer sends is inflated as
// it comes. What earlier octets are repeated from is the output itself, so the
// caller keeps as much of it as the window is long. The readers of the flate
// packages can do neither: they wait for input in the middle of a block, and
// keep a window of their own.
type inflater struct {
	window int // how far back the peer may refer

	src  []byte // what is left of the input of run
	size int    // how much it was
	bits uint64 // taken from the input and not used, the lowest is next
	n    uint   // how many they are, at most 63

	step  inflateStep
	final bool // in a block with BFINAL

	stored       int // octets of a stored block still to come
	length, dist int // a repetition that there was no room for

	lit, far *huffman // the codes of this block: fixed, or those below

	// While codes are read, and what they are.
	numLit, numDist, numCodes, at int
	lengths                       [maxLitCodes + maxDistCodes]uint8
	ownLit, ownFar                huffman

	// What the message has cost, and what it may.
	taken  int64 // octets of input in earlier runs
	tables int64 // blocks with codes of their own
}

// A want is why run has returned.
type want uint8

const (
	wantNothing want = iota // goes on
	wantInput               // everything was used
	wantRoom                // dst is full, and there is more
	wantNoMore              // that is not DEFLATE
	wantTooMuch             // too many tables for so little
)

// An inflateStep is what comes next in the input.
type inflateStep uint8

const (
	stepHeader  inflateStep = iota // of a block
	stepStored                     // the length of a stored block
	stepCopy                       // its octets
	stepCounts                     // how many codes there are
	stepCodes                      // the lengths of the codes for lengths
	stepLengths                    // the lengths of the codes
	stepSymbols                    // what is coded
)

// A block with codes of its own costs a microsecond however short it is. What
// deflates well needs few of them; so many are free in each message, and
// others must be that long on average, together with their content.
const (
	freeTables = 64
	tableBytes = 32
)

// reset makes z ready for a message from a peer with that window.
func (z *inflater) reset(window int) {
	z.window = window
	z.bits, z.n, z.step, z.final = 0, 0, stepHeader, false
	z.stored, z.length = 0, 0
	z.taken, z.tables = 0, 0
}

// atBorder reports whether the input ended between two blocks and between two
// octets.
func (z *inflater) atBorder() bool { return z.step == stepHeader && z.n == 0 }

// run appends to dst what src inflates to, up to the capacity of dst. used is
// how much of src is not needed any more. What was appended before must be at
// the end of dst, at least a window of it. Hot path.
func (z *inflater) run(dst, src []byte) (out []byte, used int, w want) {
	z.src, z.size = src, len(src)
	for w == wantNothing {
		switch z.step {
		case stepHeader:
			w = z.header()
		case stepStored:
			w = z.storedLength()
		case stepCopy:
			dst, w = z.copyStored(dst)
		case stepCounts:
			w = z.counts()
		case stepCodes:
			w = z.codes()
		case stepLengths:
			w = z.codeLengths()
		case stepSymbols:
			dst, w = z.symbols(dst)
		}
	}
	used = len(src) - len(z.src)
	z.src = nil
	z.taken += int64(used)
	return dst, used, w
}

// have takes input until there are n bits, at most 56. Hot path.
func (z *inflater) have(n uint) bool {
	for z.n < n {
		if len(z.src) == 0 {
			return false
		}
		z.bits |= uint64(z.src[0]) << z.n
		z.src = z.src[1:]
		z.n += 8
	}
	return true
}

// take uses n bits that are there. Hot path.
func (z *inflater) take(n uint) int {
	v := z.bits & (1<<n - 1)
	z.bits >>= n
	z.n -= n
	return int(v)
}

// align drops what is left of an octet.
func (z *inflater) align() { z.take(z.n & 7) }

// header is the start of a block (RFC 1951, section 3.2.3).
func (z *inflater) header() want {
	if !z.have(3) {
		return wantInput
	}
	z.final = z.take(1) != 0
	switch z.take(2) {
	case 0:
		z.align()
		z.step = stepStored
	case 1:
		z.lit, z.far = fixedLit, fixedDist
		z.step = stepSymbols
	case 2:
		z.step = stepCounts
	default:
		return wantNoMore
	}
	return wantNothing
}

// endBlock is the end of a block. Behind the last one of a DEFLATE stream the
// next begins at an octet (RFC 7692, section 7.2.3.4).
func (z *inflater) endBlock() {
	if z.final {
		z.align()
	}
	z.step = stepHeader
}

// storedLength is the length of a stored block, and its complement (section
// 3.2.4).
func (z *inflater) storedLength() want {
	if !z.have(32) {
		return wantInput
	}
	n, complement := z.take(16), z.take(16)
	if n^0xffff != complement {
		return wantNoMore
	}
	z.stored = n
	z.step = stepCopy
	return wantNothing
}

// copyStored copies the octets of a stored block. Hot path.
func (z *inflater) copyStored(dst []byte) ([]byte, want) {
	for z.stored > 0 && z.n > 0 { // taken with the length
		if len(dst) == cap(dst) {
			return dst, wantRoom
		}
		dst = append(dst, byte(z.take(8)))
		z.stored--
	}
	n := min(z.stored, len(z.src), cap(dst)-len(dst))
	dst = append(dst, z.src[:n]...)
	z.src = z.src[n:]
	z.stored -= n
	switch {
	case z.stored == 0:
		z.endBlock()
		return dst, wantNothing
	case len(z.src) == 0:
		return dst, wantInput
	}
	return dst, wantRoom
}

// symbols is the content of a block that is coded. A symbol with all that
// belongs to it has 48 bits at most: either it is here as a whole, or it is
// looked at again when more has come. Hot path.
func (z *inflater) symbols(dst []byte) ([]byte, want) {
	if z.length > 0 {
		if dst = z.repeat(dst); z.length > 0 {
			return dst, wantRoom
		}
	}
	src, b, n := z.src, z.bits, z.n
	lit := z.lit
	w := wantNothing
	for {
		if len(src) >= 8 {
			b |= binary.LittleEndian.Uint64(src) << n
			src = src[(63-n)>>3:]
			n |= 56
		} else {
			for n < 56 && len(src) > 0 {
				b |= uint64(src[0]) << n
				src = src[1:]
				n += 8
			}
		}
		e := lit.fast[b&fastMask]
		symbol, k := e>>4, uint(e&15)
		for symbol < endOfBlock && k != 0 && k <= n && len(dst) < cap(dst) {
			dst = append(dst, byte(symbol))
			b >>= k
			n -= k
			e = lit.fast[b&fastMask]
			symbol, k = e>>4, uint(e&15)
		}
		if n < 48 && len(src) > 0 {
			continue
		}
		if k == 0 {
			symbol, k = lit.slow(b)
		}
		switch {
		case k > n || k == 0 && n < maxCodeBits:
			w = wantInput
		case k == 0 || symbol > endOfBlock+29:
			w = wantNoMore
		case symbol < endOfBlock:
			if len(dst) == cap(dst) {
				w = wantRoom
				break
			}
			dst = append(dst, byte(symbol))
			b >>= k
			n -= k
			continue
		case symbol == endOfBlock:
			z.src, z.bits, z.n = src, b>>k&(1<<(n-k)-1), n-k
			z.endBlock()
			return dst, wantNothing
		default:
			if k, w = z.repetition(symbol, b, k, n, len(dst)); w != wantNothing {
				break
			}
			b >>= k
			n -= k
			if dst = z.repeat(dst); z.length == 0 {
				continue
			}
			w = wantRoom
		}
		z.src, z.bits, z.n = src, b&(1<<n-1), n
		return dst, w
	}
}

// repetition is the symbol of a length and all that belongs to it. b has n
// bits, of which k are used, and more are then. Hot path.
func (z *inflater) repetition(symbol uint16, b uint64, k, n uint, have int) (uint, want) {
	length := lengthSpans[symbol-endOfBlock-1]
	extra := int(b >> k & (1<<length.extra - 1))
	k += uint(length.extra)
	rest := b >> k
	e := z.far.fast[rest&fastMask]
	symbol, m := e>>4, uint(e&15)
	if m == 0 {
		symbol, m = z.far.slow(rest)
	}
	if k+m > n || m == 0 && k+maxCodeBits > n {
		return k, wantInput
	}
	if m == 0 || symbol >= maxDistCodes {
		return k, wantNoMore
	}
	d := distSpans[symbol]
	k += m + uint(d.extra)
	if k > n {
		return k, wantInput
	}
	z.dist = int(d.base) + int(rest>>m&(1<<d.extra-1))
	if z.dist > have || z.dist > z.window {
		return k, wantNoMore
	}
	z.length = int(length.base) + extra
	return k, wantNothing
}

// repeat appends as much of the repetition as there is room for. Hot path.
func (z *inflater) repeat(dst []byte) []byte {
	at := len(dst)
	n := min(z.length, cap(dst)-at)
	from, end := at-z.dist, at+n
	z.length -= n
	dst = dst[:end]
	for at < end { // what was appended is repeated again: twice as much each time
		at += copy(dst[at:], dst[from:at])
	}
	return dst
}
