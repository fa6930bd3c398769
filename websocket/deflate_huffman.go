package websocket

import "math/bits"

// The sizes of the codes of DEFLATE (RFC 1951, section 3.2).
const (
	maxCodeBits   = 15  // the longest code of a symbol
	maxLitCodes   = 286 // literals, end of block and lengths
	maxDistCodes  = 30
	numCodeCodes  = 19 // codes for the lengths of codes
	endOfBlock    = 256
	fixedLitCodes = 288 // two of them never occur
)

// fastBits is how many bits of a code are looked up at once. Almost all codes
// that occur often are not longer.
const (
	fastBits = 9
	fastMask = 1<<fastBits - 1
)

// A huffman decodes one Huffman code.
type huffman struct {
	// fast has for the next bits the symbol<<4 | the length of its code; zero
	// if the code is longer, or if there is none.
	fast [1 << fastBits]uint16
	// count is how many codes have each length, symbols are those symbols that
	// have a code, in the order of their codes.
	count   [maxCodeBits + 1]uint16
	symbols [fixedLitCodes]uint16
}

// build makes h the code in which symbol i has a code of lengths[i] bits, zero
// for none. It reports false if that is not a complete code. No code at all is
// fine as long as none is used, and so is a single code of one bit (RFC 1951,
// section 3.2.7). Hot path.
func (h *huffman) build(lengths []uint8) bool {
	h.count = [maxCodeBits + 1]uint16{}
	for _, n := range lengths {
		h.count[n&maxCodeBits]++
	}
	used := len(lengths) - int(h.count[0])
	h.count[0] = 0
	left := 1 // codes of the length at hand that are not given away
	var at [maxCodeBits + 2]uint16
	for n := 1; n <= maxCodeBits; n++ {
		if left = left<<1 - int(h.count[n]); left < 0 {
			return false
		}
		at[n+1] = at[n] + h.count[n]
	}
	if left > 0 && (used > 1 || used == 1 && h.count[1] == 0) {
		return false
	}
	for symbol, n := range lengths {
		if n != 0 {
			h.symbols[at[n]] = uint16(symbol)
			at[n]++
		}
	}
	h.fill()
	return true
}

// fill makes fast, twice as large for every bit: what the bits before have
// decided holds for both values of the new one. Hot path.
func (h *huffman) fill() {
	h.fast[0] = 0
	code, at := uint16(0), 0
	for n := uint16(1); n <= fastBits; n++ {
		half := 1 << (n - 1)
		copy(h.fast[half:2*half], h.fast[:half])
		for range h.count[n] {
			h.fast[bits.Reverse16(code)>>(16-n)] = h.symbols[at]<<4 | n
			code++
			at++
		}
		code <<= 1
	}
}

// slow decodes a code that fast does not have. n is the length of the code,
// zero if there is none.
func (h *huffman) slow(b uint64) (symbol uint16, n uint) {
	code, first, at := 0, 0, 0
	for n = 1; n <= maxCodeBits; n++ {
		code |= int(b & 1)
		b >>= 1
		count := int(h.count[n])
		if code < first+count {
			return h.symbols[at+code-first], n
		}
		at += count
		first = (first + count) << 1
		code <<= 1
	}
	return 0, 0
}

// fixedLit and fixedDist are the codes that need no table (RFC 1951, section
// 3.2.6).
var fixedLit, fixedDist = fixedCodes()

func fixedCodes() (lit, dist *huffman) {
	var lengths [fixedLitCodes]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	lit, dist = new(huffman), new(huffman)
	lit.build(lengths[:])
	for i := range lengths[:32] {
		lengths[i] = 5
	}
	dist.build(lengths[:32])
	return lit, dist
}

// A span is what a length or distance symbol stands for: base and as much as
// the extra bits behind it say (RFC 1951, section 3.2.5).
type span struct {
	base  uint16
	extra uint8
}

var lengthSpans = [29]span{
	{3, 0},
	{4, 0},
	{5, 0},
	{6, 0},
	{7, 0},
	{8, 0},
	{9, 0},
	{10, 0},
	{11, 1},
	{13, 1},
	{15, 1},
	{17, 1},
	{19, 2},
	{23, 2},
	{27, 2},
	{31, 2},
	{35, 3},
	{43, 3},
	{51, 3},
	{59, 3},
	{67, 4},
	{83, 4},
	{99, 4},
	{115, 4},
	{131, 5},
	{163, 5},
	{195, 5},
	{227, 5},
	{258, 0},
}

var distSpans = [maxDistCodes]span{
	{1, 0},
	{2, 0},
	{3, 0},
	{4, 0},
	{5, 1},
	{7, 1},
	{9, 2},
	{13, 2},
	{17, 3},
	{25, 3},
	{33, 4},
	{49, 4},
	{65, 5},
	{97, 5},
	{129, 6},
	{193, 6},
	{257, 7},
	{385, 7},
	{513, 8},
	{769, 8},
	{1025, 9},
	{1537, 9},
	{2049, 10},
	{3073, 10},
	{4097, 11},
	{6145, 11},
	{8193, 12},
	{12289, 12},
	{16385, 13},
	{24577, 13},
}

// codeOrder is the order in which the lengths of the code for lengths come
// (RFC 1951, section 3.2.7).
var codeOrder = [numCodeCodes]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
